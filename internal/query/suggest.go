package query

import "strings"

// repairs bounds how many mistakes one suggestion puts right.
const repairs = 8

// repaired is a suggestion that parses, "" where none is found: what puts the first mistake
// right may leave others, whose own suggestions are then followed.
func repaired(s string, o Options) string {
	for range repairs {
		s = strings.TrimSpace(s)
		_, err := parse(s, o)
		if err == nil {
			return s
		}
		if err.Suggestion == "" {
			return ""
		}
		s = err.Suggestion
	}
	return ""
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
