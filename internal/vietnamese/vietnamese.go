// Package vietnamese reads Vietnamese text: its normal form, its syllables as tokens with keys to
// match by and offsets into the text as it was, its sentences and whether it is Vietnamese at all.
// It knows nothing of watches, places or storage; matching and both indexes take their tokens here.
package vietnamese

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is a syllable, word or number: a run of letters, digits and marks. A point or comma
// between digits belongs to the number ("5.000.000", "3,5"); anywhere else it parts tokens.
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
	Disguised                   // with look-alike letters, invisible characters or points inside
)

// Bare says that the token carries no marks.
func (t Token) Bare() bool { return t.Flags&Bare != 0 }

// Text is a text read once: every later stage takes what it needs from here.
type Text struct {
	Original  string
	Tokens    []Token
	Sentences [][2]int // bytes of the original, without surrounding space

	exact, folded []string
}

// Exact is the canonical spelling of token i: NFC, lower case, compatibility forms and look-alikes
// mapped, and the tone mark of a syllable in its traditional place ("hoà" is "hòa").
func (t *Text) Exact(i int) string { return t.exact[i] }

// Folded is the canonical spelling of token i without marks, đ as d.
func (t *Text) Folded(i int) string { return t.folded[i] }

// Written is token i as it stands in the original.
func (t *Text) Written(i int) string { return t.Original[t.Tokens[i].Start:t.Tokens[i].End] }

// Normal is the text as Normalize gives it.
func (t *Text) Normal() string { return Normalize(t.Original) }

// Language is "vi", or "" where the text is not recognisably Vietnamese.
func (t *Text) Language() string { return language(t) }

// Reader reads texts one after another in the same memory. The zero value is ready.
type Reader struct{}

// Read reads s as the function Read does; the Text is valid until the next Read.
func (r *Reader) Read(s string) *Text { return Read(s) }

// Read reads s. Any string will do, also one that is not valid UTF-8; offsets of tokens and
// sentences lie on rune borders of s, in order, without overlap.
func Read(s string) *Text {
	t := &Text{Original: s, Sentences: sentences(s)}
	k := keyer{}
	sentence := 0
	for start, end, plain := nextToken(s, 0); start < len(s); start, end, plain = nextToken(s, end) {
		for sentence < len(t.Sentences)-1 && start >= t.Sentences[sentence][1] {
			sentence++
		}
		w := k.token(s[start:end], plain)
		token := Token{Start: int32(start), End: int32(end), Sentence: int32(sentence), Exact: keyOf(w.Exact), Folded: keyOf(w.Folded)} // #nosec G115
		if w.Bare {
			token.Flags |= Bare
		}
		if w.Lower != w.Exact {
			token.Flags |= Respelled
		}
		token.Flags |= capitals(s[start:end])
		t.Tokens = append(t.Tokens, token)
		t.exact = append(t.exact, w.Exact)
		t.folded = append(t.folded, w.Folded)
	}
	return t
}

func capitals(s string) (f Flags) {
	first, lower, upper := true, false, false
	for _, r := range s {
		if first && unicode.IsUpper(r) {
			f = Capital
		}
		first = false
		lower = lower || unicode.IsLower(r)
		upper = upper || unicode.IsUpper(r)
	}
	if upper && !lower {
		f |= Upper
	}
	return f
}

// Canonical is the canonical spelling of s's tokens, joined by a space: two texts with the same
// one say the same words.
func Canonical(s string) string {
	var b strings.Builder
	k := keyer{}
	for start, end, plain := nextToken(s, 0); start < len(s); start, end, plain = nextToken(s, end) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(k.token(s[start:end], plain).Exact)
	}
	return b.String()
}

// nextToken finds the first token at or after from: its bytes, and whether it holds nothing but
// precomposed Vietnamese letters and digits. At the end it returns len(s), len(s).
func nextToken(s string, from int) (start, end int, plain bool) {
	start, plain = -1, true
	number := true // digits so far, so that a point or comma may belong to it
	for i := from; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case isAlnum(r):
			if start < 0 {
				start = i
			}
			number = number && unicode.IsDigit(r)
			plain = plain && letterOf(r).known
			end = i + size
		case start < 0: // between tokens, a mark without a letter among what lies there
		case ignorable(r):
			plain = false
		case unicode.IsMark(r):
			plain, end = false, i+size
		case (r == '.' || r == ',') && number && end == i && startsWithDigit(s[i+size:]):
			plain = false
		default:
			return start, end, plain
		}
		i += size
	}
	if start < 0 {
		return len(s), len(s), false
	}
	return start, end, plain
}

func isAlnum(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return letterOf(r).known || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Nl, r)
}

func startsWithDigit(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsDigit(r)
}
