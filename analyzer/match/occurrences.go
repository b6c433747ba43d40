package match

import "math/bits"

// occurrences is which leaves a document has, and where. A place is a number that rises through
// the document: the token, and between fields a gap that no operator reaches across.
type occurrences struct {
	bits   []uint64 // by leaf
	met    []int32  // the leaves, as they were first met
	events []event

	// The places of each leaf side by side, made by group. The table finds a leaf's group by open
	// addressing: it is as large as the document needs, not as the set, and stays in the cache.
	grouped bool
	table   []group
	shift   uint8
	places  []int32
	lengths []uint16 // by leaf, of the set
}

type event struct{ leaf, at int32 }

type group struct {
	leaf     int32 // plus 1; 0 is free
	from, to int32 // in places
	length   int32 // of the leaf, in tokens
}

// reset makes room for the leaves of a set, none of which is met.
func (o *occurrences) reset(leaves *leaves) {
	for _, l := range o.met {
		o.bits[l>>6] = 0
	}
	if n := leaves.known/64 + 1; n > len(o.bits) {
		o.bits = make([]uint64, n)
	}
	o.met, o.events, o.grouped, o.lengths = o.met[:0], o.events[:0], false, leaves.length
}

func (o *occurrences) has(leaf uint32) bool { return o.bits[leaf>>6]>>(leaf&63)&1 != 0 }

// mark notes a leaf that is met nowhere in particular.
func (o *occurrences) mark(leaf int32) {
	if word, bit := &o.bits[leaf>>6], uint64(1)<<(leaf&63); *word&bit == 0 {
		*word |= bit
		o.met = append(o.met, leaf)
	}
}

// add notes a leaf at a place. The places of one leaf must come in order.
func (o *occurrences) add(leaf, at int32) {
	o.mark(leaf)
	o.events = append(o.events, event{leaf, at})
}

// of is the places of a leaf, in order, and how many tokens it takes at each.
func (o *occurrences) of(leaf uint32) (places []int32, length int32) {
	if !o.grouped {
		o.group()
	}
	g := o.find(int32(leaf)) // #nosec G115 -- a leaf's number
	return o.places[g.from:g.to], g.length
}

// find is the group of a leaf, or a free one.
func (o *occurrences) find(leaf int32) *group {
	mask := uint32(len(o.table) - 1)                              // #nosec G115 -- as many as a text has places
	for i := uint32(uint64(leaf+1) * scatter >> o.shift); ; i++ { // #nosec G115 -- never negative
		if g := &o.table[i&mask]; g.leaf == leaf+1 || g.leaf == 0 {
			return g
		}
	}
}

// group sorts the events by leaf: it counts, gives each leaf its part, and fills the parts.
func (o *occurrences) group() {
	o.grouped = true
	size := bits.Len(uint(2*len(o.met) + 1))
	if len(o.table) < 1<<size {
		o.table = make([]group, 1<<size)
	} else {
		clear(o.table)
	}
	o.shift = uint8(64 - bits.Len(uint(len(o.table)-1))) // #nosec G115 -- at most 64
	if cap(o.places) < len(o.events) {
		o.places = make([]int32, len(o.events)+len(o.events)/2)
	}
	o.places = o.places[:len(o.events)]
	for i := range o.events {
		g := o.find(o.events[i].leaf)
		g.leaf = o.events[i].leaf + 1
		g.to++
	}
	sum := int32(0)
	for _, leaf := range o.met {
		g := o.find(leaf)
		sum, g.from, g.to = sum+g.to, sum, sum
		g.length = int32(o.lengths[leaf])
	}
	for i := range o.events {
		g := o.find(o.events[i].leaf)
		o.places[g.to] = o.events[i].at
		g.to++
	}
}
