package query

import (
	"fmt"
	"strings"
)

// operator takes raw where it is an operator, of ours or of another system.
func (sc *scanner) operator(raw string, to int) bool {
	as := plain(raw)
	upper := strings.ToUpper(as)
	base, rest, slash := strings.Cut(upper, "/")
	if !slash && sc.call(as, to) {
		return true
	}
	op, ok := operatorNamed(base)
	spoken := false
	switch {
	case !ok:
		return sc.almostOperator(as, upper, to)
	case !op.anyCase && sc.prose:
		if !op.weak {
			sc.warn("capitals", sc.at)
		}
		return false
	case !slash && !op.anyCase && (op.weak || as != upper):
		if spoken = sc.spoken(op, to); !spoken {
			sc.hint(op, to)
			return false
		}
		sc.warn("vietnamese-operator", sc.at)
	case slash && op.kind != near:
		if here, ok := operatorNamed(rest); ok && here.anyCase {
			sc.fail("foreign-operator", sc.at, "one operator", sc.s[:sc.at]+"OR"+sc.s[to:])
			return true
		}
		return false
	}
	if as != upper && op.anyCase {
		sc.warn("lower-case-operator", sc.at)
	}
	l := lexeme{kind: op.kind, text: upper, ordered: op.ordered, spoken: spoken}
	if op.kind == near && !sc.distance(&l, base, rest, slash, to) {
		return true
	}
	sc.emit(l, to)
	return true
}

// distance reads the number of NEAR.
func (sc *scanner) distance(l *lexeme, base, rest string, slash bool, to int) bool {
	if !slash {
		if n, end := sc.numberApart(to); end > 0 {
			sc.fail("near-number", sc.skipGaps(to), "the number right after a slash", fmt.Sprintf("%s%s/%d%s", sc.s[:sc.at], base, min(n, MaxDistance), sc.s[end:]))
			return false
		}
		l.n, l.bare = DefaultDistance, true
		sc.warn("default-distance", sc.at)
		return true
	}
	if unordered := strings.TrimSuffix(rest, "F"); unordered != rest {
		rest, l.ordered = unordered, true
	}
	var ok bool
	put := func(n int) string {
		rest := sc.s[to:]
		if number := strings.TrimLeft(rest, " "); number != rest && strings.IndexAny(number, "0123456789") == 0 {
			return sc.s[:sc.at] + base + "/" + number
		}
		return fmt.Sprintf("%s%s/%d%s", sc.s[:sc.at], base, n, rest)
	}
	pos := to - len(rest)
	if l.n, ok = number(rest); !ok {
		sc.fail("near-number", sc.at, "a number right after NEAR/", put(DefaultDistance))
		return false
	}
	if l.n > MaxDistance {
		if l.ordered && !strings.HasPrefix(base, "O") {
			pos--
		}
		sc.fail("near-too-far", max(pos, sc.at), fmt.Sprintf("at most %d", MaxDistance), put(MaxDistance))
		return false
	}
	return true
}

// almostOperator refuses NEAR with its number put on in another way, and the operators of other
// systems.
func (sc *scanner) almostOperator(as, upper string, to int) bool {
	for _, name := range []string{"ONEAR", "NEAR"} {
		rest, ok := strings.CutPrefix(upper, name)
		if n, isNumber := number(strings.TrimLeft(rest, `~:-\_=`)); ok && isNumber {
			sc.fail("near-number", sc.at, "a number after a slash", fmt.Sprintf("%s%s/%d%s", sc.s[:sc.at], name, min(n, MaxDistance), sc.s[to:]))
			return true
		}
	}
	return sc.foreign(as, upper, to)
}

// numberApart reads a number that stands by itself behind NEAR, which ends before to, and before
// another term; end is 0 where there is none. Without the other term it is what NEAR looks for.
func (sc *scanner) numberApart(to int) (n, end int) {
	from := sc.skipGaps(to)
	end = sc.wordEnd(from)
	n, ok := number(sc.s[from:end])
	next := sc.skipGaps(end)
	if !ok || !sc.term(next) {
		return 0, 0
	}
	if op, ok := operatorNamed(strings.ToUpper(plain(sc.s[next:sc.wordEnd(next)]))); ok && op.anyCase {
		return 0, 0
	}
	return n, end
}
