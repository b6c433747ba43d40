package match

import (
	"slices"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// Explanation says of a query, and of each of its parts, whether it holds for one document and
// by what: for people who ask why a watch did or did not match.
type Explanation struct {
	Kind  Kind   `json:"kind"`
	Query string `json:"query"` // the part in canonical form
	Holds bool   `json:"holds"`

	// Of words and places: where they stand, at most 50 of Count.
	Count int         `json:"count,omitempty"`
	Class news.Class  `json:"class,omitempty"` // the best
	Spans []news.Span `json:"spans,omitempty"`
	Why   string      `json:"why,omitempty"` // of a place, that it is meant

	// Of NEAR and ONEAR: the fewest tokens found between the sides in an order that counts, nil
	// where no two occurrences without a token in common stand in one field.
	Nearest *int `json:"nearest,omitempty"`

	Parts []Explanation `json:"parts,omitempty"` // of an operator; of NEAR and SAMESENT the terms of both sides
}

// A Kind names the node of a query.
type Kind string

// The kinds.
const (
	KindAnd      Kind = "and"
	KindOr       Kind = "or"
	KindNot      Kind = "not"
	KindPhrase   Kind = "phrase"
	KindPrefix   Kind = "prefix"
	KindLoose    Kind = "loose"
	KindNear     Kind = "near"
	KindTogether Kind = "samesent"
	KindPlace    Kind = "place"
	KindFilter   Kind = "filter" // source, site, language, tier, date
)

// Explain says why q matches doc or does not. It asks the definition of the language part by part:
// what it says of the whole is what every Set finds.
func Explain(q *query.Query, doc Document) Explanation { return explain(q.Root, q.Options, doc) }

func explain(n query.Node, o query.Options, doc Document) Explanation {
	part := query.Query{Root: n, Options: o}
	e := Explanation{Kind: KindFilter, Query: part.String(), Holds: part.Eval(doc.Document)}
	switch n := n.(type) {
	case query.And:
		e.Kind, e.Parts = KindAnd, explainAll(n.Nodes, o, doc)
	case query.Or:
		e.Kind, e.Parts = KindOr, explainAll(n.Nodes, o, doc)
	case query.Not:
		e.Kind, e.Parts = KindNot, explainAll([]query.Node{n.Node}, o, doc)
	case *query.Phrase:
		e.Kind = KindPhrase
		e.words(n.Text, part.Hits(doc.Document))
	case *query.Prefix:
		e.Kind = KindPrefix
		e.words(n.Text+"*", part.Hits(doc.Document))
	case *query.Loose:
		e.Kind = KindLoose
		e.words(n.Phrase.Text, part.Hits(doc.Document))
	case *query.Near:
		e.Kind, e.Parts = KindNear, explainSides(n.Left, n.Right, o, doc)
		e.Nearest = nearest(n, doc)
	case *query.Together:
		e.Kind, e.Parts = KindTogether, explainSides(n.Left, n.Right, o, doc)
	case query.Place:
		e.Kind = KindPlace
		e.place(n.Code, doc)
	}
	return e
}

func explainAll(nodes []query.Node, o query.Options, doc Document) (parts []Explanation) {
	for _, n := range nodes {
		parts = append(parts, explain(n, o, doc))
	}
	return parts
}

func explainSides(left, right []query.Leaf, o query.Options, doc Document) (parts []Explanation) {
	for _, l := range slices.Concat(left, right) {
		parts = append(parts, explain(l, o, doc))
	}
	return parts
}

// words notes where a term stands.
func (e *Explanation) words(term string, hits []query.Hit) {
	e.Count = len(hits)
	for _, h := range hits {
		if e.Class == "" || h.Class == news.Exact || e.Class == news.Folded {
			e.Class = h.Class
		}
		if len(e.Spans) < maxSpans {
			e.Spans = append(e.Spans, news.Span{Field: h.Field, Start: h.Start, End: h.End, Term: term})
		}
	}
}

// place notes where a place is meant; it says why by a spot where it surely is, if there is one.
func (e *Explanation) place(code string, doc Document) {
	sure := false
	for i := range doc.Found {
		p := &doc.Found[i]
		if !slices.Contains(p.Codes, code) {
			continue
		}
		e.Count++
		if len(e.Spans) < maxSpans {
			e.Spans = append(e.Spans, news.Span{Field: p.Field, Start: p.Start, End: p.End, Term: "place:" + code})
		}
		if e.Class == "" || p.Certain && !sure {
			e.Class, e.Why, sure = p.Class, p.Why, p.Certain
		}
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
