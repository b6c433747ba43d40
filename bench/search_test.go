package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	bquery "github.com/blevesearch/bleve/v2/search/query"

	"lamro/internal/index"
	"lamro/internal/index/embedded"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// What is searched: so many mentions over so many months. A third of the queries of each kind
// find at least index.Exact articles.
const (
	mentionCount   = 200_000
	mentionMonths  = 6
	searchesOfKind = 30
)

// searchDirectory names where the index that is searched is kept between runs; by default it is
// made anew in a temporary directory, which takes minutes.
const searchDirectory = "LAMRO_BENCH_SEARCH_DIR"

var lastSeen = time.Date(2026, 11, 24, 12, 0, 0, 0, news.Zone())

// BenchmarkSearch200k asks an index of 200,000 mentions for pages of stories with all facets and
// days, and Bleve by itself for documents with the same words, without facets and stories.
func BenchmarkSearch200k(b *testing.B) {
	data := os.Getenv(dataVariable)
	if data == "" {
		b.Skip(dataVariable + " is not set: no realistic texts")
	}
	texts := recombine(realTexts(b, data), lastSeen, mentionMonths)
	dir := os.Getenv(searchDirectory)
	if dir == "" {
		dir = b.TempDir()
	}
	fillIndex(b, dir, texts)
	x := openIndex(b, dir)
	var kinds []kind
	for _, k := range kindsOfSearch {
		k.searches = choose(b, x, texts, k)
		kinds = append(kinds, k)
	}
	for i, k := range kinds {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				kinds[i].took = measure(b, k.searches, func(q asked) error {
					_, err := x.Search(b.Context(), page(q.query))
					return err
				})
			}
			report(b, kinds[i].took, times{})
		})
	}
	if err := x.Close(); err != nil {
		b.Fatal(err)
	}
	peer := openPeer(b, dir)
	for i, k := range kinds {
		b.Run(k.name+"_bleve", func(b *testing.B) {
			var took times
			for b.Loop() {
				took = measure(b, k.searches, func(q asked) error {
					_, err := peer.SearchInContext(b.Context(), bleve.NewSearchRequestOptions(q.peer, 20, 0, false))
					return err
				})
			}
			report(b, took, kinds[i].took)
		})
	}
}

// page is what a person sees of a search: stories, all facets and the days.
func page(q *query.Query) index.Search {
	return index.Search{
		Query: q, ByStory: true, Histogram: true,
		Facets: []index.Facet{index.BySource, index.ByClass, index.ByTier, index.ByPlace, index.ByWatch},
	}
}

// asked is one search and the nearest that Bleve has to it, see peerOf.
type asked struct {
	text  string
	query *query.Query
	peer  bquery.Query
	found int // up to index.Exact
}

// kind is a kind of search: make makes one of the syllables around a place in a text.
type kind struct {
	name     string
	make     func(r *rand.Rand, syllables []string) string
	searches []asked
	took     times
}

var kindsOfSearch = []kind{
	{name: "two_terms", make: func(r *rand.Rand, s []string) string {
		return s[0] + " AND " + s[2+r.IntN(len(s)-2)]
	}},
	{name: "phrase", make: func(r *rand.Rand, s []string) string {
		return `"` + strings.Join(s[:2+r.IntN(2)], " ") + `"`
	}},
	{name: "near", make: func(r *rand.Rand, s []string) string {
		return fmt.Sprintf("%s NEAR/%d %s", s[0], 3+r.IntN(8), s[1+r.IntN(4)])
	}},
}

// choose draws searches from texts, every fourth typed without marks, until a third of them
// find index.Exact articles or more, and a third fewer than a tenth of that.
func choose(b *testing.B, x index.Index, texts *recombined, k kind) []asked {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var few, some, many []asked
	for tries := 0; len(few)+len(some)+len(many) < searchesOfKind && tries < 20_000; tries++ {
		sentence := texts.sentences[r.IntN(len(texts.sentences))]
		if tries%4 == 3 {
			sentence = vietnamese.Fold(sentence)
		}
		read := vietnamese.Read(sentence)
		if len(read.Tokens) < 8 {
			continue
		}
		from := r.IntN(len(read.Tokens) - 7)
		var syllables []string
		for i := range 7 {
			syllables = append(syllables, read.Exact(from+i))
		}
		q, err := query.Parse(k.make(r, syllables))
		if err != nil {
			continue
		}
		p, err := x.Search(b.Context(), index.Search{Query: q, Limit: -1})
		if err != nil {
			b.Fatal(err)
		}
		a := asked{text: q.String(), query: q, peer: peerOf(q), found: p.Articles}
		into := &few
		switch {
		case p.Articles == 0:
			continue
		case p.Articles >= index.Exact:
			into = &many
		case p.Articles >= index.Exact/10:
			into = &some
		}
		if len(*into) < searchesOfKind/3 {
			*into = append(*into, a)
		}
	}
	b.Logf("%s: %d searches find %d or more, %d find %d or more, %d fewer", k.name, len(many), index.Exact, len(some), index.Exact/10, len(few))
	return slices.Concat(few, some, many)
}

// times are what the searches of a kind took, in order.
type times struct{ wall, cpu []time.Duration }

// measure asks every search five times.
func measure(b *testing.B, searches []asked, ask func(asked) error) (took times) {
	b.Helper()
	for range 5 {
		for _, q := range searches {
			start := now()
			if err := ask(q); err != nil {
				b.Fatalf("%s: %v", q.text, err)
			}
			s := now().since(start)
			took.wall, took.cpu = append(took.wall, s.wall), append(took.cpu, s.cpu)
		}
	}
	slices.Sort(took.wall)
	slices.Sort(took.cpu)
	return took
}

// report reports took, and how much of it ours was.
func report(b *testing.B, took times, ours times) {
	b.Helper()
	part := func(sorted []time.Duration, p int) float64 {
		return float64(sorted[min(len(sorted)*p/100, len(sorted)-1)].Microseconds()) / 1000
	}
	b.ReportMetric(part(took.wall, 50), "p50-ms")
	b.ReportMetric(part(took.wall, 95), "p95-ms")
	b.ReportMetric(part(took.wall, 100), "max-ms")
	b.ReportMetric(part(took.cpu, 50), "p50-cpu-ms")
	b.ReportMetric(part(took.cpu, 95), "p95-cpu-ms")
	b.ReportMetric(0, "ns/op") // says nothing beside these
	if len(ours.wall) > 0 {
		b.ReportMetric(part(ours.wall, 95)/part(took.wall, 95), "ours/bleve-p95")
	}
}

// fillIndex writes the mentions, unless dir holds all of them.
func fillIndex(b *testing.B, dir string, texts *recombined) {
	b.Helper()
	x := openIndex(b, dir)
	defer x.Close()
	if n, err := x.Count(b.Context(), ""); err != nil || n == mentionCount {
		return
	}
	begun := now()
	byMonth := map[string][]index.Op{}
	write := func(ops []index.Op) {
		if _, err := x.Apply(context.Background(), ops); err != nil {
			b.Fatal(err)
		}
	}
	for i := range mentionCount {
		d := texts.document(i)
		ops := append(byMonth[d.Month], index.Put(d))
		if len(ops) == index.MaxBatch {
			write(ops)
			ops = nil
		}
		byMonth[d.Month] = ops
	}
	for _, ops := range byMonth {
		write(ops)
	}
	took := now().since(begun)
	b.Logf("%d documents of %d texts written in %.0f s, %.0f documents/s, %.0f documents/s of processor time, %d bytes each",
		mentionCount, len(texts.texts), took.wall.Seconds(), perSecond(mentionCount, took.wall), perSecond(mentionCount, took.cpu),
		directorySize(b, dir)/mentionCount)
}

func openIndex(b testing.TB, dir string) *embedded.Index {
	b.Helper()
	x, err := embedded.Open(embedded.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	return x
}

func directorySize(b *testing.B, dir string) (bytes int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // Bleve cleans up meanwhile
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			bytes += info.Size()
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return bytes
}

// openPeer opens the months with Bleve alone.
func openPeer(b *testing.B, dir string) bleve.Index {
	b.Helper()
	months, err := filepath.Glob(filepath.Join(dir, "20*"))
	if err != nil {
		b.Fatal(err)
	}
	all := bleve.NewIndexAlias()
	for _, path := range months {
		month, err := bleve.OpenUsing(path, map[string]any{"read_only": true})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { month.Close() })
		all.Add(month)
	}
	return all
}

// peerOf is what Bleve by itself would be asked for in place of q: all its words, in one text.
// Where they stand it cannot read from our index, so it is asked for less than we are.
func peerOf(q *query.Query) bquery.Query {
	switch n := q.Root.(type) {
	case query.And:
		var each []bquery.Query
		for _, n := range n.Nodes {
			each = append(each, peerLeaf(n.(*query.Phrase)))
		}
		return bquery.NewConjunctionQuery(each)
	case *query.Near:
		return bquery.NewConjunctionQuery([]bquery.Query{peerLeaf(n.Left[0].(*query.Phrase)), peerLeaf(n.Right[0].(*query.Phrase))})
	case *query.Phrase:
		return peerLeaf(n)
	}
	return bquery.NewMatchNoneQuery()
}

func peerLeaf(p *query.Phrase) bquery.Query {
	view, terms := ".exact", p.ExactText
	if !p.Marked {
		view, terms = ".folded", p.FoldedText
	}
	var each []bquery.Query
	for _, field := range []string{news.FieldTitle, news.FieldLead, news.FieldBody} {
		var all []bquery.Query
		for _, term := range terms {
			q := bquery.NewTermQuery(term)
			q.SetField(field + view)
			all = append(all, q)
		}
		each = append(each, bquery.NewConjunctionQuery(all))
	}
	return bquery.NewDisjunctionQuery(each)
}
