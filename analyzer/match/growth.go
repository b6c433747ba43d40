package match

import (
	"math/bits"
	"slices"

	"lamro/internal/vietnamese"
)

// growth is a trie while it is made. Paths are kept first: the number of a syllable is its place
// in the dictionary, which is known when all syllables are.
type growth struct {
	known     map[vietnamese.Key]uint32
	keys      []vietnamese.Key
	syllables []uint32 // of all paths, as numbers of keys
	paths     []growing
}

type growing struct {
	leaf   int32
	fields fieldMask
	until  uint32 // where its syllables end
}

func (g *growth) add(keys []vietnamese.Key, leaf int32, fields fieldMask) {
	if g.known == nil {
		g.known = map[vietnamese.Key]uint32{}
	}
	for _, k := range keys {
		n, ok := g.known[k]
		if !ok {
			n = uint32(len(g.keys)) // #nosec G115 -- as many as queries have syllables
			g.known[k] = n
			g.keys = append(g.keys, k)
		}
		g.syllables = append(g.syllables, n)
	}
	g.paths = append(g.paths, growing{leaf, fields, uint32(len(g.syllables))}) // #nosec G115 -- as above
}

// trie makes the trie; renumber gives the leaves their final numbers.
func (g *growth) trie(renumber []int32) trie {
	if len(g.paths) == 0 {
		return trie{}
	}
	t := trie{dictionary: newDictionary(g.keys), used: true}
	ids := make([]uint32, len(g.keys))
	for i, k := range g.keys {
		ids[i] = t.id(k)
	}
	// No more edges than syllables that are not the first of their path.
	t.edges = make([]edge, (len(g.syllables)-len(g.paths))*3/2+1)
	states := uint32(len(t.keys)) // #nosec G115 -- as above
	chains := make([]int32, states+1, int(states)+len(g.syllables))
	more := make([]bool, states+1, cap(chains)) // by state: something goes on from it
	next := make([]int32, len(g.paths))         // the path that ends in the same state, plus 1
	from := uint32(0)
	for i, p := range g.paths {
		state := ids[g.syllables[from]]
		for _, n := range g.syllables[from+1 : p.until] {
			e := t.grow(state, ids[n])
			more[state] = true
			if e.to == 0 {
				states++
				e.to = states
				chains, more = append(chains, 0), append(more, false)
			}
			state = e.to
		}
		next[i], chains[state] = chains[state], int32(i+1) // #nosec G115 -- as above
		from = p.until
	}
	final := g.endings(&t, chains, next, renumber)
	for i, on := range more {
		if on {
			final[i] |= goesOn
		}
	}
	t.finish(final)
	return t
}

// grow is follow that makes what is missing.
func (t *trie) grow(from, syllable uint32) *edge {
	for i := int(t.slot(from, syllable)); ; i++ {
		if i == len(t.edges) {
			i = 0
		}
		e := &t.edges[i]
		if e.from == 0 {
			*e = edge{from: from, syllable: syllable}
		}
		if e.from == from && e.syllable == syllable {
			return e
		}
	}
}

// endings says of every state how it ends, from the chains of the paths that end there.
func (g *growth) endings(t *trie, chains, next, renumber []int32) []uint32 {
	final := make([]uint32, len(chains))
	for state, c := range chains {
		if c == 0 {
			continue
		}
		if p := g.paths[c-1]; next[c-1] == 0 && p.fields == everyField {
			final[state] = uint32(renumber[p.leaf]) + 1 // #nosec G115 -- as many as queries have terms
			continue
		}
		final[state] = several | uint32(len(t.ends)) // #nosec G115 -- as above
		for ; c != 0; c = next[c-1] {
			p := g.paths[c-1]
			t.ends = append(t.ends, end{renumber[p.leaf], p.fields, next[c-1] == 0})
		}
	}
	t.ends = slices.Clip(t.ends)
	return final
}

// finish fits the tables to what there is.
func (t *trie) finish(final []uint32) {
	syllables := uint32(len(t.keys)) // #nosec G115 -- as above
	t.first = slices.Clone(final[:syllables+1])
	grown := t.edges
	edges, begin := len(final)-int(syllables)-1, 0
	for i := range grown {
		if e := &grown[i]; e.from != 0 && e.from <= syllables {
			begin++
		}
	}
	t.edges = make([]edge, edges*5/3+1)
	t.pairs = make([]uint64, 1<<bits.Len(uint(begin*24/64)))
	for i := range grown {
		e := grown[i]
		if e.from == 0 {
			continue
		}
		e.end = final[e.to]
		*t.grow(e.from, e.syllable) = e
		if e.from <= syllables {
			word, bit := t.pairAt(e.from, e.syllable)
			t.pairs[word] |= bit
		}
	}
}
