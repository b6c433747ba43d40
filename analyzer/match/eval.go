package match

import (
	"strings"

	"lamro/internal/query"
)

// holds says whether a program holds for what o has. What a NOT excludes is looked for in the
// whole document, also where o is a part of it.
func (f *Finder) holds(o *occurrences, at uint32) bool {
	code := f.set.code
	word := code[at]
	body, end := at+1, at+size(word)
	switch operation(word) {
	case opLeaf:
		return o.has(word & argument)
	case opDate:
		return within(f.set.dates[word&argument], &f.doc)
	case opAnd, opAnchored:
		return f.every(o, body, end)
	case opOr:
		for at = body; at < end; at += size(code[at]) {
			if w := code[at]; w < uint32(opDate) {
				if o.has(w) {
					return true
				}
			} else if f.holds(o, at) {
				return true
			}
		}
		return false
	case opNot:
		return !f.holds(&f.all, body)
	case opNear:
		return f.isNear(o, code[body:end])
	case opTogether:
		return f.isTogether(o, code[body:end])
	default:
		return f.isLoose(o, code[body:end])
	}
}

// answers says whether a watch holds that is asked because a leaf that anchors it was met.
func (f *Finder) answers(at uint32) bool {
	code := f.set.code
	if word := code[at]; operation(word) == opAnchored {
		return f.every(&f.all, at+1+size(code[at+1]), at+size(word))
	}
	return f.holds(&f.all, at)
}

// every says whether all the programs from at to end hold.
func (f *Finder) every(o *occurrences, at, end uint32) bool {
	for code := f.set.code; at < end; at += size(code[at]) {
		if w := code[at]; w < uint32(opDate) {
			if !o.has(w) {
				return false
			}
		} else if !f.holds(o, at) {
			return false
		}
	}
	return true
}

func within(d query.Date, doc *query.Document) bool {
	return (d.From.IsZero() || !doc.At.Before(d.From)) && (d.To.IsZero() || doc.At.Before(d.To))
}

// mark notes the filters that the document passes.
func (s *filters) mark(o *occurrences, doc *query.Document) {
	note := func(leaf int32, asked bool) {
		if asked {
			o.mark(leaf)
		}
	}
	if len(s.places) > 0 {
		for _, code := range doc.Places {
			leaf, asked := s.places[code]
			note(leaf, asked)
		}
	}
	if len(s.sources) > 0 {
		leaf, asked := s.sources[doc.Source]
		note(leaf, asked)
	}
	if len(s.languages) > 0 {
		leaf, asked := s.languages[doc.Language]
		note(leaf, asked)
	}
	if len(s.tiers) > 0 {
		leaf, asked := s.tiers[doc.Tier]
		note(leaf, asked)
	}
	for host := doc.Site; len(s.sites) > 0 && host != ""; {
		leaf, asked := s.sites[host]
		note(leaf, asked)
		_, host, _ = strings.Cut(host, ".")
	}
}
