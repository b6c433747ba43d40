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
	grown := newBranches(len(g.syllables)-len(g.paths), t.syllables())
	chains := make([]int32, int(t.syllables())+1+len(g.syllables)-len(g.paths)) // by state: the last path that ends there, plus 1
	next := make([]int32, len(g.paths))                                         // the one before it
	from := uint32(0)
	for i, p := range g.paths {
		state := ids[g.syllables[from]]
		for _, n := range g.syllables[from+1 : p.until] {
			state = grown.follow(state, ids[n])
		}
		next[i], chains[state] = chains[state], int32(i+1) // #nosec G115 -- as above
		from = p.until
	}
	t.place(grown.all, g.endings(&t, chains, next, renumber))
	return t
}

// branches are the edges of a trie while it grows, and a table to find them. The states have
// numbers in the order in which they are made: behind those of the syllables, the place of the
// edge that leads there.
type branches struct {
	all       []edge
	table     []uint32 // open addressing: a place in all, plus 1
	shift     uint8
	syllables uint32
}

// newBranches has room for so many edges.
func newBranches(edges int, syllables uint32) branches {
	size := bits.Len(uint(edges + edges/2 + 1))
	return branches{make([]edge, 0, edges), make([]uint32, 1<<size), uint8(64 - size), syllables} // #nosec G115 -- at most 64
}

// follow is the state that an edge leads to. An edge that is missing is made.
func (b *branches) follow(from, syllable uint32) uint32 {
	for i := step(from, syllable) >> b.shift; ; i++ {
		n := &b.table[i&uint64(len(b.table)-1)]
		if *n == 0 {
			b.all = append(b.all, edge{from: from, syllable: syllable})
			*n = uint32(len(b.all)) // #nosec G115 -- as many as queries have syllables
		} else if e := &b.all[*n-1]; e.from != from || e.syllable != syllable {
			continue
		}
		return b.syllables + *n
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

// place puts the edges where they are found; final says how the states end. An edge was made later
// than the one that it goes on from, so that the place of that is known.
func (t *trie) place(grown []edge, final []uint32) {
	syllables, begin := t.syllables(), 0
	for _, e := range grown {
		final[e.from] |= goesOn
		if e.from <= syllables {
			begin++
		}
	}
	t.first = slices.Clone(final[:syllables+1])
	size := bits.Len(uint(begin*24/64)) + 6                         // 24 bits for each, and at least a word
	t.pairs, t.narrow = make([]uint64, 1<<(size-6)), uint8(64-size) // #nosec G115 -- at most 64
	t.slots = uint64(3*len(grown)/2 + 1)
	t.edges = make([]edge, t.slots+2, t.slots+16)
	states := make([]uint32, len(grown))
	for i, e := range grown {
		if e.from <= syllables {
			word, bit := t.pair(e.from, e.syllable)
			t.pairs[word] |= 1 << bit
		} else {
			e.from = states[e.from-syllables-1]
		}
		e.end = final[int(syllables)+1+i]
		states[i] = t.state(t.put(e))
	}
}
