package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// maxURL is the longest address that is fetched, in bytes.
const maxURL = 2048

// HostKey names the host of u for pace and leases: lower case, with the port where it is not the
// scheme's own.
func HostKey(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := u.Port()
	if port == "" || port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		return host
	}
	return host + ":" + port
}

// checkURL parses an address and refuses what we do not fetch.
func checkURL(raw string, private bool) (*url.URL, error) {
	fail := func(words string) (*url.URL, error) {
		return nil, &Error{Code: CodeBadURL, URL: raw[:min(len(raw), maxURL)], Words: words}
	}
	u, err := url.Parse(raw)
	switch {
	case len(raw) > maxURL:
		return fail(fmt.Sprintf("the address is longer than %d bytes", maxURL))
	case err != nil:
		return fail("the address cannot be read")
	case u.Scheme != "http" && u.Scheme != "https":
		return fail("only http and https are fetched")
	case u.Hostname() == "":
		return fail("the address has no host")
	case u.User != nil:
		return fail("an address with a user name is not fetched")
	case !private && u.Port() != "" && u.Port() != "80" && u.Port() != "443":
		return fail("only ports 80 and 443 are fetched")
	}
	return u, nil
}

// addresses checks the address of every hop before anything else is done about it.
func (f *Fetcher) addresses(v *visit) policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if _, err := checkURL(r.URL.String(), f.mayBePrivate(v)); err != nil {
				return nil, err
			}
			return next.RoundTrip(r)
		})
	}
}

// transport is the connection pool for public or for private use. It checks the address that is
// dialled, after the name was looked up: no answer of a name server can lead past it.
func (f *Fetcher) transport(private bool) *http.Transport {
	d := &net.Dialer{
		Timeout:  10 * time.Second,
		Resolver: f.cfg.Resolver,
		ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
			return f.checkDial(network, address, private)
		},
	}
	return &http.Transport{
		DialContext:            d.DialContext,
		Proxy:                  nil, // a proxy would dial for us, unchecked
		DisableCompression:     true,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    4,
		MaxConnsPerHost:        8,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  15 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// checkDial decides about the address that a connection is about to be made to.
func (f *Fetcher) checkDial(network, address string, private bool) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return &Error{Code: CodeNotPublic, URL: address, Words: "not an address to dial"}
	}
	public := isPublic(to.Addr())
	switch {
	case !public && !private:
		return &Error{Code: CodeNotPublic, URL: address, Words: "the address is not public"}
	case !public:
		return nil
	case !ContactSet(f.cfg.Contact):
		return noContact(address)
	case f.cfg.Scale > 1:
		return &Error{Code: CodeScaledPace, URL: address, Words: "public addresses are not fetched on a compressed clock"}
	case !private && to.Port() != 80 && to.Port() != 443:
		return &Error{Code: CodeBadURL, URL: address, Words: "only ports 80 and 443 are fetched"}
	}
	return nil
}

// reserved are the ranges, inside of what looks public, that belong to nobody on the internet
// (RFC 6890 and its successors), and tunnels that carry an IPv4 address inside.
var reserved = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var globalV6 = netip.MustParsePrefix("2000::/3")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// isPublic tells whether a is an address on the internet.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || a.Is6() && !globalV6.Contains(a) {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
