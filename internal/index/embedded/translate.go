package embedded

import (
	"context"
	"errors"
	"fmt"
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
		q, err := translateNode(s.Query.Root)
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
	var low, high *float64
	if from {
		ms := float64(ceilMillis(s.From))
		low = &ms
	}
	if to {
		ms := float64(ceilMillis(s.To))
		high = &ms
	}
	yes, no := true, false
	q := bquery.NewNumericRangeInclusiveQuery(low, high, &yes, &no)
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

func translateNode(n query.Node) (bquery.Query, error) {
	switch n := n.(type) {
	case query.And:
		return translateAnd(n.Nodes)
	case query.Or:
		some := make([]bquery.Query, len(n.Nodes))
		for i, n := range n.Nodes {
			q, err := translateNode(n)
			if err != nil {
				return nil, err
			}
			some[i] = q
		}
		return either(some), nil
	case query.Not:
		return translateAnd([]query.Node{n})
	case *query.Phrase:
		return translatePhrase(n), nil
	case query.Place:
		return key(fieldPlace, n.Code), nil
	case query.Source:
		return key(fieldSource, n.ID), nil
	}
	return nil, fmt.Errorf("%w: the index does not know %T", index.ErrBadSearch, n)
}

// translateAnd keeps what must not be there beside what must, so that it is taken off a small
// set instead of being made into a large one.
func translateAnd(nodes []query.Node) (bquery.Query, error) {
	var must, mustNot []bquery.Query
	for _, n := range nodes {
		into := &must
		if not, ok := n.(query.Not); ok {
			into, n = &mustNot, not.Node
		}
		q, err := translateNode(n)
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

// The weight of a text by relevance, and of a phrase met without its marks.
var weights = []struct {
	field  string
	weight float64
}{{news.FieldTitle, 3}, {news.FieldLead, 1.5}, {news.FieldBody, 1}}

const bareWeight = 0.5

// translatePhrase is the meaning that query gives a phrase: in one text, by one view of it.
func translatePhrase(p *query.Phrase) bquery.Query {
	var some []bquery.Query
	for _, w := range weights {
		switch {
		case p.Mode == query.Exact:
			some = append(some, phrase(exact.field(w.field), p.ExactText, w.weight))
		case p.Mode == query.Fold, !p.Marked:
			some = append(some, phrase(folded.field(w.field), p.FoldedText, w.weight))
		default:
			some = append(some, phrase(exact.field(w.field), p.ExactText, w.weight))
			if len(p.FoldedText) > 1 {
				some = append(some, phrase(bare.field(w.field), p.FoldedText, w.weight*bareWeight))
			}
		}
	}
	return bquery.NewDisjunctionQuery(some)
}

func phrase(field string, keys []string, weight float64) bquery.Query {
	terms := make([]string, len(keys))
	for i, k := range keys {
		terms[i] = string(term(k))
	}
	if len(terms) == 1 {
		q := bquery.NewTermQuery(terms[0])
		q.SetField(field)
		q.SetBoost(weight)
		return q
	}
	q := bquery.NewPhraseQuery(terms, field)
	q.SetBoost(weight)
	return q
}
