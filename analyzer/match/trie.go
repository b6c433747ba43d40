package match

import "math/bits"

// trie holds the phrases of one lane as paths of syllables. It is probed at every token, not
// walked from token to token as an automaton is: the look-ups of neighbouring tokens do not wait
// for each other, which is what counts when the tables are larger than the cache.
//
// A state is a number: that of the first syllable, and further ones for every longer beginning of
// a phrase. Memory: 8 bytes and 4 for a syllable and as much again for free places, 16 for a
// state and two thirds as much for free places, 3 to 6 for each pair of syllables that phrases
// begin with.
type trie struct {
	dictionary
	first []uint32 // by syllable: how a phrase of it alone ends
	pairs []uint64 // the two syllables that longer phrases begin with, as a bitmap of hashes
	edges []edge   // open addressing by from and syllable
	ends  []end    // where several phrases end in one state
	used  bool
}

// edge leads from a state by a syllable to another state. A free one has from 0.
type edge struct{ from, syllable, to, end uint32 }

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

func (t *trie) pairAt(a, b uint32) (word int, bit uint64) {
	h := (uint64(a)<<32 | uint64(b)) * scatter >> 20
	return int(h >> 6 & uint64(len(t.pairs)-1)), 1 << (h & 63) // #nosec G115 -- masked
}

// slot is where the search for an edge begins.
func (t *trie) slot(from, syllable uint32) int32 {
	hi, _ := bits.Mul64((uint64(from)<<32|uint64(syllable))*scatter, uint64(len(t.edges)))
	return int32(hi) // #nosec G115 -- less than the length
}

// follow is the edge from a state by a syllable, searched from its slot on; nil where there is none.
func (t *trie) follow(slot int32, from, syllable uint32) *edge {
	for i := int(slot); ; i++ {
		if i == len(t.edges) {
			i = 0
		}
		e := &t.edges[i]
		if e.from == from && e.syllable == syllable {
			return e
		}
		if e.from == 0 {
			return nil
		}
	}
}
