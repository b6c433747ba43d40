package match

import (
	"slices"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// A Finding is a step of what a query means, with whether it holds for one document and by what:
// for people who ask why a watch did or did not match.
type Finding struct {
	query.Step
	Holds bool `json:"holds"`

	// Of words and places: where they stand, at most 50 of Count.
	Count int   `json:"count,omitempty"`
	Met   []Met `json:"met,omitempty"`

	// Of NEAR and ONEAR: the fewest tokens found between the sides in an order that counts, nil
	// where no two occurrences without a token in common stand in one field.
	Nearest *int `json:"nearest,omitempty"`
}

// Met is one spot where words or a place stand.
type Met struct {
	news.Span
	Class   news.Class `json:"class"`
	Certain bool       `json:"certain,omitempty"` // of a place, that it is surely meant
	Why     string     `json:"why,omitempty"`     // of a place, that it is meant
}

// Explain says why q matches doc or does not, step by step as q.Explain does. It asks the
// definition of the language of each step: what the first says is what every Set finds.
func Explain(q *query.Query, doc Document, names query.Names) []Finding {
	steps := q.Explain(names)
	out := make([]Finding, len(steps))
	for i, s := range steps {
		out[i] = find(s, q.Options, doc)
	}
	return out
}

func find(s query.Step, o query.Options, doc Document) Finding {
	part := query.Query{Root: s.Node, Options: o}
	e := Finding{Step: s, Holds: part.Eval(doc.Document)}
	switch n := s.Node.(type) {
	case *query.Phrase:
		e.words(n.Text, part.Hits(doc.Document))
	case *query.Prefix:
		e.words(n.Text+"*", part.Hits(doc.Document))
	case *query.Loose:
		e.words(n.Phrase.Text, part.Hits(doc.Document))
	case *query.Near:
		e.Nearest = nearest(n, doc)
	case query.Place:
		e.place(n.Code, doc)
	}
	return e
}

// words notes where a term stands.
func (e *Finding) words(term string, hits []query.Hit) {
	e.Count = len(hits)
	for _, h := range hits[:min(len(hits), maxSpans)] {
		e.Met = append(e.Met, Met{Span: news.Span{Field: h.Field, Start: h.Start, End: h.End, Term: term}, Class: h.Class})
	}
}

// place notes where a place is meant.
func (e *Finding) place(code string, doc Document) {
	for i := range doc.Found {
		p := &doc.Found[i]
		if !slices.Contains(p.Codes, code) {
			continue
		}
		if e.Count++; e.Count > maxSpans {
			continue
		}
		span := news.Span{Field: p.Field, Start: p.Start, End: p.End, Term: "place:" + code}
		e.Met = append(e.Met, Met{span, p.Class, p.Certain, p.Why})
	}
}

// nearest is the fewest tokens between an occurrence of one side and one of the other.
func nearest(n *query.Near, doc Document) *int {
	best := -1
	for _, f := range doc.Fields {
		left, right := tokensOf(n.Left, f), tokensOf(n.Right, f)
		best = nearer(best, left, right)
		if !n.Ordered {
			best = nearer(best, right, left)
		}
	}
	if best < 0 {
		return nil
	}
	return &best
}

// tokens are an occurrence: its first token and the one behind its last.
type tokens struct{ start, end int }

// tokensOf is where leaves stand in a field.
func tokensOf(leaves []query.Leaf, f query.Field) (out []tokens) {
	for _, l := range leaves {
		finder, ok := l.(interface{ Find(query.Field) []query.Hit })
		if !ok {
			continue
		}
		for _, h := range finder.Find(f) {
			start, _ := slices.BinarySearchFunc(f.Text.Tokens, h.Start, func(t vietnamese.Token, at int) int { return int(t.Start) - at })
			end, _ := slices.BinarySearchFunc(f.Text.Tokens, h.End, func(t vietnamese.Token, at int) int { return int(t.Start) - at })
			out = append(out, tokens{start, end})
		}
	}
	return out
}

// nearer is the lesser of best, where that is not negative, and the fewest tokens between one of
// first and one of second that begins behind it.
func nearer(best int, first, second []tokens) int {
	starts := make([]int, len(second))
	for i, s := range second {
		starts[i] = s.start
	}
	slices.Sort(starts)
	for _, a := range first {
		if i, _ := slices.BinarySearch(starts, a.end); i < len(starts) && (best < 0 || starts[i]-a.end < best) {
			best = starts[i] - a.end
		}
	}
	return best
}
