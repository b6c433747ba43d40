package vietnamese

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// lowered is a text as dates and numbers are read in it: NFC and lower case, with the way back to
// the bytes of the original.
type lowered struct {
	s  string
	at []int32 // for each byte of s and its end the byte of the original; nil where they are equal
}

func newLowered(s string) lowered {
	if norm.NFC.IsNormalString(s) {
		return lowered{s: lowerSameLength(s)}
	}
	var l lowered
	var b strings.Builder
	b.Grow(len(s))
	l.at = make([]int32, 0, len(s)+1)
	var segments norm.Iter
	segments.InitString(norm.NFC, s)
	for !segments.Done() {
		from := segments.Pos()
		segment := segments.Next()
		b.Write(segment)
		for range segment {
			l.at = append(l.at, int32(from)) // #nosec G115 -- texts are far below 2 GB
		}
	}
	l.at = append(l.at, int32(len(s))) // #nosec G115
	l.s = lowerSameLength(b.String())
	return l
}

// lowerSameLength is s in lower case as far as that keeps the length of each character.
func lowerSameLength(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		l := unicode.ToLower(r)
		switch {
		case l == r:
		case utf8.RuneLen(l) != size:
		default:
			if b.Len() == 0 {
				b.Grow(len(s))
			}
			b.WriteString(s[b.Len():i])
			b.WriteRune(l)
		}
		i += size
	}
	if b.Len() == 0 {
		return s
	}
	b.WriteString(s[b.Len():])
	return b.String()
}

// original is the byte of the original that byte i of the lowered text came from.
func (l *lowered) original(i int) int {
	if l.at == nil {
		return i
	}
	return int(l.at[i])
}

// number reads digits at i, at most limit of them; n is -1 where there are none or more.
func (l *lowered) number(i, limit int) (n, end int) {
	end = i
	for end < len(l.s) && asciiDigit(l.s[end]) {
		end++
	}
	if end == i || end-i > limit {
		return -1, end
	}
	for _, c := range []byte(l.s[i:end]) {
		n = 10*n + int(c-'0')
	}
	return n, end
}

// word is the letters at i.
func (l *lowered) word(i int) string {
	end := strings.IndexFunc(l.s[i:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if end < 0 {
		return l.s[i:]
	}
	return l.s[i : i+end]
}

// wordBefore is the letters that end before i, spaces between left out.
func (l *lowered) wordBefore(i int) string {
	s := strings.TrimRight(l.s[:i], " \u00a0")
	start := strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if start >= 0 {
		_, size := utf8.DecodeRuneInString(s[start:])
		start += size
	}
	return s[max(start, 0):]
}

// spaces is the first byte from i on that is no space on the line.
func (l *lowered) spaces(i int) int {
	for i < len(l.s) {
		switch {
		case l.s[i] == ' ' || l.s[i] == '\t':
			i++
		case strings.HasPrefix(l.s[i:], "\u00a0"):
			i += len("\u00a0")
		default:
			return i
		}
	}
	return i
}

// byteAt is the byte at i, 0 beyond the ends.
func (l *lowered) byteAt(i int) byte {
	if i < 0 || i >= len(l.s) {
		return 0
	}
	return l.s[i]
}

// letterAt says whether a letter begins at i.
func (l *lowered) letterAt(i int) bool {
	r, _ := utf8.DecodeRuneInString(l.s[i:])
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// letterBefore says whether a letter ends before i.
func (l *lowered) letterBefore(i int) bool {
	r, _ := utf8.DecodeLastRuneInString(l.s[:i])
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

func asciiDigit(c byte) bool { return c >= '0' && c <= '9' }
