package vietnamese

import "unicode"

// letter is what we know of one precomposed character of a Vietnamese text.
type letter struct {
	lower rune // as written, lower case
	plain rune // without its tone: ở is ơ
	base  rune // without any mark: ở is o, đ is d
	row   int8 // its row in vowels, -1 for consonants and digits
	tone  int8 // 0 none, else the column in vowels
	known bool
}

// vowels are the twelve vowels, each with its five tones: huyền, sắc, hỏi, ngã, nặng.
var vowels = [12][6]rune{
	{'a', 'à', 'á', 'ả', 'ã', 'ạ'},
	{'ă', 'ằ', 'ắ', 'ẳ', 'ẵ', 'ặ'},
	{'â', 'ầ', 'ấ', 'ẩ', 'ẫ', 'ậ'},
	{'e', 'è', 'é', 'ẻ', 'ẽ', 'ẹ'},
	{'ê', 'ề', 'ế', 'ể', 'ễ', 'ệ'},
	{'i', 'ì', 'í', 'ỉ', 'ĩ', 'ị'},
	{'o', 'ò', 'ó', 'ỏ', 'õ', 'ọ'},
	{'ô', 'ồ', 'ố', 'ổ', 'ỗ', 'ộ'},
	{'ơ', 'ờ', 'ớ', 'ở', 'ỡ', 'ợ'},
	{'u', 'ù', 'ú', 'ủ', 'ũ', 'ụ'},
	{'ư', 'ừ', 'ứ', 'ử', 'ữ', 'ự'},
	{'y', 'ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ'},
}

const vowelBases = "aaaeeiooouuy" // of the rows above

// The precomposed letters lie in two ranges: ASCII to ư, and ạ to ỹ.
const (
	lowEnd    = 0x1b1
	highStart = 0x1ea0
	highEnd   = 0x1efa
)

var low, high = letterTables()

func letterTables() (low [lowEnd]letter, high [highEnd - highStart]letter) {
	set := func(r rune, l letter) {
		l.known = true
		if r < lowEnd {
			low[r] = l
		} else {
			high[r-highStart] = l
		}
	}
	for r := '0'; r <= '9'; r++ {
		set(r, letter{lower: r, plain: r, base: r, row: -1})
	}
	for r := 'a'; r <= 'z'; r++ {
		set(r, letter{lower: r, plain: r, base: r, row: -1})
		set(unicode.ToUpper(r), letter{lower: r, plain: r, base: r, row: -1})
	}
	for _, r := range "đĐ" {
		set(r, letter{lower: 'đ', plain: 'đ', base: 'd', row: -1})
	}
	for i, row := range vowels {
		for tone, r := range row {
			l := letter{lower: r, plain: row[0], base: rune(vowelBases[i]), row: int8(i), tone: int8(tone)} // #nosec G115 -- twelve rows of six
			set(r, l)
			set(unicode.ToUpper(r), l)
		}
	}
	return low, high
}

// letterOf knows ASCII letters and digits, đ, and the vowels with their marks, in either case.
func letterOf(r rune) letter {
	switch {
	case r < lowEnd:
		return low[r]
	case r >= highStart && r < highEnd:
		return high[r-highStart]
	}
	return letter{}
}

// A mark of quality makes another letter of its vowel; a tone mark does not.
func isQuality(r rune) bool { return r == 0x306 || r == 0x302 || r == 0x31b }

// lookAlike is the Latin letter, lower case, that r is mistaken for, or 0. Letters of another
// alphabet count only in words that hold Latin letters too; always tells those that are never
// meant as themselves in a Vietnamese text.
func lookAlike(r rune) (latin rune, always bool) {
	switch r {
	case 'Ð', 'ð', 'Ɖ', 'ɖ':
		return 'đ', true
	case 'ı':
		return 'i', true
	case 'ɑ':
		return 'a', true
	case 'ɡ':
		return 'g', true
	}
	if latin = smallCapital(r); latin != 0 {
		return latin, true
	}
	return foreign(r), false
}

func smallCapital(r rune) rune {
	const from = "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"
	const to = "abcdeghijklmnoprstuvwyz"
	return mapped(r, from, to)
}

func foreign(r rune) rune {
	const from = "АаВвЕеЅѕІіЈјКкМмНнОоРрСсТтУуХхһԁԛԝ" + "ΑαΒΕΖΗΙικΚΜΝνΟοΡρΤΥυΧχ"
	const to = "aabbeessiijjkkmmhhooppccttyyxxhdqw" + "aabezhiikkmnvooppttyuxx"
	return mapped(r, from, to)
}

// mapped is the letter of to, plain ASCII, that stands where r stands in from.
func mapped(r rune, from, to string) rune {
	n := 0
	for _, f := range from {
		if f == r {
			return rune(to[n])
		}
		n++
	}
	return 0
}
