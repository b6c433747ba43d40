package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"lamro/internal/vietnamese"
)

// fieldName takes the name of a field off the beginning of raw, or refuses what looks like one.
func (sc *scanner) fieldName(raw string) bool {
	colon := strings.IndexFunc(raw, func(r rune) bool { return half(r) == ':' })
	if colon < 0 || sc.prose || sc.inValue() {
		return false
	}
	_, size := utf8.DecodeRuneInString(raw[colon:])
	typed := strings.ToLower(plain(raw[:colon]))
	if name := fieldNamed(typed); name != "" {
		sc.emit(lexeme{kind: field, name: name, text: typed}, sc.at+colon+size)
		return true
	}
	if !isName(typed) {
		return false
	}
	rest := raw[colon+size:]
	if strings.HasPrefix(rest, "//") {
		sc.fail("address", sc.at, "words, or site: with a host", sc.s[:sc.at]+"site:"+host(rest)+sc.s[sc.at+len(raw):])
		return true
	}
	return sc.unknownField(typed, colon, rest)
}

// unknownField refuses a name that is no field of ours where it can hardly be meant as a word: a
// word of a sentence has a space after its colon.
func (sc *scanner) unknownField(typed string, colon int, rest string) bool {
	beside := sc.term(sc.at + colon + 1)
	if sc.spacedField(typed, colon, beside) {
		return true
	}
	here, known := foreignField(typed)
	if here == "" && !known {
		if beside || len(typed) >= 4 && isASCII(typed) {
			here = nearestField(typed)
		}
	}
	switch {
	case known && here == "" && beside:
		sc.fail("author", sc.at, "words, or one of the fields that exist", sc.s[:sc.at]+strings.TrimLeft(sc.s[sc.at+colon:], ":： "))
	case here != "" && (beside || !known):
		sc.fail("unknown-field", sc.at, here+":", sc.inField(here, typed, colon, rest))
	case beside && rest != "":
		sc.fail("unknown-field", sc.at, "a field that exists, or quotation marks around the words",
			sc.s[:sc.at]+`"`+typed+" "+rest+`"`+sc.s[sc.at+colon+1+len(rest):])
	case beside:
		sc.fail("unknown-field", sc.at, "a field that exists", sc.s[:sc.at]+sc.s[sc.at+colon+1:])
	default:
		return false
	}
	return true
}

// spacedField refuses the name of a field in two words, "tiêu đề:", of which typed is the last.
// With a space behind it, it is one only where a term begins.
func (sc *scanner) spacedField(typed string, colon int, beside bool) bool {
	n := len(sc.out)
	if n == 0 || sc.out[n-1].kind != word || sc.out[n-1].star {
		return false
	}
	name := fieldNamed(strings.ToLower(sc.out[n-1].text) + typed)
	if name == "" || !beside && n > 1 && (sc.out[n-2].kind == word || sc.out[n-2].kind == field) {
		return false
	}
	at := sc.out[n-1].pos
	sc.fail("unknown-field", at, name+":", sc.s[:at]+name+sc.s[sc.at+colon:])
	return true
}

// inField is the query with the field here in place of the one typed, "" where its value is not
// one that here can have: an address says more than a host, a country is no language.
func (sc *scanner) inField(here, typed string, colon int, rest string) string {
	put := func(value string) string { return sc.s[:sc.at] + value + sc.s[sc.at+colon+1+len(rest):] }
	switch {
	case here == "site" && !strings.HasPrefix(rest, `"`):
		if h := host(rest); strings.Contains(h, ".") {
			return put("site:" + h)
		}
		return ""
	case typed == "country" && rest != "":
		return ""
	}
	return sc.s[:sc.at] + here + sc.s[sc.at+colon:]
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func isName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' && r != '-' }) < 0
}

// host is the host in an address with or without its scheme.
func host(address string) string {
	if _, rest, ok := strings.Cut(address, "//"); ok {
		address = rest
	}
	if i := strings.IndexAny(address, "/?#:"); i >= 0 {
		address = address[:i]
	}
	return strings.TrimPrefix(strings.Trim(strings.ToLower(address), ".*"), "www.")
}

// unfit refuses the signs of other systems inside a word.
func (sc *scanner) unfit(raw string) bool {
	if sc.inValue() {
		return false // whoever reads the value of that field says what is wrong with it
	}
	if lower := strings.ToLower(raw); strings.HasPrefix(lower, "www.") {
		sc.fail("address", sc.at, "words, or site: with a host", sc.s[:sc.at]+"site:"+host(lower)+sc.s[sc.at+len(raw):])
		return true
	}
	i := strings.IndexFunc(raw, func(r rune) bool { return strings.ContainsRune(`*?~^\`, half(r)) })
	if i < 0 {
		return false
	}
	r, size := sc.runeAt(sc.at + i)
	at, to := sc.at+i, sc.at+len(raw)
	after := at + size
	cut := sc.s[:at] + sc.s[after:]
	last := strings.TrimRight(raw[i+size:], ".,;:!…") == ""
	switch r {
	case '*':
		if last {
			return false
		}
		sc.fail("wildcard-place", at, "an asterisk after the last letter only", sc.s[:after]+sc.s[to:])
	case '?':
		if !last {
			cut = sc.s[:at] + "*" + sc.s[to:]
		}
		sc.fail("wildcard-one", at, "whole words, or an asterisk at the end", cut)
	case '~':
		sc.fail("fuzzy", at, "a space; ~ stands before a word or after a quotation", sc.s[:sc.at]+"~"+sc.s[sc.at:at]+sc.s[to:])
	case '^':
		sc.fail("boost", at, "a space", sc.s[:at]+sc.s[to:])
	case '\\':
		sc.fail("escape", at, "the text without backslashes", unescaped(sc.s))
	}
	return true
}

// refuse refuses the signs of other systems where a term would begin.
func (sc *scanner) refuse(r rune, after int) bool {
	cut := without(sc.s, sc.at, after)
	switch r {
	case '[', ']':
		sc.brackets(r)
	case '{', '}':
		sc.fail("case-sensitive", sc.at, "quotation marks", strings.NewReplacer("{", `"`, "}", `"`).Replace(sc.s))
	case '*':
		if sc.term(after) {
			sc.fail("wildcard-place", sc.at, "an asterisk after the letters", sc.s[:sc.at]+sc.s[after:])
		} else {
			sc.fail("wildcard-alone", sc.at, "at least two letters before the asterisk", cut)
		}
	case '?':
		sc.fail("wildcard-one", sc.at, "whole words, or an asterisk at the end", cut)
	case '@':
		if !sc.term(after) {
			return false
		}
		sc.fail("author", sc.at, "words, or one of the fields that exist", sc.s[:sc.at]+sc.s[after:])
	case '\\':
		sc.fail("escape", sc.at, "the text without backslashes", unescaped(sc.s))
	case '^':
		sc.fail("boost", sc.at, "a word or a phrase", cut)
	case '/':
		return sc.slash()
	}
	return true
}

// slash refuses "/5" and "/s" between terms, and "/regular expressions/".
func (sc *scanner) slash() bool {
	to := sc.wordEnd(sc.at)
	raw := plain(sc.s[sc.at:to])
	n := strings.TrimSuffix(strings.TrimPrefix(raw, "/"), "f")
	last := sc.last()
	unit, isUnit := foreignUnit(strings.ToUpper(n))
	switch {
	case digits(n) && last.kind == near && last.bare:
		sc.fail("near-number", sc.at, "no space before the slash", sc.s[:last.end]+raw+sc.s[to:])
	case digits(n):
		sc.fail("foreign-operator", sc.at, "NEAR/"+n, sc.s[:sc.at]+"NEAR"+raw+sc.s[to:])
	case isUnit && sc.between(to):
		sc.fail("foreign-operator", sc.at, unit.here, sc.s[:sc.at]+unit.here+sc.s[to:])
	case len(raw) > 2 && strings.HasSuffix(raw, "/"):
		sc.fail("regex", sc.at, "words", sc.s[:sc.at]+`"`+vietnamese.Canonical(raw)+`"`+sc.s[to:])
	default:
		return false
	}
	return true
}

// brackets refuses ranges, and square brackets that are meant to group.
func (sc *scanner) brackets(r rune) {
	inside, rest, closed := strings.Cut(sc.s[sc.at+1:], "]")
	from, to, ranged := strings.Cut(inside, " TO ")
	if r == '[' && closed && ranged {
		before := sc.s[:sc.at]
		if sc.last().kind == field {
			before = sc.s[:sc.last().pos]
		}
		sc.fail("range", sc.at, "from: and to:", before+"from:"+strings.TrimSpace(from)+" to:"+strings.TrimSpace(to)+rest)
		return
	}
	sc.fail("brackets", sc.at, "round brackets", strings.NewReplacer("[", "(", "]", ")").Replace(sc.s))
}

// inValue says whether what comes is the value of a field, right behind its name.
func (sc *scanner) inValue() bool {
	l := sc.last()
	return l.kind == field && l.end == sc.at && isValue(l.name)
}
