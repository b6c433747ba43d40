package query

import "fmt"

// Parse parses a query in mode Auto. An error is a *SyntaxError.
func Parse(s string) (*Query, error) { return ParseMode(s, Auto) }

// ParseMode parses a query whose phrases are met in the given mode; "" is Auto.
func ParseMode(s string, mode Mode) (*Query, error) { return ParseWith(s, Options{Mode: mode}) }

// ParseWith parses a query with the given options. An error is a *SyntaxError, or says that the
// mode is unknown. The time grows with the length of s, up to MaxLength.
func ParseWith(s string, o Options) (*Query, error) {
	switch o.Mode {
	case "":
		o.Mode = Auto
	case Auto, Exact, Fold:
	default:
		return nil, fmt.Errorf("unknown mode %q: exact, auto or fold", o.Mode)
	}
	q, err := parse(s, o)
	if err != nil {
		err.Suggestion = repaired(s, err.Suggestion, o)
		return nil, err
	}
	return q, nil
}

// parse is ParseWith for options that are known. The suggestion of its error puts that one
// mistake right and no other.
func parse(s string, o Options) (*Query, *SyntaxError) {
	if len(s) > MaxLength {
		return nil, tooLong()
	}
	lexemes, warnings := lex(s)
	p := parser{s: s, lexemes: lexemes, warnings: warnings, options: o}
	root, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if l := p.peek(); l.kind != end {
		return nil, &SyntaxError{Code: "unopened", Pos: l.pos, Found: l.describe(), Expected: "the end of the query",
			Suggestion: without(s, l.pos, l.end)}
	}
	q := &Query{Root: root.node, Options: o, Warnings: p.warnings}
	if len(q.String()) > MaxLength {
		return nil, tooLong()
	}
	return q, nil
}

func tooLong() *SyntaxError {
	return &SyntaxError{Code: "too-long", Pos: MaxLength, Expected: fmt.Sprintf("at most %d bytes", MaxLength)}
}

type parser struct {
	s        string
	lexemes  []lexeme
	options  Options
	warnings []Warning
	before   lexeme // the one taken last
	terms    int

	// What the group around gives to the terms inside.
	field lexeme // of kind field, or nothing
	in    Scope
	fold  bool

	mark lexeme // the last ~
}

// piece is a part of the query and its tree.
type piece struct {
	node     Node
	pos, end int
	bare     bool   // a word without quotation marks
	left     bool   // the left side of NEAR is such a word,
	right    bool   // or the right one
	unfit    string // the code of what in it may not stand beside NEAR, "" where all may,
	unfitAt  int    // and where that stands
}

func (p *parser) peek() lexeme { return p.lexemes[0] }

func (p *parser) next() lexeme {
	p.before = p.lexemes[0]
	if len(p.lexemes) > 1 {
		p.lexemes = p.lexemes[1:]
	}
	return p.before
}

func (p *parser) or(depth int) (piece, *SyntaxError) {
	first, err := p.and(depth)
	if err != nil {
		return piece{}, err
	}
	nodes := []Node{first.node}
	for p.peek().kind == or {
		p.next()
		n, err := p.and(depth)
		if err != nil {
			return piece{}, err
		}
		nodes = append(nodes, n.node)
		if first.unfit == "" {
			first.unfit, first.unfitAt = n.unfit, n.unfitAt
		}
		first.end, first.bare = n.end, false
	}
	first.node = either(nodes)
	return first, nil
}

func (p *parser) and(depth int) (piece, *SyntaxError) {
	first, err := p.unary(depth)
	if err != nil {
		return piece{}, err
	}
	nodes, last := []Node{first.node}, first
	for {
		l, implied := p.peek(), false
		switch l.kind {
		case end, shut, or:
			first.node, first.end = all(nodes), p.before.end
			return first, nil
		case and:
			p.next()
		default: // two terms beside each other are both needed
			implied = true
		}
		if err := p.notNear(last, depth); err != nil {
			return piece{}, err
		}
		n, err := p.unary(depth)
		if err != nil {
			return piece{}, err
		}
		if implied && (last.bare && n.left || last.right && n.bare) {
			p.warn("near-word", n.pos)
		}
		if err := p.order(nodes, n); err != nil {
			return piece{}, err
		}
		nodes, last = append(nodes, n.node), n
		if first.unfit == "" || first.unfitAt > l.pos {
			first.unfit, first.unfitAt = "near-and", l.pos
		}
		first.bare, first.left, first.right = false, false, false
	}
}

func (p *parser) unary(depth int) (piece, *SyntaxError) {
	l := p.peek()
	if err := p.deep(depth, l); err != nil {
		return piece{}, err
	}
	if l.kind != not {
		return p.proximity(depth)
	}
	p.next()
	if p.field.kind == field && p.peek().pos == l.end && isValue(p.field.name) {
		return piece{}, p.badValue(p.field, l)
	}
	n, err := p.unary(depth + 1)
	if err != nil {
		return piece{}, err
	}
	return piece{node: Not{n.node}, pos: l.pos, end: n.end, unfit: "near-not", unfitAt: l.pos}, nil
}

func (p *parser) deep(depth int, l lexeme) *SyntaxError {
	if depth <= MaxDepth {
		return nil
	}
	return &SyntaxError{Code: "too-deep", Pos: l.pos, Expected: fmt.Sprintf("at most %d groups inside each other", MaxDepth)}
}

// primary is a term, or a group of them with what stands before it.
func (p *parser) primary(depth int) (piece, *SyntaxError) {
	l := p.peek()
	if err := p.deep(depth, l); err != nil {
		return piece{}, err
	}
	switch l.kind {
	case wrong:
		return piece{}, l.err
	case open:
		return p.group(depth)
	case field:
		return p.fielded(depth)
	case fold:
		return p.folded(depth)
	case word, quoted:
		return p.term()
	default:
	}
	return piece{}, p.missing(l)
}

func (p *parser) group(depth int) (piece, *SyntaxError) {
	at := p.next()
	n, err := p.or(depth + 1)
	if err != nil {
		return piece{}, err
	}
	l := p.peek()
	if l.kind == wrong {
		return piece{}, l.err
	}
	if l.kind != shut {
		return piece{}, &SyntaxError{Code: "unclosed-group", Pos: at.pos, Found: l.describe(), Expected: "a ) that closes this group",
			Suggestion: p.s + ")"}
	}
	n.pos, n.end, n.bare, n.left, n.right = at.pos, p.next().end, false, false, false
	return n, nil
}

// folded is what stands behind ~.
func (p *parser) folded(depth int) (piece, *SyntaxError) {
	l, saved := p.next(), p.fold
	if k := p.peek().kind; k == not || k == fold {
		return piece{}, &SyntaxError{Code: "lone-fold", Pos: l.pos, Found: "~", Expected: "a word or a phrase right after ~",
			Suggestion: without(p.s, l.pos, l.end)}
	}
	p.fold, p.mark = true, l
	n, err := p.primary(depth + 1)
	p.fold = saved
	if err != nil {
		return piece{}, err
	}
	n.pos = l.pos
	return n, nil
}

// term is one word or quotation.
func (p *parser) term() (piece, *SyntaxError) {
	l := p.peek()
	if p.terms++; p.terms > MaxTerms {
		return piece{}, &SyntaxError{Code: "too-many-terms", Pos: l.pos, Expected: fmt.Sprintf("at most %d terms", MaxTerms)}
	}
	p.next()
	x := piece{pos: l.pos, end: l.end, bare: l.kind == word}
	if p.field.kind == field && isValue(p.field.name) {
		n, err := p.value(p.field, l)
		x.node, x.unfit, x.unfitAt = n, "near-filter", l.pos
		return x, err
	}
	o := p.options
	if p.fold {
		o.Mode = Fold
	}
	if l.star {
		n := NewPrefix(l.text, p.in, o)
		x.node = n
		return x, p.badPrefix(n, l)
	}
	n := NewPhrase(l.text, p.in, o)
	if err := p.badPhrase(n, l); err != nil {
		return piece{}, err
	}
	x.node = n
	switch {
	case l.n >= 0 && len(n.Exact) > 1:
		x.node, x.unfit, x.unfitAt = &Loose{Phrase: n, Slop: l.n}, "near-loose", l.pos
	case l.n >= 0 && l.kind == quoted:
		p.warn("loose-one", l.pos)
	}
	return x, nil
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

func (p *parser) warn(code string, pos int) { p.warnings = warn(p.warnings, code, pos) }
