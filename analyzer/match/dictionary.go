package match

import (
	"math/bits"

	"lamro/internal/vietnamese"
)

// dictionary numbers the syllables that queries use: a table with open addressing, at most half
// full, in which the number of a syllable is its place. A token that no query uses is number 0,
// so that most walks through the phrases end before they begin.
type dictionary struct {
	keys  []vietnamese.Key // 0 is free: no syllable has that key
	shift uint8
}

// scatter spreads keys over a table by their upper bits (Knuth's multiplicative hashing).
const scatter = 0x9e3779b97f4a7c15

func newDictionary(keys []vietnamese.Key) dictionary {
	size := bits.Len(uint(2*len(keys) + 1))
	d := dictionary{keys: make([]vietnamese.Key, 1<<size), shift: uint8(64 - size)} // #nosec G115 -- at most 64
	for _, k := range keys {
		i := uint64(k) * scatter >> d.shift
		for d.keys[i] != 0 && d.keys[i] != k {
			i = (i + 1) & uint64(len(d.keys)-1) // #nosec G115 -- a length
		}
		d.keys[i] = k
	}
	return d
}

// id is the number of a syllable, 0 where no query uses it.
func (d *dictionary) id(k vietnamese.Key) uint32 {
	keys := d.keys
	for i := uint64(k) * scatter >> d.shift; ; i++ {
		switch keys[i&uint64(len(keys)-1)] {
		case k:
			return uint32(i&uint64(len(keys)-1)) + 1 // #nosec G115 -- as many as queries have syllables
		case 0:
			return 0
		}
	}
}

// ids is the number of every token, as the lane compares them, and a 0 behind the last.
func (d *dictionary) ids(l lane, tokens []vietnamese.Token, out []uint32) []uint32 {
	if cap(out) <= len(tokens) {
		out = make([]uint32, len(tokens)+len(tokens)/2+1)
	}
	out = out[:len(tokens)+1]
	switch l {
	case exactLane:
		for i := range tokens {
			out[i] = d.id(tokens[i].Exact)
		}
	case foldedLane:
		for i := range tokens {
			out[i] = d.id(tokens[i].Folded)
		}
	case exactIYLane:
		for i := range tokens {
			out[i] = d.id(tokens[i].Exact.IY())
		}
	default:
		for i := range tokens {
			out[i] = d.id(tokens[i].Folded.IY())
		}
	}
	out[len(tokens)] = 0
	return out
}
