package vietnamese

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// info is what the pass over a text knows of one character:
//
//	bits  0– 5 its code in a key: a to z 1–26, ă â ê ô ơ ư đ 27–33, digits 34–43, '.' 44, ',' 45
//	bits  6– 8 its shape, as below
//	bits  9–11 its tone
//	bits 12–18 what follows
//	bits 26–31 the code of its letter without any mark: the highest ones, to need no masking
//
// Zero is a character that parts tokens and means nothing else.
type info uint32

const (
	infoCode   = info(letterField)
	infoShape  = 6
	infoTone   = 9
	infoFolded = 26
)

const (
	infoLower   info = 1 << (12 + iota) // a Vietnamese letter, lower case
	infoUpper                           // a Vietnamese letter, upper case
	infoDigit                           // an ASCII digit
	infoMarked                          // a letter with any mark, or đ
	infoForeign                         // another letter or digit: it begins a token, and spelling it takes longer
	infoInside                          // a mark or an invisible character: part of the token before it
	infoStop                            // an end of a sentence, perhaps, or a sign that stands for a letter
	infoBegins  = infoLower | infoUpper | infoDigit | infoForeign
	infoLetter  = infoLower | infoUpper
	infoTones   = info(7) << infoTone
	infoQuality = info(shapeQuality) << infoShape // of a mark: it makes another letter of its vowel
	infoPoint   = info(44 | 44<<infoFolded)
	infoComma   = info(45 | 45<<infoFolded)
)

const letterField = 1<<letterBits - 1

// The codes of letters that rules name.
const (
	codeA = 1
	codeC = 3
	codeE = 5
	codeG = 7
	codeI = 9
	codeO = 15
	codeQ = 17
	codeU = 21
	codeY = 25
)

// The shape of a word has three bits for each letter, the last one lowest: vowel, vowel with
// breve, circumflex or horn, vowel with a tone. Without the first of them they are consonants:
// q, g, others; and shapeStart, which stands before the first letter.
const (
	shapeBits    = 3
	shapeField   = 1<<shapeBits - 1
	shapeVowel   = 1
	shapeQuality = 2
	shapeToned   = 4
	shapeQ       = 2
	shapeG       = 4
	shapeStart   = 6
	allVowels    = 0o1111111111
)

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

// spelling is the letter of each code.
var spelling = [1 << letterBits]rune([]rune("\x00abcdefghijklmnopqrstuvwxyzăâêôơưđ0123456789.,\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))

// runes is the info of every character below tableEnd: Latin, the alphabets that are mistaken for
// it, Vietnamese letters with a tone, and punctuation.
var runes = *runeTable()

const tableEnd = 0x2080

func runeTable() *[tableEnd]info {
	t := new([tableEnd]info)
	for r := rune(0x80); r < tableEnd; r++ {
		t[r] = classify(r)
	}
	code := map[rune]info{}
	for c, r := range spelling {
		if r != 0 {
			code[r] = info(c) // #nosec G115 -- below 64
		}
	}
	letter := func(r, base rune, more info) {
		t[r] = more | infoLower
		t[unicode.ToUpper(r)] = more | infoUpper
		if r != base {
			t[r] |= infoMarked
			t[unicode.ToUpper(r)] |= infoMarked
		}
	}
	for r := 'a'; r <= 'z'; r++ {
		letter(r, r, code[r]|code[r]<<infoFolded)
	}
	t['q'], t['Q'] = t['q']|shapeQ<<infoShape, t['Q']|shapeQ<<infoShape
	t['g'], t['G'] = t['g']|shapeG<<infoShape, t['G']|shapeG<<infoShape
	letter('đ', 'd', code['đ']|code['d']<<infoFolded)
	for i, row := range vowels {
		base := rune(vowelBases[i])
		shape := info(shapeVowel)
		if row[0] != base {
			shape |= shapeQuality
		}
		for tone, r := range row {
			e := code[row[0]] | code[base]<<infoFolded | shape<<infoShape
			if tone > 0 {
				e |= info(tone)<<infoTone | shapeToned<<infoShape // #nosec G115 -- five tones
			}
			letter(r, base, e)
		}
	}
	for r := '0'; r <= '9'; r++ {
		t[r] = code[r] | code[r]<<infoFolded | infoDigit
	}
	for r := rune(0x300); r < 0x370; r++ {
		t[r] |= toneOf(r) << infoTone
	}
	t[breve] |= infoQuality | 0<<infoFolded
	t[circumflex] |= infoQuality | 1<<infoFolded
	t[horn] |= infoQuality | 2<<infoFolded
	for _, r := range ".!?…@\n\r\u2028\u2029" {
		t[r] |= infoStop
	}
	return t
}

// classify is the info of a character without a code.
func classify(r rune) info {
	switch {
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Nl, r) || standsFor(r):
		return infoForeign
	case unicode.IsMark(r) || ignorable(r):
		return infoInside
	}
	return 0
}

// standsFor says whether r is a symbol that is read as letters or digits: raised and lowered
// figures (CO₂, m²), letters in circles and squares, and units in one character (㎡). Numbers in
// circles head lists, and signs such as ™ and № stand beside words, not in them.
func standsFor(r rune) bool {
	const letterlike = 0x214f // the last of the block of such signs
	if raised(r) || r >= 0x2080 && r <= 0x2089 {
		return true
	}
	if r <= letterlike || !unicode.Is(unicode.So, r) {
		return false
	}
	var buf [utf8.UTFMax]byte
	d := norm.NFKD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).Decomposition()
	for _, b := range d {
		if !asciiDigit(b) && (b|0x20 < 'a' || b|0x20 > 'z') {
			return false
		}
	}
	return len(d) > 0
}

// raised is true of superscript digits. Behind a unit they belong to it, behind a longer word they
// point to a note.
func raised(r rune) bool {
	return r == '²' || r == '³' || r == '¹' || r == 0x2070 || r >= 0x2074 && r <= 0x2079
}

const longestUnit = 2 // letters before a raised digit: km²

func infoOf(r rune) info {
	if r < tableEnd {
		return runes[r]
	}
	return classify(r)
}

// withTone puts a tone on a vowel.
func withTone(vowel rune, tone Key) rune {
	if tone == 0 {
		return vowel
	}
	for _, row := range vowels {
		if row[0] == vowel {
			return row[tone]
		}
	}
	return vowel
}

// The marks that make another letter of their vowel, as a tone mark does not.
const (
	breve      = 0x306
	circumflex = 0x302
	horn       = 0x31b
)

func isQuality(r rune) bool { return r == breve || r == circumflex || r == horn }

// qualified is the code of a vowel with a breve, a circumflex or a horn.
var qualified = [4][1 << letterBits]uint8{
	{codeA: 27},
	{codeA: 28, codeE: 29, codeO: 30},
	{codeO: 31, codeU: 32},
}

// toneOf is the tone that a combining mark stands for, 0 of other characters.
func toneOf(mark rune) info {
	switch mark {
	case 0x300, 0x340:
		return 1
	case 0x301, 0x341:
		return 2
	case 0x309:
		return 3
	case 0x303:
		return 4
	case 0x323:
		return 5
	}
	return 0
}

// isAlnum is what tokens are made of.
func isAlnum(r rune) bool { return infoOf(r)&infoBegins != 0 }

// lookAlike is the Latin letter, lower case, that r is mistaken for, or 0. Letters of another
// alphabet count only in words that hold Latin letters too; always tells those that are never
// meant as themselves in a Vietnamese text.
func lookAlike(r rune) (latin rune, always bool) {
	if infoOf(r)&infoCode != 0 {
		return 0, false
	}
	alike := lookAlikes[r]
	return alike.latin, alike.always
}

// lookAlikes is lookAlike of all letters that have no code.
var lookAlikes = lookAlikeTable()

type resemblance struct {
	latin  rune
	always bool
}

func lookAlikeTable() map[rune]resemblance {
	t := map[rune]resemblance{}
	pair := func(from, to string, always bool) {
		n := 0
		for _, r := range from {
			t[r] = resemblance{rune(to[n]), always}
			n++
		}
	}
	pair(foreign, ofForeign, false)
	pair(variants, ofVariants, true)
	for _, r := range "ÐðƉɖᵭ" {
		t[r] = resemblance{'đ', true}
	}
	return t
}

// Small capitals, letters with hooks and strokes, and those of other alphabets; below each the
// letter that it stands for. (Letters of real orthographies that news prints, ø and ł, are none.)
const (
	variants   = "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ" + "ıɑɡɓᵬɗᶁɠɦɨĸƙɱᵯƞɲɳᵰɵƥᵽʠɾᵲʂᵴƭƫᵵʉʋƴʐȥ"
	ofVariants = "abcdeghijklmnoprstuvwyz" + "iagbbddghikkmmnnnnoppqrrsstttuvyzz"
	foreign    = "АаВвЕеЅѕІіЈјКкМмНнОоРрСсТтУуХхһԁԛԝѴѵ" + "ΑαΒΕΖΗΙικΚΜΝνΟοΡρΤΥυΧχ" + "ցռոօսհզ"
	ofForeign  = "aabbeessiijjkkmmhhooppccttyyxxhdqwvv" + "aabezhiikkmnvoopptyuxx" + "gnnouhq"
)
