package feed

import (
	"html"
	"strings"
	"unicode/utf8"
)

// repair makes the references of an XML document ones that a parser knows: HTML's entities and
// Windows' numbers become their letters, a lone "&" is escaped, numbers of control characters go.
// What stands in CDATA is left as it is.
func repair(doc string) string {
	if !strings.Contains(doc, "&") {
		return doc
	}
	var b strings.Builder
	b.Grow(len(doc) + len(doc)/16)
	for doc != "" {
		i := strings.IndexAny(doc, "&<")
		if i < 0 {
			break
		}
		b.WriteString(doc[:i])
		doc = doc[i:]
		switch {
		case strings.HasPrefix(doc, cdataOpen):
			end := strings.Index(doc, cdataClose)
			if end < 0 {
				b.WriteString(doc)
				return b.String()
			}
			end += len(cdataClose)
			b.WriteString(doc[:end])
			doc = doc[end:]
		case doc[0] == '<':
			b.WriteByte('<')
			doc = doc[1:]
		default:
			ref := reference(doc)
			b.WriteString(repaired(ref))
			doc = doc[len(ref):]
		}
	}
	b.WriteString(doc)
	return b.String()
}

const (
	cdataOpen  = "<![CDATA["
	cdataClose = "]]>"
)

// reference is the reference that s begins with, "&" alone where it is none.
func reference(s string) string {
	for i := 1; i < len(s) && i < 34; i++ {
		switch c := s[i]; {
		case c == ';' && i > 1:
			return s[:i+1]
		case c == '#' && i == 1, '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		default:
			return "&"
		}
	}
	return "&"
}

func repaired(ref string) string {
	switch ref {
	case "&":
		return "&amp;"
	case "&amp;", "&lt;", "&gt;", "&quot;", "&apos;":
		return ref
	}
	s := html.UnescapeString(ref)
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case s == ref:
		return "&amp;" + ref[1:]
	case n != len(s):
		return s // a few names stand for two characters
	case r == '&' || r == '<' || r == '>' || r == '"' || r == '\'':
		return html.EscapeString(s)
	case r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF:
		return ""
	}
	return s
}
