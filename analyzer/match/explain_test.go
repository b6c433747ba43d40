package match_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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
	e := match.Explain(q, doc, query.Names{})
	var got []string
	for _, f := range e {
		line := fmt.Sprintf("%d %s %v %d", f.Depth, f.Kind, f.Holds, f.Count)
		for _, m := range f.Met {
			line += fmt.Sprintf(" %s:%s", m.Field, m.Class)
		}
		got = append(got, line)
	}
	want := []string{
		"0 all true 0", "1 near true 0", "2 phrase true 3 title:exact body:folded body:canonical", "2 phrase true 1 body:exact", "1 place true 1 body:exact",
		"1 none true 0", "2 word false 0", "2 word false 0",
	}
	if !slices.Equal(got, want) {
		t.Fatalf("Explain =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if near := e[1]; near.Nearest == nil || *near.Nearest != 0 {
		t.Errorf("NEAR = %+v, want none between", near)
	}
	if place := e[4].Met[0]; place.Why != "nói rõ tỉnh" || !place.Certain || place.Term != "place:06" {
		t.Errorf("place = %+v", place)
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
		e := match.Explain(parse(t, c.query, query.Auto), doc, query.Names{})[0]
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
			if got := match.Explain(w.Query, doc, query.Names{})[0].Holds; got != found[int32(i)] {
				t.Fatalf("seed %d: Explain(%s) holds %v, found %v", seed, w.Query, got, found[int32(i)])
			}
		}
	}
}
