package legacy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What a text must show before it is taken for another encoding than it says. Words are counted
// once each, so that a menu or a refrain does not vote twice.
const (
	maxSample    = 32 << 10 // bytes that are looked at
	minChanged   = 5        // words that the conversion changes
	minChange    = 0.25     // their share of all words; Vietnamese has three quarters
	minValid     = 0.85     // share of the changed words that become syllables
	minSyllables = 0.6      // share of all words that are syllables then
	minGain      = 0.2      // by how much that share grows
	minLead      = 0.15     // by how much it exceeds that of the next best encoding
)

// Detect finds the encoding of bytes of which nothing is known; ok is false where they are UTF-8
// with letters beyond ASCII, or nothing is sure. A title is seldom enough.
func Detect(b []byte) (enc Encoding, ok bool) {
	b = b[:min(len(b), maxSample)]
	if isUTF8(b) {
		enc, ok = DetectText(string(b))
		return enc, ok && enc == VIQR
	}
	return DetectText(asText(b))
}

// isUTF8 allows for a last character that the sample has cut.
func isUTF8(b []byte) bool {
	for i := 0; i < utf8.UTFMax && i <= len(b); i++ {
		if utf8.Valid(b[:len(b)-i]) {
			return true
		}
	}
	return false
}

// DetectText finds the encoding that lies beneath a text: Latin-1 or Windows-1252 that should
// have been read as one of ours, or VIQR. It is decided by how Vietnamese the converted words
// are, before and after and beside the other encodings; ok is false where nothing is sure.
func DetectText(s string) (enc Encoding, ok bool) {
	if len(s) > maxSample {
		s = strings.ToValidUTF8(s[:maxSample], "")
	}
	candidates := suspects(s)
	if candidates == nil {
		return "", false
	}
	words := sample(s)
	before := measure(words, norm.NFC.String)
	var best, second result
	for _, candidate := range candidates {
		r := measure(words, candidate.convert)
		r.enc = candidate
		switch {
		case r.syllables > best.syllables:
			best, second = r, best
		case r.syllables > second.syllables:
			second = r
		}
	}
	ok = best.changed >= minChanged && best.change >= minChange && best.valid >= minValid && best.syllables >= minSyllables &&
		best.syllables-before.syllables >= minGain && best.syllables-second.syllables >= minLead
	if !ok {
		return "", false
	}
	return best.enc, true
}

// Fits says whether a text that is said to be in enc, by a font's name or by the rest of its page,
// reads better so than as it stands. It asks for less than DetectText, so that a title will do,
// but never for a text that holds letters that only Unicode has.
func Fits(s string, enc Encoding) bool {
	if Modern(s) {
		return false
	}
	words := sample(s[:min(len(s), maxSample)])
	before, after := measure(words, norm.NFC.String), measure(words, enc.convert)
	return after.changed > 0 && (before.syllables == 0 || after.syllables > before.syllables)
}

// Modern says whether s holds Vietnamese letters that only Unicode has, or tone marks apart.
func Modern(s string) bool { return strings.ContainsFunc(s, unicodeOnly) }

func unicodeOnly(r rune) bool {
	switch r {
	case 'ă', 'Ă', 'ơ', 'Ơ', 'ư', 'Ư', 'đ', 'Đ':
		return true
	}
	return r >= 0x1ea0 && r <= 0x1ef9 || r >= 0x300 && r < 0x370
}

// convert is DecodeText for a word of a sample: an encoding that is none changes nothing.
func (enc Encoding) convert(word string) string {
	if s, err := DecodeText(word, enc); err == nil {
		return s
	}
	return word
}

// suspects are the encodings that the characters of s allow: none where it holds the letters
// that only Unicode has, those of Latin-1 for the encodings of bytes, else VIQR's signs.
func suspects(s string) []Encoding {
	modern, high, signs := 0, 0, 0
	last := rune(' ')
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if strings.ContainsRune("^(+`'~?.", r) && letters[last].vowel {
				signs++
			}
		case unicodeOnly(r):
			modern++
		default:
			if _, ok := asByte(r); ok && r != 0xa0 && !unicode.IsPunct(r) {
				high++
			}
		}
		last = r
	}
	switch {
	case modern*4 > high:
		return nil
	case high >= minChanged:
		return []Encoding{TCVN3, VNI, Windows1258, VISCII}
	case signs >= minChanged:
		return []Encoding{VIQR}
	}
	return nil
}

// sample is the words of s, once each: what stands between spaces, as far as it holds a letter.
// Punctuation stays, some of it may be a letter.
func sample(s string) []string {
	seen := map[string]bool{}
	var words []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == 0xa0 || r < 0x80 && unicode.IsSpace(r) || r == 0x2028 }) {
		if !seen[w] && !isAddress(w) {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

// A result says what an encoding makes of a sample.
type result struct {
	enc       Encoding
	changed   int     // words
	change    float64 // their share of all words
	valid     float64 // share of those changed that are syllables after
	syllables float64 // share of all words that are
}

func measure(words []string, convert func(string) string) (r result) {
	all, valid, changedValid := 0, 0, 0
	for _, w := range words {
		to := convert(w)
		ok, letters := vietnamese(to)
		if !letters {
			continue
		}
		all++
		if ok {
			valid++
		}
		if to != w {
			r.changed++
			if ok {
				changedValid++
			}
		}
	}
	if all == 0 {
		return r
	}
	r.change = float64(r.changed) / float64(all)
	r.syllables = float64(valid) / float64(all)
	if r.changed > 0 {
		r.valid = float64(changedValid) / float64(r.changed)
	}
	return r
}

// vietnamese says whether all runs of letters in a word are syllables, and whether there is any.
// Signs among the letters, which a wrong encoding leaves behind, make it none.
func vietnamese(word string) (ok, letters bool) {
	var run [8]rune
	n := 0
	ok = true
	flush := func() {
		if n > 0 {
			letters = true
			ok = ok && n < len(run) && isSyllable(run[:n])
		}
		n = 0
	}
	for _, r := range word {
		switch {
		case unicode.IsLetter(r) || unicode.Is(unicode.Mn, r):
			if n < len(run) {
				run[n] = r
				n++
			}
		case unicode.IsSymbol(r) || unicode.IsControl(r) || r >= 0x80 && r < 0x100 || r == '^' || r == '`' || r == '~':
			ok = false
			flush()
		default:
			flush()
		}
	}
	flush()
	return ok && letters, letters
}
