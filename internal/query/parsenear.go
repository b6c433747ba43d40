package query

import (
	"fmt"
	"slices"
)

// proximity is a term, or two terms or ORs of terms around NEAR, ONEAR or SAMESENT.
func (p *parser) proximity(depth int) (piece, *SyntaxError) {
	left, err := p.primary(depth)
	if err != nil {
		return piece{}, err
	}
	op := p.peek()
	if op.kind != near && op.kind != together {
		return left, nil
	}
	p.next()
	if l := p.peek(); l.kind == not {
		return piece{}, p.nearNot(left, op, l, depth)
	}
	right, err := p.primary(depth)
	if err != nil {
		return piece{}, err
	}
	if l := p.peek(); l.kind == near || l.kind == together {
		return piece{}, &SyntaxError{Code: "near-nested", Pos: l.pos, Found: l.describe(), Expected: "one NEAR, ONEAR or SAMESENT at a time",
			Suggestion: p.s[:l.pos] + "AND " + p.s[right.pos:right.end] + " " + p.s[l.pos:]}
	}
	l, err := p.side(left, left, op, right)
	if err != nil {
		return piece{}, err
	}
	r, err := p.side(right, left, op, right)
	if err != nil {
		return piece{}, err
	}
	if !compatible(l, r) {
		return piece{}, &SyntaxError{Code: "near-fields", Pos: op.pos, Found: op.describe(), Expected: "both sides in the same field",
			Suggestion: p.s[:op.pos] + "AND" + p.s[op.end:]}
	}
	x := piece{pos: left.pos, end: right.end, left: left.bare, right: right.bare, unfit: "near-nested", unfitAt: op.pos}
	if op.kind == together {
		x.node = &Together{Left: l, Right: r}
	} else {
		x.node = &Near{Left: l, Right: r, Distance: op.n, Ordered: op.ordered}
	}
	return x, nil
}

// side gives the leaves of x, which is left or right of op.
func (p *parser) side(x, left piece, op lexeme, right piece) ([]Leaf, *SyntaxError) {
	if x.unfit != "" {
		return nil, &SyntaxError{Code: x.unfit, Pos: x.unfitAt, Found: p.s[x.pos:x.end], Expected: "a word, a phrase, letters* or an OR of these beside " + op.text,
			Suggestion: p.unnested(x, left, op, right)}
	}
	if leaf, ok := x.node.(Leaf); ok {
		return []Leaf{leaf}, nil
	}
	var leaves []Leaf
	for _, n := range x.node.(Or).Nodes {
		leaves = append(leaves, n.(Leaf))
	}
	return leaves, nil
}

// unnested writes the query without what may not stand beside NEAR.
func (p *parser) unnested(x, left piece, op lexeme, right piece) string {
	put := func(s string) string { return p.s[:left.pos] + s + p.s[right.end:] }
	near := " " + p.s[op.pos:op.end] + " "
	switch n := x.node.(type) {
	case And:
		other := right
		if s := quotedWords(p.s[x.pos:x.end]); s != "" {
			if x.pos == left.pos {
				return put(s + near + p.s[right.pos:right.end])
			}
			return put(p.s[left.pos:left.end] + near + s)
		}
		// Each part of an AND of leaves stands near the other side.
		if x.pos == right.pos {
			other = left
		}
		s := ""
		for i, part := range n.Nodes {
			if leaf, ok := part.(Leaf); ok {
				if i > 0 {
					s += " AND "
				}
				w := writer{mode: p.options.Mode}
				leaf.write(&w, tightNot)
				if x.pos == left.pos {
					s += w.String() + near + p.s[other.pos:other.end]
				} else {
					s += p.s[other.pos:other.end] + near + w.String()
				}
			} else {
				return ""
			}
		}
		return put("(" + s + ")")
	case *Loose:
		w := writer{mode: p.options.Mode}
		n.Phrase.write(&w, tightNot)
		if x.pos == left.pos {
			return put(w.String() + near + p.s[right.pos:right.end])
		}
		return put(p.s[left.pos:left.end] + near + w.String())
	case *Near, *Together, Place, Source, Site, Lang, Tier, Date, Not:
		return put(p.s[left.pos:left.end] + " AND " + p.s[right.pos:right.end])
	}
	return ""
}

// nearNot refuses NOT behind NEAR, and offers what it is meant to say.
func (p *parser) nearNot(left piece, op, l lexeme, depth int) *SyntaxError {
	p.next()
	right, err := p.primary(depth)
	if err != nil {
		return err
	}
	return p.notNearby(left, op, l, right)
}

// notNear refuses "left NOT NEAR/5 right", where p stands behind left.
func (p *parser) notNear(left piece, depth int) *SyntaxError {
	l := p.peek()
	if l.kind != not || len(p.lexemes) < 3 || p.lexemes[1].kind != near && p.lexemes[1].kind != together {
		return nil
	}
	p.next()
	op := p.next()
	right, err := p.primary(depth)
	if err != nil {
		if err.Code == "term-expected" {
			err.Suggestion = "" // without the operator it would exclude something else
		}
		return err
	}
	return p.notNearby(left, op, l, right)
}

// notNearby is the error of a NOT at l beside op, with "left and not left near right" to write.
func (p *parser) notNearby(left piece, op, l lexeme, right piece) *SyntaxError {
	a := p.s[left.pos:left.end]
	return &SyntaxError{Code: "near-not", Pos: l.pos, Found: l.describe(), Expected: "a word, a phrase, letters* or an OR of these",
		Suggestion: fmt.Sprintf("%s%s AND NOT %s %s %s%s", p.s[:left.pos], a, a, p.s[op.pos:op.end], p.s[right.pos:right.end], p.s[right.end:])}
}

// compatible says whether some leaf of a and some of b may stand in one field.
func compatible(a, b []Leaf) bool {
	return slices.ContainsFunc(a, func(a Leaf) bool {
		return slices.ContainsFunc(b, func(b Leaf) bool {
			x, y := scope(a), scope(b)
			return x == y || x == Anywhere || y == Anywhere
		})
	})
}

func scope(l Leaf) Scope {
	switch l := l.(type) {
	case *Phrase:
		return l.In
	case *Prefix:
		return l.In
	}
	return Anywhere
}
