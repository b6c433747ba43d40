package fetch

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"
)

func TestIsPublic(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "203.162.4.191": true, "2405:4800::1": true, "100.63.255.255": true, "172.32.0.1": true,
		"0.0.0.0": false, "10.1.2.3": false, "100.64.0.1": false, "127.0.0.1": false, "169.254.169.254": false,
		"172.16.0.1": false, "192.0.0.1": false, "192.0.2.1": false, "192.168.0.1": false, "198.18.0.1": false,
		"198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "239.1.1.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%lo": false, "fc00::1": false, "ff02::1": false,
		"::ffff:8.8.8.8": true, "::ffff:10.0.0.1": false, "::10.0.0.1": false, "64:ff9b::7f00:1": false,
		"2001:db8::1": false, "2001::1": false, "2002:7f00:1::": false, "3fff::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("isPublic(%s) = %v, want %v", address, got, want)
		}
	}
	if isPublic(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestCheckDial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		cfg           Config
		network, addr string
		private       bool
		want          string
	}{
		{"public", Config{Contact: "a@b.vn"}, "tcp4", "8.8.8.8:443", false, ""},
		{"odd port", Config{Contact: "a@b.vn"}, "tcp4", "8.8.8.8:22", false, CodeBadURL},
		{"odd port of a source that may", Config{Contact: "a@b.vn"}, "tcp4", "8.8.8.8:8080", true, ""},
		{"no contact", Config{}, "tcp6", "[2405:4800::1]:443", true, CodeNoContact},
		{"compressed clock", Config{Contact: "a@b.vn", Scale: 60}, "tcp4", "8.8.8.8:443", true, CodeScaledPace},
		{"private", Config{Contact: "a@b.vn"}, "tcp4", "10.0.0.1:80", false, CodeNotPublic},
		{"private and allowed", Config{}, "tcp4", "10.0.0.1:99", true, ""},
		{"other network", Config{Contact: "a@b.vn"}, "udp", "8.8.8.8:443", false, CodeNotPublic},
		{"no address", Config{Contact: "a@b.vn"}, "tcp4", "bao.vn:443", false, CodeNotPublic},
	} {
		f, err := New(c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		if got := CodeOf(f.checkDial(c.network, c.addr, c.private)); got != c.want {
			t.Errorf("%s: checkDial(%s) has code %q, want %q", c.name, c.addr, got, c.want)
		}
	}
}

// A public site redirects into a private address. The first hop is led to loopback by hand, the
// second one meets the real dialler.
func TestRedirectFromPublicIntoPrivateIsRefused(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inner.Close()
	targets := map[string]string{
		"/ip":   "http://127.0.0.1/",
		"/name": "http://localhost/",
		"/v6":   "http://[::ffff:127.0.0.1]/",
		"/meta": "http://169.254.169.254/latest/meta-data",
		"/port": inner.URL,
	}
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to := targets[r.URL.Path]; to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		http.NotFound(w, r)
	}))
	defer outer.Close()
	f, err := New(Config{Contact: "a@b.vn", Pace: time.Nanosecond, AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	guarded := f.public.DialContext
	f.public.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr == "cong-khai.vn:80" {
			return new(net.Dialer).DialContext(ctx, network, outer.Listener.Addr().String())
		}
		return guarded(ctx, network, addr)
	}
	for path := range targets {
		want := CodeNotPublic
		if path == "/port" {
			want = CodeBadURL
		}
		_, err := f.Fetch(t.Context(), Request{URL: "http://cong-khai.vn" + path})
		if got := CodeOf(err); got != want {
			t.Errorf("%s: %v, code %q, want %q", path, err, got, want)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("the inner site was reached %d times", n)
	}
}
