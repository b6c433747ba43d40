package match

import (
	"slices"
	"sync"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// Match finds the watches that doc satisfies, in the order of the set.
func (s *Set) Match(doc Document) []news.Mention {
	w := s.scratch.get(len(s.leaves), len(s.watches))
	defer s.scratch.put(w)
	for i := range doc.Fields {
		s.scan(w, doc.Fields[i].Text.Tokens, int32(i)) // #nosec G115 -- a handful of fields
	}
	s.candidates(w, doc)
	var out []news.Mention
	for _, c := range w.candidates {
		r := run{set: s, work: w, doc: &doc}
		if r.holds(&s.watches[c].root, anything) {
			out = append(out, r.mention(&s.watches[c]))
		}
	}
	return out
}

// spot is where a phrase was met: a token of a field.
type spot struct {
	field, token int32
	next         int32 // the next spot of the same leaf, 0 for none
}

// work is what one Match writes into; it is used again.
type work struct {
	spots      []spot  // from 1
	first      []int32 // by leaf
	last       []int32
	met        []int32 // leaves with spots
	asked      []bool  // by watch
	candidates []int32
	exact      []int32
	folded     []int32
}

type pool struct{ sync.Pool }

func (p *pool) get(leaves, watches int) *work {
	if w, ok := p.Get().(*work); ok {
		return w
	}
	return &work{
		spots: make([]spot, 1, 64), first: make([]int32, leaves), last: make([]int32, leaves),
		asked: make([]bool, watches),
	}
}

func (p *pool) put(w *work) {
	for _, l := range w.met {
		w.first[l] = 0
	}
	for _, c := range w.candidates {
		w.asked[c] = false
	}
	w.met, w.candidates, w.spots = w.met[:0], w.candidates[:0], w.spots[:1]
	p.Put(w)
}

func (w *work) add(leaf, field, token int32) {
	n := int32(len(w.spots)) // #nosec G115 -- bounded by the text, at most half a megabyte a field
	w.spots = append(w.spots, spot{field: field, token: token})
	if w.first[leaf] == 0 {
		w.first[leaf] = n
		w.met = append(w.met, leaf)
	} else {
		w.spots[w.last[leaf]].next = n
	}
	w.last[leaf] = n
}

// scan finds every phrase of the set in the tokens of one field.
func (s *Set) scan(w *work, tokens []vietnamese.Token, field int32) {
	w.exact, w.folded = w.exact[:0], w.folded[:0]
	for i := range tokens {
		w.exact = append(w.exact, s.exact.syllables[tokens[i].Exact])
		w.folded = append(w.folded, s.folded.syllables[tokens[i].Folded])
	}
	for i := range tokens {
		at := int32(i) // #nosec G115 -- bounded by the text
		s.exact.walk(w.exact, i, func(leaf int32, _ int) { w.add(leaf, field, at) })
		s.folded.walk(w.folded, i, func(leaf int32, n int) {
			if foldedOnly(s.leaves[leaf].phrase, tokens[i:i+n]) {
				w.add(leaf, field, at)
			}
		})
	}
}

// foldedOnly says whether tokens, whose folded keys are those of p, are a match of p that the
// exact keys do not find.
func foldedOnly(p *query.Phrase, tokens []vietnamese.Token) bool {
	same, bare := true, true
	for i := range tokens {
		same = same && tokens[i].Exact == p.Exact[i]
		bare = bare && tokens[i].Bare()
	}
	return !same && (bare || p.Mode == query.Fold || !p.Marked)
}

// candidates collects the watches of which something necessary was met.
func (s *Set) candidates(w *work, doc Document) {
	ask := func(watches []int32) {
		for _, c := range watches {
			if !w.asked[c] {
				w.asked[c] = true
				w.candidates = append(w.candidates, c)
			}
		}
	}
	ask(s.always)
	for _, l := range w.met {
		ask(s.leaves[l].anchors)
	}
	for _, code := range doc.Places {
		ask(s.byPlace[code])
	}
	ask(s.bySource[doc.Source])
	slices.Sort(w.candidates)
}
