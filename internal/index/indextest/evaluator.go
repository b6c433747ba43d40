package indextest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
)

// The syllables of invented texts and queries: few, so that phrases meet, and chosen so that
// many of them differ in their marks only.
var syllables = strings.Fields(`bắc bạc bac kạn kan cạn can chợ cho chờ mới moi môi mưa mua mùa lũ lu
	đá da đà hoà hòa hoa thuỷ thủy thúy xã xa ba bể be tp số 5.000 3,5 a1 Ở ở o đường đuong duong`)

// invent makes n documents over three months, the same for the same seed.
func invent(seed uint64, n int) []*index.Document {
	r := rand.New(rand.NewPCG(seed, seed)) // #nosec G404 -- tests repeat
	docs := make([]*index.Document, n)
	for i := range docs {
		d := &index.Document{
			ID: fmt.Sprintf("d%06d", i), Rev: 1, N: 1,
			Source: fmt.Sprintf("bao-%d", r.IntN(5)), Class: []string{"press", "state portal"}[r.IntN(2)], Tier: 1 + r.IntN(3),
			URL:   fmt.Sprintf("https://bao.example/%d", i),
			Title: text(r, 1+r.IntN(6)), Lead: text(r, r.IntN(8)), Body: text(r, r.IntN(60)), Language: "vi",
			FirstSeen: noon.Add(-time.Duration(r.IntN(60*24*3600)) * time.Second),
		}
		if r.IntN(2) == 0 {
			d.PublishedAt = d.FirstSeen.Add(time.Duration(r.IntN(100)-90) * time.Hour)
		}
		if r.IntN(3) == 0 {
			d.Story = fmt.Sprintf("d%06d", r.IntN(i+1))
		}
		for _, p := range []string{"06", "060", "061", "19"} {
			if r.IntN(3) == 0 {
				d.Places = append(d.Places, p)
			}
		}
		for _, w := range []string{"w1", "w2", "w3"} {
			if r.IntN(2) == 0 {
				d.Watches = append(d.Watches, w)
			}
		}
		d.Month = news.Month(d.FirstSeen)
		docs[i] = d
	}
	return docs
}

func text(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		if b.Len() > 0 {
			b.WriteString([]string{" ", " ", " ", ", ", ". ", "-", "\n\n"}[r.IntN(7)])
		}
		s := syllables[r.IntN(len(syllables))]
		if r.IntN(8) == 0 {
			s = strings.ToUpper(s)
		}
		b.WriteString(s)
	}
	return b.String()
}

// random makes the text of a query, depth levels deep at most.
func random(r *rand.Rand, depth int) string {
	switch k := r.IntN(10); {
	case depth > 0 && k < 3:
		return "(" + random(r, depth-1) + " AND " + random(r, depth-1) + ")"
	case depth > 0 && k < 5:
		return "(" + random(r, depth-1) + " OR " + random(r, depth-1) + ")"
	case depth > 0 && k < 6:
		return "(NOT " + random(r, depth-1) + ")"
	case k == 6:
		return "place:" + []string{"06", "060", "061", "19", "99"}[r.IntN(5)]
	case k == 7:
		return fmt.Sprintf("source:bao-%d", r.IntN(6))
	}
	var words []string
	for range 1 + r.IntN(3) {
		words = append(words, syllables[r.IntN(len(syllables))])
	}
	return `"` + strings.Join(words, " ") + `"`
}

// The evaluator of package query is the definition: on random queries over invented documents
// an index finds what it finds, and nothing else.
func testEvaluator(t *testing.T, open Open) {
	seed := uint64(time.Now().UnixNano()) // #nosec G115 -- any number will do
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1)) // #nosec G404 -- tests repeat
	x := fresh(t, open)
	docs := invent(seed, 300)
	for part := range slices.Chunk(docs, 70) { // several segments
		put(t, x, part...)
	}
	modes := []query.Mode{query.Auto, query.Auto, query.Exact, query.Fold}
	matched := 0
	for range 400 {
		text, mode := random(r, 3), modes[r.IntN(len(modes))]
		q := parse(t, text, mode)
		want := []string{}
		stories := map[string]bool{}
		for _, d := range docs {
			if Evaluate(q, d) {
				want = append(want, d.ID)
				stories[d.Group()] = true
			}
		}
		s := index.Search{Query: q, Limit: index.MaxLimit, Sort: []index.Sort{index.Newest, index.Relevance}[r.IntN(2)]}
		p := search(t, x, s)
		got := ids(p)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d, %s query %s: found %v, want %v", seed, mode, text, got, want)
		}
		if p.Articles != len(want) || p.Stories != len(stories) {
			t.Fatalf("seed %d, %s query %s: %d articles, %d stories; want %d, %d", seed, mode, text, p.Articles, p.Stories, len(want), len(stories))
		}
		if len(want) > 0 && len(want) < len(docs) {
			matched++
		}
	}
	if matched < 100 {
		t.Errorf("only %d of 400 queries found something and not everything: the texts are badly chosen", matched)
	}
}
