// Package legacy reads Vietnamese as it was written before Unicode: Windows-1258, TCVN3 (the
// fonts of ABC, such as .VnTime), VNI for Windows, VISCII and VIQR. It converts, and it recognises
// by how Vietnamese the result is; where texts come from and what is flagged is the caller's.
package legacy

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// An Encoding is one way to write Vietnamese, by its usual name.
type Encoding string

// The encodings.
const (
	Windows1258 Encoding = "windows-1258" // letters, tone marks apart behind them
	TCVN3       Encoding = "tcvn3"        // TCVN 5712:1993, VN3: a byte for each letter, capitals with tones by the font
	VNI         Encoding = "vni"          // VNI for Windows: letter and mark, a byte each
	VISCII      Encoding = "viscii"       // RFC 1456: a byte for each letter, six of them control characters
	VIQR        Encoding = "viqr"         // RFC 1456: ASCII signs behind the letter
)

// ErrUnknown is the error for an encoding that is none of the above.
var ErrUnknown = errors.New("unknown Vietnamese encoding")

// Decode gives bytes in enc as NFC. What enc does not define stays as Windows-1252 has it.
func Decode(b []byte, enc Encoding) (string, error) {
	switch enc {
	case VIQR:
		return DecodeText(string(b), enc)
	case Windows1258, VISCII: // control characters and 0x80–0x9F may be letters
		return DecodeText(latin1(b), enc)
	}
	return DecodeText(asText(b), enc)
}

// DecodeText is Decode for a text that was already made of the bytes as if they were Latin-1 or
// Windows-1252. Characters that are in neither stay; VIQR may stand in any text.
func DecodeText(s string, enc Encoding) (string, error) {
	s = strings.ToValidUTF8(s, "\uFFFD")
	switch enc {
	case Windows1258:
		s = mapBytes(s, &windows1258)
	case TCVN3:
		s = raise(mapBytes(s, &tcvn3))
	case VNI:
		s = decodeVNI(s)
	case VISCII:
		s = mapBytes(s, &viscii)
	case VIQR:
		s = decodeVIQR(s)
	default:
		return "", fmt.Errorf("%w: %q", ErrUnknown, enc)
	}
	return norm.NFC.String(s), nil
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// asText is what Windows-1252 makes of the bytes; those that it does not define stay themselves.
func asText(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		if runes[i] = charmap.Windows1252.DecodeByte(c); runes[i] == utf8.RuneError {
			runes[i] = rune(c)
		}
	}
	return string(runes)
}

// asByte is the byte that r was made of.
func asByte(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true // #nosec G115 -- below 256
	}
	return charmap.Windows1252.EncodeRune(r)
}

// mapBytes puts for each byte what to says, and keeps those of which it says nothing.
func mapBytes(s string, to *[256]rune) string {
	return strings.Map(func(r rune) rune {
		if b, ok := asByte(r); ok && to[b] != 0 {
			return to[b]
		}
		return r
	}, s)
}

// raise sets in capitals what a TCVN3 capital font wrote with the bytes of small letters: the
// marked letters of a word whose other letters are capitals, two of them at least, or one beside
// such a word ("CéNG HßA X· HéI" is "CỘNG HÒA XÃ HỘI"; "Hµ Néi" stays "Hà Nội"). A word of marked
// letters alone is left small: its bytes do not say.
func raise(s string) string {
	words := strings.SplitAfter(s, " ")
	marked := make([]int, len(words)) // capitals beside marked small letters; -1 for all else
	for i, w := range words {
		marked[i] = capitals(w)
	}
	var b strings.Builder
	b.Grow(len(s))
	for i, w := range words {
		beside := i > 0 && marked[i-1] > 1 || i+1 < len(words) && marked[i+1] > 1
		if marked[i] > 1 || marked[i] == 1 && beside {
			w = strings.ToUpper(w)
		}
		b.WriteString(w)
	}
	return b.String()
}

// capitals counts the unmarked letters of a word that holds marked small letters and besides
// capitals alone; for other words it is -1.
func capitals(word string) int {
	n, marked := 0, false
	for _, r := range word {
		switch {
		case 'a' <= r && r <= 'z':
			return -1
		case 'A' <= r && r <= 'Z':
			n++
		case letters[r].plain != 0:
			marked = true
		}
	}
	if !marked {
		return -1
	}
	return n
}
