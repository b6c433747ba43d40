package match

import "math/bits"

// occurrences is which leaves a document has, and where. A place is a number that rises through
// the document: the token, and between fields a gap that no operator reaches across.
type occurrences struct {
	bits   []uint64 // by leaf
	words  []int32  // of bits that are not 0
	met    []int32  // the leaves, as they were first met
	events []event

	// The places of each leaf side by side, made by group. Which of the groups is a leaf's is its
	// rank among those that are met: how many bits are set before its own.
	grouped bool
	before  []int32 // by word of bits that is not 0: how many are set in those that come earlier in words
	groups  []group
	places  []int32
}

// event is a leaf, and once they are grouped its group, at a place where it takes length tokens.
type event struct{ leaf, at, length int32 }

// group is where in places those of a leaf end, and how many tokens the leaf takes at each.
type group struct{ until, length int32 }

// reset makes room for the leaves of a set, none of which is met.
func (o *occurrences) reset(leaves *leaves) {
	for _, w := range o.words {
		o.bits[w] = 0
	}
	if n := leaves.known/64 + 1; n > len(o.bits) {
		o.bits, o.before = make([]uint64, n), make([]int32, n)
	}
	o.words, o.met, o.events, o.grouped = o.words[:0], o.met[:0], o.events[:0], false
}

func (o *occurrences) has(leaf uint32) bool { return o.bits[leaf>>6]>>(leaf&63)&1 != 0 }

// mark notes a leaf that is met nowhere in particular. Whether it was met before is hard to guess:
// what is appended in any case is kept where it was not, without a branch.
func (o *occurrences) mark(leaf int32) {
	word, shift := &o.bits[leaf>>6], leaf&63
	fresh, free := int(^*word>>shift&1), 1-int(isSet(*word)) // #nosec G115 -- one bit
	o.words = append(o.words, leaf>>6)[:len(o.words)+free]
	o.met = append(o.met, leaf)[:len(o.met)+fresh]
	*word |= 1 << shift
}

// add notes a leaf at a place where it takes length tokens, always the same number. The places of
// one leaf must come in order, and before any is asked for.
func (o *occurrences) add(leaf, at, length int32) {
	o.mark(leaf)
	o.events = append(o.events, event{leaf, at, length})
}

// of is the places of a leaf, in order, and how many tokens it takes at each.
func (o *occurrences) of(leaf uint32) (places []int32, length int32) {
	if !o.has(leaf) {
		return nil, 0
	}
	if !o.grouped {
		o.group()
	}
	g := o.rank(int32(leaf)) // #nosec G115 -- a leaf's number
	from := int32(0)
	if g > 0 {
		from = o.groups[g-1].until
	}
	return o.places[from:o.groups[g].until], o.groups[g].length
}

// rank is the group of a leaf that is met.
func (o *occurrences) rank(leaf int32) int32 {
	return o.before[leaf>>6] + int32(bits.OnesCount64(o.bits[leaf>>6]&(1<<(leaf&63)-1))) // #nosec G115 -- at most 64
}

// group sorts the events by group: it counts, gives each its part, and fills the parts.
func (o *occurrences) group() {
	o.grouped = true
	sum := int32(0)
	for _, w := range o.words {
		o.before[w] = sum
		sum += int32(bits.OnesCount64(o.bits[w])) // #nosec G115 -- at most 64
	}
	if cap(o.groups) < len(o.met) {
		o.groups = make([]group, len(o.met)+len(o.met)/2)
	}
	if cap(o.places) < len(o.events) {
		o.places = make([]int32, len(o.events)+len(o.events)/2)
	}
	o.groups, o.places = o.groups[:len(o.met)], o.places[:len(o.events)]
	clear(o.groups)
	for i := range o.events {
		g := o.rank(o.events[i].leaf)
		o.events[i].leaf = g
		o.groups[g].until++
	}
	sum = 0
	for i := range o.groups {
		g := &o.groups[i]
		g.until, sum = sum, sum+g.until
	}
	for _, e := range o.events {
		g := &o.groups[e.leaf]
		o.places[g.until] = e.at
		g.until++
		g.length = e.length
	}
}
