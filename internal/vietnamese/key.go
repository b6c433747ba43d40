package vietnamese

import (
	"hash/maphash"
	"strings"
)

// Key is a syllable as a number to compare by. A word of at most ten Vietnamese letters, digits,
// points and commas packs into it: bits 60 to 62 are the tone (0 none, then huyền, sắc, hỏi, ngã,
// nặng), bits 0 to 59 ten letters of six bits, the first one highest, unused ones 0. The place of
// the tone mark is no part of it, so that "hoà" and "hòa" have the same key. Any other word is a
// hash with bit 63 set, the same within one process only: no key may be stored.
type Key uint64

const (
	letterBits = 6
	maxPacked  = 10
	toneShift  = 60
	hashed     = Key(1) << 63
	letterMask = Key(1)<<toneShift - 1
)

// Hashed says that the key is a hash, so that nothing can be read from it.
func (k Key) Hashed() bool { return k&hashed != 0 }

// Prefix is the first letters of the key without its tone, at most ten; 0 for a hashed key.
func (k Key) Prefix(letters int) Key {
	if k.Hashed() {
		return 0
	}
	return k & letterMask &^ (letterMask >> (letterBits * min(letters, maxPacked)))
}

// The codes of letters in a key.
const (
	codeY = 25
	codeI = 9
)

// letterCode is the code of a letter without its tone, 0 where it has none.
func letterCode(r rune) Key {
	switch {
	case r >= 'a' && r <= 'z':
		return Key(r-'a') + 1
	case r >= '0' && r <= '9':
		return Key(r-'0') + 34
	}
	switch r {
	case 'ă':
		return 27
	case 'â':
		return 28
	case 'ê':
		return 29
	case 'ô':
		return 30
	case 'ơ':
		return 31
	case 'ư':
		return 32
	case 'đ':
		return 33
	case '.':
		return 44
	case ',':
		return 45
	}
	return 0
}

// seed makes hashes that nobody outside can aim at.
var seed = maphash.MakeSeed()

// keyOf packs a canonical spelling, lower case.
func keyOf(word string) Key {
	var letters, tone Key
	n, groups, inVowels := 0, 0, false
	for _, r := range word {
		l := letterOf(r)
		plain := r
		if l.known {
			plain = l.plain
			if l.tone > 0 {
				if tone > 0 {
					return hash(word)
				}
				tone = Key(l.tone)
			}
		}
		code := letterCode(plain)
		if code == 0 || n == maxPacked {
			return hash(word)
		}
		if vowel := l.known && l.row >= 0; vowel != inVowels {
			inVowels = vowel
			if vowel {
				groups++
			}
		}
		letters |= code << (letterBits * (maxPacked - 1 - n))
		n++
	}
	if tone > 0 && groups > 1 {
		return hash(word)
	}
	return tone<<toneShift | letters
}

func hash(word string) Key { return Key(maphash.String(seed, word)) | hashed }

// IY is the key with y read as i where the two are spellings of one sound: alone, or alone after
// one of h k l m s t ("kỹ" and "kĩ"; Decision 1989/QĐ-BGDĐT of 2018 prescribes i in school texts).
func (k Key) IY() Key {
	if k.Hashed() {
		return k
	}
	const first, second = letterBits * (maxPacked - 1), letterBits * (maxPacked - 2)
	const y, i = Key(codeY), Key(codeI)
	switch letters := k & letterMask; {
	case letters == y<<first:
		return k - (y-i)<<first
	case letters&^(letterMask>>(2*letterBits)) == letters && letters>>second&63 == y && strings.IndexByte(iyOnsets, byte('a'-1+letters>>first)) >= 0:
		return k - (y-i)<<second
	}
	return k
}

const iyOnsets = "hklmst"
