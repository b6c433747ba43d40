package vietnamese

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSyllable is the most letters a Vietnamese syllable has ("nghiêng").
const maxSyllable = 7

// word is the spellings of one token.
type word struct {
	Exact, Lower, Folded string
	Bare                 bool
}

// keyer makes the keys of tokens. Their bytes lie in one growing buffer, not in one string each.
type keyer struct{ buf strings.Builder }

// token makes the keys of raw; plain says that it holds only characters that letterOf knows.
func (k *keyer) token(raw string, plain bool) word {
	if lowerASCII(raw) {
		return word{Exact: raw, Lower: raw, Folded: raw, Bare: true}
	}
	if plain {
		return k.keys(raw, k.lower(raw))
	}
	exact, lower := spell(raw)
	return k.keys(exact, lower)
}

// keys makes the token of a word: source is what its exact and folded keys are made of, lower its
// lower case as written.
func (k *keyer) keys(source, lower string) word {
	t := word{Lower: lower}
	var letters [maxSyllable]letter
	n, known := 0, true
	for _, r := range source {
		l := letterOf(r)
		if !l.known || n == maxSyllable {
			known = false
			break
		}
		letters[n] = l
		n++
	}
	t.Exact = k.exact(source, lower, letters[:n], known)
	t.Folded = k.folded(t.Exact)
	t.Bare = t.Folded == t.Exact
	if t.Folded == "" { // nothing but marks, in some other script
		t.Folded = t.Exact
	}
	return t
}

// exact is the exact key: lower where nothing is to be changed.
func (k *keyer) exact(source, lower string, word []letter, known bool) string {
	if known {
		if from, to := misplaced(word); from >= 0 {
			at := k.buf.Len()
			for i, l := range word {
				switch i {
				case to:
					k.buf.WriteRune(vowels[l.row][word[from].tone])
				case from:
					k.buf.WriteRune(l.plain)
				default:
					k.buf.WriteRune(l.lower)
				}
			}
			return k.share(at, lower)
		}
	}
	return k.share(k.write(source, func(r rune) rune {
		if l := letterOf(r); l.known {
			return l.lower
		}
		return unicode.ToLower(r)
	}), lower)
}

func (k *keyer) lower(raw string) string {
	return k.share(k.write(raw, func(r rune) rune { return letterOf(r).lower }), raw)
}

func (k *keyer) folded(exact string) string {
	if lowerASCII(exact) {
		return exact
	}
	at := k.buf.Len()
	for _, r := range exact {
		if l := letterOf(r); l.known {
			k.buf.WriteRune(l.base)
		} else {
			foldRune(&k.buf, r)
		}
	}
	return k.share(at, exact)
}

// write appends s, letter by letter through f, and returns where it begins.
func (k *keyer) write(s string, f func(rune) rune) int {
	at := k.buf.Len()
	for _, r := range s {
		k.buf.WriteRune(f(r))
	}
	return at
}

// share is what was written from at on: same itself where it says the same.
func (k *keyer) share(at int, same string) string {
	s := k.buf.String()[at:]
	if s == same {
		return same
	}
	return s
}

func lowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != ',' {
			return false
		}
	}
	return true
}

// spell reads a word that is not written in precomposed letters alone: its spelling with
// compatibility forms and look-alikes mapped, and its lower case as written.
func spell(raw string) (exact, lower string) {
	lower = compose(norm.NFD.String(raw), unicode.ToLower)
	latin := strings.ContainsFunc(raw, func(r rune) bool {
		l, always := lookAlike(r)
		return unicode.Is(unicode.Latin, r) || l != 0 && always
	})
	exact = compose(norm.NFKD.String(raw), func(r rune) rune {
		if to, always := lookAlike(r); to != 0 && (always || latin) {
			return to
		}
		return unicode.ToLower(r)
	})
	if exact == "" {
		exact = lower
	}
	return exact, lower
}

// compose maps the letters of a decomposed word and puts it together again. What decomposed into
// something that no word holds, such as the space in some Arabic ligatures, is dropped.
func compose(decomposed string, f func(rune) rune) string {
	runes := make([]rune, 0, len(decomposed))
	for _, r := range decomposed {
		if isAlnum(r) || unicode.IsMark(r) && !ignorable(r) || r == '.' || r == ',' {
			runes = append(runes, f(r))
		}
	}
	out := make([]rune, 0, len(runes))
	for i := 0; i < len(runes); {
		if unicode.Is(unicode.Mn, runes[i]) {
			out, i = appendMarks(out, runes, i)
			continue
		}
		out = append(out, runes[i])
		i++
	}
	return norm.NFC.String(string(out))
}
