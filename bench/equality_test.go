package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lamro/analyzer/match"
	"lamro/internal/index"
	"lamro/internal/index/indextest"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// TestQualityEquality asks 2,000 random queries of every operator of everything that answers
// queries, over real texts: the definition of the language and each engine find the same. That
// takes minutes, most of them the definition's.
func TestQualityEquality(t *testing.T) {
	const queries, texts = 2_000, 2_200
	docs := realDocuments(realTexts(t, qualityData(t)))
	if len(docs) < texts {
		t.Fatalf("%d texts, want at least %d", len(docs), texts)
	}
	seed := newSeed(t)
	rand.New(rand.NewPCG(seed, 2)).Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	compareEngines(t, docs[:texts], seed, queries)
}

// The same over invented texts, wherever the real ones are not.
func TestEquality(t *testing.T) {
	t.Parallel()
	seed := newSeed(t)
	compareEngines(t, indextest.Invent(seed, 400), seed, 500)
}

// newSeed is another one for every run; the log tells it.
func newSeed(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return seed
}

// compareEngines compares the definition, the matcher and Bleve.
func compareEngines(t *testing.T, docs []*index.Document, seed uint64, queries int) {
	t.Helper()
	x := openIndex(t, t.TempDir())
	defer x.Close()
	for part := range slices.Chunk(docs, index.MaxBatch) {
		ops := make([]index.Op, len(part))
		for i, d := range part {
			ops[i] = index.Put(d)
		}
		if _, err := x.Apply(t.Context(), ops); err != nil {
			t.Fatal(err)
		}
	}
	c := indextest.Equal(t, docs, rand.New(rand.NewPCG(seed, 1)), queries, matcherEngine(docs), indextest.IndexEngine("Bleve", x, false))
	t.Log(c)
	if c.Apart < queries/4 {
		t.Errorf("only %d of %d queries told texts apart", c.Apart, queries)
	}
}

// matcherEngine is the matcher as an engine: all queries are the watches of one set, as in
// operation, and every text is read once.
func matcherEngine(docs []*index.Document) indextest.Engine {
	return indextest.Engine{Name: "matcher", Find: func(_ testing.TB, queries []*query.Query) [][]string {
		watches := make([]match.Watch, len(queries))
		for i, q := range queries {
			watches[i] = match.Watch{ID: fmt.Sprint(i), Query: q}
		}
		set := match.Compile(1, watches)
		found := make([][]string, len(queries))
		var finder match.Finder
		for _, d := range docs {
			for _, f := range finder.Find(set, match.Document{Document: indextest.Read(d)}) {
				found[f.Watch] = append(found[f.Watch], d.ID)
			}
		}
		return found
	}}
}

// realDocuments are real texts as documents: the first sentence of each is its lead.
func realDocuments(rows []row) (docs []*index.Document) {
	for i, row := range rows {
		body, lead := row.Text, row.Lead
		if read := vietnamese.Read(body); lead == "" && len(read.Sentences) > 1 {
			lead, body = body[:read.Sentences[0][1]], body[read.Sentences[0][1]:]
		}
		seen := lastSeen.Add(-time.Duration(i) * 37 * time.Minute)
		d := &index.Document{
			ID: fmt.Sprintf("%06d", i), Rev: 1, N: 1, Month: news.Month(seen), FirstSeen: seen,
			Source: fmt.Sprintf("bao-%d", i%40), Class: "press", Tier: 1 + i%3, URL: fmt.Sprintf("https://tin.bao-%d.example/%d", i%40, i),
			Title: row.Title, Lead: lead, Body: body, Language: vietnamese.Read(body).Language(),
			PublishedAt: published(row.Published),
			Places:      []string{"06", fmt.Sprintf("06%d", i%8)},
		}
		if i%5 == 4 {
			d.Story = fmt.Sprintf("%06d", i-i%5)
		}
		docs = append(docs, d)
	}
	return docs
}
