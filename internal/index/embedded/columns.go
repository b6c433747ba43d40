package embedded

import (
	"errors"
	"fmt"
	"strconv"
	"sync"

	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
)

// columns are what counting needs of the documents of one segment, as arrays by document.
// Reading the card of every match costs more than finding it, and a segment never changes.
type columns struct {
	seen, published []int64 // ms
	ids             strip
	stories         names // of the story, or of the article where it has none
	labels          map[index.Facet]*labels
}

// strip is a list of strings that lie in one.
type strip struct {
	text []byte
	end  []uint32
}

func (s *strip) add(v []byte) {
	s.text = append(s.text, v...)
	s.end = append(s.end, uint32(len(s.text))) // #nosec G115 -- ids of a segment are far below 4 GiB
}

func (s *strip) at(i int) string {
	from := uint32(0)
	if i > 0 {
		from = s.end[i-1]
	}
	return string(s.text[from:s.end[i]])
}

// names numbers strings.
type names struct {
	of   []uint32 // the number of each document's string
	all  []string
	seen map[string]uint32 // while they are collected
}

func (n *names) number(v []byte) uint32 {
	i, ok := n.seen[string(v)]
	if !ok {
		i = uint32(len(n.all)) // #nosec G115 -- a segment has fewer documents
		n.all = append(n.all, string(v))
		n.seen[n.all[i]] = i
	}
	return i
}

// labels are the values of a facet: those of document i are of[from[i]:from[i+1]].
type labels struct {
	names
	from []uint32
}

// end ends the values of a document.
func (l *labels) end() { l.from = append(l.from, uint32(len(l.of))) } // #nosec G115 -- as above

// add adds a value to the document that is read; an empty one is none.
func (l *labels) add(v []byte) {
	if len(v) > 0 {
		l.of = append(l.of, l.number(v))
	}
}

// readColumns reads the columns of a segment, also of its documents that were deleted: an older
// search may still see them.
func readColumns(r bindex.IndexReader, from uint64, documents int) (*columns, error) {
	c := &columns{
		seen: make([]int64, 0, documents), published: make([]int64, 0, documents),
		stories: names{of: make([]uint32, 0, documents), seen: map[string]uint32{}},
		labels:  map[index.Facet]*labels{},
	}
	for _, f := range []index.Facet{index.BySource, index.ByClass, index.ByTier, index.ByPlace, index.ByWatch} {
		c.labels[f] = &labels{names: names{seen: map[string]uint32{}}, from: make([]uint32, 1, documents+1)}
	}
	cards, err := readCards(r, []string{fieldPlace, fieldWatch}, func(field string, value []byte) {
		if field == fieldPlace {
			c.labels[index.ByPlace].add(value)
		} else {
			c.labels[index.ByWatch].add(value)
		}
	})
	if err != nil {
		return nil, err
	}
	var id bindex.IndexInternalID
	for i := range documents {
		id = bindex.NewIndexInternalID(id, from+uint64(i)) // #nosec G115 -- not negative
		card, err := cards.of(id)
		if err != nil {
			return nil, err
		}
		c.add(card)
	}
	c.stories.seen = nil
	for _, l := range c.labels {
		l.seen = nil
	}
	return c, nil
}

func (c *columns) add(d card) {
	c.seen, c.published = append(c.seen, d.seen), append(c.published, d.published)
	c.ids.add(d.id)
	c.stories.of = append(c.stories.of, c.stories.number(d.story))
	c.labels[index.BySource].add(d.source)
	c.labels[index.ByClass].add(d.class)
	c.labels[index.ByTier].add(strconv.AppendInt(nil, d.tier, 10))
	for _, l := range c.labels {
		l.end()
	}
}

func (c *columns) at(i int, by index.Clock) int64 {
	if by == index.Published {
		return c.published[i]
	}
	return c.seen[i]
}

// keptDocuments is how many documents have their columns in memory, at about 160 bytes each.
const keptDocuments = 500_000

// shelf keeps the columns that were used last. The zero value is ready.
type shelf struct {
	mu        sync.Mutex
	kept      map[segment]*kept
	documents int
	uses      int64
}

// segment names one of an index that is open; another opening numbers its segments anew.
type segment struct {
	core bindex.Index
	id   uint64
}

type kept struct {
	once      sync.Once
	columns   *columns
	err       error
	documents int
	used      int64
}

// of are the columns of a segment; whoever comes first reads them, others wait.
func (s *shelf) of(name segment, documents int, read func() (*columns, error)) (*columns, error) {
	s.mu.Lock()
	k := s.kept[name]
	if k == nil {
		s.makeRoom(documents)
		k = &kept{documents: documents}
		if s.kept == nil {
			s.kept = map[segment]*kept{}
		}
		s.kept[name] = k
		s.documents += documents
	}
	s.uses++
	k.used = s.uses
	s.mu.Unlock()
	k.once.Do(func() {
		k.err = errors.New("reading the columns of a segment panicked") // unless it returns
		k.columns, k.err = read()
	})
	if k.err != nil {
		s.drop(name, k)
	}
	return k.columns, k.err
}

// makeRoom lets go of what was used longest ago; mu is held.
func (s *shelf) makeRoom(documents int) {
	for s.documents > 0 && s.documents+documents > keptDocuments {
		var oldest segment
		var found *kept
		for name, k := range s.kept {
			if found == nil || k.used < found.used {
				oldest, found = name, k
			}
		}
		delete(s.kept, oldest)
		s.documents -= found.documents
	}
}

func (s *shelf) drop(name segment, k *kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept[name] == k {
		delete(s.kept, name)
		s.documents -= k.documents
	}
}

// forget lets go of what an index held that was closed.
func (s *shelf) forget(core bindex.Index) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, k := range s.kept {
		if name.core == core {
			delete(s.kept, name)
			s.documents -= k.documents
		}
	}
}

// pages are the columns of all segments of one state of a month, read when they are asked for.
type pages struct {
	shelf  *shelf
	core   bindex.Index
	reader bindex.IndexReader
	rest   segments
	from   uint64 // numbers of the documents of the open segment
	to     uint64
	open   *columns
}

func pagesOf(shelf *shelf, core bindex.Index, r bindex.IndexReader) (*pages, error) {
	all, err := segmentsOf(r)
	return &pages{shelf: shelf, core: core, reader: r, rest: all}, err
}

// find opens the columns that hold a document, and says where in them it is; documents are
// asked for in rising order.
func (p *pages) find(document uint64) (c *columns, i int, err error) {
	for document >= p.to {
		if len(p.rest) == 0 {
			return nil, 0, fmt.Errorf("document %d is in no segment", document)
		}
		s := p.rest[0]
		p.rest, p.from, p.to, p.open = p.rest[1:], s.from, s.to, nil
		if document >= p.to {
			continue
		}
		documents := int(s.FullSize())
		p.open, err = p.shelf.of(segment{p.core, s.Id()}, documents, func() (*columns, error) {
			return readColumns(p.reader, p.from, documents)
		})
		if err != nil {
			return nil, 0, err
		}
	}
	return p.open, int(document - p.from), nil // #nosec G115 -- less than the segment has
}
