package match

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// invented makes texts of syllables put together at random, some of them far more often than
// others, as in any language.
func invented(texts, words int) []document {
	random := rand.New(rand.NewPCG(5, 6))
	onsets := strings.Fields("b c ch d đ g gi h kh l m n ng nh ph r s t th tr v x")
	rimes := strings.Fields("a an anh ào ấm ân âu ăng e en ênh i inh iên o on ông ở ơi ưng ương ướn u uân ửa y")
	var docs []document
	for range texts {
		var text []string
		for range words {
			of := func(parts []string) string { return parts[int(float64(len(parts))*random.Float64()*random.Float64())] }
			text = append(text, of(onsets)+of(rimes))
		}
		docs = append(docs, newDocument(strings.Join(text, " ")))
	}
	return docs
}

func TestWatchesAreTheSameEveryTime(t *testing.T) {
	t.Parallel()
	c := newCorpus(invented(600, 200))
	neutral := func(n int) (s []string) {
		for _, w := range newWatches(c, n) {
			s = append(s, w.neutral())
		}
		return s
	}
	all := neutral(400)
	if again := neutral(400); !slices.Equal(again, all) {
		t.Error("a second time the watches are others")
	}
	if some := neutral(100); !slices.Equal(some, all[:100]) {
		t.Error("the first hundred are not the first of four hundred")
	}
}

func TestWatchesHaveTheShapeOfAnalysts(t *testing.T) {
	t.Parallel()
	c := newCorpus(invented(600, 200))
	watches := newWatches(c, 2000)
	count := map[string]int{}
	for _, w := range watches {
		switch {
		case w.op == "term":
			count["phrase"]++
		case w.uses("near"):
			count["near"]++
		case !w.uses("not"):
			count["both"]++
		case len(terms(w.kids)) < 25:
			count["listed"]++
		default:
			count["long"]++
		}
	}
	for shape, want := range map[string]int{"phrase": 500, "both": 600, "listed": 400, "near": 300, "long": 200} {
		if got := count[shape]; got < want*3/4 || got > want*5/4 {
			t.Errorf("%s: %d of %d watches, want about %d", shape, got, len(watches), want)
		}
	}
	several, folded := 0, 0
	for _, term := range terms(watches) {
		if len(term.words) > 1 {
			several++
		}
		if term.folded {
			folded++
		}
	}
	if share := float64(folded) / float64(several); share < 0.08 || share > 0.12 {
		t.Errorf("%.3f of the terms of several words are folded, want a tenth", share)
	}
}

func TestClauseIsWrittenForBothSides(t *testing.T) {
	t.Parallel()
	term := func(folded bool, words ...string) clause { return clause{op: "term", words: words, folded: folded} }
	near := clause{op: "near", distance: 7, kids: []clause{term(false, "cháy"), term(true, "rung", "dac")}}
	for _, test := range []struct {
		clause         clause
		query, neutral string
	}{
		{term(false, "sạt", "lở"), `"sạt lở"`, "=sạt_lở"},
		{near, `"cháy" NEAR/7 ~"rung dac"`, "( near 7 =cháy ~rung_dac )"},
		{
			join("and", near, join("or", term(false, "xã"), term(false, "huyện")), join("not", term(false, "phim"))),
			`("cháy" NEAR/7 ~"rung dac") AND ("xã" OR "huyện") AND NOT "phim"`,
			"( and ( near 7 =cháy ~rung_dac ) ( or =xã =huyện ) ( not =phim ) )",
		},
	} {
		if got := test.clause.query(false); got != test.query {
			t.Errorf("query = %s, want %s", got, test.query)
		}
		if got := test.clause.neutral(); got != test.neutral {
			t.Errorf("neutral = %s, want %s", got, test.neutral)
		}
	}
}

func TestCutKeepsTheMean(t *testing.T) {
	t.Parallel()
	docs := append(invented(20, 50), invented(20, 400)...)
	cut(docs, 150)
	total := 0
	for _, d := range docs {
		total += len(d.exact)
	}
	if mean := float64(total) / 40; mean > 150 || mean < 149 {
		t.Errorf("mean of %.1f words after the cut, want just under 150", mean)
	}
	if len(docs[0].exact) != 50 {
		t.Errorf("a short text has %d words after the cut, want its 50", len(docs[0].exact))
	}
}
