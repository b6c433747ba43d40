package embedded

import (
	"context"
	"errors"
	"slices"

	bindex "github.com/blevesearch/bleve_index_api"
)

// at is the document that positions are asked of. A search asks in rising order.
type at struct {
	id     bindex.IndexInternalID
	number uint64
}

// posting reads where one term stands, document by document.
type posting struct {
	reader bindex.TermFieldReader
	doc    bindex.TermFieldDoc
	number uint64 // of doc
	begun  bool
	ended  bool
}

// advance goes to the first document at or after to that holds the term.
func (p *posting) advance(to at) error {
	if p.ended || p.begun && p.number >= to.number {
		return nil
	}
	p.begun = true
	found, err := p.reader.Advance(to.id, &p.doc)
	if err != nil {
		return err
	}
	if found == nil {
		p.ended = true
		return nil
	}
	p.number = p.doc.ID.Value()
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

// openSlot opens the postings of terms in a field.
func openSlot(ctx context.Context, r bindex.IndexReader, field string, terms []string) (*slot, error) {
	s := &slot{}
	for _, t := range terms {
		reader, err := r.TermFieldReader(ctx, []byte(t), field, false, false, true)
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.heap = append(s.heap, &posting{reader: reader})
	}
	return s, nil
}

func (s *slot) close() error {
	var errs []error
	for _, p := range s.heap {
		errs = append(errs, p.reader.Close())
	}
	s.heap = nil
	return errors.Join(errs...)
}

// in are the positions in a document, in order; they are valid until the next call.
func (s *slot) in(doc at) ([]int, error) {
	if s.asked && s.of == doc.number {
		return s.found, nil
	}
	if err := s.advance(doc); err != nil {
		return nil, err
	}
	s.of, s.found = doc.number, s.found[:0]
	if s.collect(0, doc.number) > 1 {
		slices.Sort(s.found)
	}
	return s.found, nil
}

// advance brings every posting to doc or behind it.
func (s *slot) advance(doc at) error {
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
	for len(s.heap) > 0 && !s.heap[0].ended && s.heap[0].number < doc.number {
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
	for _, v := range s.heap[i].doc.Vectors {
		s.found = append(s.found, int(v.Pos)) // #nosec G115 -- a text has fewer tokens than bytes
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
func (s *seeker) in(doc at) ([]int, error) {
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
func inARow(slots []*slot, doc at, into []int) ([]int, error) {
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
