package vietnamese

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is a token that took a second look.
type word struct {
	exact      []byte // its canonical spelling where the key is a hash, else nil; valid until the next word
	key, folds Key    // exact and folded
	flags      Flags  // but for capitals
}

// speller spells words that are more than precomposed letters, in memory that it keeps.
type speller struct {
	exact, lower, folded []byte
	decomposed, composed []byte
	letters, ordered     []rune
	form                 norm.Iter
}

// decompose appends s in form NFD or NFKD. Of package norm only its Iter works without allocating;
// it is slow, and the ASCII letters that most words begin with stay as they are.
func (sp *speller) decompose(dst []byte, form norm.Form, s string) []byte {
	ascii := 0
	for ascii < len(s) && s[ascii] < utf8.RuneSelf {
		ascii++
	}
	dst, s = append(dst, s[:ascii]...), s[ascii:]
	for sp.form.InitString(form, s); !sp.form.Done(); {
		dst = append(dst, sp.form.Next()...)
	}
	return dst
}

// spell reads the bytes of one token.
func (sp *speller) spell(raw string) word {
	if w, ok := loose(raw); ok {
		return w
	}
	w := word{}
	if plain(raw) {
		sp.exact = sp.exact[:0]
		for _, r := range raw {
			sp.exact = utf8.AppendRune(sp.exact, lowerLetter(r))
		}
		sp.lower = append(sp.lower[:0], sp.exact...)
	} else {
		w.flags |= sp.foreign(raw)
	}
	if w.key = keyOf(sp.exact); !w.key.Hashed() {
		sp.exact = w.key.appendTo(sp.exact[:0])
	}
	w.exact = sp.exact
	if !bytes.Equal(sp.lower, sp.exact) {
		w.flags |= Respelled
	}
	sp.folded = appendFolded(sp.folded[:0], sp.exact)
	w.folds = keyOf(sp.folded)
	if bytes.Equal(sp.folded, sp.exact) {
		w.flags |= Bare
	}
	return w
}

// plain says that the word holds nothing but letters and digits that have a code.
func plain(raw string) bool {
	for _, r := range raw {
		if infoOf(r)&infoCode == 0 && r != '.' && r != ',' {
			return false
		}
	}
	return true
}

// loose reads a word whose marks stand by themselves, in any order, or that has invisible
// characters inside: what NFD, old keyboards and copying make. It is not ok where a mark has no
// letter to go to or a key has no room, and where anything else is in the word.
func loose(raw string) (w word, ok bool) {
	p := packed{shape: shapeStart}
	for _, r := range raw {
		e := infoOf(r)
		switch {
		case e&infoCode != 0:
			p.add(e)
		case ignorable(r):
			w.flags |= Disguised
		default:
			if p.letters, p.shape, ok = looseMark(p.letters, p.shape, e); !ok {
				return w, false
			}
			p.all |= uint64(e&infoTones | infoMarked)
		}
	}
	var moved bool
	if w.key, w.folds, moved, ok = p.keys(); !ok {
		return w, false
	}
	if moved {
		w.flags |= Respelled
	}
	if p.said()&infoMarked == 0 {
		w.flags |= Bare
	}
	return w, true
}

// looseMark puts a mark that stands by itself on the last letter of a word that is being read. It
// is not ok where that letter does not take it.
func looseMark(letters, shape uint64, mark info) (l, s uint64, ok bool) {
	switch {
	case shape&shapeVowel == 0:
		return letters, shape, false
	case mark&infoTones != 0:
		return letters, shape | shapeToned, shape&shapeToned == 0
	case mark&infoQuality != 0:
		other := qualified[mark>>infoFolded&3][letters&letterField]
		return letters&^letterField | uint64(other), shape | shapeQuality, other != 0
	}
	return letters, shape, false
}

// lowerLetter is a known letter in lower case.
func lowerLetter(r rune) rune {
	e := infoOf(r)
	if e&infoCode == 0 {
		return r
	}
	return withTone(spelling[e&infoCode], Key(e>>infoTone&7))
}

// foreign spells a word that is not written in Vietnamese letters alone: with compatibility forms
// and look-alikes mapped, and in lower case as written.
func (sp *speller) foreign(raw string) (f Flags) {
	sp.decomposed = sp.decompose(sp.decomposed[:0], norm.NFD, raw)
	latin, disguise := disguised(sp.decomposed)
	if disguise {
		f = Disguised
	}
	sp.lower = append(sp.lower[:0], sp.compose(unicode.ToLower)...)
	sp.canonical(raw, latin, true)
	if disguise && !keyOf(sp.exact).syllable() {
		sp.canonical(raw, latin, false)
	}
	if len(sp.exact) == 0 {
		sp.exact = append(sp.exact, sp.lower...)
	}
	return f
}

// canonical makes sp.exact. A tone on a letter of another alphabet is one of ours where the word
// is a syllable with it, else a stress mark that does not count.
func (sp *speller) canonical(raw string, latin, stress bool) {
	sp.decomposed = sp.decompose(sp.decomposed[:0], norm.NFKD, raw)
	alike := false
	sp.exact = append(sp.exact[:0], sp.compose(func(r rune) rune {
		if alike && !stress && toneOf(r) > 0 {
			return dropped
		}
		if !unicode.IsMark(r) {
			alike = false
		}
		if to, always := lookAlike(r); to != 0 && (always || latin) {
			alike = !always
			return to
		}
		return unicode.ToLower(r)
	})...)
}

const dropped = -1

// disguised says whether a decomposed word has Latin letters, and whether letters that are none, or other
// forms of them, or invisible characters stand among them. Ð for Đ is a common mistake and no
// disguise, and a word that is all in a fancy alphabet hides nothing.
func disguised(word []byte) (latin, disguise bool) {
	ordinary, fancy, alike := false, false, false
	for len(word) > 0 {
		r, size := utf8.DecodeRune(word)
		word = word[size:]
		to, always := lookAlike(r)
		switch {
		case infoOf(r)&infoLetter != 0:
			ordinary, latin = true, true
		case ignorable(r), always && (to != 'đ' || r == 'ᵭ'):
			disguise = true
		case to != 0:
			alike = alike || !always
		case r >= utf8.RuneSelf && compatible(r):
			fancy = true
		}
		latin = latin || always || unicode.Is(unicode.Latin, r)
	}
	return latin, disguise || alike && latin || fancy && ordinary
}

// compatible says whether r is another form of one Latin letter, such as a full-width one.
func compatible(r rune) bool {
	var buf [utf8.UTFMax]byte
	p := norm.NFKD.Properties(buf[:utf8.EncodeRune(buf[:], r)])
	d := p.Decomposition()
	return len(d) == 1 && infoOf(rune(d[0]))&infoLetter != 0
}

// firstMark is the first character that may go together with the one before it.
const firstMark = 0x300

// compose maps the letters of sp.decomposed and puts them together again. What decomposed into
// something that no word holds, such as the space in some Arabic ligatures, is dropped.
func (sp *speller) compose(f func(rune) rune) []byte {
	in, out := sp.letters[:0], sp.ordered[:0]
	for b := sp.decomposed; len(b) > 0; {
		r, size := utf8.DecodeRune(b)
		b = b[size:]
		if isAlnum(r) || unicode.IsMark(r) && !ignorable(r) || r == '.' || r == ',' {
			if r = f(r); r != dropped {
				in = append(in, r)
			}
		}
	}
	for i := 0; i < len(in); {
		if in[i] >= firstMark && unicode.Is(unicode.Mn, in[i]) {
			out, i = appendMarks(out, in, i)
			continue
		}
		out = append(out, in[i])
		i++
	}
	sp.letters, sp.ordered = in, out
	b, marks := sp.decomposed[:0], false
	for _, r := range out {
		b = utf8.AppendRune(b, r)
		marks = marks || r >= firstMark
	}
	sp.decomposed = b
	if !marks {
		return b
	}
	sp.composed = sp.composed[:0]
	for sp.form.Init(norm.NFC, b); !sp.form.Done(); {
		sp.composed = append(sp.composed, sp.form.Next()...)
	}
	return sp.composed
}

// appendFolded folds a canonical spelling; one of nothing but marks stays.
func appendFolded(dst, exact []byte) []byte {
	from := len(dst)
	for b := exact; len(b) > 0; {
		r, size := utf8.DecodeRune(b)
		b = b[size:]
		dst = appendBase(dst, r)
	}
	if len(dst) == from {
		dst = append(dst, exact...)
	}
	return dst
}

// appendBase appends a lower-case letter without its marks.
func appendBase(dst []byte, r rune) []byte {
	switch e := infoOf(r); {
	case e&infoCode != 0:
		return utf8.AppendRune(dst, spelling[e>>infoFolded&infoCode])
	case r < utf8.RuneSelf:
		return append(dst, byte(r)) // #nosec G115 -- ASCII
	case unicode.IsMark(r):
		return dst
	}
	var buf [utf8.UTFMax]byte
	d := norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).Decomposition()
	if d == nil {
		return utf8.AppendRune(dst, r)
	}
	for len(d) > 0 {
		c, size := utf8.DecodeRune(d)
		if !unicode.IsMark(c) {
			dst = utf8.AppendRune(dst, c)
		}
		d = d[size:]
	}
	return dst
}

// Fold is the normal form of s in lower case and without marks, đ as d; all else stays.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var buf [8 * utf8.UTFMax]byte
	for _, r := range Normalize(s) {
		if infoOf(r)&infoCode == 0 && r >= utf8.RuneSelf {
			r = unicode.ToLower(r)
		}
		b.Write(appendBase(buf[:0], r))
	}
	return b.String()
}
