package match_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
)

func TestExplainTellsTermByTerm(t *testing.T) {
	t.Parallel()
	doc := document([]places.Place{{Field: "body", Start: 0, End: 3, Codes: []string{"06"}, Class: news.Exact, Certain: true, Why: "nói rõ tỉnh"}},
		"Sạt lở ở xã", "Mưa lớn ba ngày liền làm sat lo nhiều tuyến đường; SẠT LỞ còn tiếp tục.")
	q := parse(t, `("sạt lở" NEAR/2 "tuyến đường") AND place:06 AND NOT (cháy OR lửa)`, query.Auto)
	e := match.Explain(q, doc)
	if e.Kind != match.KindAnd || !e.Holds || len(e.Parts) != 3 {
		t.Fatalf("Explain = %+v", e)
	}
	near, place, not := e.Parts[0], e.Parts[1], e.Parts[2]
	if near.Kind != match.KindNear || !near.Holds || near.Nearest == nil || *near.Nearest != 0 || len(near.Parts) != 2 {
		t.Errorf("NEAR = %+v", near)
	}
	if term := near.Parts[0]; term.Count != 3 || term.Class != news.Exact || len(term.Spans) != 3 || term.Query != `"sạt lở"` {
		t.Errorf("term = %+v", term)
	}
	if place.Count != 1 || place.Why != "nói rõ tỉnh" || !place.Holds {
		t.Errorf("place = %+v", place)
	}
	if or := not.Parts[0]; !not.Holds || or.Holds || or.Parts[0].Count != 0 || or.Parts[0].Class != "" {
		t.Errorf("NOT = %+v", not)
	}
}

func TestExplainSaysHowFarApart(t *testing.T) {
	t.Parallel()
	doc := document(nil, "", "một hai ba bốn năm")
	for _, c := range []struct {
		query   string
		nearest int
	}{
		{"một NEAR/0 năm", 3},
		{"năm ONEAR/9 một", -1},
		{`"một hai" NEAR/0 "hai ba"`, -1}, // a token in common
		{`(hai OR bốn) NEAR/0 năm`, 0},
		{"một NEAR/3 một", -1},
	} {
		e := match.Explain(parse(t, c.query, query.Auto), doc)
		got := -1
		if e.Nearest != nil {
			got = *e.Nearest
		}
		if got != c.nearest {
			t.Errorf("%s: nearest %d, want %d", c.query, got, c.nearest)
		}
	}
}

// What Explain says of the whole is what a set finds.
func TestExplainAgreesWithFind(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 5))
	m := maker{r, randomWords(r)}
	watches := m.watches(t, 60, 2)
	set := match.Compile(1, watches)
	var f match.Finder
	for range 20 {
		doc := m.document(m.words(4), m.text(30))
		found := map[int32]bool{}
		for _, w := range f.Find(set, doc) {
			found[w.Watch] = true
		}
		for i, w := range watches {
			if got := match.Explain(w.Query, doc).Holds; got != found[int32(i)] {
				t.Fatalf("seed %d: Explain(%s) holds %v, found %v", seed, w.Query, got, found[int32(i)])
			}
		}
	}
}
