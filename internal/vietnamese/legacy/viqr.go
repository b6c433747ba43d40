package legacy

import (
	"strings"
	"unicode"
)

// decodeVIQR reads the mnemonics of RFC 1456 as people typed them: a word becomes Vietnamese only
// where it is a syllable then, a syllable has one tone ("No^.i." ends in a full stop), a backslash
// keeps the sign behind it, and addresses stay as they are. "la." is "lạ" even at the end of a
// sentence, as the standard has it.
func decodeVIQR(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end == 0 {
			end = len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
			b.WriteString(s[:end])
			s = s[end:]
			continue
		}
		if end < 0 {
			end = len(s)
		}
		if chunk := s[:end]; isAddress(chunk) {
			b.WriteString(chunk)
		} else {
			viqrWords(&b, chunk)
		}
		s = s[end:]
	}
	return b.String()
}

func isAddress(chunk string) bool {
	return strings.ContainsAny(chunk, "@/") || strings.HasPrefix(strings.ToLower(chunk), "www.")
}

// viqrWords converts what stands between two spaces.
func viqrWords(b *strings.Builder, chunk string) {
	for len(chunk) > 0 {
		w := readVIQR(chunk)
		if w.size == 0 {
			n := 1
			if chunk[0] == '\\' && len(chunk) > 1 && isVIQRSign(chunk[1]) {
				b.WriteByte(chunk[1])
				n = 2
			} else {
				b.WriteByte(chunk[0])
			}
			chunk = chunk[n:]
			continue
		}
		b.WriteString(w.best(chunk))
		chunk = chunk[w.size:]
	}
}

// A viqrWord is a run of letters with their signs.
type viqrWord struct {
	text   []rune // converted
	size   int    // bytes that it is written with
	marked bool   // signs were read
	cut    int    // bytes without a tone sign at the very end, 0 where there is none
	before []rune // converted without that sign
}

// best is the word of chunk converted, as far as that makes a syllable of it.
func (w *viqrWord) best(chunk string) string {
	switch {
	case !w.marked:
		return string(w.text)
	case w.cut == 1 && chunk[1] == '.' && 'A' <= chunk[0] && chunk[0] <= 'Z': // an initial: "A." is a name
		return chunk[:w.size]
	case plausible(w.text):
		return string(w.text)
	case w.cut > 0 && (plausible(w.before) || string(w.before) == chunk[:w.cut]):
		return string(w.before) + chunk[w.cut:w.size]
	}
	return chunk[:w.size]
}

// plausible says whether a converted word may stand: a syllable, or one of the abbreviations that
// have a đ and no vowel ("QĐ").
func plausible(word []rune) bool {
	if isSyllable(word) {
		return true
	}
	for _, r := range word {
		if r != 'đ' && (r < 'A' || r > 'Z') && r != 'Đ' || letters[r].vowel {
			return false
		}
	}
	return len(word) > 0
}

// readVIQR reads the word that s begins with.
func readVIQR(s string) (w viqrWord) {
	toned := false
	for w.size < len(s) {
		c := s[w.size]
		if c == '\\' && w.size+1 < len(s) && (s[w.size+1] == 'd' || s[w.size+1] == 'D') { // add\d is "add"
			w.text, w.size = append(w.text, rune(s[w.size+1])), w.size+2
			continue
		}
		if (c|0x20) < 'a' || (c|0x20) > 'z' {
			return w
		}
		w.cut, w.before = 0, nil
		if c|0x20 == 'd' && w.size+1 < len(s) && s[w.size+1]|0x20 == 'd' {
			dd := 'đ'
			if c == 'D' {
				dd = 'Đ'
			}
			w.text, w.size, w.marked = append(w.text, dd), w.size+2, true
			continue
		}
		r := rune(c)
		w.size++
		if letters[r].vowel {
			toned = w.vowel(s, r, toned)
			continue
		}
		w.text = append(w.text, r)
	}
	return w
}

// vowel reads the signs behind a vowel, at most one for the letter and one for the tone, in
// either order, and says whether the word has its tone now.
func (w *viqrWord) vowel(s string, r rune, toned bool) bool {
	row, tone := -1, 0
	for w.size < len(s) {
		c := s[w.size]
		if t := strings.IndexByte("`'?~.", c) + 1; t > 0 && !toned {
			tone, toned = t, true
			w.cut, w.before = w.size, append([]rune(nil), append(w.text, marked(r, row, 0))...)
		} else if q := viqrRow(r, c); q >= 0 && row < 0 {
			row = q
			w.cut, w.before = 0, nil
		} else {
			break
		}
		w.size, w.marked = w.size+1, true
	}
	w.text = append(w.text, marked(r, row, tone))
	return toned
}

// viqrRow is the row of vowels that the sign makes of a vowel, or -1.
func viqrRow(vowel rune, sign byte) int {
	switch string([]rune{unicode.ToLower(vowel), rune(sign)}) {
	case "a(":
		return 1
	case "a^":
		return 2
	case "e^":
		return 4
	case "o^":
		return 7
	case "o+", "o*":
		return 8
	case "u+", "u*":
		return 10
	}
	return -1
}

// marked is the vowel, in its case, with the letter mark of a row of vowels (-1: its own) and a tone.
func marked(vowel rune, row, tone int) rune {
	for i := 0; row < 0; i++ {
		if []rune(vowels[i])[0] == unicode.ToLower(vowel) {
			row = i
		}
	}
	r := []rune(vowels[row])[tone]
	if unicode.IsUpper(vowel) {
		return unicode.ToUpper(r)
	}
	return r
}

func isVIQRSign(c byte) bool { return strings.IndexByte("\\`'?~.^(+*dD", c) >= 0 }
