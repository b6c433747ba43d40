package query

import (
	"strings"
	"unicode"
)

// Vietnamese operators are words of every text as well. In capitals they are operators, unless all
// of the query is in capitals, as a headline that somebody pasted. In small letters they are words,
// unless they stand between two terms that are whole by themselves.

// isProse says whether s is a line of capitals with nothing of the query language in it but,
// perhaps, its Vietnamese words: no sign, no field with a value, no English operator, and at
// least two words that are no operators.
func isProse(s string) bool {
	words := 0
	for w := range strings.FieldsFuncSeq(s, isGap) {
		w = strings.Map(half, w)
		if strings.ContainsFunc(w, unicode.IsLower) || strings.ContainsFunc(w, isQuote) || strings.ContainsAny(w, `()[]{}|~*^\=`) || strings.Contains(w, "&&") ||
			len(w) > 1 && (strings.IndexAny(w, "-+!") == 0 || w[0] == '/') {
			return false
		}
		w = plain(strings.TrimRight(w, ".,;!?…"))
		if name, value, ok := strings.Cut(w, ":"); ok && fieldNamed(strings.ToLower(name)) != "" && (value != "" || isASCII(name)) {
			return false
		}
		base, _, slash := strings.Cut(w, "/")
		op, ok := operatorNamed(base)
		f, of := foreignOperator(w)
		switch {
		case ok && (slash || op.anyCase), of && !f.word:
			return false
		case !ok && strings.ContainsFunc(w, unicode.IsLetter):
			words++
		}
	}
	return words >= 2
}

// spoken says whether a Vietnamese operator in small letters, which ends before to, can only be
// meant as one: whole terms stand on both sides.
func (sc *scanner) spoken(op operator, to int) bool {
	return op.kind != near && op.kind != together && sc.afterWhole() && sc.beforeWhole(to, true)
}

// afterWhole says whether a quotation, a group or a field with what it holds stands before, or an
// operator in small letters behind such.
func (sc *scanner) afterWhole() bool {
	n := len(sc.out)
	switch l := sc.last(); l.kind {
	case quoted, shut:
		return true
	case and, or:
		return l.spoken
	case word:
		return n > 1 && sc.out[n-2].kind == field
	default:
		return false
	}
}

// beforeWhole says whether a quotation, a group or a field begins at i, or "không" before one
// where that may stand between.
func (sc *scanner) beforeWhole(i int, negation bool) bool {
	i = sc.skipGaps(i)
	r, size := sc.runeAt(i)
	if r == '~' {
		r, _ = sc.runeAt(i + size)
	}
	if r == '(' || isQuote(r) || isSingle(r) && sc.closes(i+size) {
		return true
	}
	to := sc.wordEnd(i)
	w := plain(sc.s[i:to])
	if name, _, ok := strings.Cut(w, ":"); ok {
		return fieldNamed(strings.ToLower(name)) != ""
	}
	op, ok := operatorNamed(strings.ToUpper(w))
	return negation && ok && op.kind == not && sc.beforeWhole(to, false)
}

// hint warns of a Vietnamese operator in small letters that was read as a word though it may not
// be meant as one: every "hoặc", and others beside a whole term.
func (sc *scanner) hint(op operator, to int) {
	if op.weak || !sc.between(to) {
		return
	}
	if op.kind == or || sc.afterWhole() || sc.beforeWhole(to, false) {
		sc.warn("vietnamese-word", sc.at)
	}
}
