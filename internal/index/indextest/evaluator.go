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
)

// The syllables of invented texts and queries: few, so that phrases meet, and chosen so that
// many of them differ in their marks only.
var syllables = strings.Fields(`bắc bạc bac kạn kan cạn can chợ cho chờ mới moi môi mưa mua mùa lũ lu
	đá da đà kỹ kĩ ky sĩ sy tỉ ty y í hoà hòa hoa thuỷ thủy thúy xã xa ba bể be tp số 5.000 3,5 a1 Ở ở o đường đuong duong`)

// Invent makes n documents over three months, the same for the same seed.
func Invent(seed uint64, n int) []*index.Document {
	r := rand.New(rand.NewPCG(seed, seed)) // #nosec G404 -- tests repeat
	docs := make([]*index.Document, n)
	for i := range docs {
		d := &index.Document{
			ID: fmt.Sprintf("d%06d", i), Rev: 1, N: 1,
			Source: fmt.Sprintf("bao-%d", r.IntN(5)), Class: []string{"press", "state portal"}[r.IntN(2)], Tier: 1 + r.IntN(3),
			URL:   fmt.Sprintf("https://%sbao.example/%d", []string{"", "", "www.", "tin.", "x"}[r.IntN(5)], i),
			Title: text(r, 1+r.IntN(6)), Lead: text(r, r.IntN(8)), Body: text(r, r.IntN(60)), Language: []string{"vi", "vi", "en", ""}[r.IntN(4)],
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

// The evaluator of package query is the definition: on random queries over invented documents
// an index finds what it finds, and nothing else.
func testEvaluator(t *testing.T, open Open) {
	seed := uint64(time.Now().UnixNano()) // #nosec G115 -- any number will do
	t.Logf("seed %d", seed)
	x := fresh(t, open)
	docs := Invent(seed, 300)
	for part := range slices.Chunk(docs, 70) { // several segments
		put(t, x, part...)
	}
	const queries = 300
	r := rand.New(rand.NewPCG(seed, 1)) // #nosec G404 -- tests repeat
	for _, e := range []Engine{IndexEngine("newest first", x, false), IndexEngine("by relevance", x, true)} {
		if c := Equal(t, docs, r, queries, e); c.Apart < queries/4 {
			t.Errorf("%s: only %d of %d queries found something and not everything: the texts are badly chosen", e.Name, c.Apart, queries)
		}
	}
}
