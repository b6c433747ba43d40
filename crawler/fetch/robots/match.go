package robots

import "strings"

const upperHex = "0123456789ABCDEF"

// escape brings a rule to the form in which addresses are sent: bytes beyond ASCII are
// percent-encoded and escapes are in upper case. Nothing is decoded: "%2F" is not "/".
func escape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < 0x80 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upperHex[c>>4])
		b.WriteByte(upperHex[c&15])
	}
	return normal(b.String())
}

// normal writes the escapes of s in upper case.
func normal(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' && isHex(b[i+1]) && isHex(b[i+2]) {
			b[i+1], b[i+2] = upper(b[i+1]), upper(b[i+2])
			i += 2
		}
	}
	return string(b)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'f' {
		return c - 0x20
	}
	return c
}

// target is the part of an address that rules are about: path, parameters and query. It always
// starts with "/".
func target(rawURL string) string {
	if i := strings.IndexByte(rawURL, '#'); i >= 0 {
		rawURL = rawURL[:i]
	}
	rest := strings.TrimPrefix(rawURL, "//")
	start := strings.IndexAny(rest, "/?;")
	if scheme := strings.Index(rest, "://"); scheme >= 0 && scheme < start {
		rest = rest[scheme+3:]
		start = strings.IndexAny(rest, "/?;")
	}
	switch {
	case start < 0:
		return "/"
	case rest[start] != '/':
		return "/" + rest[start:]
	}
	return rest[start:]
}

// matches tells whether the rule is about target, and how long it is: the longer decides.
func (r *rule) matches(target string) (length int, ok bool) {
	if match(r.pattern, target) {
		return len(r.pattern), true
	}
	// Whoever allows the index page means the directory that shows it, too.
	if !r.allow {
		return 0, false
	}
	if i := strings.LastIndexByte(r.pattern, '/'); i >= 0 && strings.HasPrefix(r.pattern[i:], "/index.htm") {
		directory := r.pattern[:i+1] + "$"
		return len(directory), match(directory, target)
	}
	return 0, false
}

// match tells whether pattern is a beginning of s; "*" stands for anything and a final "$" for
// the end. Taking the first place where each piece fits is enough, so a hostile pattern costs no
// more than a walk through s for each of its pieces.
func match(pattern, s string) bool {
	whole := strings.HasSuffix(pattern, "$")
	pattern = strings.TrimSuffix(pattern, "$")
	piece, rest, wild := strings.Cut(pattern, "*")
	if !strings.HasPrefix(s, piece) {
		return false
	}
	s = s[len(piece):]
	if !wild {
		return !whole || s == ""
	}
	for {
		piece, rest, wild = strings.Cut(rest, "*")
		if !wild && whole {
			return strings.HasSuffix(s, piece)
		}
		i := strings.Index(s, piece)
		if i < 0 {
			return false
		}
		if !wild {
			return true
		}
		s = s[i+len(piece):]
	}
}
