package fetch

import (
	"net/http"
	"net/url"
	"strings"
)

// ContactSet tells whether contact is a way to reach the office: a mail address or a web address
// whose host is not under a name reserved for examples and tests.
func ContactSet(contact string) bool {
	contact = strings.TrimSpace(contact)
	host := ""
	if u, err := url.Parse(contact); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		host = u.Hostname()
	} else {
		name, domain, ok := strings.Cut(strings.TrimPrefix(contact, "mailto:"), "@")
		if !ok || name == "" || strings.ContainsAny(contact, " <>()\t\r\n") {
			return false
		}
		host = domain
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !strings.Contains(host, ".") {
		return false
	}
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "example", "invalid", "test", "localhost":
		return false
	}
	return true
}

// contact keeps an office that nobody can write to from asking anything of the public web. Where
// private addresses are allowed the dialler decides, by the address.
func (f *Fetcher) contact(v *visit) policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !ContactSet(f.cfg.Contact) && !f.mayBePrivate(v) {
				return nil, noContact(r.URL.String())
			}
			return next.RoundTrip(r)
		})
	}
}

func noContact(url string) *Error {
	return &Error{Code: CodeNoContact, URL: url, Words: "no public address is fetched before the office has named a contact"}
}
