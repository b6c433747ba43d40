package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"lamro/crawler/fetch"
)

// site is a loopback web site that counts what is asked of it.
type site struct {
	*httptest.Server
	mux *http.ServeMux

	mu    sync.Mutex
	asked []string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{mux: http.NewServeMux()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.RequestURI())
		s.mu.Unlock()
		s.mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) text(path, contentType, body string) {
	s.mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	})
}

func (s *site) count(path string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.asked {
		if p == path {
			n++
		}
	}
	return n
}

func newFetcher(t *testing.T, change func(*fetch.Config)) *fetch.Fetcher {
	t.Helper()
	cfg := fetch.Config{Version: "1.0", AllowPrivate: true, Pace: time.Nanosecond}
	if change != nil {
		change(&cfg)
	}
	f, err := fetch.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func page(url string) fetch.Request {
	return fetch.Request{URL: url, Kind: fetch.KindPage, AllowPrivate: true}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if got := fetch.CodeOf(err); got != code {
		t.Fatalf("error %v has code %q, want %q", err, got, code)
	}
}

func TestFetchBringsAPageAndItsExchange(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var agent, referer atomic.Value
	s.mux.HandleFunc("/bai", func(w http.ResponseWriter, r *http.Request) {
		agent.Store(r.UserAgent())
		referer.Store(r.Referer())
		w.Header().Set("Content-Type", "text/html; charset=windows-1258")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, "<p>b\xe0i</p>")
		z.Close()
	})
	s.mux.Handle("/cu", http.RedirectHandler("/bai", http.StatusMovedPermanently))
	res, err := newFetcher(t, func(c *fetch.Config) { c.Contact = "https://bao.vn/lien-he" }).Fetch(t.Context(), page(s.URL+"/cu"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(res.Body), "<p>b\xe0i</p>"; got != want {
		t.Errorf("Body = %q, want %q, in the charset in which it came", got, want)
	}
	if res.URL != s.URL+"/bai" || len(res.Redirects) != 1 || res.Redirects[0] != (fetch.Hop{URL: s.URL + "/cu", Status: 301}) {
		t.Errorf("URL = %s after %v", res.URL, res.Redirects)
	}
	if agent.Load() != "Lamro/1.0 (+https://bao.vn/lien-he)" || referer.Load() != "" {
		t.Errorf("User-Agent = %q, Referer = %q", agent.Load(), referer.Load())
	}
	raw := res.Raw
	if raw.Status != 200 || raw.RemoteIP != "127.0.0.1" || raw.Proto != "HTTP/1.1" || raw.URL != res.URL ||
		raw.ResponseHeader.Get("Content-Encoding") != "gzip" || !bytes.HasPrefix(raw.Body, []byte("\x1f\x8b")) ||
		raw.RequestHeader.Get("User-Agent") == "" || raw.FetchedAt.IsZero() {
		t.Errorf("Raw = %+v, want the exchange as received", raw)
	}
	if res.Robots.Verdict != fetch.RobotsNoFile || len(res.RobotsFetches) != 1 || res.RobotsFetches[0].Status != 404 {
		t.Errorf("Robots = %+v after %+v", res.Robots, res.RobotsFetches)
	}
}

func TestNewRefusesCollyEnvironment(t *testing.T) {
	t.Setenv("COLLY_IGNORE_ROBOTSTXT", "1")
	if _, err := fetch.New(fetch.Config{}); err == nil || !strings.Contains(err.Error(), "COLLY_IGNORE_ROBOTSTXT") {
		t.Errorf("New = %v, want an error that names the variable", err)
	}
}

func TestContactSet(t *testing.T) {
	t.Parallel()
	for contact, want := range map[string]bool{
		"": false, "bao-chi@backan.gov.vn": true, "mailto:a@b.vn": true, "https://b.vn/lien-he": true,
		"a@b.example": false, "https://b.test/": false, "a@localhost": false, "a@x.localhost": false,
		"a@b.invalid.": false, "phòng báo chí": false, "ftp://b.vn": false, "a@b.EXAMPLE": false,
	} {
		if got := fetch.ContactSet(contact); got != want {
			t.Errorf("ContactSet(%q) = %v, want %v", contact, got, want)
		}
	}
}

func TestWithoutContactNothingPublicIsAsked(t *testing.T) {
	t.Parallel()
	_, err := newFetcher(t, nil).Fetch(t.Context(), fetch.Request{URL: "https://bao.vn/"})
	wantCode(t, err, fetch.CodeNoContact)
	// Where private addresses are allowed the dialler decides, by the address itself.
	_, err = newFetcher(t, nil).Fetch(t.Context(), page("http://8.8.8.8/"))
	wantCode(t, err, fetch.CodeNoContact)
}

func TestScaledPaceAndPublicAddresses(t *testing.T) {
	t.Parallel()
	f := newFetcher(t, func(c *fetch.Config) { c.Contact, c.Scale = "a@b.vn", 60 })
	_, err := f.Fetch(t.Context(), page("http://8.8.8.8/"))
	wantCode(t, err, fetch.CodeScaledPace)
}

func TestAddressesThatAreNotFetched(t *testing.T) {
	t.Parallel()
	f := newFetcher(t, func(c *fetch.Config) { c.Contact, c.AllowPrivate = "a@b.vn", false })
	for url, code := range map[string]string{
		"ftp://bao.vn/":        fetch.CodeBadURL,
		"file:///etc/passwd":   fetch.CodeBadURL,
		"https://u:p@bao.vn/":  fetch.CodeBadURL,
		"https://bao.vn:8443/": fetch.CodeBadURL,
		"https:///a":           fetch.CodeBadURL,
		"https://bao.vn/" + strings.Repeat("a", 2048): fetch.CodeBadURL,
		"http://127.0.0.1/":                           fetch.CodeNotPublic,
		"http://[::1]/":                               fetch.CodeNotPublic,
		"http://[::ffff:10.0.0.1]/":                   fetch.CodeNotPublic,
		"http://0.0.0.0/":                             fetch.CodeNotPublic,
		"http://169.254.169.254/latest":               fetch.CodeNotPublic,
		"http://100.64.1.1/":                          fetch.CodeNotPublic,
		"http://192.168.1.1/":                         fetch.CodeNotPublic,
		"http://224.0.0.1/":                           fetch.CodeNotPublic,
		"http://203.0.113.7/":                         fetch.CodeNotPublic,
		"http://localhost/":                           fetch.CodeNotPublic,
	} {
		// The source asks for private addresses, the installation does not allow them.
		_, err := f.Fetch(t.Context(), page(url))
		if got := fetch.CodeOf(err); got != code {
			t.Errorf("Fetch(%.60s) = %v, code %q, want %q", url, err, got, code)
		}
	}
}

func TestSourceMustAskForPrivateAddresses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.text("/", "text/html", "bí mật")
	f := newFetcher(t, func(c *fetch.Config) { c.Contact = "a@b.vn" })
	if _, err := f.Fetch(t.Context(), page(s.URL)); err != nil {
		t.Fatal(err)
	}
	// A connection to the site is idle now: it must not serve a source that may not have it.
	req := page(s.URL)
	req.AllowPrivate = false
	_, err := f.Fetch(t.Context(), req)
	wantCode(t, err, fetch.CodeBadURL)
}

// The name answers with a private address when it is dialled, whatever it answered before.
func TestRebindingNameIsRefused(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	resolver := nameServer(t, func() net.IP { asked.Add(1); return net.IPv4(127, 0, 0, 1) })
	f := newFetcher(t, func(c *fetch.Config) { c.Contact, c.Resolver = "a@b.vn", resolver })
	_, err := f.Fetch(t.Context(), fetch.Request{URL: "http://doi-ten.vn/"})
	wantCode(t, err, fetch.CodeNotPublic)
	if asked.Load() == 0 {
		t.Error("the name was not looked up")
	}
}

func TestUnknownNameIsUnreachable(t *testing.T) {
	t.Parallel()
	f := newFetcher(t, func(c *fetch.Config) { c.Contact, c.Resolver = "a@b.vn", nameServer(t, func() net.IP { return nil }) })
	res, err := f.Fetch(t.Context(), fetch.Request{URL: "http://khong-co.vn/"})
	wantCode(t, err, fetch.CodeUnreachable)
	if res.Robots.Verdict != fetch.RobotsUnreachable || len(res.RobotsFetches) != 1 {
		t.Errorf("Robots = %+v after %+v", res.Robots, res.RobotsFetches)
	}
}

// nameServer answers every question for an address by answer, no address when it is nil.
func nameServer(t *testing.T, answer func() net.IP) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.Additionals = true, nil
			q, ip := m.Questions[0], answer().To4()
			switch {
			case ip == nil:
				m.RCode = dnsmessage.RCodeNameError
			case q.Type == dnsmessage.TypeA:
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: [4]byte(ip)},
				}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.text("/robots.txt", "text/plain", "User-agent: *\nDisallow: /rieng\n")
	s.text("/rieng/a", "text/html", "không được đọc")
	s.mux.Handle("/vao-rieng", http.RedirectHandler("/rieng/a", http.StatusFound))
	s.mux.Handle("/ra-ngoai", http.RedirectHandler("http://8.8.8.8/", http.StatusFound))
	s.mux.Handle("/tap-tin", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	s.mux.Handle("/mai", http.RedirectHandler("/mai", http.StatusFound))
	s.mux.HandleFunc("/dai/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+strings.Repeat("a", 400)+"/", http.StatusFound)
	})
	f := newFetcher(t, nil)
	for path, code := range map[string]string{
		"/vao-rieng": fetch.CodeRobotsDisallowed,
		"/ra-ngoai":  fetch.CodeNoContact,
		"/tap-tin":   fetch.CodeBadURL,
		"/mai":       fetch.CodeRedirectLoop,
		"/dai/":      fetch.CodeBadURL,
	} {
		res, err := f.Fetch(t.Context(), page(s.URL+path))
		if got := fetch.CodeOf(err); got != code {
			t.Errorf("Fetch(%s) = %v, code %q, want %q", path, err, got, code)
		}
		if path == "/vao-rieng" && res.Robots != (fetch.Decision{Verdict: fetch.RobotsDisallowed, Rule: "Disallow: /rieng"}) {
			t.Errorf("Robots = %+v, want the rule that decided", res.Robots)
		}
	}
	if n := s.count("/rieng/a"); n != 0 {
		t.Errorf("the disallowed page was asked for %d times", n)
	}
	if n := s.count("/mai"); n != 11 {
		t.Errorf("an endless redirect was asked for %d times, want 11", n)
	}
}

func TestConditionalRequest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.mux.HandleFunc("/rss", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "<rss/>")
	})
	s.mux.Handle("/cu", http.RedirectHandler("/rss", http.StatusFound))
	f := newFetcher(t, nil)
	first, err := f.Fetch(t.Context(), page(s.URL+"/cu"))
	if err != nil || first.Validators != (fetch.Validators{URL: s.URL + "/rss", ETag: `"v1"`}) {
		t.Fatalf("Validators = %+v, %v", first.Validators, err)
	}
	again := page(s.URL + "/cu")
	again.Validators = first.Validators
	second, err := f.Fetch(t.Context(), again)
	if err != nil || !second.NotModified || len(second.Body) != 0 || second.Validators != first.Validators {
		t.Errorf("with validators: %d, %q, %+v, %v; want not modified", second.Status, second.Body, second.Validators, err)
	}
	again.Validators.URL = s.URL + "/khac"
	if third, err := f.Fetch(t.Context(), again); err != nil || third.NotModified {
		t.Errorf("validators of another address were sent: %d, %v", third.Status, err)
	}
}

func TestStatusCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]string{
		401: fetch.CodeBlocked, 403: fetch.CodeBlocked, 404: fetch.CodeNotFound, 410: fetch.CodeGone,
		451: fetch.CodeBlocked, 500: fetch.CodeServerError, 418: fetch.CodeHTTPStatus, 302: fetch.CodeHTTPStatus,
	} {
		s := newSite(t)
		s.mux.HandleFunc("/", status(404))
		s.mux.HandleFunc("/a", status(code))
		res, err := newFetcher(t, nil).Fetch(t.Context(), page(s.URL+"/a"))
		if got := fetch.CodeOf(err); got != want || res.Status != code {
			t.Errorf("status %d: %v, code %q, status %d; want %q", code, err, got, res.Status, want)
		}
	}
}

func BenchmarkFetch(b *testing.B) {
	text := strings.Repeat("<p>một đoạn tin ngắn của trang báo</p>", 700)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text)
	}))
	defer s.Close()
	f, err := fetch.New(fetch.Config{AllowPrivate: true, Pace: time.Nanosecond})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Fetch(b.Context(), page(s.URL+"/a")); err != nil {
			b.Fatal(err)
		}
	}
}
