// Package page turns the bytes of a fetched document into text: which encoding they are in,
// what of them no document should hold, and what of a piece of HTML a reader sees. Feeds and
// articles are read from what it gives; it knows nothing of either.
package page

import (
	"bytes"
	"encoding/binary"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode/utf32"

	"lamro/internal/vietnamese"
	"lamro/internal/vietnamese/legacy"
)

// Decode gives body as valid UTF-8 without byte order mark and control characters, and the name
// of the encoding it was in. A byte order mark is believed first, then bytes that are UTF-8,
// then the content type, then what the document says of itself; undeclared bytes are an old
// Vietnamese encoding where they read as Vietnamese in it. Bytes that no encoding explains become
// U+FFFD, never an error. Windows-1258, where declared, leaves marks apart: see Text for NFC. A
// document that declares the wrong encoding is put right after it is parsed, by Repair.
func Decode(body []byte, contentType string) (text, charset string) {
	for _, mark := range marks {
		if rest, ok := bytes.CutPrefix(body, mark.bytes); ok {
			return convert(rest, mark.charset), mark.charset
		}
	}
	if name := wide(body); name != "" {
		return convert(body, name), name
	}
	declared := declaredIn(body, contentType)
	ascii := isASCII(body)
	if !ascii && utf8.Valid(body) {
		return clean(string(body)), "utf-8"
	}
	if ascii && !strings.HasPrefix(declared, "iso-2022") && declared != "utf-7" {
		return clean(string(body)), "utf-8"
	}
	if declared != "" && !strings.HasPrefix(declared, "utf-") {
		return convert(body, declared), declared
	}
	if declared == "utf-8" && nearlyUTF8(body) {
		return clean(string(body)), "utf-8"
	}
	name := undeclared(body)
	return convert(body, name), name
}

var marks = []struct {
	bytes   []byte
	charset string
}{
	{[]byte{0xEF, 0xBB, 0xBF}, "utf-8"},
	{[]byte{0x00, 0x00, 0xFE, 0xFF}, "utf-32be"},
	{[]byte{0xFF, 0xFE, 0x00, 0x00}, "utf-32le"}, // before utf-16le, whose mark it begins with
	{[]byte{0xFE, 0xFF}, "utf-16be"},
	{[]byte{0xFF, 0xFE}, "utf-16le"},
}

// wide recognises UTF-16 and UTF-32 without a mark by where the zero bytes of the first
// character, a "<" or white space, stand.
func wide(body []byte) string {
	if len(body) < 8 {
		return ""
	}
	switch {
	case binary.BigEndian.Uint32(body) < 0x80 && body[3] != 0 && body[7] != 0:
		return "utf-32be"
	case binary.LittleEndian.Uint32(body) < 0x80 && body[0] != 0 && body[4] != 0:
		return "utf-32le"
	case body[0] == 0 && body[1] != 0 && body[2] == 0 && body[3] != 0:
		return "utf-16be"
	case body[0] != 0 && body[1] == 0 && body[2] != 0 && body[3] == 0:
		return "utf-16le"
	}
	return ""
}

// metaWindow is how far into a document its own word on its encoding is looked for: browsers
// stop at 1,024 bytes, real pages do not.
const metaWindow = 4096

var (
	xmlDeclared  = regexp.MustCompile(`(?i)^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']`)
	metaDeclared = regexp.MustCompile(`(?i)<meta[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)`)
)

func declaredIn(body []byte, contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		if name := known(params["charset"]); name != "" {
			return name
		}
	}
	head := body[:min(len(body), metaWindow)]
	for _, re := range []*regexp.Regexp{xmlDeclared, metaDeclared} {
		if m := re.FindSubmatch(head); m != nil {
			if name := known(string(m[1])); name != "" {
				return name
			}
		}
	}
	return ""
}

// known is the usual name of an encoding that can be decoded, else the empty string.
func known(label string) string {
	switch strings.ToLower(label) {
	case "viscii", "csviscii", "viscii1.1-1":
		return string(legacy.VISCII)
	case "tcvn", "tcvn3", "tcvn-5712", "x-viet-tcvn5712":
		return string(legacy.TCVN3)
	case "vni", "x-viet-vni":
		return string(legacy.VNI)
	}
	if e := lookup(label); e == nil {
		return ""
	}
	if e, err := htmlindex.Get(label); err == nil {
		if name, err := htmlindex.Name(e); err == nil {
			return name
		}
	}
	return strings.ToLower(label)
}

func lookup(label string) encoding.Encoding {
	if label == "" {
		return nil
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		return e
	}
	switch strings.ToLower(label) {
	case "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	}
	if e, err := ianaindex.IANA.Encoding(label); err == nil {
		return e // nil where the name is known and the encoding is not
	}
	return nil
}

func convert(body []byte, name string) string {
	if s, err := legacy.Decode(body, legacy.Encoding(name)); err == nil && name != string(legacy.Windows1258) {
		return clean(s)
	}
	e := lookup(name)
	if e == nil || name == "utf-8" {
		return clean(string(body))
	}
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return clean(string(body))
	}
	return clean(string(out))
}

// clean drops what may stand in no document: control characters, and bytes that are no UTF-8,
// which become U+FFFD.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
}

func isControl(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0x7F || r == '\uFEFF' || r == 0xFFFE || r == 0xFFFF
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// nearlyUTF8 reports whether only few of the bytes beyond ASCII are not UTF-8: one bad byte in
// one headline must not spoil the document.
func nearlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else if r >= 0x80 {
			good++
		}
		b = b[n:]
	}
	return good >= 4*bad
}

// undeclared guesses the encoding of bytes of which the document says nothing: UTF-8 where only
// few of them are bad, an old Vietnamese encoding where what stands outside the tags is Vietnamese
// in it, Windows-1252 otherwise.
func undeclared(body []byte) string {
	if nearlyUTF8(body) {
		return "utf-8"
	}
	if enc, ok := legacy.Detect(tags.ReplaceAll(body[:min(len(body), MaxBytes)], []byte(" "))); ok {
		return string(enc)
	}
	return "windows-1252"
}

// tags are those of HTML and XML, with scripts and style sheets; a CDATA section is text.
var tags = regexp.MustCompile(`(?is)<script\b.*?</script|<style\b.*?</style|<!\[CDATA\[|</?[a-z!?][^>]*>`)

// Text is s on one line in the form that texts are stored in: package vietnamese's normal form
// without control characters, runs of white space as single spaces. It is stable: the stored
// text and the offsets into it stay as they are however often it is normalised.
func Text(s string) string {
	return strings.Join(strings.Fields(vietnamese.Normalize(clean(s))), " ")
}

// Plain is what a reader sees of a piece of HTML, such as the summary of a feed's item, on one
// line. Text that only looks like HTML ("a < b") stays.
func Plain(fragment string) string {
	if !strings.ContainsAny(fragment, "<&") {
		return Text(fragment)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(fragment))
	hidden := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return Text(html.UnescapeString(b.String()))
		case html.TextToken:
			if hidden == "" {
				b.Write(z.Raw())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if n := string(name); hidden == "" && (n == "script" || n == "style") {
				hidden = n
			}
			b.WriteString(gap(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			if string(name) == hidden {
				hidden = ""
			}
			b.WriteString(gap(name))
		case html.SelfClosingTagToken:
			name, _ := z.TagName()
			b.WriteString(gap(name))
		}
	}
}

// gap keeps the words of two blocks apart, and lets those of inline elements touch.
func gap(tag []byte) string {
	switch string(tag) {
	case "a", "b", "i", "u", "em", "strong", "span", "font", "small", "sub", "sup", "mark":
		return ""
	}
	return " "
}
