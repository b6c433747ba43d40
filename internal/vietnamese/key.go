package vietnamese

import (
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

// Key is a syllable as a number to compare by. A word of at most ten Vietnamese letters, digits,
// points and commas packs into it: bits 60 to 62 are the tone (0 none, then huyền, sắc, hỏi, ngã,
// nặng), bits 0 to 59 ten letters of six bits, the first one highest, unused ones 0. The place of
// the tone mark is no part of it, so that "hoà" and "hòa" have the same key. Any other word is a
// hash with bit 63 set, the same within one process only: no key may be stored. Such are longer
// words, those with letters of other alphabets, and those with two tones or with a tone and two
// groups of vowels ("café"), where the place of the mark tells words apart.
type Key uint64

const (
	letterBits = 6
	maxPacked  = 10
	toneShift  = letterBits * maxPacked
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
	return k & letterMask &^ (letterMask >> (letterBits * max(0, min(letters, maxPacked))))
}

// IY is the key with y read as i where the two are spellings of one sound: alone, or alone after
// one of h k l m s t ("kỹ" and "kĩ"; Decision 1989/QĐ-BGDĐT of 2018 prescribes i in school texts).
func (k Key) IY() Key {
	if k.Hashed() {
		return k
	}
	const first, second = letterBits * (maxPacked - 1), letterBits * (maxPacked - 2)
	switch letters := k & letterMask; {
	case letters == codeY<<first:
		return k - (codeY-codeI)<<first
	case letters == k.Prefix(2) && letters>>second&letterField == codeY && strings.IndexByte(iyOnsets, byte('a'-1+letters>>first)) >= 0:
		return k - (codeY-codeI)<<second
	}
	return k
}

const iyOnsets = "hklmst"

// letter is the code of letter i, 0 past the last one.
func (k Key) letter(i int) Key {
	return k >> (letterBits * (maxPacked - 1 - i)) & letterField
}

func (k Key) tone() Key { return k >> toneShift & 7 }

// appendTo spells a key that is no hash: every packed word has one spelling only.
func (k Key) appendTo(dst []byte) []byte {
	w := packed{shape: shapeStart}
	for i := 0; i < maxPacked && k.letter(i) != 0; i++ {
		w.add(runes[spelling[k.letter(i)]])
	}
	toned := -1
	if k.tone() > 0 {
		toned = w.n() - 1 - w.place()
	}
	for i := range w.n() {
		r := spelling[k.letter(i)]
		if i == toned {
			r = withTone(r, k.tone())
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// packed is a word on its way to its keys, one letter after another. It has four fields so that
// the compiler keeps it in registers.
type packed struct {
	letters, folded uint64 // six bits each, the last letter lowest
	shape           uint64 // three bits each, after shapeStart
	all             uint64 // everything said of any letter, and from bit 32 on the number of letters
}

const oneLetter = 1 << 32

func (w packed) n() int     { return int(w.all >> 32) } // #nosec G115 -- 32 bits
func (w packed) said() info { return info(w.all) }      // #nosec G115 -- the lower half

func (w *packed) add(e info) {
	w.letters = w.letters<<letterBits | uint64(e&infoCode)
	w.folded = w.folded<<letterBits | uint64(e>>infoFolded)
	w.shape = w.shape<<shapeBits + uint64(e>>infoShape&shapeField)
	w.all = (w.all | uint64(e)) + oneLetter
}

// keys are the keys of the word; moved says that its tone stands in another place than the
// traditional one. It is not ok where the word must be hashed.
func (w packed) keys() (exact, folded Key, moved, ok bool) {
	if w.n() > maxPacked || w.n() == 0 {
		return 0, 0, false, false
	}
	exact, folded = w.pack()
	if moved, ok = false, true; !w.usual() {
		moved, ok = w.misplaced()
	}
	return exact, folded, moved, ok
}

// pack makes the keys of at most ten letters.
func (w packed) pack() (exact, folded Key) {
	left := uint(toneShift-letterBits*w.n()) & 63 // #nosec G115 -- at most ten letters
	return Key(w.letters<<left) | Key(w.said()>>infoTone&7)<<toneShift, Key(w.folded << left)
}

// keyOf is the key of a canonical spelling, lower case and NFC.
func keyOf(word []byte) Key {
	w := packed{shape: shapeStart}
	for rest := word; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		e := infoOf(r)
		switch r {
		case '.':
			e = infoPoint
		case ',':
			e = infoComma
		}
		if e&infoCode == 0 {
			return hash(word)
		}
		w.add(e)
	}
	if k, _, _, ok := w.keys(); ok {
		return k
	}
	return hash(word)
}

// seed makes hashes that nobody outside can aim at.
var seed = maphash.MakeSeed()

func hash(word []byte) Key { return Key(maphash.Bytes(seed, word)) | hashed }
