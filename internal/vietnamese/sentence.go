package vietnamese

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stop is called for every character that may end a sentence, at s[i:next]. It returns where to
// read on. A sentence ends at a line break, and after . ! ? … where space and then a capital, a
// digit or an opening sign follows, unless the point belongs to an abbreviation, the initial of
// a name or the number of a list.
func (r *Reader) stop(s string, i, next int) int {
	switch s[i] {
	case '\n', '\r':
		r.endSentence(i)
		return next
	case '@':
		r.signs = true
		return next
	case '.', '!', '?':
	default:
		if c := s[i:next]; c == "\u2028" || c == "\u2029" {
			r.endSentence(i)
			return next
		}
	}
	closed := skipClosing(s, next)
	switch {
	case !opens(s[closed:], closed > next):
		return closed // none of the signs passed ends it either, and a long row is looked at once
	case s[i] == '.' && r.abbreviated(s, i):
		return next
	}
	r.endSentence(closed)
	return closed
}

// endSentence ends the sentence that is being read before s[end]; one of nothing but space is
// none.
func (r *Reader) endSentence(end int) {
	s := r.text.Original
	from := r.from
	r.from = end
	for from < end && !solid(s[from]) {
		c, size := utf8.DecodeRuneInString(s[from:end])
		if !blank(c) {
			break
		}
		from += size
	}
	for end > from && !solid(s[end-1]) {
		c, size := utf8.DecodeLastRuneInString(s[from:end])
		if !blank(c) {
			break
		}
		end -= size
	}
	if from < end {
		r.text.Sentences = append(r.text.Sentences, [2]int{from, end})
	}
}

// solid says of a byte that it is a character, and not a blank one.
func solid(c byte) bool { return c > ' ' && c < utf8.RuneSelf }

func blank(r rune) bool {
	return r <= ' ' && unicode.IsSpace(r) || r >= 0x80 && (unicode.IsSpace(r) || ignorable(r))
}

// skipClosing passes further end signs, quotes and brackets that close what they end.
func skipClosing(s string, i int) int {
	for i < len(s) && s[i] != ' ' {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !strings.ContainsRune(`.!?…"'”’»)]`, r) {
			break
		}
		i += size
	}
	return i
}

// opens says whether rest, what follows an end sign, begins with space and then as a sentence
// does. A dash after a closed quotation goes on with who said it.
func opens(rest string, quoted bool) bool {
	if len(rest) > 1 && rest[0] == ' ' && runes[rest[1]]&(infoUpper|infoDigit) != 0 && rest[1] < utf8.RuneSelf {
		return true
	}
	trimmed := strings.TrimLeftFunc(rest, blank)
	if trimmed == "" || len(trimmed) == len(rest) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(trimmed)
	return unicode.IsUpper(r) || unicode.IsDigit(r) || strings.ContainsRune(`"'“‘«([`, r) || !quoted && strings.ContainsRune("-–—", r)
}

// What stands before a point that ends no sentence: always; before a number; before the initial
// of a person.
var (
	abbreviations = keySet("tp tx tt kp gs ts ths bs pgs th kts ks cn ncs cv đb nsnd nsưt nst ttg vd mr mrs ms dr st ht bt pv btv ctv")
	numbered      = keySet("q p kp tr đt tel fax no st số đ art k t")
	persons       = keySet("ông bà anh chị em cháu cô chú bác cụ thầy bé tên can cáo")
)

func keySet(words string) map[Key]bool {
	m := map[Key]bool{}
	for _, w := range strings.Fields(words) {
		m[keyOf([]byte(w))] = true
	}
	return m
}

// abbreviated says whether the point at s[i] belongs to the word before it.
func (r *Reader) abbreviated(s string, i int) bool {
	tokens := r.text.Tokens
	if len(tokens) == 0 || int(tokens[len(tokens)-1].End) != i {
		return false
	}
	last := tokens[len(tokens)-1]
	begins := len(tokens) == 1 || int(tokens[len(tokens)-2].Sentence) != len(r.text.Sentences)
	if last.Flags&Capital != 0 && !last.Exact.Hashed() && last.Exact.letter(4) == 0 && abbreviations[last.Exact] {
		return true
	}
	if !last.Exact.Hashed() && last.Exact.letter(3) == 0 && numbered[last.Exact] && unicode.IsDigit(afterSpace(s[i+1:])) {
		return true
	}
	switch k := last.Exact; {
	case begins && (k.digits() || last.Flags&Capital != 0 && roman(k)):
		return true // "1. …", "IV. …"
	case k.Hashed() || k.letter(1) != 0 || k.digits():
		return false
	case begins, afterSpace(s[i+1:]) == '(':
		return true // "a. …", "Triệu Chàm V. (SN 2001"
	case last.Flags&Capital == 0 || len(tokens) < 2:
		return false
	}
	before := tokens[len(tokens)-2]
	if before.Sentence != last.Sentence {
		return false
	}
	return s[before.End:last.Start] == "." && before.Flags&Upper != 0 || before.Flags&(Capital|Upper) == Capital || persons[before.Exact]
}

func afterSpace(s string) rune {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(s, blank))
	return r
}

// digits says that the key is a number.
func (k Key) digits() bool {
	if k.Hashed() || k == 0 {
		return false
	}
	for i := 0; i < maxPacked && k.letter(i) != 0; i++ {
		if c := k.letter(i); c < 34 {
			return false
		}
	}
	return true
}

// roman says that the key is written with the letters of small roman numbers.
func roman(k Key) bool {
	if k.Hashed() {
		return false
	}
	for i := 0; i < maxPacked && k.letter(i) != 0; i++ {
		if c := spelling[k.letter(i)]; c != 'i' && c != 'v' && c != 'x' {
			return false
		}
	}
	return k.tone() == 0
}
