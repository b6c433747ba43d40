package vietnamese

import "strings"

// What a syllable is made of. The onsets are those of names from the north-west and the highlands
// too: k stands before every vowel ("Kạn", "Kon Tum").
const (
	onsets = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
	rhymes = "a ac ach ai ak am an ang anh ao ap at au ay " +
		"ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây " +
		"e ec em en eng eo ep et ê êch êm ên ênh êp êt êu " +
		"i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu " +
		"o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot " +
		"ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt " +
		"u ua uc ui um un ung up ut uât uân uâng uây uê uêch uên uênh uêt uôc uôi uôm uôn uông uôt uơ " +
		"uy uya uych uyên uyêt uynh uyn uyp uyt uyu " +
		"ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu " +
		"y yêm yên yêng yêt yêu"
	afterQu = "ych ynh yt yp yn" // "quýnh": qu is written once, the rhyme is uynh
	afterGi = "êc êm ên êng êt"  // "giếng": gi is written once, the rhyme is iêng
)

// part is what a run of letters may be in a syllable.
type part uint8

const (
	onset       part = 1 << iota
	beforeBack       // an onset that does not stand before e ê i y: "c ng g" but "gi"
	beforeFront      // an onset that stands before those only: "gh ngh"
	rhyme            // as spelled with all marks but the tone
	rhymeBare        // as spelled without any mark
	stopped          // a rhyme that ends in c ch k p t and takes sắc and nặng only
	rhymeOfQu        // only after qu
	rhymeOfGi        // only after gi
)

// parts are the onsets and rhymes by their keys.
var parts = partTable()

func partTable() map[Key]part {
	t := map[Key]part{}
	for _, s := range strings.Fields(onsets) {
		p := onset
		switch s {
		case "c", "g", "ng":
			p |= beforeBack
		case "gh", "ngh":
			p |= beforeFront
		}
		t[keyOf([]byte(s))] |= p
	}
	addRhymes(t, rhymes, 0)
	addRhymes(t, afterQu, rhymeOfQu)
	addRhymes(t, afterGi, rhymeOfGi)
	return t
}

func addRhymes(t map[Key]part, list string, only part) {
	for _, s := range strings.Fields(list) {
		p := rhyme | only
		if strings.ContainsRune("chkpt", rune(s[len(s)-1])) && !strings.HasSuffix(s, "nh") {
			p |= stopped
		}
		t[keyOf([]byte(s))] |= p
		folded := keyOf(appendFolded(nil, []byte(s)))
		if only == 0 {
			t[folded] = t[folded]&^(rhymeOfQu|rhymeOfGi) | rhymeBare
		} else if t[folded]&(rhyme|rhymeBare) == 0 {
			t[folded] |= rhymeBare | only
		}
	}
}

// syllable says whether the key is that of a Vietnamese syllable. Of a word without any mark it
// asks only whether marks could make it one ("duoc"); of others, whether it is well formed: the
// rhyme exists with these marks, and one that ends in a stop has sắc or nặng.
func (k Key) syllable() bool {
	if k.Hashed() {
		return false
	}
	vowel := 0
	for vowel < maxPacked && runes[spelling[k.letter(vowel)]]>>infoShape&1 == 0 {
		if k.letter(vowel) == 0 || vowel == 3 {
			return false
		}
		vowel++
	}
	if vowel == 1 && k.letter(0) == codeG && k.letter(1) == codeI && k.rhymed(1) { // gì, gìn, giếng as g + iếng
		return true
	}
	if vowel == 1 && (k.letter(0) == codeQ && k.letter(1) == codeU || k.letter(0) == codeG && k.letter(1) == codeI) {
		vowel++
	}
	return k.rhymed(vowel)
}

// rhymed says whether the key parts into an onset of so many letters and a rhyme that may
// follow it.
func (k Key) rhymed(vowel int) bool {
	letters := k & letterMask
	r := parts[letters<<(letterBits*vowel)&letterMask]
	if r&(rhyme|rhymeBare) == 0 {
		return false
	}
	if vowel > 0 {
		o := parts[k.Prefix(vowel)]
		if o&onset == 0 {
			return false
		}
		c := k.letter(vowel)
		front := c == codeE || c == codeI || c == codeY || spelling[c] == 'ê'
		gi := k.letter(0) == codeG && k.letter(1) == codeI && vowel == 1
		if front && o&beforeBack != 0 && !gi || !front && o&beforeFront != 0 {
			return false
		}
	}
	second := k.letter(1)
	if r&rhymeOfQu != 0 && (vowel != 2 || second != codeU) || r&rhymeOfGi != 0 && (vowel != 2 || second != codeI) {
		return false
	}
	if k.tone() == 0 && k.unmarked() {
		return r&rhymeBare != 0
	}
	tone := k.tone()
	return r&rhyme != 0 && (r&stopped == 0 || tone == 2 || tone == 5)
}

// unmarked says that no letter of the key is one of ă â ê ô ơ ư đ.
func (k Key) unmarked() bool {
	for i := 0; i < maxPacked && k.letter(i) != 0; i++ {
		if runes[spelling[k.letter(i)]]&infoMarked != 0 {
			return false
		}
	}
	return true
}
