package embedded_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
)

// corpus makes documents of about 3.8 kB, the mean of Vietnamese news, over a year: syllables
// as frequent as in a language, a phrase now and then, every fourth document a copy.
func corpus(n int) []*index.Document {
	r := rand.New(rand.NewPCG(7, 7))
	var syllables []string
	for _, initial := range strings.Fields("b c ch d đ g h kh l m n ng nh ph qu r s t th tr v x") {
		for _, rhyme := range strings.Fields("a á à ả ạ ăn ắn ặc âm ấm ầu ay ấy em én ê ến ệt i ít inh ô ống ộc ơ ới u ưa ước ường y") {
			syllables = append(syllables, initial+rhyme)
		}
	}
	often := rand.NewZipf(r, 1.1, 8, uint64(len(syllables)-1))
	text := func(words int) string {
		var b strings.Builder
		for i := range words {
			switch r.IntN(200) {
			case 0:
				b.WriteString("tỉnh Bắc Kạn ")
			case 1:
				b.WriteString("Bac Kan ")
			}
			b.WriteString(syllables[often.Uint64()])
			b.WriteString([]string{" ", " ", " ", " ", ", ", ". "}[(i*7+r.IntN(2))%6])
		}
		return b.String()
	}
	docs := make([]*index.Document, n)
	for i := range docs {
		at := noon.Add(-time.Duration(r.IntN(365*24*3600)) * time.Second)
		d := &index.Document{
			ID: fmt.Sprintf("%026d", i), Rev: 1, Month: news.Month(at), N: 1, Source: fmt.Sprintf("bao-%d", r.IntN(60)), Class: "press",
			Tier: 1 + r.IntN(3), URL: fmt.Sprintf("https://bao.example/%d", i), Title: text(12), Lead: text(35), Body: text(650),
			Language: "vi", PublishedAt: at.Add(-time.Hour), FirstSeen: at, Watches: []string{"tinh", fmt.Sprintf("w%d", r.IntN(80))},
			Places: []string{"06", fmt.Sprintf("06%d", r.IntN(8)), "19"},
		}
		if i%4 == 3 {
			d.Story = docs[i-1-r.IntN(min(i, 50))].Group()
		}
		docs[i] = d
	}
	return docs
}

const benchDocs = 20_000

func load(b *testing.B, x index.Index, docs []*index.Document) {
	b.Helper()
	ops := make([]index.Op, len(docs))
	for i, d := range docs {
		ops[i] = index.Put(d)
	}
	for from := 0; from < len(ops); from += index.MaxBatch {
		if _, err := x.Apply(context.Background(), ops[from:min(from+index.MaxBatch, len(ops))]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	docs := corpus(5_000)
	for _, batch := range []int{1, 20, 500} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			x := open(b, b.TempDir())
			defer x.Close()
			rev, i := int64(1), 0
			for b.Loop() {
				ops := make([]index.Op, batch)
				for k := range ops {
					if i == len(docs) {
						i, rev = 0, rev+1
					}
					d := *docs[i]
					d.Rev = rev
					// Lately seen, as what arrives is: one month.
					d.FirstSeen, d.Month = noon, news.Month(noon)
					ops[k] = index.Put(&d)
					i++
				}
				if _, err := x.Apply(b.Context(), ops); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(batch)*float64(b.N)/b.Elapsed().Seconds(), "docs/s")
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	x := open(b, b.TempDir())
	defer x.Close()
	start := time.Now()
	load(b, x, corpus(benchDocs))
	b.Logf("%d documents of 13 months in %.1f s, %.0f docs/s", benchDocs, time.Since(start).Seconds(), benchDocs/time.Since(start).Seconds())
	facets := []index.Facet{index.BySource, index.ByPlace, index.ByWatch, index.ByTier}
	parse := func(s string) *query.Query {
		q, err := query.Parse(s)
		if err != nil {
			b.Fatal(err)
		}
		return q
	}
	month := noon.AddDate(0, 0, -30)
	for _, c := range []struct {
		name   string
		search index.Search
	}{
		{"term", index.Search{Query: parse("bặc"), ByStory: true}},
		{"phrase", index.Search{Query: parse(`"tỉnh Bắc Kạn"`), ByStory: true}},
		{"phrase_without_marks", index.Search{Query: parse(`"bac kan"`), ByStory: true}},
		{"phrase_30_days_facets_days", index.Search{Query: parse(`"bac kan"`), From: month, ByStory: true, Facets: facets, Histogram: true}},
		{"and_not", index.Search{Query: parse(`"bac kan" AND bặc AND NOT "tỉnh Bắc Kạn"`), ByStory: true}},
		{"phrase_relevance", index.Search{Query: parse(`"tỉnh Bắc Kạn"`), ByStory: true, Sort: index.Relevance}},
		{"everything_30_days_facets_days", index.Search{From: month, ByStory: true, Facets: facets, Histogram: true}},
		{"everything", index.Search{ByStory: true}},
		{"everything_facets_days", index.Search{ByStory: true, Facets: facets, Histogram: true}},
		{"place", index.Search{Places: []string{"063"}, ByStory: true}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var p index.Page
			for b.Loop() {
				var err error
				if p, err = x.Search(b.Context(), c.search); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(p.Articles), "articles")
		})
	}
}
