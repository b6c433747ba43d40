package embedded

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
)

// The kinds of a card.
const (
	kindLive    = "l"
	kindDeleted = "d" // its bytes may still lie in a segment
	kindErased  = "e" // they do not
)

// card is what a search and the guard need of a document, in one value that is read without
// the document: a column per fact would cost a look-up each.
type card struct {
	kind            string
	rev             int64
	seen, published int64 // ms; published as index.Document.At means it
	tier            int64
	id, story       []byte // these and what follows are valid until the next card is read
	source, class   []byte
}

func cardOf(d *index.Document) card {
	return card{
		kind: kindLive, rev: d.Rev,
		seen:      d.At(index.FirstSeen).UnixMilli(),
		published: d.At(index.Published).UnixMilli(),
		tier:      int64(d.Tier),
		id:        []byte(d.ID), story: []byte(d.Group()),
		source: []byte(d.Source), class: []byte(d.Class),
	}
}

// String is the card as it is stored: tabs part its values, none of which holds one.
func (c card) String() string {
	return strings.Join([]string{
		c.kind, strconv.FormatInt(c.rev, 10), strconv.FormatInt(c.seen, 10), strconv.FormatInt(c.published, 10),
		strconv.FormatInt(c.tier, 10), string(c.id), string(c.story), string(c.source), string(c.class),
	}, "\t")
}

func parseCard(b []byte) (card, error) {
	var parts [9][]byte
	rest, more := b, true
	for i := range parts {
		if !more {
			return card{}, fmt.Errorf("card %q has too few values", b)
		}
		parts[i], rest, more = bytes.Cut(rest, []byte("\t"))
	}
	c := card{id: parts[5], story: parts[6], source: parts[7], class: parts[8]}
	switch string(parts[0]) {
	case kindLive:
		c.kind = kindLive
	case kindDeleted:
		c.kind = kindDeleted
	case kindErased:
		c.kind = kindErased
	default:
		return card{}, fmt.Errorf("card %q is of no kind", b)
	}
	for i, to := range []*int64{&c.rev, &c.seen, &c.published, &c.tier} {
		n, err := strconv.ParseInt(string(parts[1+i]), 10, 64)
		if err != nil {
			return card{}, fmt.Errorf("card %q: %w", b, err)
		}
		*to = n
	}
	return c, nil
}

// cards reads cards and, where asked for, other columns.
type cards struct {
	values bindex.DocValueReader
	card   card
	err    error
	other  func(field string, value []byte)
}

func readCards(r bindex.IndexReader, others []string, visit func(field string, value []byte)) (*cards, error) {
	values, err := r.DocValueReader(append([]string{fieldCard}, others...))
	if err != nil {
		return nil, err
	}
	return &cards{values: values, other: visit}, nil
}

func (c *cards) of(id bindex.IndexInternalID) (card, error) {
	c.card, c.err = card{}, fmt.Errorf("a document has no card")
	err := c.values.VisitDocValues(id, func(field string, value []byte) {
		if field == fieldCard {
			c.card, c.err = parseCard(value)
		} else {
			c.other(field, value)
		}
	})
	if err != nil {
		return card{}, err
	}
	return c.card, c.err
}

// find reads the card of an article, ok is false where the month has none.
func (c *cards) find(r bindex.IndexReader, id string) (found card, ok bool, err error) {
	internal, err := r.InternalID(id)
	if err != nil || internal == nil {
		return card{}, false, err
	}
	found, err = c.of(internal)
	return found, err == nil, err
}
