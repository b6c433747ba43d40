package embedded

import (
	"fmt"
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bindex "github.com/blevesearch/bleve_index_api"
	bsegment "github.com/blevesearch/scorch_segment_api/v2"
)

// segments are those of one state of a month, in the order of their documents.
type segments []numbered

// numbered is a segment with the numbers of its documents in the month: from ≤ n < to.
type numbered struct {
	from, to uint64
	*scorch.SegmentSnapshot
}

func segmentsOf(r bindex.IndexReader) (all segments, err error) {
	snapshot, ok := r.(*scorch.IndexSnapshot)
	if !ok {
		return nil, fmt.Errorf("the index is read by a %T", r)
	}
	from := uint64(0)
	for _, s := range snapshot.Segments() {
		to := from + uint64(s.FullSize()) // #nosec G115 -- not negative
		all, from = append(all, numbered{from, to, s}), to
	}
	return all, nil
}

// posting reads where one term stands, document by document, of deleted ones too. It reads the
// segments by itself: Bleve's reader of a month copies each position twice more.
type posting struct {
	field string
	term  []byte
	rest  segments // those that are not open yet

	open numbered
	list bsegment.PostingsList
	docs bsegment.PostingsIterator

	found  bsegment.Posting
	number uint64 // of the document of found
	begun  bool
	ended  bool
}

// advance goes to the first document at or after to that holds the term; to rises.
func (p *posting) advance(to uint64) error {
	if p.ended || p.begun && p.number >= to {
		return nil
	}
	for p.begun = true; ; {
		if to < p.open.to {
			found, err := p.docs.Advance(max(to, p.open.from) - p.open.from)
			if err != nil {
				return err
			}
			if found != nil {
				p.found, p.number = found, p.open.from+found.Number()
				return nil
			}
		}
		for len(p.rest) > 0 && p.rest[0].to <= to {
			p.rest = p.rest[1:]
		}
		if len(p.rest) == 0 {
			p.ended = true
			return nil
		}
		if err := p.begin(p.rest[0]); err != nil {
			return err
		}
		p.rest = p.rest[1:]
	}
}

// begin opens a segment.
func (p *posting) begin(s numbered) error {
	dictionary, err := s.Segment().Dictionary(p.field)
	if err != nil {
		return err
	}
	if p.list, err = dictionary.PostingsList(p.term, nil, p.list); err != nil {
		return err
	}
	p.open, p.docs = s, p.list.Iterator(false, false, true, p.docs)
	return nil
}

// before orders postings by the document they stand at, those at their end last.
func (p *posting) before(other *posting) bool {
	if p.ended || other.ended {
		return !p.ended
	}
	return p.number < other.number
}

// slot reads where one of several terms stands. Its postings form a heap, so that of thousands
// of words with a prefix only those are touched that a document holds.
type slot struct {
	heap  []*posting
	asked bool
	of    uint64 // the document that found is of
	found []int
}

func newSlot(of segments, field string, terms []string) *slot {
	s := &slot{}
	for _, t := range terms {
		s.heap = append(s.heap, &posting{field: field, term: []byte(t), rest: of})
	}
	return s
}

// in are the positions in a document, in order; they are valid until the next call.
func (s *slot) in(doc uint64) ([]int, error) {
	if s.asked && s.of == doc {
		return s.found, nil
	}
	if err := s.advance(doc); err != nil {
		return nil, err
	}
	s.of, s.found = doc, s.found[:0]
	if s.collect(0, doc) > 1 {
		slices.Sort(s.found)
	}
	return s.found, nil
}

// advance brings every posting to doc or behind it.
func (s *slot) advance(doc uint64) error {
	if !s.asked { // nobody has been asked yet, so there is no order
		s.asked = true
		for i := len(s.heap) - 1; i >= 0; i-- {
			if err := s.heap[i].advance(doc); err != nil {
				return err
			}
			s.sink(i)
		}
		return nil
	}
	for len(s.heap) > 0 && !s.heap[0].ended && s.heap[0].number < doc {
		if err := s.heap[0].advance(doc); err != nil {
			return err
		}
		s.sink(0)
	}
	return nil
}

// sink puts the posting at i below those that come before it.
func (s *slot) sink(i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(s.heap); child++ {
			if s.heap[child].before(s.heap[first]) {
				first = child
			}
		}
		if first == i {
			return
		}
		s.heap[i], s.heap[first] = s.heap[first], s.heap[i]
		i = first
	}
}

// collect takes the positions of all postings below i that stand at a document, and says how
// many of them there are.
func (s *slot) collect(i int, number uint64) (postings int) {
	if i >= len(s.heap) || s.heap[i].ended || s.heap[i].number != number {
		return 0 // and so it is with all that come after it
	}
	for _, l := range s.heap[i].found.Locations() {
		s.found = unpack(s.found, l.Pos(), l.ArrayPositions())
	}
	return 1 + s.collect(2*i+1, number) + s.collect(2*i+2, number)
}

// seeker finds where a leaf stands.
type seeker struct {
	ways   [][]*slot
	length int // in tokens
	found  []int
	way    []int
}

// in are the positions in a document at which the leaf begins, in order; they are valid until
// the next call.
func (s *seeker) in(doc uint64) ([]int, error) {
	if s.length == 1 && len(s.ways) == 1 {
		return s.ways[0][0].in(doc)
	}
	s.found = s.found[:0]
	for i, slots := range s.ways {
		var err error
		if s.way, err = inARow(slots, doc, s.way[:0]); err != nil {
			return nil, err
		}
		s.found = append(s.found, s.way...)
		if i > 0 {
			slices.Sort(s.found)
			s.found = slices.Compact(s.found)
		}
	}
	return s.found, nil
}

// inARow appends to into the positions at which slots follow each other.
func inARow(slots []*slot, doc uint64, into []int) ([]int, error) {
	for i, slot := range slots {
		positions, err := slot.in(doc)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			into = append(into, positions...)
		} else {
			into = following(into, positions, i)
		}
		if len(into) == 0 {
			break
		}
	}
	return into, nil
}

// following keeps of starts, in place, those that a position stands i after.
func following(starts, positions []int, i int) []int {
	kept, p := starts[:0], 0
	for _, start := range starts {
		for p < len(positions) && positions[p] < start+i {
			p++
		}
		if p == len(positions) {
			break
		}
		if positions[p] == start+i {
			kept = append(kept, start)
		}
	}
	return kept
}
