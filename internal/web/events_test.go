package web

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lamro/internal/account"
	"lamro/internal/records/people"
)

// stream reads events until one contains text.
func await(t *testing.T, lines *bufio.Scanner, text string) {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	t.Fatalf("the stream ended before %q: %v", text, lines.Err())
}

func TestEventsTellWhatChanged(t *testing.T) {
	t.Parallel()
	d := full()
	s := newSite(t, d)
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	defer s.endStreams()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	who := s.person("vi", people.Officer)
	r.AddCookie(who)
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("Content-Type %q", got)
	}
	if len(resp.Cookies()) > 0 {
		t.Error("the stream keeps the session alive")
	}
	lines := bufio.NewScanner(resp.Body)
	await(t, lines, "event: bell")
	await(t, lines, `aria-label="3 cảnh báo chưa xem"`)
	await(t, lines, "event: fresh")
	await(t, lines, "06:50")
	d.set(ago(0), 4)
	await(t, lines, `aria-label="4 cảnh báo chưa xem"`)
	await(t, lines, "06:52")
	d.set(ago(time.Hour), 4)
	await(t, lines, "cũ 1 giờ")

	p, err := people.ByLogin(t.Context(), s.db.Read(), "nguoi-officer-vi")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cfg.Accounts.Disable(t.Context(), account.System, p.ID); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // ends with the session
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream did not end well: %v", err)
	}
}

func TestEventsShowNoBellToThoseWithoutAlerts(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	defer s.endStreams()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(s.person("vi", people.Operator))
	resp, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "cảnh báo") {
			t.Fatalf("operator is told %q", lines.Text())
		}
		if strings.HasPrefix(lines.Text(), "event: fresh") {
			return
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	for range maxStreams {
		s.streams <- struct{}{}
	}
	if w := s.get("/events", s.person("vi", people.Officer)); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, want 503 with Retry-After", w.Code)
	}
}

func TestRunStopsWhileStreamsAreOpenAndRunsAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	who := s.person("vi", people.Officer)
	for range 2 {
		runOnce(t, s, who)
	}
}

func runOnce(t *testing.T, s *site, who *http.Cookie) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, l) }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(who)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	await(t, lines, "event: bell")
	begin := time.Now()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	if took := time.Since(begin); took > shutdownTimeout/2 {
		t.Errorf("stopping took %s", took)
	}
}

func TestStaticFilesAreKeptByTheirHash(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	for name, f := range s.static.files {
		w := s.get("/static/"+name+"?v="+f.hash, nil)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Type") != f.kind {
			t.Errorf("%s: status %d, Cache-Control %q, type %q", name, w.Code, w.Header().Get("Cache-Control"), w.Header().Get("Content-Type"))
		}
		if w := s.get("/static/"+name+"?v=old", nil); w.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s under an old hash: Cache-Control %q, want no-cache", name, w.Header().Get("Cache-Control"))
		}
		r := httptest.NewRequest(http.MethodGet, "/static/"+name, nil)
		r.Header.Set("If-None-Match", `"`+f.hash+`"`)
		if w := s.do(r, nil); w.Code != http.StatusNotModified {
			t.Errorf("%s again: status %d, want 304", name, w.Code)
		}
	}
}

func TestSecurityHeadersOnEverything(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	for _, path := range []string{"/", "/signin", "/static/app.js", "/events", "/nothing", "/robots.txt"} {
		h := s.get(path, nil).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s = %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestAPanicIsAPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, full(), func(c *Config) { c.Data.Watches = nil })
	if w := s.get("/watches", s.person("en", people.Analyst)); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "This is our fault") {
		t.Errorf("status %d, want 500 as a page", w.Code)
	}
}
