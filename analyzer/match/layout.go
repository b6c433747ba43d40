package match

import (
	"cmp"
	"slices"
	"strconv"
)

// finish puts the set in the order in which it is read: leaves that anchor watches first, and the
// programs of the watches of one anchor side by side, so that asking them is reading on.
func (c *compiler) finish() *Set {
	s := c.set
	order, renumber, anchoring := c.order()
	s.leaves = c.texts(order)
	s.prefixes.renumber(renumber)
	for l := range c.lanes {
		s.lanes[l] = c.lanes[l].trie(renumber)
		c.lanes[l] = growth{}
	}
	s.filters = c.byName(renumber)
	for i := range c.covers {
		if c.covers[i].leaf >= 0 {
			c.covers[i].leaf = renumber[c.covers[i].leaf]
		}
	}
	slices.SortFunc(c.covers, func(a, b cover) int {
		return cmp.Or(cmp.Compare(a.leaf, b.leaf), cmp.Compare(a.watch, b.watch))
	})
	times := make([]uint8, len(s.watches)) // how many leaves anchor a watch; 2 is many
	for _, a := range c.covers {
		times[a.watch] = min(times[a.watch]+1, 2)
	}
	moved := make([]bool, len(s.watches))
	out := make([]uint32, 0, len(c.code)+cacheLine)
	s.asked = make([]uint32, anchoring+1)
	for _, a := range c.covers {
		if !moved[a.watch] {
			moved[a.watch] = true
			from := s.root[a.watch]
			s.root[a.watch] = uint32(len(out)) // #nosec G115 -- as long as code
			out = moveProgram(out, c.code[from:from+size(c.code[from])], renumber)
		}
		at := anchor{s.root[a.watch], a.watch}
		if a.leaf < 0 {
			s.always = append(s.always, at)
			continue
		}
		if times[a.watch] > 1 {
			at.watch |= alsoElsewhere
		}
		s.anchors = append(s.anchors, at)
		s.asked[a.leaf+1] = uint32(len(s.anchors)) // #nosec G115 -- bounded as the leaves are
	}
	s.anchors, s.code = slices.Clip(s.anchors), append(out, make([]uint32, cacheLine)...)
	return s
}

// order is the leaves in their final order, what number each gets, and how many anchor watches.
func (c *compiler) order() (order, renumber []int32, anchoring int) {
	anchors := make([]bool, len(c.keys))
	for _, a := range c.covers {
		if a.leaf >= 0 {
			anchors[a.leaf] = true
		}
	}
	order = make([]int32, 0, len(c.keys))
	for _, wanted := range []bool{true, false} {
		for leaf, is := range anchors {
			if is == wanted {
				order = append(order, int32(leaf)) // #nosec G115 -- a leaf's number
			}
		}
		if wanted {
			anchoring = len(order)
		}
	}
	renumber = make([]int32, len(c.keys))
	for n, leaf := range order {
		renumber[leaf] = int32(n) // #nosec G115 -- a leaf's number
	}
	return order, renumber, anchoring
}

// moveProgram appends a program with its leaves renumbered.
func moveProgram(out, program []uint32, renumber []int32) []uint32 {
	from := len(out)
	out = append(out, program...)
	eachLeaf(program, func(i int) {
		w := &out[from+i]
		*w = *w&^argument | uint32(renumber[*w&argument]) // #nosec G115 -- never negative
	})
	return out
}

func (c *compiler) byName(renumber []int32) filters {
	f := filters{
		places: map[string]int32{}, sources: map[string]int32{}, sites: map[string]int32{}, languages: map[string]int32{},
		tiers: map[int]int32{},
	}
	for i, k := range c.keys {
		leaf := renumber[i]
		switch k.kind & kindMask {
		case kindPlace:
			f.places[k.text] = leaf
		case kindSource:
			f.sources[k.text] = leaf
		case kindSite:
			f.sites[k.text] = leaf
		case kindLanguage:
			f.languages[k.text] = leaf
		case kindTier:
			n, _ := strconv.Atoi(k.text) // written by the compiler
			f.tiers[n] = leaf
		}
	}
	return f
}
