package query

import (
	"errors"
	"fmt"
)

// Limits of a query. They bound the work that one query can ask for.
const (
	MaxLength = 16 << 10 // bytes
	MaxDepth  = 50       // nested parentheses and negations
	MaxTerms  = 2000
)

// SyntaxError says where a query stops making sense and what to do about it. Code is the key
// under which the interface has the message in each language.
type SyntaxError struct {
	Code       string // such as "unclosed-quote"
	Pos        int    // bytes into the query
	Found      string // what stands there, "" where nothing is wrong with it by itself
	Expected   string
	Suggestion string
}

func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("position %d: expected %s", e.Pos, e.Expected)
	if e.Found != "" {
		s += ", found " + e.Found
	}
	if e.Suggestion != "" {
		s += "; try: " + e.Suggestion
	}
	return s
}

// Parse parses a query in mode Auto. An error is a *SyntaxError.
func Parse(s string) (*Query, error) { return ParseMode(s, Auto) }

// ParseMode parses a query whose phrases are met in the given mode; "" is Auto.
func ParseMode(s string, mode Mode) (*Query, error) { return ParseWith(s, Options{Mode: mode}) }

// ParseWith parses a query with the given options. An error is a *SyntaxError, or says that the
// mode is unknown.
func ParseWith(s string, o Options) (*Query, error) {
	switch o.Mode {
	case "":
		o.Mode = Auto
	case Auto, Exact, Fold:
	default:
		return nil, fmt.Errorf("unknown mode %q: exact, auto or fold", o.Mode)
	}
	if len(s) > MaxLength {
		return nil, &SyntaxError{Code: "too-long", Pos: MaxLength,
			Expected: fmt.Sprintf("at most %d bytes", MaxLength), Suggestion: "make several watches of it"}
	}
	lexemes, bad := lex(s)
	if bad != nil {
		return nil, bad
	}
	p := parser{lexemes: lexemes, options: o}
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if l := p.peek(); l.kind != end {
		return nil, &SyntaxError{Code: "unopened", Pos: l.pos, Found: l.describe(), Expected: "the end of the query",
			Suggestion: "remove it, or write ( where the group begins"}
	}
	return &Query{Root: root, Options: o}, nil
}

type parser struct {
	lexemes []lexeme
	options Options
	terms   int
}

func (p *parser) peek() lexeme { return p.lexemes[0] }

func (p *parser) next() lexeme {
	l := p.lexemes[0]
	p.lexemes = p.lexemes[1:]
	return l
}

func (p *parser) or(depth int) (Node, error) {
	n, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	nodes := []Node{n}
	for p.peek().kind == or {
		p.next()
		if n, err = p.and(depth); err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return either(nodes), nil
}

func (p *parser) and(depth int) (Node, error) {
	n, err := p.unary(depth)
	if err != nil {
		return nil, err
	}
	nodes := []Node{n}
	for {
		switch p.peek().kind {
		case end, shut, or:
			return all(nodes), nil
		case and:
			p.next()
		default: // two terms beside each other are both needed
		}
		if n, err = p.unary(depth); err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
}

func (p *parser) unary(depth int) (Node, error) {
	l := p.peek()
	if depth > MaxDepth {
		return nil, &SyntaxError{Code: "too-deep", Pos: l.pos,
			Expected: fmt.Sprintf("at most %d groups inside each other", MaxDepth), Suggestion: "make several watches of it"}
	}
	switch l.kind {
	case not, minus:
		p.next()
		n, err := p.unary(depth + 1)
		if err != nil {
			return nil, err
		}
		return Not{n}, nil
	case open:
		return p.group(depth)
	default:
		return p.term()
	}
}

func (p *parser) group(depth int) (Node, error) {
	at := p.next().pos
	n, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if l := p.peek(); l.kind != shut {
		return nil, &SyntaxError{Code: "unclosed-group", Pos: at, Found: l.describe(),
			Expected: "a ) that closes this group", Suggestion: "add ) where the group ends"}
	}
	p.next()
	return n, nil
}

func (p *parser) term() (Node, error) {
	l := p.peek()
	if p.terms++; p.terms > MaxTerms {
		return nil, &SyntaxError{Code: "too-many-terms", Pos: l.pos,
			Expected: fmt.Sprintf("at most %d terms", MaxTerms), Suggestion: "make several watches of it"}
	}
	switch l.kind {
	case word, quoted:
		p.next()
		n := newPhrase(l.text, p.options)
		if len(n.Exact) == 0 {
			return nil, &SyntaxError{Code: "no-word", Pos: l.pos, Found: l.describe(), Expected: "letters or digits",
				Suggestion: `put a whole phrase in quotation marks: "Thái Nguyên - Chợ Mới"`}
		}
		return n, nil
	case field:
		p.next()
		if l.name == "place" {
			return Place{l.text}, nil
		}
		return Source{l.text}, nil
	default:
	}
	e := &SyntaxError{Code: "term-expected", Pos: l.pos, Found: l.describe(),
		Expected: "a word, a phrase, place:, source: or ("}
	switch l.kind {
	case and, or:
		e.Suggestion = `remove it, write the missing term, or put it in quotation marks to search for the word`
	case end:
		e.Suggestion = "write a term, or remove the operator before the end"
	case shut:
		e.Suggestion = "write a term before ), or remove the empty group"
	default: // term is asked at nothing else
	}
	return nil, e
}

// all and either join nodes, taking the nodes of an equal operator inside as their own.
func all(nodes []Node) Node {
	var flat []Node
	for _, n := range nodes {
		if inner, ok := n.(And); ok {
			flat = append(flat, inner.Nodes...)
		} else {
			flat = append(flat, n)
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return And{flat}
}

func either(nodes []Node) Node {
	var flat []Node
	for _, n := range nodes {
		if inner, ok := n.(Or); ok {
			flat = append(flat, inner.Nodes...)
		} else {
			flat = append(flat, n)
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return Or{flat}
}

// IsSyntax takes the SyntaxError out of err, nil where it holds none.
func IsSyntax(err error) *SyntaxError {
	var e *SyntaxError
	if errors.As(err, &e) {
		return e
	}
	return nil
}
