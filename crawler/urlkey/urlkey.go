// Package urlkey says when two addresses are the same page: it makes the key under which an
// article is known, the id that the first key gives it, and decides whether a page's canonical
// link may join it to another. It fetches nothing; what was fetched is kept under its own URL.
package urlkey

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/publicsuffix"
)

// Rule is the version of the rule that makes keys; it is stored with every key, so that keys
// made by an older rule can be told apart.
const Rule = 1

// MaxLength is the longest address, in bytes, that has a key.
const MaxLength = 2048

// Errors of Key. Both mean that the address is never fetched.
var (
	ErrInvalid = errors.New("not a web address")
	ErrTooLong = errors.New("address too long")
)

// Key is the identity of the page at raw: lower-case host without www, m or amp, no default
// port, fragment or tracking parameters, the remaining query sorted, one spelling of percent
// escapes. http and https on their default ports are one. Key of a key is the key itself.
func Key(raw string) (string, error) {
	u, err := parse(raw, "")
	if err != nil {
		return "", err
	}
	path, query := plainPath(unescape(u.Pathname())), plainQuery(u.Query())
	scheme := u.Scheme()
	if u.Port() == "" {
		scheme = "https"
	}
	key := scheme + "://" + plainHost(u) + path
	if query != "" {
		key += "?" + query
	}
	if len(key) > MaxLength {
		return "", fmt.Errorf("%w: %d bytes", ErrTooLong, len(key))
	}
	return key, nil
}

// ArticleID is the id that an article gets from its first key: the first 128 bits of SHA-256
// in base32hex, lower case, 26 characters. It is given once and never computed again.
func ArticleID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

// Resolve makes ref absolute against base by the rules of browsers. It returns ErrInvalid for
// anything that is not http or https.
func Resolve(base, ref string) (string, error) {
	u, err := parse(ref, base)
	if err != nil {
		return "", err
	}
	return u.Href(false), nil
}

func parse(ref, base string) (*url.Url, error) {
	if len(ref) > 2*MaxLength {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLong, len(ref))
	}
	var u *url.Url
	var err error
	if base == "" {
		u, err = url.Parse(ref)
	} else {
		u, err = url.ParseRef(base, ref)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return nil, fmt.Errorf("%w: scheme %q", ErrInvalid, s)
	}
	if strings.Trim(u.Hostname(), ".") == "" {
		return nil, fmt.Errorf("%w: no host", ErrInvalid)
	}
	return u, nil
}

// plainHost is the host without the prefixes under which outlets serve the same pages again.
// A prefix goes only where a registrable name remains: m.vn stays m.vn.
func plainHost(u *url.Url) string {
	host := strings.TrimRight(u.Hostname(), ".")
	for net.ParseIP(strings.Trim(host, "[]")) == nil {
		prefix, rest, ok := strings.Cut(host, ".")
		if !ok || !slices.Contains([]string{"www", "m", "mobile", "amp", "wap"}, prefix) {
			break
		}
		if _, err := publicsuffix.EffectiveTLDPlusOne(rest); err != nil {
			break
		}
		host = rest
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	return host
}

// plainPath drops what marks the AMP twin of a page and a session id behind a semicolon.
func plainPath(path string) string {
	if i := strings.Index(strings.ToLower(path), ";jsessionid="); i >= 0 {
		path = path[:i]
	}
	for {
		before := path
		if rest, ok := strings.CutPrefix(path, "/amp/"); ok && strings.Trim(rest, "/") != "" {
			path = "/" + rest
		}
		if rest := strings.TrimSuffix(strings.TrimSuffix(path, "/"), "/amp"); rest != "" && rest != strings.TrimSuffix(path, "/") {
			path = rest
		}
		if path == before {
			return path
		}
	}
}

func plainQuery(query string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		pair = unescape(pair)
		name, _, _ := strings.Cut(pair, "=")
		if pair == "" || tracks(strings.ToLower(name)) {
			continue
		}
		kept = append(kept, pair)
	}
	slices.Sort(kept)
	return strings.Join(slices.Compact(kept), "&")
}

// unescape writes percent escapes in one way: those of unreserved characters are undone, the
// others have upper-case digits. A lone percent sign stays as it is.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			b.WriteByte(s[i])
			continue
		}
		if c := hexValue(s[i+1])<<4 | hexValue(s[i+2]); unreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(s[i : i+3]))
		}
		i += 2
	}
	return b.String()
}

func unreserved(c byte) bool {
	return isAlnum(c) || c == '-' || c == '_' || c == '~'
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func hexValue(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
