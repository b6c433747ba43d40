package urlkey

import (
	"net"
	"strings"

	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/publicsuffix"
)

// Canonical reads the rel=canonical link of the page at address page and reports whether it may
// join the two under one article; key is the link's key, empty when the link is no web address.
// It never joins over the border of a registrable domain, nor to a front page or a section: such
// links are templates that were filled in wrongly, and would fold a whole site into one article.
// Whether two different texts claim one key is for the caller to see.
func Canonical(page, rel string) (key string, join bool) {
	from, err := parse(page, "")
	if err != nil {
		return "", false
	}
	to, err := parse(rel, page)
	if err != nil {
		return "", false
	}
	if key, err = Key(to.Href(true)); err != nil {
		return "", false
	}
	own, err := Key(page)
	if err != nil {
		return key, false
	}
	return key, key == own || site(from) == site(to) && asSpecific(from, to)
}

// site is the registrable domain of a name, the whole host and port of an IP address.
func site(u *url.Url) string {
	host := strings.TrimRight(u.Hostname(), ".")
	if net.ParseIP(strings.Trim(host, "[]")) != nil {
		return u.Host()
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return u.Host()
}

// asSpecific reports whether to names an article as closely as from does: not the front page,
// not a directory above from, and not without a number where from carries one.
func asSpecific(from, to *url.Url) bool {
	a, b := strings.TrimSuffix(from.Pathname(), "/"), strings.TrimSuffix(to.Pathname(), "/")
	if plainQuery(to.Query()) == "" {
		if b == "" || strings.HasPrefix(a, b+"/") && plainPath(a) != plainPath(b) {
			return false
		}
	}
	if hasNumber(a+"?"+plainQuery(from.Query())) && !hasNumber(b+"?"+plainQuery(to.Query())) {
		return false
	}
	return a == "" || strings.Count(b, "-") > 0 || hasNumber(b) || plainQuery(to.Query()) != "" ||
		strings.Count(b, "/") >= strings.Count(a, "/")
}

// hasNumber reports whether s holds four digits in a row, as the ids of articles do.
func hasNumber(s string) bool {
	run := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			run = 0
			continue
		}
		if run++; run == 4 {
			return true
		}
	}
	return false
}

// SameSite reports whether two addresses belong to one registrable domain, or to one host and
// port where they are IP addresses.
func SameSite(a, b string) bool {
	u, err := parse(a, "")
	if err != nil {
		return false
	}
	v, err := parse(b, "")
	return err == nil && site(u) == site(v)
}
