package match_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lamro/analyzer/match"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

func ids(set *match.Set, found []match.Found) (out []string) {
	for _, f := range found {
		out = append(out, set.ID(f.Watch))
	}
	return out
}

func TestFindOperators(t *testing.T) {
	t.Parallel()
	doc := document(nil, "Sạt lở ở Chợ Mới", "Mưa lớn, sạt lở đất. Xã Chợ Đồn không thiệt hại; chợ vẫn mở. mua lon")
	for _, c := range []struct {
		query string
		want  bool
	}{
		{`"sạt lở" NEAR/1 "chợ mới"`, true},
		{`"sạt lở" NEAR/0 "chợ mới"`, false},
		{`"chợ mới" ONEAR/5 "sạt lở"`, false},  // the other order
		{`"chợ mới" NEAR/40 "chợ đồn"`, false}, // not across fields
		{`"sạt lở" NEAR/9 "lở đất"`, false},    // a token in common
		{`"lớn" NEAR/0 "sạt lở"`, true},        // a comma is no token
		{`"lở đất" SAMESENT "chợ đồn"`, false}, // two sentences
		{`"chợ đồn" SAMESENT "mở"`, true},      //
		{`"chợ" SAMESENT "chợ"`, true},         // two occurrences
		{`"xã" SAMESENT "xã"`, false},          // one
		{`"lở sạt mưa"~1`, true},               // any order
		{`"lở sạt mưa"~0`, false},              // one word too far
		{`"mưa lớn mưa lớn"~50`, false},        // needs four tokens
		{`"mưa lớn"`, true},                    //
		{`title:"mưa lớn"`, false},             //
		{`body:"mưa lớn" AND title:"sạt lở"`, true},
		{`thi* SAMESENT hạ*`, true},
		{`"đất sạt"`, false},
		{`"đất xã"`, true}, // phrases cross sentences
	} {
		set := match.Compile(1, []match.Watch{{ID: "w", Query: parse(t, c.query, query.Auto)}})
		var f match.Finder
		if got := len(f.Find(set, doc)) == 1; got != c.want {
			t.Errorf("%s: matched %v, want %v", c.query, got, c.want)
		}
	}
}

// A text made to be slow: one word over and over, in one sentence, and queries about that word.
// What would grow with the square of the text does not end within the time of a test.
func TestOneWordOverAndOver(t *testing.T) {
	t.Parallel()
	const words = 64_000
	doc := document(nil, "", strings.Repeat("lũ ", words))
	var watches []match.Watch
	for _, q := range []string{
		`lũ NEAR/3 lũ`, `lũ ONEAR/50 "lũ lũ lũ"`, `lũ NEAR/5 (quét OR "lũ quét")`, `("lũ lũ" OR lũ) NEAR/9 ("lũ lũ lũ" OR lũ)`,
		`lũ SAMESENT "lũ lũ"`, `"lũ lũ" SAMESENT quét`, `"lũ lũ lũ lũ"~9`, `"lũ quét"~50`, `"lũ lũ lũ lũ lũ lũ lũ lũ"`, `lũ*`,
	} {
		watches = append(watches, match.Watch{ID: q, Query: parse(t, q, query.Auto)})
	}
	set := match.Compile(1, watches)
	var f match.Finder
	found := f.Find(set, doc)
	if got, want := len(found), 7; got != want {
		t.Errorf("found %d of %v, want %d", got, ids(set, found), want)
	}
	for _, w := range found {
		if len(w.Spans) == 0 || len(w.Spans) > 50 {
			t.Errorf("%s: %d spans", set.ID(w.Watch), len(w.Spans))
		}
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	m := maker{r, randomWords(r)}
	set := match.Compile(1, m.watches(t, 400, 2))
	var docs []match.Document
	for range 20 {
		docs = append(docs, m.document(m.words(4), m.text(60)))
	}
	var f match.Finder
	pass := func() {
		for _, d := range docs {
			f.Find(set, d)
		}
	}
	pass()
	if got := testing.AllocsPerRun(20, pass); got != 0 {
		t.Errorf("%v allocations for %d documents, want 0", got, len(docs))
	}
}

// A Finder goes from one set to another, larger or smaller, and remembers nothing.
func TestFinderGoesFromSetToSet(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	m := maker{r, randomWords(r)}
	var sets []*match.Set
	for _, n := range []int{300, 1, 900, 0, 40} {
		sets = append(sets, match.Compile(int64(n), m.watches(t, n, 2)))
	}
	var used match.Finder
	for range 60 {
		doc := m.document(m.words(3), m.text(r.IntN(40)))
		set := sets[r.IntN(len(sets))]
		var fresh match.Finder
		if got, want := ids(set, used.Find(set, doc)), ids(set, fresh.Find(set, doc)); !slices.Equal(got, want) {
			t.Fatalf("set of %d: found %v, a new Finder %v", set.Len(), got, want)
		}
	}
}

// Sets are put in place of each other while many goroutines match.
func TestSetsAreSwappedWhileMatching(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(10, 10))
	m := maker{r, randomWords(r)}
	var current atomic.Pointer[match.Set]
	var sets []*match.Set
	want := map[*match.Set][]string{}
	doc := m.document(m.words(4), m.text(80))
	for i := range 4 {
		set := match.Compile(int64(i), m.watches(t, 50+100*i, 2))
		var f match.Finder
		want[set] = ids(set, f.Find(set, doc))
		sets = append(sets, set)
	}
	current.Store(sets[0])
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			var f match.Finder
			for range 100 {
				set := current.Load()
				if got := ids(set, f.Find(set, doc)); !slices.Equal(got, want[set]) {
					t.Errorf("set %d: found %d, want %d", set.Revision(), len(got), len(want[set]))
					return
				}
				if got := set.Match(doc); len(got) != len(want[set]) {
					t.Errorf("set %d: %d mentions, want %d", set.Revision(), len(got), len(want[set]))
					return
				}
			}
		})
	}
	for i := range 300 {
		current.Store(sets[i%len(sets)])
	}
	all.Wait()
}

// benchmarkWatches are as analysts write them: a quarter one phrase, most a subject and some of
// several common words, some with exclusions or NEAR, a few long lists; a tenth of the phrases
// match whatever the marks. Subjects begin with two words that stand in at most 0.5 % of the texts,
// common terms are two words that stand in 0.5 to 10 %.
func benchmarkWatches(b *testing.B, r *rand.Rand, texts [][]string, n int) (watches []match.Watch) {
	in := map[string]int{} // how many texts have two words side by side
	for _, s := range texts {
		seen := map[string]bool{}
		for at := range len(s) - 1 {
			if pair := strings.Join(s[at:at+2], " "); !seen[pair] {
				seen[pair] = true
				in[pair]++
			}
		}
	}
	term := func(size int, rarest, commonest float64) string {
		for {
			s := texts[r.IntN(len(texts))]
			at := r.IntN(len(s) - size)
			if share := float64(in[strings.Join(s[at:at+2], " ")]) / float64(len(texts)); share < rarest || share > commonest {
				continue
			}
			fold := ""
			if r.IntN(10) == 0 {
				fold = "~"
			}
			return fold + `"` + strings.Join(s[at:at+size], " ") + `"`
		}
	}
	subject := func() string { return term(2+r.IntN(3), 0, 0.005) }
	common := func() string { return term(2, 0.005, 0.1) }
	list := func(n int, term func() string) string {
		terms := make([]string, n)
		for i := range terms {
			terms[i] = term()
		}
		return "(" + strings.Join(terms, " OR ") + ")"
	}
	for len(watches) < n {
		var s string
		switch x := r.IntN(100); {
		case x < 25:
			s = subject()
		case x < 55:
			s = subject() + " AND " + list(2+r.IntN(5), common)
		case x < 75:
			s = list(1+r.IntN(6), subject) + " AND " + list(1+r.IntN(8), common) + " AND NOT " + list(1+r.IntN(4), common)
		case x < 90:
			s = fmt.Sprintf("%s NEAR/%d %s", subject(), 3+r.IntN(12), common())
		default:
			s = list(10+r.IntN(21), subject) + " AND " + list(10+r.IntN(21), common) + " AND NOT " + list(5+r.IntN(6), common)
		}
		q, err := query.ParseMode(s, query.Exact)
		if err != nil {
			continue // words that are no term, such as a lone sign
		}
		watches = append(watches, match.Watch{ID: fmt.Sprint(len(watches)), Query: q})
	}
	return watches
}

// BenchmarkFind reads and matches open texts cut to the length of an article. The figures of the
// project are those of bench/match, on news and beside a peer.
func BenchmarkFind(b *testing.B) {
	texts := openTexts(b, 1000)
	split := make([][]string, 0, len(texts))
	bytes := 0
	for _, text := range texts {
		bytes += len(text)
		if s := strings.Fields(vietnamese.Canonical(text)); len(s) > 10 {
			split = append(split, s)
		}
	}
	for _, n := range []int{10_000, 100_000} {
		watches := benchmarkWatches(b, rand.New(rand.NewPCG(1, 2)), split, n)
		b.Run(fmt.Sprintf("compile/watches=%d", n), func(b *testing.B) {
			for b.Loop() {
				match.Compile(1, watches)
			}
		})
		set := match.Compile(1, watches)
		watches = nil
		b.Run(fmt.Sprintf("watches=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(bytes / len(texts)))
			var reader vietnamese.Reader
			var f match.Finder
			fields := []query.Field{{Name: "text"}}
			hits, spans, i := 0, 0, 0
			for b.Loop() {
				fields[0].Text = reader.Read(texts[i%len(texts)])
				for _, w := range f.Find(set, match.Document{Document: query.Document{Fields: fields}}) {
					hits++
					spans += len(w.Spans)
				}
				i++
			}
			b.ReportMetric(float64(hits)/float64(i), "hits/doc")
			b.ReportMetric(float64(spans)/float64(i), "spans/doc")
		})
	}
}
