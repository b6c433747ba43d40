package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/index/indextest"
	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// TestQualityEquality asks 2,000 random queries of every operator of everything that answers
// queries, over real texts: the definition of the language and each engine find the same.
func TestQualityEquality(t *testing.T) {
	const queries, fewest = 2_000, 2_000
	docs := realDocuments(realTexts(t, qualityData(t)))
	if len(docs) < fewest {
		t.Fatalf("%d texts, want at least %d", len(docs), fewest)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d texts", seed, len(docs))
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
	// A further engine is one more entry.
	apart := indextest.Equal(t, docs, rand.New(rand.NewPCG(seed, 1)), queries, indextest.IndexEngine("Bleve", x, false))
	t.Logf("%d queries found something and not everything", apart)
	if apart < queries/2 {
		t.Errorf("only %d of %d queries told texts apart", apart, queries)
	}
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
