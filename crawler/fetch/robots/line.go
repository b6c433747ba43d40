package robots

import (
	"bytes"
	"strings"
)

// A key is what a line is about.
type key int

const (
	keyOther key = iota
	keyAgent
	keyAllow
	keyDisallow
	keyDelay
	keySitemap
)

// keys are the names of lines with the misspellings that are common enough for Google to take
// them. A name counts by its beginning, so "Disallowed:" is meant as it is read.
var keys = []struct {
	prefix string
	key    key
}{
	{"user-agent", keyAgent}, {"useragent", keyAgent}, {"user agent", keyAgent},
	{"disallow", keyDisallow}, {"dissallow", keyDisallow}, {"dissalow", keyDisallow},
	{"disalow", keyDisallow}, {"diasllow", keyDisallow}, {"disallaw", keyDisallow},
	{"allow", keyAllow},
	{"crawl-delay", keyDelay},
	{"sitemap", keySitemap}, {"site-map", keySitemap},
}

// trimBOM drops a byte order mark, also one that lost its end.
func trimBOM(b []byte) []byte {
	for _, c := range []byte("\xef\xbb\xbf") {
		if len(b) == 0 || b[0] != c {
			break
		}
		b = b[1:]
	}
	return b
}

// split reads a line: its text without the comment, its key and its value.
func split(line []byte) (text string, k key, value string) {
	line = line[:min(len(line), maxLine)]
	if i := bytes.IndexByte(line, '#'); i >= 0 {
		line = line[:i]
	}
	text = strings.Trim(string(line), " \t\v\f\x00")
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		// "Disallow /private": the colon is forgotten often enough.
		fields := strings.Fields(text)
		if len(fields) != 2 {
			return text, keyOther, ""
		}
		name, value = fields[0], fields[1]
	}
	name = strings.ToLower(strings.TrimSpace(name))
	for _, known := range keys {
		if strings.HasPrefix(name, known.prefix) {
			return text, known.key, strings.TrimSpace(value)
		}
	}
	return text, keyOther, ""
}

// token is the product token that a User-agent line names: its letters, "-" and "_" up to
// anything else, in lower case. A line whose token is empty names nobody.
func token(value string) string {
	if value == "*" || strings.HasPrefix(value, "* ") || strings.HasPrefix(value, "*\t") {
		return "*"
	}
	i := 0
	for i < len(value) && isToken(value[i]) {
		i++
	}
	return strings.ToLower(value[:i])
}

// product is the token by which a crawler that sends agent is known. "Mozilla/5.0 (compatible;
// Name/1.0)" is Name. What is no token ("Foo Bar") is nobody, and only "*" speaks to it.
func product(agent string) string {
	if strings.HasPrefix(agent, "Mozilla/") {
		if _, after, ok := strings.Cut(agent, "compatible;"); ok {
			agent = strings.TrimLeft(after, " ")
			if i := strings.IndexAny(agent, ";)"); i >= 0 {
				agent = agent[:i]
			}
		}
	}
	name, _, _ := strings.Cut(agent, "/")
	for i := range len(name) {
		if !isToken(name[i]) {
			return ""
		}
	}
	return strings.ToLower(name)
}

func isToken(c byte) bool {
	return c == '-' || c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
