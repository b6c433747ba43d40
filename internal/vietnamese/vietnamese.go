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
	Start, End int // bytes of the original

	// Exact is the key to match by: NFC, lower case, compatibility forms and look-alikes mapped,
	// and the tone mark of a syllable in its traditional place ("hoà" is "hòa").
	Exact string
	// Lower is the token as written, NFC and lower case. It differs from Exact where the text has
	// another spelling of the same word.
	Lower string
	// Folded is Exact without marks, đ as d.
	Folded string
	// Bare says that the token carries no marks, so that it may stand for any word that folds
	// to it.
	Bare bool
	// Sentence is the number of the sentence that holds the token, from 0.
	Sentence int
}

// Text is a text read once: every later stage takes what it needs from here.
type Text struct {
	Original  string
	Normal    string // see Normalize
	Tokens    []Token
	Sentences [][2]int // bytes of the original, without surrounding space
	Language  string   // "vi", or "" where the text is not recognisably Vietnamese
}

// Read reads s. Any string will do, also one that is not valid UTF-8; offsets of tokens and
// sentences lie on rune borders of s, in order, without overlap.
func Read(s string) *Text {
	t := &Text{Original: s, Normal: Normalize(s), Sentences: sentences(s)}
	t.Tokens = make([]Token, 0, len(s)/5+1)
	k := keyer{}
	sentence := 0
	for start, end, plain := nextToken(s, 0); start < len(s); start, end, plain = nextToken(s, end) {
		for sentence < len(t.Sentences)-1 && start >= t.Sentences[sentence][1] {
			sentence++
		}
		token := k.token(s[start:end], plain)
		token.Start, token.End, token.Sentence = start, end, sentence
		t.Tokens = append(t.Tokens, token)
	}
	t.Language = language(t.Tokens)
	return t
}

// Key is the exact keys of s's tokens, joined by a space: two texts with the same key say the
// same words.
func Key(s string) string {
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
