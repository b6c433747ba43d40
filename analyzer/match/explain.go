package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
)

// maxSpans is how many spans a mention keeps: enough to see why, few enough for a message.
const maxSpans = 50

// maxReasons is how many reasons a mention tells.
const maxReasons = 12

// run asks the watches about one document.
type run struct {
	set  *Set
	work *work
	doc  *Document
}

// A filter narrows the evidence with which a query must hold: a phrase or place counts only where
// one of its spots passes. What a NOT excludes is always looked for without a filter.
type filter func(class news.Class, certain bool) bool

func anything(news.Class, bool) bool            { return true }
func certainly(_ news.Class, certain bool) bool { return certain }
func exactly(c news.Class, _ bool) bool         { return c == news.Exact }
func unfolded(c news.Class, _ bool) bool        { return c != news.Folded }

func (r run) holds(n *node, f filter) bool {
	switch n.kind {
	case kindAnd:
		for i := range n.nodes {
			if !r.holds(&n.nodes[i], f) {
				return false
			}
		}
		return true
	case kindOr:
		for i := range n.nodes {
			if r.holds(&n.nodes[i], f) {
				return true
			}
		}
		return false
	case kindNot:
		return !r.holds(&n.nodes[0], anything)
	case kindPlace:
		for i := range r.doc.Found {
			if p := &r.doc.Found[i]; slices.Contains(p.Codes, n.code) && f(p.Class, p.Certain) {
				return true
			}
		}
		return false
	case kindSource:
		return r.doc.Source == n.code
	default: // a leaf
	}
	for s := r.work.first[n.leaf]; s != 0; s = r.work.spots[s].next {
		if hit := r.hit(n.leaf, r.work.spots[s]); f(hit.Class, r.certain(hit)) {
			return true
		}
	}
	return false
}

// hit looks again at a spot: the definition says how the phrase was met there.
func (r run) hit(leaf int32, s spot) query.Hit {
	hit, _ := r.set.leaves[leaf].phrase.At(r.doc.Fields[s.field], int(s.token))
	return hit
}

// certain says whether a phrase is surely meant where it was met. Without marks it may be other
// words, unless the watch asks for that or the words are resolved as the name of a place.
func (r run) certain(h query.Hit) bool {
	if h.Class != news.Folded || h.Leaf.(*query.Phrase).Mode == query.Fold {
		return true
	}
	return slices.ContainsFunc(r.doc.Found, func(p places.Place) bool {
		return p.Certain && p.Field == h.Field && p.Start <= h.Start && h.End <= p.End
	})
}

// mention tells how a watch that holds was met.
func (r run) mention(w *compiled) news.Mention {
	m := news.Mention{
		Watch: w.ID, WatchRev: w.Revision, Severity: w.Severity,
		Certain: r.holds(&w.root, certainly),
		Class:   news.Folded,
	}
	switch {
	case r.holds(&w.root, exactly):
		m.Class = news.Exact
	case r.holds(&w.root, unfolded):
		m.Class = news.Canonical
	}
	var e evidence
	r.gather(&w.root, &e)
	m.Spans = r.ordered(e.spans)
	if more := len(e.reasons) - maxReasons; more > 0 {
		e.reasons = append(e.reasons[:maxReasons], fmt.Sprintf("and %d reasons more", more))
	}
	m.Why = strings.Join(e.reasons, "; ")
	m.Places = r.places(m.Certain)
	return m
}

// evidence is what made a watch hold.
type evidence struct {
	spans   []news.Span
	reasons []string
}

// gather collects the evidence of every branch that holds.
func (r run) gather(n *node, e *evidence) {
	switch n.kind {
	case kindAnd, kindOr:
		for i := range n.nodes {
			if n.kind == kindAnd || r.holds(&n.nodes[i], anything) {
				r.gather(&n.nodes[i], e)
			}
		}
	case kindNot:
		e.reasons = append(e.reasons, "nothing of what it excludes")
	case kindSource:
		e.reasons = append(e.reasons, "source "+n.code)
	case kindPlace:
		r.gatherPlace(n.code, e)
	case kindLeaf:
		r.gatherPhrase(n.leaf, e)
	}
}

func (r run) gatherPhrase(leaf int32, e *evidence) {
	var first query.Hit
	count := 0
	for s := r.work.first[leaf]; s != 0; s = r.work.spots[s].next {
		hit := r.hit(leaf, r.work.spots[s])
		e.spans = append(e.spans, news.Span{Field: hit.Field, Start: hit.Start, End: hit.End, Term: hit.Leaf.(*query.Phrase).Text})
		if count++; count == 1 {
			first = hit
		}
	}
	reason := fmt.Sprintf("%q in %s, %s", first.Leaf.(*query.Phrase).Text, first.Field, first.Class)
	if as := r.text(first.Field)[first.Start:first.End]; first.Class != news.Exact {
		reason += fmt.Sprintf(" (%q)", as)
	}
	if count > 1 {
		reason += fmt.Sprintf(", %d times in all", count)
	}
	e.reasons = append(e.reasons, reason)
}

// gatherPlace shows where a place was meant, surely meant where there is such a spot.
func (r run) gatherPlace(code string, e *evidence) {
	var best *places.Place
	for i := range r.doc.Found {
		p := &r.doc.Found[i]
		if !slices.Contains(p.Codes, code) {
			continue
		}
		e.spans = append(e.spans, news.Span{Field: p.Field, Start: p.Start, End: p.End, Term: "place:" + code})
		if best == nil || p.Certain && !best.Certain {
			best = p
		}
	}
	e.reasons = append(e.reasons, fmt.Sprintf("place:%s by %q in %s: %s", code, r.text(best.Field)[best.Start:best.End], best.Field, best.Why))
}

func (r run) text(field string) string {
	for _, f := range r.doc.Fields {
		if f.Name == field {
			return f.Text.Original
		}
	}
	return ""
}

// ordered puts spans in the order of the document, each once.
func (r run) ordered(spans []news.Span) []news.Span {
	order := map[string]int{}
	for i, f := range r.doc.Fields {
		order[f.Name] = i
	}
	slices.SortStableFunc(spans, func(a, b news.Span) int {
		return cmp.Or(cmp.Compare(order[a.Field], order[b.Field]), cmp.Compare(a.Start, b.Start),
			cmp.Compare(a.End, b.End), cmp.Compare(a.Term, b.Term))
	})
	spans = slices.Compact(spans)
	return spans[:min(len(spans), maxSpans)]
}

// places are the codes that a mention is found by: of the places surely meant, and for a mention
// that is uncertain itself of the others too.
func (r run) places(certain bool) []string {
	var found []places.Place
	for _, p := range r.doc.Found {
		if p.Certain || !certain {
			found = append(found, p)
		}
	}
	return places.Codes(found)
}
