package legacy

import (
	"strings"
	"unicode"
)

// What a syllable with all its marks is made of, tones aside.
var (
	onsets = set("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
	nuclei = set("a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iu iê oa oă oe oi ôi ơi oo ua uâ uê ui ưi uô uơ uy ưa ưu ươ yê " +
		"iêu oai oao oay oeo uây uôi uya uyê uyu ươi ươu yêu")
	closed = set("c ch p t") // these take sắc or nặng alone
	codas  = set("c ch p t m n ng nh k")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// isSyllable is stricter than a search needs: with the wrong encoding most words break one of the
// rules of onset, vowels, coda and tone.
func isSyllable(word []rune) bool {
	const longest = 7 // nghiêng
	if len(word) == 0 || len(word) > longest {
		return false
	}
	var plain [longest]rune
	var vowel [longest]bool
	tone, at := int8(0), 0
	for i, r := range word {
		l, ok := letters[r]
		if !ok {
			l.plain = unicode.ToLower(r)
		}
		if l.tone != 0 && tone != 0 {
			return false
		}
		if l.tone != 0 {
			tone, at = l.tone, i
		}
		plain[i], vowel[i] = l.plain, l.vowel
	}
	n := len(word)
	onset := 0
	for onset < n && !vowel[onset] {
		onset++
	}
	if onset+1 < n && vowel[onset+1] && onset == 1 &&
		(plain[0] == 'q' && plain[1] == 'u' || plain[0] == 'g' && plain[1] == 'i') {
		onset++
	}
	coda := onset
	for coda < n && vowel[coda] {
		coda++
	}
	end := string(plain[coda:n])
	if closed[end] && tone != 2 && tone != 5 {
		return false
	}
	if tone != 0 && !tonePlace(plain[onset:coda], coda < n, at-onset) {
		return false
	}
	return nuclei[string(plain[onset:coda])] && (onset == 0 || onsets[string(plain[:onset])]) && (coda == n || codas[end])
}

// tonePlace says whether the tone of a syllable may stand on its vowel number at, by the
// traditional rule or the new one.
func tonePlace(vowels []rune, closed bool, at int) bool {
	for i := len(vowels) - 1; i >= 0; i-- {
		if vowels[i] >= 0x80 {
			return at == i // ă â ê ô ơ ư, the last of them
		}
	}
	switch n := len(vowels); {
	case n == 1 || n == 2 && !closed:
		s := string(vowels)
		return at == 0 || at == 1 && (s == "oa" || s == "oe" || s == "uy")
	case closed:
		return at == n-1
	}
	return at == 1
}
