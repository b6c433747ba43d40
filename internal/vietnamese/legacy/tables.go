package legacy

import (
	"unicode"

	"golang.org/x/text/encoding/charmap"
)

// vowels are the twelve vowels with their tones: none, huyền, sắc, hỏi, ngã, nặng. The tables of
// the encodings have the same rows.
var vowels = [12]string{
	"aàáảãạ", "ăằắẳẵặ", "âầấẩẫậ", "eèéẻẽẹ", "êềếểễệ", "iìíỉĩị", "oòóỏõọ", "ôồốổỗộ", "ơờớởỡợ", "uùúủũụ", "ưừứửữự", "yỳýỷỹỵ",
}

// A letter is a Vietnamese letter, small or capital, without and with its tone.
type letter struct {
	plain rune // small, without tone; 0 for what is no letter with marks, vowel or đ
	tone  int8 // its column in vowels
	vowel bool
}

var letters = letterTable()

func letterTable() map[rune]letter {
	m := map[rune]letter{'đ': {plain: 'đ'}, 'Đ': {plain: 'đ'}}
	for _, row := range vowels {
		runes := []rune(row)
		for tone, r := range runes {
			l := letter{plain: runes[0], tone: int8(tone), vowel: true} // #nosec G115 -- six columns
			m[r], m[unicode.ToUpper(r)] = l, l
		}
	}
	for _, r := range "aeiouyAEIOUY" { // letters, but not marked ones
		l := m[r]
		m[r] = letter{plain: l.plain, vowel: true}
	}
	return m
}

// TCVN 5712:1993. VN3, the set of the ABC fonts, has no capitals with tones: the capital fonts
// show the small ones large. Those that VN1 adds above 0xA0 are read too; the others lie where
// Windows has quotation marks and dashes.
var tcvn3 = table(
	[12]string{
		"a\xB5\xB8\xB6\xB7\xB9", "\xA8\xBB\xBE\xBC\xBD\xC6", "\xA9\xC7\xCA\xC8\xC9\xCB", "e\xCC\xD0\xCE\xCF\xD1",
		"\xAA\xD2\xD5\xD3\xD4\xD6", "i\xD7\xDD\xD8\xDC\xDE", "o\xDF\xE3\xE1\xE2\xE4", "\xAB\xE5\xE8\xE6\xE7\xE9",
		"\xAC\xEA\xED\xEB\xEC\xEE", "u\xEF\xF3\xF1\xF2\xF4", "\xAD\xF5\xF8\xF6\xF7\xF9", "y\xFA\xFD\xFB\xFC\xFE",
	},
	[12]string{
		"A", "\xA1\xAF\xC0\xBA\xBF", "\xA2\xC1\xC4\xC2\xC3", "E", "\xA3\xC5\xDA\xCD\xD9", "I", "O", "\xA4\xDB\xFF\xE0\xF0", "\xA5", "U", "\xA6", "Y",
	},
	'\xAE', '\xA7',
)

// VISCII 1.1.
var viscii = table(
	[12]string{
		"a\xE0\xE1\xE4\xE3\xD5", "\xE5\xA2\xA1\xC6\xC7\xA3", "\xE2\xA5\xA4\xA6\xE7\xA7", "e\xE8\xE9\xEB\xA8\xA9",
		"\xEA\xAB\xAA\xAC\xAD\xAE", "i\xEC\xED\xEF\xEE\xB8", "o\xF2\xF3\xF6\xF5\xF7", "\xF4\xB0\xAF\xB1\xB2\xB5",
		"\xBD\xB6\xBE\xB7\xDE\xFE", "u\xF9\xFA\xFC\xFB\xF8", "\xDF\xD7\xD1\xD8\xE6\xF1", "y\xCF\xFD\xD6\xDB\xDC",
	},
	[12]string{
		"A\xC0\xC1\xC4\xC3\x80", "\xC5\x82\x81\x02\x05\x83", "\xC2\x85\x84\x86\x06\x87", "E\xC8\xC9\xCB\x88\x89",
		"\xCA\x8B\x8A\x8C\x8D\x8E", "I\xCC\xCD\x9B\xCE\x98", "O\xD2\xD3\x99\xA0\x9A", "\xD4\x90\x8F\x91\x92\x93",
		"\xB4\x96\x95\x97\xB3\x94", "U\xD9\xDA\x9C\x9D\x9E", "\xBF\xBB\xBA\xBC\xFF\xB9", "Y\x9F\xDD\x14\x19\x1E",
	},
	'\xF0', '\xD0',
)

// table makes the map of an encoding that has a byte for each letter; letters of ASCII stay.
func table(small, capital [12]string, dd, capitalDD byte) (m [256]rune) {
	for i, row := range vowels {
		for tone, r := range []rune(row) {
			if tone < len(small[i]) && small[i][tone] >= 0x80 {
				m[small[i][tone]] = r
			}
			if tone < len(capital[i]) && (capital[i][tone] >= 0x80 || capital[i][tone] < 0x20) {
				m[capital[i][tone]] = unicode.ToUpper(r)
			}
		}
	}
	m[dd], m[capitalDD] = 'đ', 'Đ'
	return m
}

// windows1258 has letters and, apart from them, tones: what it says is not yet NFC.
var windows1258 = func() (m [256]rune) {
	for b := 0x80; b < 0x100; b++ {
		m[b] = charmap.Windows1258.DecodeByte(byte(b))
	}
	return m
}()
