package testweb

import (
	"fmt"
	"strings"
	"unicode"
)

// The combining marks of Vietnamese.
const (
	grave    = 0x0300
	acute    = 0x0301
	circum   = 0x0302
	tilde    = 0x0303
	breve    = 0x0306
	hook     = 0x0309
	horn     = 0x031B
	dotBelow = 0x0323
)

// A letter is one precomposed Vietnamese vowel taken apart.
type letter struct {
	plain  rune // without any mark
	shaped rune // with breve, circumflex or horn, without tone
	shape  rune // that mark, or 0
	tone   rune // the tone mark, or 0
}

// letters holds every marked vowel in both cases.
var letters = takeApart()

func takeApart() map[rune]letter {
	tones := []rune{0, grave, hook, tilde, acute, dotBelow}
	rows := []struct {
		plain, shape rune
		forms        string
	}{
		{'a', 0, "aàảãáạ"}, {'a', breve, "ăằẳẵắặ"}, {'a', circum, "âầẩẫấậ"},
		{'e', 0, "eèẻẽéẹ"}, {'e', circum, "êềểễếệ"}, {'i', 0, "iìỉĩíị"},
		{'o', 0, "oòỏõóọ"}, {'o', circum, "ôồổỗốộ"}, {'o', horn, "ơờởỡớợ"},
		{'u', 0, "uùủũúụ"}, {'u', horn, "ưừửữứự"}, {'y', 0, "yỳỷỹýỵ"},
	}
	all := make(map[rune]letter)
	for _, row := range rows {
		forms := []rune(row.forms)
		for i, form := range forms {
			if row.shape == 0 && tones[i] == 0 {
				continue // a plain letter
			}
			all[form] = letter{row.plain, forms[0], row.shape, tones[i]}
			all[unicode.ToUpper(form)] = letter{
				unicode.ToUpper(row.plain), unicode.ToUpper(forms[0]), row.shape, tones[i],
			}
		}
	}
	return all
}

// decomposed writes s as some content systems store it: NFD, the letter and then its marks.
// đ has no decomposition.
func decomposed(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for _, r := range s {
		l, ok := letters[r]
		if !ok {
			b.WriteRune(r)
			continue
		}
		b.WriteRune(l.plain)
		marks := [2]rune{l.shape, l.tone}
		if l.tone == dotBelow && l.shape != horn {
			marks = [2]rune{l.tone, l.shape} // canonical order: below, then above
		}
		for _, m := range marks {
			if m != 0 {
				b.WriteRune(m)
			}
		}
	}
	return b.String()
}

// bare writes s without any mark, as people type in a hurry.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'đ':
			return 'd'
		case 'Đ':
			return 'D'
		}
		if l, ok := letters[r]; ok {
			return l.plain
		}
		return r
	}, s)
}

// windows1258 encodes s as the old code page: the shaped letter in one byte, the tone mark in
// the next. It fails on what the page cannot hold.
func windows1258(s string) ([]byte, error) {
	single := map[rune]byte{
		'Ă': 0xC3, 'ă': 0xE3, 'Â': 0xC2, 'â': 0xE2, 'Đ': 0xD0, 'đ': 0xF0, 'Ê': 0xCA, 'ê': 0xEA,
		'Ô': 0xD4, 'ô': 0xF4, 'Ơ': 0xD5, 'ơ': 0xF5, 'Ư': 0xDD, 'ư': 0xFD,
		grave: 0xCC, hook: 0xD2, tilde: 0xDE, acute: 0xEC, dotBelow: 0xF2,
		'–': 0x96, '—': 0x97, '“': 0x93, '”': 0x94, '…': 0x85, '©': 0xA9, '°': 0xB0, '»': 0xBB,
	}
	out := make([]byte, 0, len(s))
	for i, r := range s {
		l, marked := letters[r]
		if marked {
			r = l.shaped
		}
		switch b, ok := single[r]; {
		case ok:
			out = append(out, b)
		case r < 0x80:
			out = append(out, byte(r))
		default:
			return nil, fmt.Errorf("windows-1258 has no %q (byte %d)", r, i)
		}
		if marked && l.tone != 0 {
			out = append(out, single[l.tone])
		}
	}
	return out, nil
}

// slug makes the part of an address that a title gives: no marks, lower case, hyphens.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(bare(title)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
