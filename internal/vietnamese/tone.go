package vietnamese

import "math/bits"

const (
	qu = codeQ<<letterBits | codeU
	gi = codeG<<letterBits | codeI
)

// usual says that nothing is to be decided about the tone of a word: it has none, or the one of
// its one group of vowels stands where place puts it. It has next to no branches, for it is asked
// of every word, and leaves those with qu and gi to misplaced.
func (w packed) usual() bool {
	toned, v, q := w.shape&allToned, w.shape&allVowels, w.shape&allQuality
	length := uint(bits.Len64(v | 1)) // #nosec G115 -- at most 64
	last, at := v&-v, uint64(1)<<((length-1)&63)
	pair := w.letters >> ((length - 1) / 2 * 3 & 63) & (1<<(2*letterBits) - 1)
	middle, marked := v^at^last, q&-q>>1
	if middle != 0 {
		at = middle
	}
	if v&1 == 0 {
		at = last
	}
	if q != 0 {
		at = marked
	}
	group := v * shapeField
	odd := toned ^ at<<2 | group&(group+last) | toned&(toned-1)
	if pair == qu || pair == gi {
		odd = 1
	}
	if toned == 0 {
		odd = 0
	}
	return odd == 0
}

// misplaced says whether the tone of a word stands in another place than the traditional one. It
// is not ok where the place must be kept, because it tells words apart: two tones, a tone in a
// word with two groups of vowels, and "gịa" of "giặt gịa", which is not "giạ".
func (w packed) misplaced() (moved, ok bool) {
	toned, v := w.shape&allToned, w.shape&allVowels
	switch {
	case toned&(toned-1) != 0:
		return false, false
	case v&(v-1) == 0:
		return false, true
	}
	if group := v * shapeField; group&(group+v&-v) != 0 {
		return false, false
	}
	if toned>>2 == 1<<(shapeBits*w.place()) {
		return false, true
	}
	const gia, nặng, onI = codeG<<12 | codeI<<6 | codeA, 5, 4 << shapeBits
	if w.letters == gia && w.said()>>infoTone&7 == nặng && toned == onI {
		return false, false
	}
	return true, true
}

// place is the letter that carries the tone by the traditional rule, counted from the last one of
// the word, 0. The word has one group of vowels.
//
// Of two and more vowels the last of ă â ê ô ơ ư has it; else, before consonants, the last one;
// else the middle one of three and the first one of two. (The rule of Decision 1989/QĐ-BGDĐT of
// 2018 differs in open oa, oe and uy only, where the second one has it.) The u of qu and the i
// of gi count as consonants where another vowel follows.
func (w packed) place() int {
	v := w.shape & allVowels
	last := bits.TrailingZeros64(v) / shapeBits
	if v&(v-1) == 0 {
		return last
	}
	if q := w.shape & allQuality; q != 0 {
		return bits.TrailingZeros64(q) / shapeBits
	}
	first := (bits.Len64(v) - 1) / shapeBits
	switch pair := w.letters >> (letterBits * first) & (1<<(2*letterBits) - 1); {
	case pair == qu, pair == gi && first == w.n()-2:
		first--
	}
	switch {
	case last > 0 || first == 0:
		return last
	case first-last == 2:
		return first - 1
	}
	return first
}
