package vietnamese

// A text is Vietnamese where this share of its words has letters that hardly another language
// writes, or, where marks are missing, where enough of them are built as Vietnamese syllables are:
// the fewer words there are, the larger their share must be. English alone reaches 0.6.
const (
	markedShare   = 0.15
	syllableShare = 0.58
	extraWords    = 1.6 // that must be syllables beyond the share
	fewWords      = 4   // fewer tell nothing without marks
)

// language tells Vietnamese, "vi", from all else, "".
func language(tokens []Token) string {
	words, marked, syllables := 0, 0, 0
	for _, t := range tokens {
		if t.Folded.digits() {
			continue
		}
		words++
		if t.Exact.syllable() {
			syllables++
			if t.Exact.ours() {
				marked++
			}
		}
	}
	if words == 0 {
		return ""
	}
	n := float64(words)
	if float64(marked) >= markedShare*n || words >= fewWords && float64(syllables) >= min(n, syllableShare*n+extraWords) {
		return "vi"
	}
	return ""
}

// ours says that the key has a letter that few other languages write: one of ă đ ơ ư, or a vowel
// with hỏi or nặng or with a tone over another mark.
func (k Key) ours() bool {
	tone := k.tone()
	for i := 0; i < maxPacked && k.letter(i) != 0; i++ {
		switch r := spelling[k.letter(i)]; r {
		case 'ă', 'đ', 'ơ', 'ư':
			return true
		case 'â', 'ê', 'ô':
			if tone > 0 {
				return true
			}
		}
	}
	return tone == 3 || tone == 5
}
