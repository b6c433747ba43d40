package match

import (
	"fmt"
	"slices"
	"strings"

	"lamro/analyzer/places"
	"lamro/internal/news"
)

// maxReasons is how many reasons a mention tells.
const maxReasons = 12

// evidence is what made a watch hold.
type evidence struct {
	reasons []string
	spans   []news.Span // of places
	branch  string      // of the ORs that are being told of
}

func (e *evidence) add(format string, args ...any) {
	e.reasons = append(e.reasons, e.branch+fmt.Sprintf(format, args...))
}

func (e *evidence) why() string {
	reasons := e.reasons
	if more := len(reasons) - maxReasons; more > 0 {
		reasons = append(reasons[:maxReasons:maxReasons], fmt.Sprintf("and %d reasons more", more))
	}
	return strings.Join(reasons, "; ")
}

func (t *teller) evidence(watch int32) *evidence {
	e := &evidence{}
	t.gather(t.f.set.root[watch], e)
	return e
}

// gather collects the evidence of every branch that holds, and says of an OR which they are.
func (t *teller) gather(at uint32, e *evidence) {
	code := t.f.set.code
	word := code[at]
	body, end := at+1, at+size(word)
	switch operation(word) {
	case opLeaf:
		t.gatherLeaf(int32(word&argument), e) // #nosec G115 -- a leaf's number
	case opDate:
		e.add("a time that it asks for")
	case opAnd, opAnchored:
		for at = body; at < end; at += size(code[at]) {
			t.gather(at, e)
		}
	case opOr:
		t.gatherOr(body, end, e)
	case opNot:
		e.add("nothing of what it excludes")
	case opNear:
		t.gatherPair(code[body+1:end], "near", func(limit int) { t.f.collectNear(&t.f.all, code[body:end], limit) }, e)
	case opTogether:
		t.gatherPair(code[body:end], "in one sentence with", func(limit int) { t.f.collectTogether(&t.f.all, code[body:end], limit) }, e)
	case opLoose:
		text := t.f.set.leaves.text(int32(code[body+1])) // #nosec G115 -- a leaf's number
		e.add("the words of %q within %d", text, code[body])
	}
}

func (t *teller) gatherOr(body, end uint32, e *evidence) {
	code, outer := t.f.set.code, e.branch
	branches := 0
	for at := body; at < end; at += size(code[at]) {
		branches++
	}
	n := 0
	for at := body; at < end; at += size(code[at]) {
		n++
		if !t.f.holds(&t.f.all, at) {
			continue
		}
		if operation(code[at]) != opLoose { // those are two ways to meet one term
			e.branch = fmt.Sprintf("%sbranch %d of %d: ", outer, n, branches)
		}
		t.gather(at, e)
	}
	e.branch = outer
}

// gatherPair names the terms of both sides that were found together.
func (t *teller) gatherPair(sidesBody []uint32, how string, collect func(limit int), e *evidence) {
	f := t.f
	f.spans = f.spans[:0]
	collect(maxSpans)
	var names [2][]string
	for i, leaves := range sides(sidesBody) {
		for _, s := range f.spans {
			name := fmt.Sprintf("%q", f.set.Term(s.Leaf))
			if slices.Contains(leaves, uint32(s.Leaf)) && !slices.Contains(names[i], name) { // #nosec G115 -- never negative
				names[i] = append(names[i], name)
			}
		}
	}
	e.add("%s %s %s in %s", strings.Join(names[0], " and "), how, strings.Join(names[1], " and "), t.doc.Fields[f.spans[0].Field].Name)
}

func (t *teller) gatherLeaf(leaf int32, e *evidence) {
	text := t.f.set.leaves.text(leaf)
	switch kind := t.f.set.leaves.kinds[leaf]; kind & kindMask {
	case kindPlace:
		t.gatherPlace(text, e)
	case kindSource:
		e.add("source %s", text)
	case kindSite:
		e.add("site %s", text)
	case kindLanguage:
		e.add("language %s", text)
	case kindTier:
		e.add("tier %s", text)
	default:
		t.gatherWords(leaf, e)
	}
}

func (t *teller) gatherWords(leaf int32, e *evidence) {
	found, length := t.f.all.of(uint32(leaf)) // #nosec G115 -- never negative
	s, class := t.f.where(leaf, found[0], length), t.class(leaf, found[0])
	field := t.doc.Fields[s.Field]
	reason := fmt.Sprintf("%q in %s, %s", t.f.set.Term(leaf), field.Name, class)
	if class != news.Exact {
		reason += fmt.Sprintf(" (%q)", field.Text.Original[s.Start:s.End])
	}
	if len(found) > 1 {
		reason += fmt.Sprintf(", %d times in all", len(found))
	}
	e.add("%s", reason)
}

// gatherPlace shows where a place was meant, surely meant where there is such a spot.
func (t *teller) gatherPlace(code string, e *evidence) {
	var best *places.Place
	for i := range t.doc.Found {
		p := &t.doc.Found[i]
		if !slices.Contains(p.Codes, code) {
			continue
		}
		e.spans = append(e.spans, news.Span{Field: p.Field, Start: p.Start, End: p.End, Term: "place:" + code})
		if best == nil || p.Certain && !best.Certain {
			best = p
		}
	}
	if best == nil {
		e.add("place:%s", code)
		return
	}
	e.add("place:%s by %q in %s: %s", code, t.original(best.Field)[best.Start:best.End], best.Field, best.Why)
}

func (t *teller) original(field string) string {
	for _, f := range t.doc.Fields {
		if f.Name == field {
			return f.Text.Original
		}
	}
	return ""
}
