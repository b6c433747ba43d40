package match

import "math/bits"

// trie holds the phrases of one lane as paths of syllables. It is probed at every token, not
// walked from token to token as an automaton is: the look-ups of neighbouring tokens do not wait
// for each other, which is what counts when the tables are larger than the cache.
//
// A state is a number: that of the first syllable, and for every longer beginning of a phrase the
// place of the edge that leads to it, counted on behind the syllables. Memory: 8 bytes and 4 for a
// syllable and as much again for free places, 12 for an edge and half as much for free places, 3
// to 6 for each pair of syllables that phrases begin with.
type trie struct {
	dictionary
	first  []uint32 // by syllable: how a phrase of it alone ends
	pairs  []uint64 // the two syllables that longer phrases begin with, as a bitmap of hashes
	narrow uint8    // from a hash to a bit of pairs
	edges  []edge   // open addressing by from and syllable; the first and the last are free
	slots  uint64   // how many places a hash can name; behind them is what had no room there
	ends   []end    // where several phrases end in one state
	used   bool
}

// edge leads from a state by a syllable to the state of its own place. A free one is zero.
type edge struct{ from, syllable, end uint32 }

// end is a phrase that ends in a state, in the fields of its scope.
type end struct {
	leaf   int32
	fields fieldMask
	last   bool // of those that end there
}

// How a state ends: bit 31 says that longer phrases go on from here. The other bits are 0 where
// none ends here, a leaf plus 1, or with bit 30 an index into ends.
const (
	goesOn  = 1 << 31
	several = 1 << 30
	endMask = several - 1
)

// step is the hash of a state and a syllable. Only its upper bits depend on both.
func step(from, syllable uint32) uint64 { return (uint64(from)<<32 | uint64(syllable)) * scatter }

// pair is the bit of two syllables in pairs.
func (t *trie) pair(a, b uint32) (word, bit uint64) {
	h := step(a, b) >> t.narrow
	return h >> 6, h & 63
}

// slot is where the search for an edge begins. Place 0 is never used.
func (t *trie) slot(from, syllable uint32) uint32 {
	hi, _ := bits.Mul64(step(from, syllable), t.slots)
	return uint32(hi) + 1 // #nosec G115 -- at most slots
}

// state is the one that the edge of a place leads to.
func (t *trie) state(slot uint32) uint32 { return t.syllables() + 1 + slot }

// syllables is the greatest number of a syllable.
func (t *trie) syllables() uint32 { return uint32(len(t.keys)) } // #nosec G115 -- as many as queries have

// put takes a free place for an edge and says which.
func (t *trie) put(e edge) uint32 {
	i := t.slot(e.from, e.syllable)
	for t.edges[i].from != 0 {
		i++
	}
	t.edges[i] = e
	if int(i) == len(t.edges)-1 {
		t.edges = append(t.edges, edge{})
	}
	return i
}
