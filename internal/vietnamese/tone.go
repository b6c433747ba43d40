package vietnamese

import "math/bits"

const (
	qu = codeQ<<letterBits | codeU
	gi = codeG<<letterBits | codeI
)

// usual says that nothing is to be decided about the tone of a word: it has none, or the one of
// its one group of vowels stands where place puts it whatever the letters are. It is asked of
// every word and must not take long.
func (w packed) usual() bool {
	return w.shape&allVowels>>(shapeBits*ending) == 0 && w.ending()&inPlace != 0 || w.said()&infoTones == 0
}

// ending is how many of the last letters of a word tell where its tone belongs. Rhymes are
// hardly longer, and a table of their shapes stays in the nearest cache.
const ending = 4

// What the shape of the last letters tells.
const (
	inPlace = 1 << iota // there is no tone, or it stands where place puts it
	apiece              // the word may be a part of one whose letters are set apart
)

func (w packed) ending() uint8 { return endings[w.shape%uint64(len(endings))] }

var endings = *endingTable()

func endingTable() *[1 << (shapeBits * ending)]uint8 {
	t := new([1 << (shapeBits * ending)]uint8)
	for shape := range uint64(len(t)) {
		v := shape & allVowels
		if toned := shape >> 2 & v; toned == 0 || toned&(toned-1) == 0 && alwaysInPlace(shape) {
			t[shape] = inPlace
		}
		for n := 1; n < ending; n++ {
			if shape>>(shapeBits*n) == shapeStart && (n == 1 || v == 0) {
				t[shape] |= apiece
			}
		}
	}
	t[shapeStart<<(2*shapeBits)|shapeQ<<shapeBits|shapeVowel] |= apiece // qu
	t[shapeStart<<(2*shapeBits)|shapeG<<shapeBits|shapeVowel] |= apiece // gi
	return t
}

// alwaysInPlace says whether the tone stands in its place in all words that end in this shape:
// with any letters before, and with vowels that make qu or gi of the letter before.
func alwaysInPlace(shape uint64) bool {
	for _, before := range []string{"", "n", "q", "g"} {
		for _, vowel := range "aiu" {
			w := packed{shape: shapeStart}
			for _, c := range before {
				w.add(runes[c])
			}
			for i := ending - 1; i >= 0; i-- {
				switch c := shape >> (shapeBits * i) & shapeField; c {
				case shapeStart:
					w = packed{shape: shapeStart}
				case 0:
					w.add(runes['n'])
				case shapeQ:
					w.add(runes['q'])
				case shapeG:
					w.add(runes['g'])
				default:
					w.add(runes[vowel])
					w.shape |= c
				}
			}
			if moved, ok := w.misplaced(); moved || !ok {
				return false
			}
		}
	}
	return true
}

// misplaced says whether the tone of a word stands in another place than the traditional one. It
// is not ok where the place must be kept, because it tells words apart: two tones, a tone in a
// word with two groups of vowels, and "gịa" of "giặt gịa", which is not "giạ".
func (w packed) misplaced() (moved, ok bool) {
	v := w.shape & allVowels
	toned := w.shape >> 2 & v
	switch {
	case toned&(toned-1) != 0:
		return false, false
	case v&(v-1) == 0:
		return false, true
	}
	if group := v * shapeField; group&(group+v&-v) != 0 {
		return false, false
	}
	if toned == 1<<(shapeBits*w.place()) {
		return false, true
	}
	const gia, nặng, onI = codeG<<12 | codeI<<6 | codeA, 5, 1 << shapeBits
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
	if q := w.shape >> 1 & v; q != 0 {
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
