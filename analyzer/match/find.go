package match

import (
	"math/bits"
	"slices"

	"lamro/internal/query"
)

// Found is a watch that a document satisfies, by its place in what Compile was given. Its spans
// are those of the terms by which it holds: of every branch that does, not of what a NOT names.
type Found struct {
	Watch int32
	Spans []Span
}

// Span is where a term stands: a field of the document and bytes of its original.
type Span struct {
	Field      int32
	Start, End int32
	Leaf       int32 // for Set.Term
}

// maxSpans is how many spans of a watch are kept: enough to see why, few enough for a message.
const maxSpans = 50

// Finder finds the watches that documents satisfy, one document after another, in the same
// memory. The zero value is ready; it may be used with one set after another, and by one
// goroutine at a time. Besides what a document needs it holds two bits for each leaf and two for
// each watch of the largest set.
type Finder struct {
	set *Set
	doc query.Document
	all occurrences

	fields  []int32  // where the places of each field begin
	ids     []uint32 // of the syllables of a field
	walks   []walk
	again   []int32
	endings []ending
	touched uint32 // of what is read so that it is there; means nothing

	anchors []int32 // the leaves met that anchor a watch
	asking  []anchor
	done    []uint64 // by watch: asked, so that one with many anchors is asked once
	once    []int32  // the watches of done
	matched []uint64 // by watch: it holds

	near    proximity
	spelled spellings
	found   []Found
	spans   []Span
}

// fieldGap lies between the places of two fields: longer than any field is, in tokens.
const fieldGap = 1 << 20

// Find is the watches of s that doc satisfies, in the order of the set. What it returns is valid
// until the next Find. Nothing is allocated once the memory has the size that documents need.
func (f *Finder) Find(s *Set, doc Document) []Found {
	f.read(s, doc.Document)
	f.ask()
	f.found, f.spans = f.found[:0], f.spans[:0]
	f.each(func(watch int32) {
		from := len(f.spans)
		f.collect(&f.all, s.root[watch], from+maxSpans)
		f.found = append(f.found, Found{Watch: watch, Spans: f.spans[from:len(f.spans):len(f.spans)]})
	})
	f.release()
	return f.found
}

// each calls do for every watch that holds, in the order of the set, and forgets them.
func (f *Finder) each(do func(watch int32)) {
	for i, word := range f.matched {
		if word == 0 {
			continue
		}
		f.matched[i] = 0
		for ; word != 0; word &= word - 1 {
			do(int32(i<<6 + bits.TrailingZeros64(word))) // #nosec G115 -- a watch's number
		}
	}
}

// release lets go of the document and the set: a Finder that waits for work holds neither.
func (f *Finder) release() {
	f.set, f.doc = nil, query.Document{}
}

// read finds all leaves of the set in the document.
func (f *Finder) read(s *Set, doc query.Document) {
	f.set, f.doc = s, doc
	f.all.reset(&s.leaves)
	f.fields = f.fields[:0]
	s.filters.mark(&f.all, &doc)
	base := int32(0)
	for i := range doc.Fields {
		f.fields = append(f.fields, base)
		text, mask := doc.Fields[i].Text, maskOf(doc.Fields[i].Name)
		for l := range s.lanes {
			if t := &s.lanes[l]; t.used {
				f.number(&t.dictionary, lane(l), text.Tokens) // #nosec G115 -- four lanes
				f.scan(t, base, mask)
			}
		}
		s.prefixes.scan(&f.all, &f.spelled, text, base, mask)
		base += int32(len(text.Tokens)) + fieldGap // #nosec G115 -- bounded by the text
	}
}

// walk is a row of syllables that a longer phrase may begin with: where it starts, the state it
// has come to, and the place of the edge that leads on.
type walk struct {
	start int32
	state uint32
	slot  uint32
}

// ending is a state with phrases that end there, and where they start.
type ending struct {
	how   uint32
	start int32
}

// scan finds the phrases of a lane in the syllables of a field.
//
// The tables of many watches are larger than the cache, and what a text has of them cannot be
// guessed. All rows are therefore walked side by side, a syllable at a time, in loops without
// branches: no look-up waits for another, and the processor never guesses wrong. What goes on is
// written to the end of a list, which grows only where it counts.
func (f *Finder) scan(t *trie, base int32, field fieldMask) {
	ids := f.ids
	n := len(ids) - 1
	if cap(f.walks) < n {
		f.walks, f.endings = make([]walk, n+n/2), make([]ending, n+n/2)
	}
	walks, endings := f.walks[:n], f.endings[:n]
	begin, ended := 0, 0
	for i, id := range ids[:n] {
		how := t.first[id]
		endings[ended] = ending{how, base + int32(i)} // #nosec G115 -- bounded by the text
		ended += int(isSet(uint64(how &^ goesOn)))
		word, bit := t.pair(id, ids[i+1])
		walks[begin] = walk{start: int32(i), state: id} // #nosec G115 -- as above
		begin += int(t.pairs[word] >> bit & 1)          // #nosec G115 -- one bit
	}
	f.end(t, endings[:ended], 1, field)
	walks = walks[:begin]
	for next := int32(1); len(walks) > 0; next++ {
		f.step(t, walks, ids[next:])
		on, ended := 0, 0
		for _, w := range walks {
			how := t.edges[w.slot].end
			endings[ended] = ending{how, base + w.start}
			ended += int(isSet(uint64(how &^ goesOn)))
			walks[on] = walk{start: w.start, state: t.state(w.slot)}
			on += int(how >> 31)
		}
		f.end(t, endings[:ended], next+1, field)
		walks = walks[:on]
	}
}

// step finds for every walk the edge that leads on by its next syllable. All look-ups are begun
// before one is read; those that met another edge in their place go on behind it. Where there is none it is
// the one at place 0, where nothing ends or goes on.
func (f *Finder) step(t *trie, walks []walk, next []uint32) {
	again, missed := f.again[:len(walks)], 0
	for i := range walks {
		w := &walks[i]
		w.slot = t.slot(w.state, next[w.start])
		f.touched += t.edges[w.slot].from
	}
	for i := range walks {
		w := &walks[i]
		e := &t.edges[w.slot]
		taken, other := isSet(uint64(e.from)), isSet(uint64((e.from^w.state)|(e.syllable^next[w.start])))
		w.slot &= -uint32(taken)
		again[missed] = int32(i) // #nosec G115 -- bounded by the text
		missed += int(taken & other)
	}
	for _, i := range again[:missed] {
		w := &walks[i]
		syllable := next[w.start]
		for e := &t.edges[w.slot]; e.from != w.state || e.syllable != syllable; e = &t.edges[w.slot] {
			if e.from == 0 {
				w.slot = 0
				break
			}
			w.slot++
		}
	}
}

// isSet is 1 for a number that is not 0, without a branch.
func isSet(n uint64) uint64 { return (n | -n) >> 63 }

// end notes the phrases of so many syllables that end in states.
func (f *Finder) end(t *trie, endings []ending, length int32, field fieldMask) {
	for _, e := range endings {
		how, start := e.how&^goesOn, e.start
		if how&several == 0 {
			f.all.add(int32(how)-1, start, length) // #nosec G115 -- a leaf's number
			continue
		}
		for i := how & endMask; ; i++ {
			if e := &t.ends[i]; e.fields&field != 0 {
				f.all.add(e.leaf, start, length)
			}
			if t.ends[i].last {
				break
			}
		}
	}
}

// cacheLine is how many words of a program come into the cache together. So many follow the last
// program.
const cacheLine = 16

// ask asks the watches of which something necessary was met. As in scan, what is to be read of
// all of them is begun before any is asked.
func (f *Finder) ask() {
	s := f.set
	if n := len(s.watches)/64 + 1; n > len(f.done) {
		f.done, f.matched = make([]uint64, n), make([]uint64, n)
	}
	f.candidates()
	for i := range f.asking {
		program := f.asking[i].program
		f.touched += s.code[program] + s.code[program+cacheLine]
	}
	for i := range f.asking {
		watch := f.asking[i].watch
		if watch < 0 {
			watch &^= alsoElsewhere
			word, bit := &f.done[watch>>6], uint64(1)<<(watch&63)
			if *word&bit != 0 {
				continue
			}
			*word |= bit
			f.once = append(f.once, watch)
		}
		if f.answers(f.asking[i].program) {
			f.matched[watch>>6] |= 1 << (watch & 63)
			f.touched += s.root[watch] // each reads it soon
		}
	}
	for _, w := range f.once {
		f.done[w>>6] = 0
	}
	f.once = f.once[:0]
}

// candidates lists the watches to ask: those that are always asked, and those of the leaves met.
func (f *Finder) candidates() {
	s := f.set
	anchoring := uint32(len(s.asked) - 1) // #nosec G115 -- a leaf's number
	f.anchors = slices.Grow(f.anchors[:0], len(f.all.met))
	leaves, n := f.anchors[:len(f.all.met)], 0
	for _, leaf := range f.all.met {
		leaves[n] = leaf
		n += int((uint32(leaf) - anchoring) >> 31) // #nosec G115 -- never negative
	}
	for _, leaf := range leaves[:n] {
		f.touched += s.anchors[s.asked[leaf]].program
	}
	f.asking = append(f.asking[:0], s.always...)
	for _, leaf := range leaves[:n] {
		for i := s.asked[leaf]; i < s.asked[leaf+1]; i++ {
			f.asking = append(f.asking, s.anchors[i])
		}
	}
}

// place is the field and token of a place.
func (f *Finder) place(at int32) (field, token int32) {
	field = int32(len(f.fields)) - 1 // #nosec G115 -- a handful of fields
	for f.fields[field] > at {
		field--
	}
	return field, at - f.fields[field]
}
