package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	bquery "github.com/blevesearch/bleve/v2/search/query"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
)

// translate says in Bleve's words what a search asks of one month: its query, its filters and
// its times.
func translate(s index.Search, month string) (bquery.Query, error) {
	var all []bquery.Query
	if s.Query != nil && s.Query.Root != nil {
		q, err := translator{newWords()}.node(s.Query.Root)
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	tiers := make([]string, len(s.Tiers))
	for i, t := range s.Tiers {
		tiers[i] = strconv.Itoa(t)
	}
	for _, f := range []struct {
		field  string
		values []string
	}{
		{fieldSource, s.Sources}, {fieldClass, s.Classes}, {fieldTier, tiers},
		{fieldPlace, s.Places}, {fieldWatch, s.Watches},
	} {
		if len(f.values) > 0 {
			all = append(all, anyOf(f.field, f.values))
		}
	}
	if s.Story != "" {
		all = append(all, key(fieldStory, s.Story))
	}
	if q := within(s, month); q != nil {
		all = append(all, q)
	}
	switch len(all) {
	case 0:
		return live(), nil
	case 1:
		return all[0], nil
	}
	return bquery.NewConjunctionQuery(all), nil
}

// live is every document: a tombstone has no other field that a query could meet.
func live() bquery.Query { return key(fieldLive, liveTerm) }

// key is a term of a field that decides and does not rank.
func key(field, value string) bquery.Query {
	q := bquery.NewTermQuery(value)
	q.SetField(field)
	q.SetBoost(0)
	return q
}

func anyOf(field string, values []string) bquery.Query {
	terms := make([]bquery.Query, len(values))
	for i, v := range values {
		terms[i] = key(field, v)
	}
	return either(terms)
}

func either(qs []bquery.Query) bquery.Query {
	if len(qs) == 1 {
		return qs[0]
	}
	return bquery.NewDisjunctionQuery(qs)
}

// within is the range of times, nil where the whole month lies in it.
func within(s index.Search, month string) bquery.Query {
	start, end := bounds(month)
	field := fieldSeen
	from, to := !s.From.IsZero() && s.From.After(start), !s.To.IsZero() && s.To.Before(end)
	if s.By == index.Published {
		// Published lies before the end of the month, but there is no telling how long before.
		field, from = fieldPub, !s.From.IsZero()
	}
	if !from && !to {
		return nil
	}
	var low, high time.Time
	if from {
		low = s.From
	}
	if to {
		high = s.To
	}
	return between(field, low, high)
}

// between is the range from ≤ t < to of a field; the zero time is open, but not both.
func between(field string, from, to time.Time) bquery.Query {
	bound := func(t time.Time) *float64 {
		if t.IsZero() {
			return nil
		}
		ms := float64(ceilMillis(t))
		return &ms
	}
	yes, no := true, false
	q := bquery.NewNumericRangeInclusiveQuery(bound(from), bound(to), &yes, &no)
	q.SetField(field)
	q.SetBoost(0)
	return q
}

// ceilMillis is the first millisecond that is not before t.
func ceilMillis(t time.Time) int64 {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return ms
}

// bounds are the first instant of a month in the office's time, and of the next.
func bounds(month string) (start, end time.Time) {
	start, err := time.ParseInLocation("2006-01", month, news.Zone())
	if err != nil {
		return time.Time{}, time.Time{}
	}
	return start, start.AddDate(0, 1, 0)
}

// translator translates the nodes of one search of one month.
type translator struct{ words *words }

func (t translator) node(n query.Node) (bquery.Query, error) {
	switch n := n.(type) {
	case query.And:
		return t.and(n.Nodes)
	case query.Or:
		return t.or(n.Nodes)
	case query.Not:
		return t.and([]query.Node{n})
	case query.Leaf:
		return t.in(scope(n), stands{leafOf(n)}), nil
	case *query.Loose:
		return t.in(n.Phrase.In, scattered{leafOf(n.Phrase), len(n.Phrase.Exact) + n.Slop}), nil
	case *query.Near:
		return t.pair(n.Left, n.Right, pair{meets: func(left, right []stand, _ []int) bool {
			return near(left, right, n.Distance, n.Ordered)
		}}), nil
	case *query.Together:
		return t.pair(n.Left, n.Right, pair{meets: together, bordered: true}), nil
	}
	return property(n)
}

// or makes one query of all that is asked of texts: side by side, thousands of words would each
// be followed from document to document.
func (t translator) or(nodes []query.Node) (bquery.Query, error) {
	var others []bquery.Query
	inTexts := located{words: t.words}
	for _, n := range nodes {
		q, err := t.node(n)
		if err != nil {
			return nil, err
		}
		if l, ok := q.(located); ok {
			inTexts.texts = append(inTexts.texts, l.texts...)
		} else {
			others = append(others, q)
		}
	}
	if len(inTexts.texts) > 0 {
		slices.SortStableFunc(inTexts.texts, func(a, b inText) int { return cmp.Compare(b.weight, a.weight) })
		others = append(others, inTexts)
	}
	return either(others), nil
}

// property translates what is asked of an article and not of its texts.
func property(n query.Node) (bquery.Query, error) {
	switch n := n.(type) {
	case query.Place:
		return key(fieldPlace, n.Code), nil
	case query.Source:
		return key(fieldSource, n.ID), nil
	case query.Site:
		return key(fieldSite, n.Host), nil
	case query.Lang:
		return key(fieldLang, n.Code), nil
	case query.Tier:
		return key(fieldTier, strconv.Itoa(n.N)), nil
	case query.Date:
		if n.From.IsZero() && n.To.IsZero() {
			return live(), nil
		}
		return between(fieldPub, n.From, n.To), nil
	}
	return nil, fmt.Errorf("%w: the index does not know %T", index.ErrBadSearch, n)
}

// and keeps what must not be there beside what must, so that it is taken off a small
// set instead of being made into a large one.
func (t translator) and(nodes []query.Node) (bquery.Query, error) {
	var must, mustNot []bquery.Query
	for _, n := range nodes {
		into := &must
		if not, ok := n.(query.Not); ok {
			into, n = &mustNot, not.Node
		}
		q, err := t.node(n)
		if err != nil {
			return nil, err
		}
		*into = append(*into, q)
	}
	if len(must) == 0 {
		must = []bquery.Query{live()}
	}
	if len(mustNot) == 0 {
		return bquery.NewConjunctionQuery(must), nil
	}
	return without{bquery.NewConjunctionQuery(must), either(mustNot)}, nil
}

// without is what matches must and not mustNot. Bleve's own boolean query takes a must that
// finds nothing for one that was left out, and then answers with every other document.
type without struct{ must, mustNot bquery.Query }

// Searcher implements bquery.Query.
func (q without) Searcher(ctx context.Context, r bindex.IndexReader, m mapping.IndexMapping, options search.SearcherOptions) (search.Searcher, error) {
	must, err := q.must.Searcher(ctx, r, m, options)
	if err != nil {
		return nil, err
	}
	if _, nothing := must.(*searcher.MatchNoneSearcher); nothing {
		return must, nil
	}
	mustNot, err := q.mustNot.Searcher(ctx, r, m, options)
	if err != nil {
		return nil, errors.Join(err, must.Close())
	}
	return searcher.NewBooleanSearcher(ctx, r, must, nil, mustNot, options)
}

// The texts of a document, short ones first, and their weight by relevance.
var texts = []struct {
	field  string
	weight float64
}{{news.FieldTitle, 3}, {news.FieldLead, 1.5}, {news.FieldBody, 1}}

// in asks for c in one of the texts of a scope.
func (t translator) in(s query.Scope, c condition) bquery.Query {
	q := located{words: t.words}
	for _, w := range texts {
		if s.Includes(w.field) {
			q.texts = append(q.texts, inText{w.field, w.weight, c})
		}
	}
	return q
}

// pair asks for p in one of the texts that leaves on both sides may stand in.
func (t translator) pair(left, right []query.Leaf, p pair) bquery.Query {
	q := located{words: t.words}
	for _, w := range texts {
		p.left, p.right = leavesIn(w.field, left), leavesIn(w.field, right)
		if len(p.left) > 0 && len(p.right) > 0 {
			q.texts = append(q.texts, inText{w.field, w.weight, p})
		}
	}
	return q
}

func leavesIn(field string, leaves []query.Leaf) (in []leaf) {
	for _, l := range leaves {
		if scope(l).Includes(field) {
			in = append(in, leafOf(l))
		}
	}
	return in
}

func scope(l query.Leaf) query.Scope {
	switch l := l.(type) {
	case *query.Phrase:
		return l.In
	case *query.Prefix:
		return l.In
	}
	return query.Anywhere
}
