// Package vietnamese reads Vietnamese text: its normal form, its syllables as tokens with keys to
// match by and offsets into the text as it was, its sentences and whether it is Vietnamese at all.
// It knows nothing of watches, places or storage; matching and both indexes take their tokens here.
package vietnamese

// Token is a syllable, word or number: a run of letters, digits and marks. A point or comma
// between digits belongs to the number ("5.000.000", "3,5"); anywhere else it parts tokens, but
// where it sets the letters of a syllable apart ("q.u.ố.c"; join.go has the rule).
type Token struct {
	Start, End int32 // bytes of the original
	Sentence   int32 // the number of the sentence that holds the token, from 0
	Flags      Flags
	Exact      Key // what to match by: tokens are the same word where it is equal
	Folded     Key // that of the word without marks, đ as d
}

// Flags say how a token is written.
type Flags uint8

// The flags.
const (
	Bare      Flags = 1 << iota // without any mark, so that it may stand for any word that folds to it
	Capital                     // the first letter is upper case
	Upper                       // no letter is lower case, and there is one
	Respelled                   // its lower case is another spelling of the word than the canonical one
	Disguised                   // with look-alike letters, invisible characters, signs or digits for letters, or letters set apart
)

// Bare says that the token carries no marks.
func (t Token) Bare() bool { return t.Flags&Bare != 0 }

// Text is a text read once: every later stage takes what it needs from here.
type Text struct {
	Original  string
	Tokens    []Token
	Sentences [][2]int // bytes of the original, without surrounding space
}

// Exact is the canonical spelling of token i: NFC, lower case, compatibility forms and look-alikes
// mapped, and the tone mark of a syllable in its traditional place ("hoà" is "hòa"). It is made
// anew on each call; to compare words, compare keys.
func (t *Text) Exact(i int) string { return string(t.appendExact(nil, i)) }

// Folded is the canonical spelling of token i without marks, đ as d, made anew on each call.
func (t *Text) Folded(i int) string {
	if k := t.Tokens[i].Folded; !k.Hashed() {
		return string(k.appendTo(nil))
	}
	return string(appendFolded(nil, t.appendExact(nil, i)))
}

func (t *Text) appendExact(dst []byte, i int) []byte {
	if k := t.Tokens[i].Exact; !k.Hashed() {
		return k.appendTo(dst)
	}
	var sp speller
	return append(dst, sp.spell(t.Written(i)).exact...)
}

// Written is token i as it stands in the original.
func (t *Text) Written(i int) string { return t.Original[t.Tokens[i].Start:t.Tokens[i].End] }

// Normal is the text as Normalize gives it.
func (t *Text) Normal() string { return Normalize(t.Original) }

// Language is "vi", or "" where the text is not recognisably Vietnamese.
func (t *Text) Language() string { return language(t.Tokens) }

// Read reads s. Any string will do, also one that is not valid UTF-8; offsets of tokens and
// sentences lie on rune borders of s, in order, without overlap.
func Read(s string) *Text {
	r := Reader{}
	r.text.Tokens = make([]Token, 0, len(s)/6+4) // a syllable and its space are six to seven bytes
	return r.Read(s)
}

// Canonical is the canonical spelling of s's tokens, joined by a space: two texts with the same
// one say the same words. Hashes of it are stored: records/articles numbers its rule.
func Canonical(s string) string {
	t := Read(s)
	out := make([]byte, 0, len(s)+len(s)/8)
	for i := range t.Tokens {
		if i > 0 {
			out = append(out, ' ')
		}
		out = t.appendExact(out, i)
	}
	return string(out)
}
