package vietnamese

// Shares of a text's words from which on it is Vietnamese: words with letters that hardly another
// language has, or, where marks are missing, words built as Vietnamese syllables are.
const (
	markedShare   = 0.15
	syllableShare = 0.8
)

// language tells Vietnamese, "vi", from all else, "".
func language(t *Text) string {
	words, marked, syllables := 0, 0, 0
	for i := range t.Tokens {
		if digits(t.Folded(i)) {
			continue
		}
		words++
		if isSyllable(t.Folded(i)) {
			syllables++
			if vietnamese(t.Exact(i)) {
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

func digits(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && c != ',' {
			return false
		}
	}
	return true
}

// vietnamese says whether a word has a letter that few other languages write.
func vietnamese(word string) bool {
	for _, r := range word {
		if r >= highStart && r < highEnd || r == 'ă' || r == 'đ' || r == 'ơ' || r == 'ư' {
			return true
		}
	}
	return false
}
