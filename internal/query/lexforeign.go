package query

import (
	"fmt"
	"strings"
)

// A foreign is an operator of another system. Where here is "" it has no counterpart.
type foreign struct {
	here string // what is written in its place
	word bool   // it may be a word as well: it is an operator between terms only, where not all is in capitals
}

// foreignOperator knows the operators of other systems, s in capitals.
func foreignOperator(s string) (foreign, bool) {
	base, number := s, ""
	if i := strings.IndexAny(s, "/0123456789"); i > 0 {
		base, number = s[:i], strings.TrimPrefix(s[i:], "/")
	}
	if base != s {
		return foreignDistance(base, number, strings.Contains(s, "/"))
	}
	switch s {
	case "SAMESENTENCE", "SENTENCE":
		return foreign{here: "SAMESENT"}, true
	case "SENT":
		return foreign{"SAMESENT", true}, true
	case "SAMEPARA", "SAMEPAR", "SAMEPARAGRAPH":
		return foreign{here: widest()}, true
	case "PARA", "PARAGRAPH":
		return foreign{widest(), true}, true
	case "ANDNOT", "BUTNOT", "AND-NOT", "AND_NOT":
		return foreign{here: "AND NOT"}, true
	case "EXCEPT", "EXCLUDE", "EXCLUDING", "MINUS":
		return foreign{"AND NOT", true}, true
	case "BUT":
		return foreign{"AND", true}, true
	case "XOR", "NOR", "NAND", "XNOR":
		return foreign{}, true
	}
	return foreign{}, false
}

// widest stands for "in one paragraph", which texts here do not know.
func widest() string { return fmt.Sprintf("NEAR/%d", MaxDistance) }

// foreignDistance knows operators with a number, or with the letter of a sentence or paragraph.
func foreignDistance(base, number string, slash bool) (foreign, bool) {
	if !digits(number) {
		if base != "W" && base != "WITHIN" || !slash {
			return foreign{}, false
		}
		return foreignUnit(number)
	}
	switch base {
	case "W", "WITHIN", "ADJ", "AROUND":
		return foreign{here: "NEAR/" + number}, true
	case "PRE", "NEXT":
		return foreign{here: "ONEAR/" + number}, true
	case "N":
		return foreign{here: "NEAR/" + number}, slash
	case "P":
		return foreign{here: "ONEAR/" + number}, slash
	case "ATLEAST":
		return foreign{}, true
	}
	return foreign{}, false
}

// foreignUnit knows what stands for a distance behind a slash.
func foreignUnit(s string) (foreign, bool) {
	switch s {
	case "S", "SEN", "SENT", "SENTENCE":
		return foreign{here: "SAMESENT"}, true
	case "P", "PAR", "PARA", "PARAGRAPH":
		return foreign{here: widest()}, true
	case "N":
		return foreign{here: fmt.Sprintf("NEAR/%d", DefaultDistance)}, true
	}
	return foreign{}, false
}

// foreign refuses an operator of another system that ends before to.
func (sc *scanner) foreign(as, upper string, to int) bool {
	f, ok := foreignOperator(upper)
	switch {
	case !ok, as != upper && !strings.Contains(as, "/"):
		return false
	case f.word && (sc.prose || !sc.between(to)):
		return false
	case upper == "XOR":
		sc.fail("foreign-operator", sc.at, "AND, OR and NOT", exclusive(sc.s[:sc.at], sc.s[to:]))
	case f.here == "":
		sc.fail("foreign-operator", sc.at, "AND, OR and NOT", "")
	default:
		sc.fail("foreign-operator", sc.at, f.here, sc.s[:sc.at]+f.here+sc.s[to:])
	}
	return true
}

// between says whether what ends before to stands between two terms.
func (sc *scanner) between(to int) bool { return sc.afterTerm() && sc.term(sc.skipGaps(to)) }

func (sc *scanner) afterTerm() bool {
	k := sc.last().kind
	return k == word || k == quoted || k == shut
}

func (sc *scanner) skipGaps(i int) int {
	for {
		r, size := sc.runeAt(i)
		if size == 0 || !isGap(r) {
			return i
		}
		i += size
	}
}

// exclusive is "one of a and b, but not both", "" where either is long or more than one term.
func exclusive(a, b string) string {
	a, b = strings.TrimFunc(a, isGap), strings.TrimFunc(b, isGap)
	if len(a)+len(b) > maxCall {
		return ""
	}
	for _, s := range []string{a, b} {
		if lexemes, _ := lex(s); len(lexemes) != 2 || lexemes[0].kind != word && lexemes[0].kind != quoted {
			return ""
		}
	}
	return fmt.Sprintf("(%s OR %s) AND NOT (%s AND %s)", a, b, a, b)
}

// What an operator written like a function is looked for in: so many bytes of brackets, behind so
// many of the first operators.
const (
	maxCall  = 1000
	maxCalls = 50
)

// call refuses operators written like functions, NEAR(5) and NEAR(a, b, 5); as ends before to.
func (sc *scanner) call(as string, to int) bool {
	code, name := "foreign-operator", "NEAR"
	switch upper := strings.ToUpper(as); {
	case upper == "NEAR" || upper == "ONEAR":
		code, name = "near-number", upper
	case upper == "AROUND":
	case as == "GẦN" || as == "GAN" || as == "TRƯỚC" || as == "TRUOC":
		code, name = "near-number", as
	case as == "WITHIN" || as == "W" || as == "N" || as == "ADJ":
	case as == "PRE" || as == "NEXT" || as == "P":
		name = "ONEAR"
	default:
		return false
	}
	at := sc.skipGaps(to)
	if sc.calls++; sc.calls > maxCalls {
		return false
	}
	inside, after := sc.bracketed(at)
	if after == 0 {
		return false
	}
	rest := sc.s[after:]
	if n, ok := number(strings.TrimSpace(inside)); ok {
		if at > to && !sc.between(after) {
			return false // a group that holds a number to look for
		}
		operator := fmt.Sprintf("%s/%d", name, n)
		if sc.term(after) {
			operator += " "
		}
		sc.fail(code, sc.at, operator, sc.s[:sc.at]+operator+rest)
		return true
	}
	if near := spelledOut(name, inside); near != "" && !sc.afterTerm() {
		sc.fail("foreign-operator", sc.at, "the operator between its terms", sc.s[:sc.at]+near+rest)
		return true
	}
	return false
}

// bracketed is what stands between the bracket at i and the one that closes it, which ends before
// after; after is 0 where none opens there or closes it soon.
func (sc *scanner) bracketed(i int) (inside string, after int) {
	depth, from, inQuotes := 0, 0, false
	for i < len(sc.s) && (from == 0 || i-from < maxCall) {
		r, size := sc.runeAt(i)
		i += size
		switch {
		case isQuote(r):
			inQuotes = !inQuotes
		case inQuotes:
		case r == '(':
			if depth++; depth == 1 {
				from = i
			}
		case r == ')':
			if depth--; depth == 0 {
				return sc.s[from : i-size], i
			}
		}
		if depth == 0 {
			return "", 0
		}
	}
	return "", 0
}

// spelledOut writes the terms of a list, the last perhaps a number, with the operator between
// each two of them; "" where it is no such list.
func spelledOut(name, list string) string {
	parts := splitList(list)
	distance := DefaultDistance
	if n, ok := number(parts[len(parts)-1]); ok {
		distance, parts = n, parts[:len(parts)-1]
	}
	if len(parts) == 1 && strings.HasPrefix(parts[0], "(") && strings.HasSuffix(parts[0], ")") {
		parts = splitList(parts[0][1 : len(parts[0])-1])
	}
	if len(parts) < 2 {
		return ""
	}
	for i, p := range parts {
		if lexemes, _ := lex(p); len(lexemes) > 2 {
			if words := quotedWords(p); words != "" {
				parts[i] = words
			}
		}
	}
	var pairs []string
	for i := range parts[1:] {
		pairs = append(pairs, fmt.Sprintf("%s %s/%d %s", parts[i], name, distance, parts[i+1]))
	}
	if len(pairs) == 1 {
		return pairs[0]
	}
	return "(" + strings.Join(pairs, " AND ") + ")"
}

// splitList parts s at its commas outside quotation marks and brackets.
func splitList(s string) (parts []string) {
	depth, inQuotes, from := 0, false, 0
	for i, r := range s {
		switch {
		case isQuote(r):
			inQuotes = !inQuotes
		case inQuotes:
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[from:]))
}
