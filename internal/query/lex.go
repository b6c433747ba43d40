package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lamro/internal/vietnamese"
)

type kind int

const (
	end kind = iota
	word
	quoted
	open
	shut
	and
	or
	not
	near
	together
	field
	fold
	wrong // err says why; nothing follows it but the end
)

// lexeme is one piece of a query.
type lexeme struct {
	kind     kind
	pos, end int    // bytes of the query
	text     string // what a word or a quotation says, or how an operator is written
	name     string // of a field, the canonical one
	n        int    // the distance of NEAR, and of a quotation, there -1 where it has none
	ordered  bool   // ONEAR
	bare     bool   // NEAR without a number
	spoken   bool   // a Vietnamese operator in small letters
	star     bool   // a word with an asterisk at its end, which is not in text
	err      *SyntaxError
}

// describe says what was found, for messages.
func (l lexeme) describe() string {
	switch l.kind {
	case end:
		return "the end"
	case open:
		return "("
	case shut:
		return ")"
	case field:
		return l.name + ":"
	case and, or, not, near, together, fold:
		return l.text
	default:
	}
	return `"` + l.text + `"`
}

// scanner cuts a query into lexemes.
type scanner struct {
	s        string
	at       int
	out      []lexeme
	warnings []Warning
	closing  int  // where the last single quotation mark stands that can close one, -1 for none
	prose    bool // see isProse
	calls    int  // operators that may be written like functions, so far
}

// lex cuts a query into lexemes, the last of kind end. What is wrong is a lexeme too, so that the
// first thing that is wrong is reported, whoever notices.
func lex(s string) ([]lexeme, []Warning) {
	sc := scanner{s: s, closing: lastClosing(s), prose: isProse(s)}
	for sc.at < len(s) && !sc.failed() {
		sc.next()
	}
	return append(sc.out, lexeme{kind: end, pos: len(s), end: len(s)}), sc.warnings
}

func (sc *scanner) failed() bool { return len(sc.out) > 0 && sc.out[len(sc.out)-1].kind == wrong }

// emit takes s[sc.at:to] as a lexeme.
func (sc *scanner) emit(l lexeme, to int) {
	l.pos, l.end = sc.at, to
	sc.out = append(sc.out, l)
	sc.at = to
}

// fail ends the query at pos.
func (sc *scanner) fail(code string, pos int, expected, suggestion string) {
	_, size := utf8.DecodeRuneInString(sc.s[pos:])
	e := &SyntaxError{Code: code, Pos: pos, Expected: expected, Suggestion: suggestion, Found: sc.s[pos : pos+size]}
	sc.out = append(sc.out, lexeme{kind: wrong, pos: pos, end: pos, err: e})
}

func (sc *scanner) warn(code string, pos int) { sc.warnings = warn(sc.warnings, code, pos) }

func warn(to []Warning, code string, pos int) []Warning {
	if slices.ContainsFunc(to, func(w Warning) bool { return w.Code == code }) {
		return to
	}
	return append(to, Warning{Code: code, Pos: pos, Text: cautions[code]})
}

// runeAt is the rune at i as ASCII where it is a full-width one; 0 at the end.
func (sc *scanner) runeAt(i int) (r rune, size int) {
	if i >= len(sc.s) {
		return 0, 0
	}
	r, size = utf8.DecodeRuneInString(sc.s[i:])
	return half(r), size
}

// term says whether a term may begin at i: neither space nor ) nor the end.
func (sc *scanner) term(i int) bool {
	r, size := sc.runeAt(i)
	return size > 0 && !isGap(r) && r != ')' && !isComma(r)
}

// last is the lexeme before, of kind end where there is none.
func (sc *scanner) last() lexeme {
	if len(sc.out) == 0 {
		return lexeme{}
	}
	return sc.out[len(sc.out)-1]
}

func (sc *scanner) next() {
	r, size := sc.runeAt(sc.at)
	after := sc.at + size
	switch {
	case isGap(r):
		sc.at = after
	case r == '(':
		sc.emit(lexeme{kind: open}, after)
	case r == ')':
		sc.emit(lexeme{kind: shut}, after)
		sc.suffix()
	case isComma(r):
		if len(sc.out) > 0 && strings.TrimFunc(sc.s[after:], isGap) != "" {
			sc.warn("comma", sc.at)
		}
		sc.at = after
	case isQuote(r):
		sc.quotation(after, isQuote)
	case isSingle(r) && sc.closes(after):
		sc.warn("single-quotes", sc.at)
		sc.quotation(after, isSingle)
	case isMinus(r) && sc.term(after):
		sc.emit(lexeme{kind: not, text: sc.s[sc.at:after]}, after)
	case strings.ContainsRune("|&!+~#", r) && sc.sign(r, after):
	case strings.ContainsRune(`[]{}*?@/\^`, r) && sc.refuse(r, after):
	default:
		sc.word()
	}
}

// sign takes the signs of other systems that mean something here.
func (sc *scanner) sign(r rune, after int) bool {
	second, size := sc.runeAt(after)
	doubled := second == r
	to := after
	if doubled {
		to += size
	}
	switch {
	case r == '|':
		sc.warn("symbol-operator", sc.at)
		sc.emit(lexeme{kind: or, text: sc.s[sc.at:to]}, to)
	case r == '&' && (doubled || !sc.term(after)):
		sc.warn("symbol-operator", sc.at)
		sc.emit(lexeme{kind: and, text: sc.s[sc.at:to]}, to)
	case r == '!' && sc.term(after):
		sc.warn("symbol-operator", sc.at)
		sc.emit(lexeme{kind: not, text: "!"}, after)
	case r == '+' && sc.term(after):
		sc.warn("plus", sc.at)
		sc.at = after
	case r == '#' && sc.term(after):
		sc.warn("hashtag", sc.at)
		sc.at = after
	case r == '~' && sc.term(after):
		sc.emit(lexeme{kind: fold, text: "~"}, after)
	case r == '~':
		sc.fail("lone-fold", sc.at, "a word or a phrase right after ~", without(sc.s, sc.at, after))
	default:
		return false
	}
	return true
}

// quotation takes a quotation whose mark ends before from.
func (sc *scanner) quotation(from int, closes func(rune) bool) {
	n := strings.IndexFunc(sc.s[from:], closes)
	if closesEarly := closes('\''); n >= 0 && closesEarly {
		n = sc.closingFrom(from) - from
	}
	if n < 0 {
		at := sc.at
		for _, l := range sc.out {
			if l.kind == quoted && closeQuote(l.text, 0, 0) != `"`+strings.TrimSpace(l.text)+`"` {
				_, size := utf8.DecodeRuneInString(sc.s[l.pos:])
				at, from = l.pos, l.pos+size
				break
			}
		}
		sc.fail("unclosed-quote", at, `a closing quotation mark (")`, closeQuote(sc.s, at, from))
		return
	}
	_, size := utf8.DecodeRuneInString(sc.s[from+n:])
	text, to := sc.s[from:from+n], from+n+size
	if i := strings.IndexFunc(text, func(r rune) bool { return half(r) == '*' }); i >= 0 {
		sc.fail("wildcard-in-quotes", from+i, "whole words inside quotation marks", unquoteStar(sc.s, sc.at, to, text, i))
		return
	}
	for _, operator := range []string{" AND ", " OR ", " NOT ", " NEAR/"} {
		if i := strings.Index(text+" ", operator); i >= 0 {
			sc.warn("operator-in-quotes", from+i+1)
		}
	}
	l := lexeme{kind: quoted, text: vietnamese.Normalize(text), n: -1}
	if r, size := sc.runeAt(to); r == '~' {
		sc.slop(l, to+size)
		return
	}
	sc.emit(l, to)
	sc.suffix()
}

// slop takes the number of a quotation whose tilde ends before from.
func (sc *scanner) slop(l lexeme, from int) {
	n := 0
	for n < len(sc.s)-from && sc.s[from+n] >= '0' && sc.s[from+n] <= '9' {
		n++
	}
	var ok bool
	if l.n, ok = number(sc.s[from : from+n]); !ok {
		sc.fail("slop-number", from-1, `a number right after ~, such as "…"~5`, numbered(sc.s, from))
		return
	}
	if l.n > MaxDistance {
		sc.fail("slop-too-far", from, fmt.Sprintf("at most %d", MaxDistance), fmt.Sprintf("%s%d%s", sc.s[:from], MaxDistance, sc.s[from+n:]))
		return
	}
	sc.emit(l, from+n)
	sc.suffix()
}

// suffix refuses what other systems put right behind a quotation or a group.
func (sc *scanner) suffix() {
	r, size := sc.runeAt(sc.at)
	to := sc.at + size
	for to < len(sc.s) && (sc.s[to] >= '0' && sc.s[to] <= '9' || sc.s[to] == '.') {
		to++
	}
	switch r {
	case '^':
		sc.fail("boost", sc.at, "a space", sc.s[:sc.at]+sc.s[to:])
	case '~':
		sc.fail("near-group", sc.at, "a space, or NEAR/n between two terms", sc.s[:sc.at]+sc.s[to:])
	case '*':
		sc.fail("wildcard-place", sc.at, "an asterisk right after the letters of a word", sc.s[:sc.at]+sc.s[sc.at+size:])
	}
}

// lastClosing finds the last single quotation mark that ends a word.
func lastClosing(s string) int {
	last := -1
	for i, r := range s {
		if isSingle(r) && endsTerm(s[i+utf8.RuneLen(r):]) {
			last = i
		}
	}
	return last
}

// endsTerm says whether a term that ends before rest is followed by what may follow one.
func endsTerm(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	r = half(r)
	return rest == "" || isGap(r) || isComma(r) || r == ')' || r == '~' || r == '|'
}

// closes says whether a single quotation mark that ends before from encloses something.
func (sc *scanner) closes(from int) bool { return sc.closing >= from && sc.closingFrom(from) > from }

func (sc *scanner) closingFrom(from int) int {
	for i, r := range sc.s[from:] {
		if isSingle(r) && endsTerm(sc.s[from+i+utf8.RuneLen(r):]) {
			return from + i
		}
	}
	return -1
}

// word takes everything up to the next sign or space: an operator, the name of a field, or a word.
func (sc *scanner) word() {
	to := sc.wordEnd(sc.at)
	raw := sc.s[sc.at:to]
	if sc.operator(raw, to) || sc.fieldName(raw) || sc.unfit(raw) {
		return
	}
	l := lexeme{kind: word, n: -1}
	body := strings.TrimRightFunc(raw, func(r rune) bool { return strings.ContainsRune(".,;:!…", half(r)) })
	if r, size := utf8.DecodeLastRuneInString(body); half(r) == '*' {
		l.star = true
		body = body[:len(body)-size]
	} else {
		body = raw
	}
	l.text = vietnamese.Normalize(body)
	sc.emit(l, to)
}

// wordEnd is where the word that begins at from ends.
func (sc *scanner) wordEnd(from int) int {
	for i := from; i < len(sc.s); {
		r, size := sc.runeAt(i)
		next, _ := sc.runeAt(i + size)
		switch {
		case unicode.IsSpace(r), isQuote(r), strings.ContainsRune("()[]{}|", r), r == '&' && next == '&':
			if i > from {
				return i
			}
		case isComma(r) && (endsTerm(sc.s[i+size:]) || next == '(' || isQuote(next)):
			if i > from {
				return i
			}
		}
		i += size
	}
	return len(sc.s)
}
