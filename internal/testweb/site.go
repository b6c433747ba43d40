package testweb

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A site is one outlet with its address and pages.
type site struct {
	plan
	web      *Web
	home     string // http://127.0.0.2:41234
	listener net.Listener
	server   *http.Server
	pages    []*page
	byKey    map[string]*page
}

// openSite listens on the next loopback address, or, where the system has only one, on another
// port of it.
func openSite(w *Web, p plan, index int) (*site, error) {
	address := fmt.Sprintf("127.0.%d.%d:0", index/250, 2+index%250)
	l, err := listen(address)
	if err != nil {
		if l, err = listen("127.0.0.1:0"); err != nil {
			return nil, err
		}
	}
	s := &site{plan: p, web: w, listener: l, home: "http://" + l.Addr().String(), byKey: make(map[string]*page)}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	return s, nil
}

func listen(address string) (net.Listener, error) {
	return new(net.ListenConfig).Listen(context.Background(), "tcp", address)
}

func (s *site) host() string { return strings.TrimPrefix(s.home, "http://") }

// add puts a page on the site; its path becomes final.
func (s *site) add(p *page) {
	p.site, p.index = s, len(s.pages)
	p.path = s.path(p)
	if p.blocked {
		p.path = s.disallow + strings.TrimPrefix(p.path, "/")
	}
	for n := 2; s.byKey[key(p.path)] != nil; n++ { // two titles of one outlet may be the same
		p.slug = fmt.Sprintf("%s-%d", strings.TrimSuffix(p.slug, fmt.Sprintf("-%d", n-1)), n)
		p.path = s.path(p)
	}
	s.pages = append(s.pages, p)
	s.byKey[key(p.path)] = p
}

// key names a page by path and identifying query; what only tracks a visitor is no part of it.
func key(requestURI string) string {
	u, err := url.ParseRequestURI(requestURI)
	if err != nil {
		return requestURI
	}
	if id := u.Query().Get("id"); id != "" {
		return u.Path + "?id=" + id
	}
	return u.Path
}

// newest returns the visible pages, the last listed first.
func (s *site) newest(now time.Time, keep func(*page) bool) []*page {
	var list []*page
	for _, p := range s.pages {
		if p.visible(now) && keep(p) {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *page) int {
		if d := b.published.Compare(a.published); d != 0 {
			return d
		}
		return b.number - a.number
	})
	return list
}

// ServeHTTP answers one request and writes it into the ledger, also when it is refused.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := s.web.cfg.Now()
	answer := &recorder{ResponseWriter: w, status: http.StatusOK}
	entry := s.web.ledger.open(Request{
		At: now, Host: s.host(), Method: r.Method, Path: r.URL.RequestURI(), Agent: r.UserAgent(),
		Conditional: r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "",
		Visitor:     r.Header.Get("Sec-Fetch-Dest") != "",
	})
	defer func() { s.web.ledger.close(entry, answer.status) }()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(answer, "chỉ đọc", http.StatusMethodNotAllowed)
		return
	}
	if r.URL.Path == "/robots.txt" {
		s.robots(answer)
		return
	}
	if s.refuses {
		http.Error(answer, "máy chủ đang bảo trì", http.StatusServiceUnavailable)
		return
	}
	s.content(answer, r, now)
}

func (s *site) content(w *recorder, r *http.Request, now time.Time) {
	for _, f := range s.feeds {
		if f.path == r.URL.Path {
			s.feed(w, r, f, now)
			return
		}
	}
	if p := s.byKey[key(r.URL.RequestURI())]; p != nil && p.visible(now) {
		s.article(w, r, p, now)
		return
	}
	if r.URL.Path == "/" {
		body, err := s.renderList(now)
		s.send(w, r, "text/html; charset=utf-8", body, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusNotFound)
	_, _ = fmt.Fprintf(w, "<!doctype html><title>404</title><h1>Không tìm thấy trang</h1><footer>%s</footer>", Disclaimer)
}

func (s *site) robots(w *recorder) {
	switch {
	case s.refuses:
		http.Error(w, "máy chủ đang bảo trì", http.StatusServiceUnavailable)
		return
	case s.noRobots:
		http.Error(w, "không có", http.StatusNotFound)
		return
	}
	var b strings.Builder
	b.WriteString("# " + Disclaimer + "\nUser-agent: *\n")
	if s.disallow != "" {
		b.WriteString("Disallow: " + s.disallow + "\n")
	}
	if s.crawlDelay > 0 {
		fmt.Fprintf(&b, "Crawl-delay: %d\n", int(s.crawlDelay.Seconds()))
	}
	b.WriteString("Allow: /\n")
	for _, f := range s.feeds {
		if f.kind() == "sitemap" {
			b.WriteString("Sitemap: " + s.home + f.path + "\n")
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(b.String()))
}

func (s *site) feed(w *recorder, r *http.Request, f feedPlan, now time.Time) {
	body, contentType, err := s.renderFeed(f, now)
	s.send(w, r, contentType, body, err)
	if err == nil && r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Dest") == "" {
		s.web.ledger.polled(s, f, now)
	}
}

func (s *site) article(w *recorder, r *http.Request, p *page, now time.Time) {
	if p.raw != nil {
		body, err := p.raw()
		s.send(w, r, "text/html", body, err)
		return
	}
	html, err := s.renderPage(p, now)
	if err != nil {
		s.send(w, r, "", nil, err)
		return
	}
	if s.form != form1258 {
		s.send(w, r, "text/html; charset=utf-8", []byte(html), nil)
		return
	}
	body, err := windows1258(html)
	s.send(w, r, "text/html", body, err) // the page's own meta names the encoding
}

// send writes a body with the outlet's habits: validators, compression.
func (s *site) send(w *recorder, r *http.Request, contentType string, body []byte, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	if s.validators {
		sum := sha256.Sum256(body)
		tag := `"` + hex.EncodeToString(sum[:8]) + `"`
		h.Set("ETag", tag)
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if s.gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
		z := gzip.NewWriter(w)
		_, _ = z.Write(body)
		_ = z.Close()
		return
	}
	_, _ = w.Write(body)
}

// A recorder remembers the status for the ledger.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}
