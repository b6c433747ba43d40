package legacy

import (
	"strings"
	"unicode"
)

// In VNI a mark follows its letter, small after small letters. One byte holds the circumflex or
// the breve together with a tone. The i has bytes of its own, as has ỵ; ơ and ư are ô and ö.
const (
	vniTones      = "øùûõï"  // huyền, sắc, hỏi, ngã, nặng
	vniCircumflex = "âàáåãä" // â, then with these tones
	vniBreve      = "êèéúüë"
)

// vniPairs are letter and mark, both small; vniSingles the letters of one byte.
var vniPairs, vniSingles = vniTables()

func vniTables() (pairs map[[2]rune]rune, singles map[rune]rune) {
	pairs = map[[2]rune]rune{}
	singles = map[rune]rune{'ñ': 'đ', 'ô': 'ơ', 'ö': 'ư', 'ì': 'ì', 'í': 'í', 'æ': 'ỉ', 'ó': 'ĩ', 'ò': 'ị', 'î': 'ỵ'}
	add := func(row int, letter rune, marks string) {
		to := []rune(vowels[row])
		to = to[len(to)-len([]rune(marks)):]
		for i, mark := range []rune(marks) {
			pairs[[2]rune{letter, mark}] = to[i]
		}
	}
	add(0, 'a', vniTones)
	add(1, 'a', vniBreve)
	add(2, 'a', vniCircumflex)
	add(3, 'e', vniTones)
	add(4, 'e', vniCircumflex)
	add(6, 'o', vniTones)
	add(7, 'o', vniCircumflex)
	add(8, 'ô', vniTones)
	add(9, 'u', vniTones)
	add(10, 'ö', vniTones)
	add(11, 'y', vniTones)
	return pairs, singles
}

// decodeVNI takes the case of a letter from the letter; marks of either case are read.
func decodeVNI(s string) string {
	runes := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		small := unicode.ToLower(r)
		to := rune(0)
		if i+1 < len(runes) {
			if to = vniPairs[[2]rune{small, unicode.ToLower(runes[i+1])}]; to != 0 {
				i++
			}
		}
		if to == 0 {
			to = vniSingles[small]
		}
		switch {
		case to == 0:
			to = r
		case r != small:
			to = unicode.ToUpper(to)
		}
		b.WriteRune(to)
	}
	return b.String()
}
