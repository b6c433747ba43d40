package vietnamese

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// abbreviations end in a point that ends no sentence, in lower case.
const abbreviations = " tp tx tt gs ts ths bs pgs th kts ks cn st nxb ttg vd mr mrs ms dr no tr t.p q p "

// sentences finds the sentences of s: they end at a line break, or after . ! ? … where a space
// and then a capital, a digit or an opening sign follows.
func sentences(s string) [][2]int {
	var out [][2]int
	start, end := -1, 0 // of what is read of the sentence, without space around it
	flush := func() {
		if start >= 0 {
			out = append(out, [2]int{start, end})
		}
		start = -1
	}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			flush()
		case unicode.IsSpace(r) || ignorable(r):
		default:
			if start < 0 {
				start = i
			}
			end = i + size
		}
		i += size
		if start >= 0 && terminal(r) {
			closed := skipClosing(s, i)
			if opens(s[closed:]) && (r != '.' || !abbreviated(s[start:i-size], s[closed:])) {
				end = closed
				i = closed
				flush()
			}
		}
	}
	flush()
	return out
}

func terminal(r rune) bool { return r == '.' || r == '!' || r == '?' || r == '…' }

// skipClosing passes further end signs, quotes and brackets that close what they end.
func skipClosing(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !terminal(r) && !strings.ContainsRune(`"'”’»)]`, r) {
			break
		}
		i += size
	}
	return i
}

// opens says whether rest, what follows an end sign, begins with space and then as a sentence
// does.
func opens(rest string) bool {
	trimmed := strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || ignorable(r) })
	if trimmed == "" || len(trimmed) == len(rest) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(trimmed)
	return unicode.IsUpper(r) || unicode.IsDigit(r) || strings.ContainsRune(`"'“‘«([-–—`, r)
}

// abbreviated says whether a point after before, the sentence so far, belongs to its last word:
// an abbreviation, the initial of a name, or the number of a list.
func abbreviated(before, rest string) bool {
	at := strings.LastIndexFunc(before, func(r rune) bool { return !isAlnum(r) && !unicode.IsMark(r) && r != '.' })
	if at >= 0 {
		_, size := utf8.DecodeRuneInString(before[at:])
		at += size
	} else {
		at = 0
	}
	word := before[at:]
	if word == "" {
		return false
	}
	if strings.Contains(abbreviations, " "+strings.ToLower(word)+" ") {
		return true
	}
	last := word[strings.LastIndexByte(word, '.')+1:]
	r, size := utf8.DecodeRuneInString(last)
	if size == len(last) && unicode.IsUpper(r) {
		return true // "Nguyễn Văn A. (SN 2001", "Nguyễn T.H."
	}
	return at == 0 && strings.Trim(word, "0123456789.") == ""
}
