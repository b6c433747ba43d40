package embedded

import (
	"errors"
	"slices"

	"github.com/blevesearch/bleve/v2/search"
)

// stands: the leaf stands in the text.
type stands struct{ leaf leaf }

func (c stands) candidates(t *text) (search.Searcher, error) { return t.holdingWays([]leaf{c.leaf}) }

func (c stands) test(t *text) (test, error) {
	if c.leaf.prefix != "" || len(c.leaf.ways[0].places) == 1 {
		return nil, nil
	}
	s := t.seeker(c.leaf.ways)
	return func(doc uint64) (bool, error) {
		for _, slots := range s.ways {
			var err error
			if s.way, err = inARow(slots, doc, s.way[:0]); err != nil || len(s.way) > 0 {
				return err == nil, err
			}
		}
		return false, nil
	}, nil
}

// pair: one of left and one of right stand in the text as meets wants them.
type pair struct {
	left, right []leaf
	meets       func(left, right []stand, borders []int) bool
	bordered    bool // meets looks at borders
}

func (c pair) candidates(t *text) (search.Searcher, error) {
	left, err := t.holdingWays(c.left)
	if err != nil {
		return nil, err
	}
	right, err := t.holdingWays(c.right)
	if err != nil {
		return nil, errors.Join(err, left.Close())
	}
	return t.all([]search.Searcher{left, right})
}

func (c pair) test(t *text) (test, error) {
	left, err := sideOf(t, c.left)
	if err != nil {
		return nil, err
	}
	right, err := sideOf(t, c.right)
	if err != nil {
		return nil, err
	}
	borders := &slot{}
	if c.bordered {
		borders = t.slot(exact, []string{border})
	}
	return func(doc uint64) (bool, error) {
		l, err := left.in(doc)
		if err != nil || len(l) == 0 {
			return false, err
		}
		r, err := right.in(doc)
		if err != nil || len(r) == 0 {
			return false, err
		}
		b, err := borders.in(doc)
		return err == nil && c.meets(l, r, b), err
	}, nil
}

// side finds where the leaves on one side of a pair stand.
type side struct {
	leaves []*seeker
	found  []stand // by length; their memory is used again
}

// sideOf opens the leaves of a side. Those of one token are read as one, so that of thousands of
// words only those are touched that a document holds.
func sideOf(t *text, leaves []leaf) (*side, error) {
	s := &side{}
	var single [folded + 1][]string
	for _, l := range leaves {
		ways, err := t.ways(l)
		if err != nil {
			return nil, err
		}
		if len(ways) > 0 && len(ways[0].places) == 1 {
			for _, w := range ways {
				single[w.view] = append(single[w.view], w.places[0]...)
			}
			continue
		}
		s.leaves = append(s.leaves, t.seeker(ways))
	}
	for v, terms := range single {
		if len(terms) == 0 {
			continue
		}
		slices.Sort(terms)
		s.leaves = append(s.leaves, t.seeker([]way{{view(v), [][]string{slices.Compact(terms)}, 1}}))
	}
	slices.SortStableFunc(s.leaves, func(a, b *seeker) int { return a.length - b.length })
	return s, nil
}

func (s *side) in(doc uint64) ([]stand, error) {
	s.found = s.found[:0]
	for _, leaf := range s.leaves {
		starts, err := leaf.in(doc)
		if err != nil {
			return nil, err
		}
		if len(starts) == 0 {
			continue
		}
		if n := len(s.found); n > 0 && s.found[n-1].length == leaf.length {
			last := &s.found[n-1]
			last.starts = slices.Concat(last.starts, starts)
			slices.Sort(last.starts)
			continue
		}
		s.found = append(s.found, stand{leaf.length, starts})
	}
	return s.found, nil
}

// scattered: the syllables of a phrase, in one of its ways, within so many tokens in a row.
type scattered struct {
	leaf   leaf
	within int
}

func (c scattered) candidates(t *text) (search.Searcher, error) {
	return t.holdingWays([]leaf{c.leaf})
}

func (c scattered) test(t *text) (test, error) {
	if len(c.leaf.ways[0].places) == 1 {
		return nil, nil
	}
	var ways [][]share
	var slots [][]*slot
	for _, w := range c.leaf.ways {
		needed := map[*slot]int{}
		var each []*slot
		for _, terms := range w.places {
			// Spellings that count as one are the same list, whichever of them was typed.
			s := t.slot(w.view, slices.Sorted(slices.Values(terms)))
			if needed[s]++; needed[s] == 1 {
				each = append(each, s)
			}
		}
		shares := make([]share, len(each))
		for i, s := range each {
			shares[i].needed = needed[s]
		}
		ways, slots = append(ways, shares), append(slots, each)
	}
	return func(doc uint64) (bool, error) {
		for i, shares := range ways {
			for k, s := range slots[i] {
				var err error
				if shares[k].positions, err = s.in(doc); err != nil {
					return false, err
				}
			}
			if loose(shares, c.within) {
				return true, nil
			}
		}
		return false, nil
	}, nil
}
