package testweb

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The paths of a hostile host. Each answers in a way that a reader has to survive.
const (
	HostileFeedHTML     = "/feed-is-html"    // a feed that is an HTML page
	HostileFeedEmpty    = "/feed-empty"      // 200 and no byte
	HostileFeedGood     = "/feed"            // a real feed that links to every page here
	HostileHuge         = "/huge"            // 50 MB of one page
	HostileEndless      = "/endless"         // chunks without end
	HostileDrip         = "/drip"            // one byte in half a second
	HostileSilent       = "/silent"          // headers never come
	HostilePrivate      = "/to-private"      // a redirect to a private address
	HostileMetadata     = "/to-metadata"     // a redirect to the address of cloud metadata
	HostileFile         = "/to-file"         // a redirect to file:///etc/passwd
	HostileDisallowed   = "/to-disallowed"   // a redirect into what robots.txt disallows
	HostileSecret       = "/khong-vao/trang" // what robots.txt disallows
	HostileBomb         = "/bomb"            // 1 MB of gzip that opens to 1 GB
	HostileMissing      = "/404"             // not found
	HostileGone         = "/410"             // gone
	HostileSoft404      = "/soft-404"        // 200 and the words "not found"
	HostileChallenge    = "/challenge"       // 200 and a script that sets a cookie and reloads
	HostileLoop         = "/loop"            // redirects to itself with a longer address
	HostileNested       = "/nested"          // 100,000 nested elements
	HostileSiblings     = "/siblings"        // 200,000 paragraphs
	HostileShort        = "/short"           // says a greater length than it sends
	HostileBadGzip      = "/bad-gzip"        // says gzip and is not
	HostileBusy         = "/busy"            // 429 with Retry-After: 120
	HostileNullBytes    = "/nulls"           // NUL bytes between the letters
	HostileHeaders      = "/headers"         // 2 MB of headers
	hostileRobotsAnswer = "User-agent: *\nDisallow: /khong-vao/\n"
)

// A Hostile is one host of corner cases on loopback.
type Hostile struct {
	home    string
	server  *http.Server
	serving sync.WaitGroup
	done    chan struct{} // closed when the host stops, so that slow answers end

	mu   sync.Mutex
	seen map[string]int
}

// StartHostile opens the host. The caller closes it.
func StartHostile() (*Hostile, error) {
	l, err := listen("127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open hostile host: %w", err)
	}
	h := &Hostile{home: "http://" + l.Addr().String(), done: make(chan struct{}), seen: make(map[string]int)}
	h.server = &http.Server{Handler: http.HandlerFunc(h.handle), ReadHeaderTimeout: 10 * time.Second}
	h.serving.Go(func() { _ = h.server.Serve(l) }) // ends with Close
	return h, nil
}

// URL is the address of one of the paths.
func (h *Hostile) URL(path string) string { return h.home + path }

// Seen returns how often a path was asked for.
func (h *Hostile) Seen(path string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen[path]
}

// Close stops the host and every answer that is still dripping.
func (h *Hostile) Close() error {
	close(h.done)
	err := h.server.Close()
	h.serving.Wait()
	return err
}

func (h *Hostile) handle(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.seen[r.URL.Path]++
	h.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch r.URL.Path {
	case "/robots.txt":
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte(hostileRobotsAnswer))
	case HostilePrivate:
		http.Redirect(w, r, "http://10.0.0.1/noi-bo", http.StatusFound)
	case HostileMetadata:
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	case HostileFile:
		w.Header().Set("Location", "file:///etc/passwd")
		w.WriteHeader(http.StatusFound)
	case HostileDisallowed:
		http.Redirect(w, r, HostileSecret, http.StatusFound)
	case HostileLoop:
		http.Redirect(w, r, HostileLoop+"?"+r.URL.RawQuery+"&vong=tiep", http.StatusFound)
	case HostileMissing:
		http.Error(w, "<h1>Không tìm thấy trang</h1>", http.StatusNotFound)
	case HostileGone:
		http.Error(w, "<h1>Bài đã gỡ</h1>", http.StatusGone)
	case HostileBusy:
		w.Header().Set("Retry-After", "120")
		http.Error(w, "chậm lại", http.StatusTooManyRequests)
	case HostileDrip, HostileEndless, HostileSilent:
		h.slow(w, r)
	case HostileFeedGood:
		h.feed(w)
	default:
		h.heavy(w, r.URL.Path)
	}
}

// slow answers without end, until the reader or the host goes away.
func (h *Hostile) slow(w http.ResponseWriter, r *http.Request) {
	wait, piece := 500*time.Millisecond, []byte("<")
	switch r.URL.Path {
	case HostileSilent:
		wait, piece = 24*time.Hour, nil
	case HostileEndless:
		wait, piece = time.Microsecond, bytes.Repeat([]byte("<p>Bản làng.</p>\n"), 4096)
	}
	tick := time.NewTicker(wait)
	defer tick.Stop()
	for {
		select {
		case <-h.done:
			return
		case <-r.Context().Done():
			return
		case <-tick.C:
			if _, err := w.Write(piece); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// heavy answers with bodies that are too much, too little or not what they say.
func (h *Hostile) heavy(w http.ResponseWriter, path string) {
	switch path {
	case HostileFeedHTML:
		_, _ = w.Write([]byte(hostilePage("Trang chủ", "<p>Đây là trang chủ, không phải kênh tin.</p>")))
	case HostileFeedEmpty:
		w.Header().Set("Content-Type", "application/rss+xml")
	case HostileHuge:
		repeat(w, []byte("<p>Bản làng ở tỉnh Bắc Kạn vào vụ.</p>\n"), 50<<20)
	case HostileBomb:
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb())
	case HostileBadGzip:
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write([]byte("<p>không nén</p>"))
	case HostileSoft404:
		_, _ = w.Write([]byte(hostilePage("Không tìm thấy trang", "<p>Trang bạn tìm không tồn tại hoặc đã bị gỡ.</p>")))
	case HostileChallenge:
		_, _ = w.Write([]byte(`<html><head><script>document.cookie="v=1; path=/";location.reload();</script></head><body></body></html>`))
	case HostileNested:
		n := 100_000
		_, _ = w.Write([]byte(hostilePage("Lồng nhau", strings.Repeat("<div>", n)+"tỉnh Bắc Kạn"+strings.Repeat("</div>", n))))
	case HostileSiblings:
		_, _ = w.Write([]byte(hostilePage("Dàn hàng", strings.Repeat("<p>a</p>", 200_000))))
	case HostileShort:
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write([]byte(hostilePage("Dở dang", "<p>Đứt giữa chừng")))
	case HostileNullBytes:
		_, _ = w.Write([]byte(hostilePage("Ký tự lạ", "<p>tỉnh B\x00ắc Kạn \x01\x02</p>")))
	case HostileHeaders:
		for i := range 2000 {
			w.Header().Add("X-Thua", fmt.Sprintf("%d%s", i, strings.Repeat("x", 1000)))
		}
	case HostileSecret:
		_, _ = w.Write([]byte(hostilePage("Không vào", "<p>robots.txt cấm trang này.</p>")))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (h *Hostile) feed(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Mẫu</title><description>%s</description>`, Disclaimer)
	for _, p := range []string{HostileHuge, HostileBomb, HostileNested, HostileSiblings, HostilePrivate, HostileDisallowed,
		HostileSecret, HostileMissing, HostileGone, HostileSoft404, HostileLoop, HostileShort, HostileBadGzip, HostileNullBytes} {
		_, _ = fmt.Fprintf(w, `<item><title>Trang %s</title><link>%s</link></item>`, p, h.URL(p))
	}
	_, _ = w.Write([]byte("</channel></rss>"))
}

func hostilePage(title, body string) string {
	return "<!doctype html><html lang=\"vi\"><head><title>" + title + "</title></head><body><h1>" + title + "</h1>" + body +
		"<footer>" + Disclaimer + "</footer></body></html>"
}

// bomb is gzip that opens to 1 GB: sixteen members of 64 MB.
func bomb() []byte {
	var member bytes.Buffer
	z, _ := gzip.NewWriterLevel(&member, gzip.BestSpeed)
	repeat(z, make([]byte, 1<<20), 64<<20)
	_ = z.Close()
	return bytes.Repeat(member.Bytes(), 16)
}

// repeat writes piece until about size bytes are out or the reader is gone.
func repeat(w interface{ Write([]byte) (int, error) }, piece []byte, size int) {
	for sent := 0; sent < size; sent += len(piece) {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}
