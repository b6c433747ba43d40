package vietnamese

import (
	"strings"
	"unicode/utf8"
)

// What a syllable is made of. Letters are those without tone.
var (
	onsets = list("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
	codas  = list("c ch k m n ng nh p t")
	nuclei = list("a ă â e ê i o ô ơ u ư y " +
		"ai ao au ay âu ây eo êu ia iu iê oa oă oe oi ôi ơi oo ua uâ uê ui ưi uô uơ uy ưa ưu ươ yê " +
		"iêu oai oao oay oeo uây uôi uya uyê uyu ươi ươu yêu")
	nucleiFolded = list("a e i o u y ai ao au ay eo eu ia iu ie oa oe oi oo ua ue ui uo uy uu ye " +
		"ieu oai oao oay oeo uay uoi uya uye uyu uou yeu")
)

func list(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// split parts a word into onset, vowels and coda by their positions; ok is false where it is no
// Vietnamese syllable.
func split(word []letter) (vowel, coda int, ok bool) {
	n := len(word)
	for vowel < n && !word[vowel].vowel() {
		vowel++
	}
	// The u of qu and the i of gi belong to the onset where another vowel follows.
	if vowel+1 < n && word[vowel+1].vowel() {
		if last, next := lastPlain(word[:vowel]), word[vowel].plain; last == 'q' && next == 'u' ||
			last == 'g' && next == 'i' && vowel == 1 {
			vowel++
		}
	}
	coda = vowel
	for coda < n && word[coda].vowel() {
		coda++
	}
	ok = coda > vowel &&
		(vowel == 0 || listed(onsets, word[:vowel])) &&
		(coda == n || listed(codas, word[coda:]))
	return vowel, coda, ok
}

// vowel tells vowels as written with or without marks.
func (l letter) vowel() bool { return l.row >= 0 }

func lastPlain(word []letter) rune {
	if len(word) == 0 {
		return 0
	}
	return word[len(word)-1].plain
}

// listed says whether the letters of word, without tone, stand in list.
func listed(list map[string]bool, word []letter) bool {
	var buf [utf8.UTFMax * maxSyllable]byte
	b := buf[:0]
	for _, l := range word {
		b = utf8.AppendRune(b, l.plain)
	}
	return list[string(b)]
}

// misplaced finds the tone of a syllable that does not stand in its traditional place: where it
// stands and where it belongs. It answers -1, -1 where nothing is to be moved: no tone, more than
// one, no syllable.
func misplaced(word []letter) (from, to int) {
	from = -1
	vowels := 0
	for i, l := range word {
		if l.vowel() {
			vowels++
		}
		if l.tone == 0 {
			continue
		}
		if from >= 0 {
			return -1, -1
		}
		from = i
	}
	if from < 0 || vowels < 2 {
		return -1, -1
	}
	vowel, coda, ok := split(word)
	if !ok || from < vowel && !word[from].vowel() || !listed(nuclei, word[vowel:coda]) {
		return -1, -1
	}
	// "giặt gịa" is the one word whose i keeps the tone although gi is written before a vowel.
	if len(word) == 3 && word[0].plain == 'g' && word[1].lower == 'ị' && word[2].plain == 'a' {
		return -1, -1
	}
	to = tonePlace(word, vowel, coda)
	if to == from {
		return -1, -1
	}
	return from, to
}

// tonePlace is where the tone of a syllable belongs by the traditional rule.
func tonePlace(word []letter, vowel, coda int) int {
	if coda-vowel == 1 {
		return vowel
	}
	for i := coda - 1; i >= vowel; i-- {
		if word[i].plain != word[i].base {
			return i // ă â ê ô ơ ư, the last of them
		}
	}
	switch {
	case coda < len(word):
		return coda - 1
	case coda-vowel == 3:
		return vowel + 1
	}
	return vowel // also of open oa, oe, uy: the new rule takes the second
}

// isSyllable says whether a folded word has the structure of a Vietnamese syllable.
func isSyllable(folded string) bool {
	var word [maxSyllable]letter
	n := 0
	for _, r := range folded {
		l := letterOf(r)
		if !l.known || n == maxSyllable {
			return false
		}
		word[n] = l
		n++
	}
	vowel, coda, ok := split(word[:n])
	return ok && listed(nucleiFolded, word[vowel:coda])
}
