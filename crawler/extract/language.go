package extract

import (
	"strings"
	"unicode"

	"lamro/internal/vietnamese"
)

// language is the language of what the page shows; where that does not tell, what the page says
// of itself.
func (d *document) language() string {
	var b strings.Builder
	for _, v := range d.visible {
		if b.Len() > 20_000 {
			break
		}
		b.WriteString(v.text)
		b.WriteByte('\n')
	}
	if l := languageOf(b.String()); l != "" {
		return l
	}
	if l := vietnamese.Read(cut(b.String(), 4000)).Language(); l != "" {
		return l // written without marks
	}
	lang, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(d.meta.lang), "_", "-"), "-")
	if len(lang) == 2 && lang != "vi" { // templates say vi on pages in any language
		return lang
	}
	return ""
}

// languageOf tells Vietnamese by its letters and the languages with a script of their own by
// that; the others are left to who knows more.
func languageOf(s string) string {
	words, marked := 0, 0
	var han, kana, hangul, letters int
	inWord, mark := false, false
	for _, r := range s + " " {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			letters++
			switch {
			case unicode.Is(unicode.Han, r):
				han++
			case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
				kana++
			case unicode.Is(unicode.Hangul, r):
				hangul++
			}
			inWord = true
			mark = mark || vietnameseLetter(r)
			continue
		}
		if inWord {
			words++
			if mark {
				marked++
			}
		}
		inWord, mark = false, false
	}
	switch {
	case letters == 0:
		return ""
	case marked*5 >= words && words >= 3: // running text has them in three words of five
		return "vi"
	case hangul*3 >= letters:
		return "ko"
	case kana*10 >= letters:
		return "ja"
	case han*3 >= letters:
		return "zh"
	}
	return ""
}

// vietnameseLetter reports letters that hardly any other language writes.
func vietnameseLetter(r rune) bool {
	return r >= 0x1EA0 && r <= 0x1EF9 || strings.ContainsRune("ăĂđĐơƠưƯ", r)
}
