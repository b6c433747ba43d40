package embedded

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
)

// located is a query that hangs on where in a text its terms stand: Bleve finds the documents
// that hold all the terms, and only of those positions are read. It is a query like Bleve's own,
// so that counts, facets and pages are of what really matches.
type located struct {
	texts []inText
	words *words
}

// inText is a condition on one text.
type inText struct {
	field  string
	weight float64
	is     condition
}

// condition is what a leaf, Near, Together or Loose asks of one text.
type condition interface {
	// candidates finds the documents that hold all terms that are needed.
	candidates(t *text) (search.Searcher, error)
	// test is how to decide about a candidate, nil where each is a match.
	test(t *text) (test, error)
}

// test says whether a document is as its condition wants it.
type test func(doc uint64) (bool, error)

const (
	// noScore is what Bleve calls searching without ranks.
	noScore = "none"
	// maxRanked is how many conditions may add to the rank of a document. More of them say
	// little and cost much, so that then all matches are of one rank.
	maxRanked = 200
	// maxTogether is how many conditions are tested one after another on what is a candidate
	// for any of them. Of more, each is followed by itself and sees only its own candidates.
	maxTogether = 12
)

// Searcher implements bquery.Query. A few conditions are tested together, those on short texts
// first, so that a long one is read only where it must be. Where ranks are asked for each stands
// alone, because only those that hold may add to the rank.
func (q located) Searcher(ctx context.Context, r bindex.IndexReader, _ mapping.IndexMapping, options search.SearcherOptions) (search.Searcher, error) {
	all, err := segmentsOf(r)
	if err != nil {
		return nil, err
	}
	o := opening{ctx, r, all, options}
	if len(q.texts) > maxRanked {
		o.options.Score = noScore
	}
	if o.options.Score == noScore && len(q.texts) <= maxTogether {
		return q.over(o, q.texts)
	}
	var sure, tested []search.Searcher
	for _, in := range q.texts {
		s, err := q.over(o, []inText{in})
		if err != nil {
			return nil, errors.Join(err, closeAll(sure), closeAll(tested))
		}
		if _, ok := s.(*positional); ok {
			tested = append(tested, s)
		} else {
			sure = append(sure, s) // Bleve makes one set of these
		}
	}
	rest, err := o.either(sure)
	if err != nil {
		return nil, errors.Join(err, closeAll(tested))
	}
	return o.either(append(tested, rest))
}

// over finds what one of texts holds.
func (q located) over(o opening, texts []inText) (search.Searcher, error) {
	var sure, unsure []search.Searcher
	p := &positional{}
	give := func(err error) (search.Searcher, error) {
		return nil, errors.Join(err, closeAll(sure), closeAll(unsure))
	}
	for _, in := range texts {
		t := &text{opening: o, name: in.field, weight: in.weight, words: q.words, slots: map[string]*slot{}}
		found, err := in.is.candidates(t)
		if err != nil {
			return give(err)
		}
		if nothing(found) {
			continue
		}
		test, err := in.is.test(t)
		if test == nil {
			sure = append(sure, found)
		} else {
			unsure = append(unsure, found)
			p.tests = append(p.tests, test)
		}
		if err != nil {
			return give(err)
		}
	}
	if len(unsure) > 0 {
		candidates, err := o.either(unsure)
		unsure = nil // either owns them
		if err != nil {
			return give(err)
		}
		p.FilteringSearcher = searcher.NewFilteringSearcher(o.ctx, candidates, p.accept)
		sure = append(sure, p)
	}
	return o.either(sure)
}

// positional is a Bleve searcher that passes on what its tests accept.
type positional struct {
	*searcher.FilteringSearcher
	tests []test
	err   error // of a test, which Bleve's filter has no way to tell
}

func (p *positional) accept(_ *search.SearchContext, dm *search.DocumentMatch) bool {
	doc := dm.IndexInternalID.Value()
	for _, test := range p.tests {
		ok, err := test(doc)
		if err != nil {
			p.err = err
			return false
		}
		if ok {
			return true
		}
	}
	return false
}

// Next implements search.Searcher.
func (p *positional) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	return p.checked(p.FilteringSearcher.Next(ctx))
}

// Advance implements search.Searcher.
func (p *positional) Advance(ctx *search.SearchContext, id bindex.IndexInternalID) (*search.DocumentMatch, error) {
	return p.checked(p.FilteringSearcher.Advance(ctx, id))
}

func (p *positional) checked(dm *search.DocumentMatch, err error) (*search.DocumentMatch, error) {
	if p.err != nil {
		return nil, fmt.Errorf("read positions: %w", errors.Join(p.err, err))
	}
	return dm, err
}

// opening makes searchers on one state of a month.
type opening struct {
	ctx      context.Context
	reader   bindex.IndexReader
	segments segments
	options  search.SearcherOptions
}

// either and all join searchers and own them, also when they fail.
func (o opening) either(some []search.Searcher) (search.Searcher, error) {
	kept := some[:0]
	for _, s := range some {
		if !nothing(s) {
			kept = append(kept, s)
		}
	}
	switch len(kept) {
	case 0:
		return searcher.NewMatchNoneSearcher(o.reader)
	case 1:
		return kept[0], nil
	}
	s, err := searcher.NewDisjunctionSearcher(o.ctx, o.reader, kept, 0, o.options)
	if err != nil {
		return nil, errors.Join(err, closeAll(kept))
	}
	return s, nil
}

func (o opening) all(needed []search.Searcher) (search.Searcher, error) {
	for _, s := range needed {
		if nothing(s) {
			if err := closeAll(needed); err != nil {
				return nil, err
			}
			return searcher.NewMatchNoneSearcher(o.reader)
		}
	}
	if len(needed) == 1 {
		return needed[0], nil
	}
	s, err := searcher.NewConjunctionSearcher(o.ctx, o.reader, needed, o.options)
	if err != nil {
		return nil, errors.Join(err, closeAll(needed))
	}
	return s, nil
}

func nothing(s search.Searcher) bool {
	_, none := s.(*searcher.MatchNoneSearcher)
	return none
}

func closeAll(all []search.Searcher) error {
	var errs []error
	for _, s := range all {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// text is one text of all documents of a month while a condition is opened on it.
type text struct {
	opening
	name   string
	weight float64
	words  *words
	slots  map[string]*slot
}

// holding finds the documents that hold one of terms.
func (t *text) holding(v view, terms []string, weight float64) (search.Searcher, error) {
	if len(terms) == 1 {
		return searcher.NewTermSearcher(t.ctx, t.reader, terms[0], v.field(t.name), t.weight*weight, t.options)
	}
	each := make([]search.Searcher, 0, len(terms))
	for _, term := range terms {
		s, err := searcher.NewTermSearcher(t.ctx, t.reader, term, v.field(t.name), t.weight*weight, t.options)
		if err != nil {
			return nil, errors.Join(err, closeAll(each))
		}
		each = append(each, s)
	}
	return t.either(each)
}

// slot is the positions of terms; the same terms share one.
func (t *text) slot(v view, terms []string) *slot {
	key := v.field(strings.Join(terms, "\t"))
	if t.slots[key] == nil {
		t.slots[key] = newSlot(t.segments, v.field(t.name), terms)
	}
	return t.slots[key]
}

// ways are those of a leaf in this text: the words with its prefix are looked up.
func (t *text) ways(l leaf) ([]way, error) {
	if l.prefix == "" {
		return l.ways, nil
	}
	terms, err := t.words.with(t.reader, l.view.field(t.name), l.prefix)
	if err != nil || len(terms) == 0 {
		return nil, err
	}
	return []way{{l.view, [][]string{terms}, 1}}, nil
}

// holdingWays finds the documents that hold all terms of one of the ways of one of leaves.
func (t *text) holdingWays(leaves []leaf) (search.Searcher, error) {
	var some []search.Searcher
	for _, l := range leaves {
		ways, err := t.ways(l)
		if err != nil {
			return nil, errors.Join(err, closeAll(some))
		}
		for _, w := range ways {
			s, err := t.holdingAll(w)
			if err != nil {
				return nil, errors.Join(err, closeAll(some))
			}
			some = append(some, s)
		}
	}
	return t.either(some)
}

func (t *text) holdingAll(w way) (search.Searcher, error) {
	var each []search.Searcher
	seen := map[string]bool{}
	for _, terms := range w.places {
		if seen[terms[0]] {
			continue
		}
		seen[terms[0]] = true
		s, err := t.holding(w.view, terms, w.weight)
		if err != nil {
			return nil, errors.Join(err, closeAll(each))
		}
		each = append(each, s)
	}
	return t.all(each)
}

// seeker is the positions of a leaf, all of whose ways are of one length.
func (t *text) seeker(ways []way) *seeker {
	s := &seeker{}
	for _, w := range ways {
		slots := make([]*slot, len(w.places))
		for i, terms := range w.places {
			slots[i] = t.slot(w.view, terms)
		}
		s.ways, s.length = append(s.ways, slots), len(slots)
	}
	return s
}

// maxWords is how many words of one text, in one month, all prefixes of a search may stand for.
const maxWords = 5_000

// words finds the words that begin with a prefix, once in a search of a month.
type words struct {
	found map[string][]string // by field and prefix
	total map[string]int      // by field
}

func newWords() *words { return &words{map[string][]string{}, map[string]int{}} }

func (w *words) with(r bindex.IndexReader, field, prefix string) (terms []string, err error) {
	key := field + "\t" + prefix
	if terms, ok := w.found[key]; ok {
		return terms, nil
	}
	if len(prefix) > maxPrefix {
		return nil, fmt.Errorf("%w: the beginning of a word is longer than %d bytes", index.ErrBadSearch, maxPrefix)
	}
	dict, err := r.FieldDictPrefix(field, []byte(prefix))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dict.Close()) }()
	for {
		entry, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			break
		}
		terms = append(terms, entry.Term)
		if w.total[field]++; w.total[field] > maxWords {
			return nil, fmt.Errorf("%w: more than %d words begin with %q; write more letters", index.ErrBadSearch, maxWords, prefix)
		}
	}
	w.found[key] = terms
	return terms, nil
}
