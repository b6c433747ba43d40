package query

import (
	"slices"
	"strings"

	"lamro/internal/vietnamese"
)

// repairs bounds how many mistakes one suggestion puts right.
const repairs = 8

// repaired is s, suggested for the query as typed, made to parse: what puts the first mistake
// right may leave others, whose own suggestions are then followed. It is "" where that leads
// nowhere, or loses a phrase in quotation marks.
func repaired(typed, s string, o Options) string {
	for range repairs {
		s = strings.TrimSpace(s)
		_, err := parse(s, o)
		if err == nil && s != typed && keepsQuotations(typed, s) {
			return s
		}
		if err == nil || err.Suggestion == "" {
			return ""
		}
		s = err.Suggestion
	}
	return ""
}

// keepsQuotations says whether every phrase in quotation marks in typed is in s too. Not asked
// for are those without a word, with an asterisk, and the values of fields, where a code may stand
// for a name; and nothing where one mark has no partner.
func keepsQuotations(typed, s string) bool {
	all := " " + vietnamese.Canonical(s) + " "
	var phrases []string
	open := -1
	for i, r := range typed {
		if !isQuote(r) {
			continue
		}
		if open < 0 {
			open = i
			continue
		}
		if inside := typed[open:i]; !strings.ContainsRune(strings.Map(half, inside), '*') && !endsInValueField(typed[:open]) {
			phrases = append(phrases, vietnamese.Canonical(inside))
		}
		open = -1
	}
	if open >= 0 {
		return true
	}
	return !slices.ContainsFunc(phrases, func(p string) bool { return p != "" && !strings.Contains(all, " "+p+" ") })
}

// endsInValueField says whether s ends in the name of a field that takes a value.
func endsInValueField(s string) bool {
	const longest = 40 // bytes of a name
	s = plain(strings.ToLower(s[max(0, len(s)-longest):]))
	name, ok := strings.CutSuffix(strings.TrimRightFunc(s, isGap), ":")
	if i := strings.LastIndexFunc(name, func(r rune) bool { return isGap(r) || r == '(' }); i >= 0 {
		name = name[i+1:]
	}
	field := fieldNamed(name)
	return ok && field != "" && isValue(field)
}

// without is s without its bytes from to to, with one space in their place.
func without(s string, from, to int) string {
	before, after := strings.TrimRightFunc(s[:from], isGap), strings.TrimLeftFunc(s[to:], isGap)
	if before == "" || after == "" || strings.HasSuffix(before, "(") || strings.HasPrefix(after, ")") {
		return before + after
	}
	return before + " " + after
}

// closeQuote closes the quotation that begins at at, before an operator or the brackets at the end.
func closeQuote(s string, at, from int) string {
	text := s[from:]
	end := len(strings.TrimRightFunc(text, isGap))
	for _, stop := range []string{" AND ", " OR ", " NOT ", " NEAR/", " ONEAR/", " SAMESENT ", " -", " ("} {
		if i := strings.Index(text, stop); i > 0 {
			end = min(end, i)
		}
	}
	if end == len(strings.TrimRightFunc(text, isGap)) {
		for opened := strings.Count(s[:at], "(") - strings.Count(s[:at], ")"); opened > 0 && strings.HasSuffix(text[:end], ")"); opened-- {
			end--
		}
	}
	return s[:at] + `"` + strings.TrimFunc(text[:end], isGap) + `"` + text[end:]
}

// unquoteStar puts the last word of a quotation beside the others, where it is the one with the
// asterisk; otherwise it drops the asterisk. The quotation is s[at:to], star lies in text.
func unquoteStar(s string, at, to int, text string, star int) string {
	words := strings.Fields(text)
	last := words[len(words)-1]
	if strings.Count(text, "*") != 1 || !strings.HasSuffix(last, "*") || strings.TrimSpace(text[star+1:]) != "" {
		return s[:at] + `"` + strings.ReplaceAll(text, "*", "") + `"` + s[to:]
	}
	if len(words) == 1 {
		return s[:at] + last + s[to:]
	}
	return s[:at] + `"` + strings.Join(words[:len(words)-1], " ") + `" ONEAR/0 ` + last + s[to:]
}

// numbered gives the quotation whose tilde ends before from a number: the one that follows after
// a space, or 5 in place of what stands there.
func numbered(s string, from int) string {
	rest := strings.TrimLeft(s[from:], " ")
	if rest != "" && digits(rest[:1]) {
		return s[:from] + rest
	}
	if !endsTerm(s[from:]) {
		rest = strings.TrimLeftFunc(s[from:], func(r rune) bool { return !isGap(r) && half(r) != ')' })
		return s[:from] + "5" + rest
	}
	return s[:from] + "5" + s[from:]
}

// unescaped is s without backslashes; where one stands between words they stay two.
func unescaped(s string) string {
	s = strings.NewReplacer(`\"`, `"`, `\'`, `'`).Replace(s)
	return strings.TrimSpace(strings.ReplaceAll(s, `\`, " "))
}

// dashed puts a dash right that stands alone at s[at:end]: a hyphen excludes the word after it; a
// longer dash belongs to a phrase where s is nothing but words, and is dropped elsewhere, as any is
// in a headline of capitals.
func dashed(s string, at, end int) string {
	if isProse(s) {
		return without(s, at, end)
	}
	if rest := strings.TrimLeftFunc(s[end:], isGap); s[at:end] == "-" && rest != "" && at > 0 {
		return s[:end] + rest
	}
	lexemes, _ := lex(s)
	for _, l := range lexemes[:len(lexemes)-1] {
		if l.kind != word || l.star {
			return without(s, at, end)
		}
	}
	if len(lexemes) < 4 {
		return without(s, at, end)
	}
	return `"` + strings.TrimSpace(s) + `"`
}

// quotedWords is the group s as one phrase where it holds nothing but words, else "".
func quotedWords(s string) string {
	lexemes, _ := lex(s)
	var words []string
	for _, l := range lexemes {
		switch {
		case l.kind == word && !l.star:
			words = append(words, l.text)
		case l.kind != open && l.kind != shut && l.kind != end:
			return ""
		}
	}
	return `"` + strings.Join(words, " ") + `"`
}
