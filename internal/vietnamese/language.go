package vietnamese

// Shares of a text's words from which on it is Vietnamese: words with letters that hardly another
// language has, or, where marks are missing, words built as Vietnamese syllables are.
const (
	markedShare   = 0.15
	syllableShare = 0.8
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
			if t.Flags&Bare == 0 {
				marked++
			}
		}
	}
	if words == 0 {
		return ""
	}
	share := func(n int) float64 { return float64(n) / float64(words) }
	if share(marked) >= markedShare || words > 1 && share(syllables) >= syllableShare {
		return "vi"
	}
	return ""
}
