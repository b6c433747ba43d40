package query

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// Eval says whether q matches doc. It is the definition of the language: slow and plain, for
// tests, explanations and single documents.
func (q *Query) Eval(doc Document) bool { return eval(q.Root, doc) }

func eval(n Node, doc Document) bool {
	switch n := n.(type) {
	case And:
		return !slices.ContainsFunc(n.Nodes, func(n Node) bool { return !eval(n, doc) })
	case Or:
		return slices.ContainsFunc(n.Nodes, func(n Node) bool { return eval(n, doc) })
	case Not:
		return !eval(n.Node, doc)
	case *Phrase:
		return slices.ContainsFunc(doc.Fields, func(f Field) bool { return len(n.Find(f)) > 0 })
	case Place:
		return slices.Contains(doc.Places, n.Code)
	case Source:
		return doc.Source == n.ID
	}
	panic("query: unknown node")
}

// Hits are the phrases that make q match doc, of every branch that holds, in the order of the
// query and then of the text; nil where q does not match or no phrase is needed.
func (q *Query) Hits(doc Document) []Hit {
	if !q.Eval(doc) {
		return nil
	}
	return hits(q.Root, doc)
}

func hits(n Node, doc Document) (found []Hit) {
	switch n := n.(type) {
	case And:
		for _, n := range n.Nodes {
			found = append(found, hits(n, doc)...)
		}
	case Or:
		for _, n := range n.Nodes {
			if eval(n, doc) {
				found = append(found, hits(n, doc)...)
			}
		}
	case *Phrase:
		for _, f := range doc.Fields {
			found = append(found, n.Find(f)...)
		}
	}
	return found
}

// Find is every place in f where p stands, overlapping ones too.
func (p *Phrase) Find(f Field) []Hit {
	var found []Hit
	for from := range f.Text.Tokens {
		if hit, ok := p.At(f, from); ok {
			found = append(found, hit)
		}
	}
	return found
}

// At says whether p stands in f from token from on.
func (p *Phrase) At(f Field, from int) (Hit, bool) {
	if from+len(p.Exact) > len(f.Text.Tokens) {
		return Hit{}, false
	}
	tokens := f.Text.Tokens[from : from+len(p.Exact)]
	class, ok := p.meets(f.Text, tokens)
	if !ok {
		return Hit{}, false
	}
	return Hit{Leaf: p, Field: f.Name, Start: int(tokens[0].Start), End: int(tokens[len(tokens)-1].End), Class: class}, true
}

// meets decides by the mode whether tokens are the syllables of p, and how they were met.
func (p *Phrase) meets(text *vietnamese.Text, tokens []vietnamese.Token) (news.Class, bool) {
	same, folded, bare := true, true, true
	for i, t := range tokens {
		same = same && t.Exact == p.Exact[i]
		folded = folded && t.Folded == p.Folded[i]
		bare = bare && t.Bare()
	}
	if same {
		if p.written(text, tokens) {
			return news.Exact, true
		}
		return news.Canonical, true
	}
	switch p.Mode {
	case Exact:
		return "", false
	case Fold:
		return news.Folded, folded
	default: // Auto
	}
	if p.Marked {
		return news.Folded, folded && bare && len(tokens) > 1
	}
	return news.Folded, folded
}

// written says whether tokens are written as p is. A capital at the beginning makes no
// difference: any word may begin a sentence.
func (p *Phrase) written(text *vietnamese.Text, tokens []vietnamese.Token) bool {
	for i, t := range tokens {
		as := vietnamese.Normalize(text.Original[t.Start:t.End])
		if as != p.Written[i] && (i > 0 || as != capital(p.Written[i])) {
			return false
		}
	}
	return true
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
