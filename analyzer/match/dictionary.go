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

// number notes the number of every token, as the lane compares them, and a 0 behind the last. As in
// Finder.step, the keys are all looked for where they should be, without a branch, and then those
// that met another there.
func (f *Finder) number(d *dictionary, l lane, tokens []vietnamese.Token) {
	if cap(f.ids) <= len(tokens) {
		f.ids = make([]uint32, len(tokens)+len(tokens)/2+1)
		f.again = make([]int32, cap(f.ids))
	}
	f.ids = f.ids[:len(tokens)+1]
	out, again, missed := f.ids, f.again[:len(tokens)+1], 0
	mask := uint64(len(d.keys) - 1) // #nosec G115 -- never negative
	for i := range tokens {
		k := l.key(&tokens[i])
		at := uint64(k) * scatter >> d.shift
		met := d.keys[at&mask]
		taken, other := isSet(uint64(met)), isSet(uint64(met^k))
		out[i] = uint32((at + 1) & (other - 1)) // #nosec G115 -- as many as queries have syllables
		again[missed] = int32(i)                // #nosec G115 -- bounded by the text
		missed += int(taken & other)            // #nosec G115 -- one bit
	}
	for _, i := range again[:missed] {
		out[i] = d.id(l.key(&tokens[i]))
	}
	out[len(tokens)] = 0
}
