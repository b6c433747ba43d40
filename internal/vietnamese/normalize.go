package vietnamese

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many marks a letter keeps: more are decoration, and would make normalising
// insert characters of its own.
const maxMarks = 8

// Normalize is the form in which texts are stored: NFC, with invisible format characters removed
// (joiners inside emoji stay), a tone typed before its breve, circumflex or horn put after it,
// every kind of space but the line break a plain one, and broken bytes replaced by U+FFFD.
// Normalising twice changes nothing more.
func Normalize(s string) string {
	if plainlyNormal(s) || !needsRepair(s) && norm.NFC.IsNormalString(s) {
		return s
	}
	return norm.NFC.String(repair(s))
}

// needsRepair says whether repair would change s. Loose marks are asked about only where NFC left
// them loose; the caller checks NFC itself.
func needsRepair(s string) bool {
	for i, r := range s {
		if r < utf8.RuneSelf || infoOf(r)&infoCode != 0 {
			continue
		}
		if unicode.Is(unicode.Mn, r) || ignorable(r) || odd(r) {
			return true
		}
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return true
		}
	}
	return false
}

// repair decomposes s and puts it right; the caller composes it again.
func repair(s string) string {
	runes := []rune(norm.NFD.String(strings.ToValidUTF8(s, "\uFFFD")))
	out := make([]rune, 0, len(runes))
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case ignorable(r):
			if r == joiner && insideEmoji(runes, i) {
				out = append(out, r)
			}
			i++
		case odd(r):
			out = append(out, ' ')
			i++
		case !unicode.Is(unicode.Mn, r):
			out = append(out, r)
			i++
		default:
			out, i = appendMarks(out, runes, i)
		}
	}
	return string(out)
}

// appendMarks appends the marks that stand at runes[i:], those that make another letter first,
// and returns where they end. Invisible characters among them are dropped.
func appendMarks(out, runes []rune, i int) ([]rune, int) {
	from, kept, end := i, 0, i
	for ; i < len(runes); i++ {
		r := runes[i]
		if ignorable(r) && r != joiner {
			continue
		}
		if !unicode.Is(unicode.Mn, r) {
			break
		}
		if kept < maxMarks {
			kept++
			end = i + 1
		}
	}
	for _, quality := range [...]bool{true, false} {
		for _, r := range runes[from:end] {
			if isQuality(r) == quality && !ignorable(r) {
				out = append(out, r)
			}
		}
	}
	return out, i
}

const joiner = '\u200d'

// insideEmoji says whether the joiner at runes[i] binds two pictures into one.
func insideEmoji(runes []rune, i int) bool {
	if i == 0 || i+1 == len(runes) {
		return false
	}
	before, after := runes[i-1], runes[i+1]
	if before == 0xfe0f && i > 1 {
		before = runes[i-2]
	}
	return picture(before) && picture(after)
}

// picture is true of symbols and of the skin tones that follow them.
func picture(r rune) bool { return unicode.Is(unicode.So, r) || r >= 0x1f3fb && r <= 0x1f3ff }

// ignorable characters show nothing and part nothing: format characters and the combining
// grapheme joiner.
func ignorable(r rune) bool {
	if r < 0xad {
		return false
	}
	return r == 0x34f || unicode.Is(unicode.Cf, r)
}

// odd is a space that is stored as a plain one.
func odd(r rune) bool { return r >= utf8.RuneSelf && unicode.Is(unicode.Zs, r) }
