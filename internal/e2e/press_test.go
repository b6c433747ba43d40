package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lamro/internal/records/frontier"
	"lamro/internal/settings"
	"lamro/internal/testweb"
)

// A press is one outlet whose pages a test writes itself, when it likes.
type press struct {
	server *httptest.Server

	mu    sync.Mutex
	pages []printed
	polls int
	reads map[string]int // path to number
}

type printed struct {
	title, text string // paragraphs parted by a blank line
	at          time.Time
}

func openPress(t *testing.T) *press {
	t.Helper()
	p := &press{reads: map[string]int{}}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// source is the outlet as settings have it.
func (p *press) source() settings.Source { return outlet("bao-mau", p.server.URL+"/tin.xml") }

// outlet is a source with one feed.
func outlet(id, feed string) settings.Source {
	return settings.Source{
		ID: id, Name: "Báo mẫu " + id, Home: feed, Class: "press", Tier: 1, Grade: "A", Language: "vi",
		Feeds: []settings.Feed{{URL: feed, Kind: frontier.KindFeed, Grade: "A"}},
	}
}

// print publishes a page and returns its address.
func (p *press) print(title, text string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages = append(p.pages, printed{title, text, time.Now()})
	return fmt.Sprintf("%s/bai/%d.html", p.server.URL, len(p.pages))
}

// polled is how often the feed was read.
func (p *press) polled() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.polls
}

// read is how often an address was read.
func (p *press) read(address string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads[strings.TrimPrefix(address, p.server.URL)]
}

func (p *press) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reads[r.URL.Path]++
	if r.URL.Path == "/tin.xml" {
		p.polls++
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>Mẫu</title><description>%s</description>`, testweb.Disclaimer)
		for i, page := range p.pages {
			fmt.Fprintf(w, `<item><title>%s</title><link>%s/bai/%d.html</link><pubDate>%s</pubDate></item>`,
				html.EscapeString(page.title), p.server.URL, i+1, page.at.Format(time.RFC1123Z))
		}
		fmt.Fprint(w, `</channel></rss>`)
		return
	}
	var n int
	if _, err := fmt.Sscanf(r.URL.Path, "/bai/%d.html", &n); err != nil || n < 1 || n > len(p.pages) {
		http.NotFound(w, r)
		return
	}
	page := p.pages[n-1]
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html lang="vi"><head><title>%[1]s</title></head><body><article><h1>%[1]s</h1>`, html.EscapeString(page.title))
	for para := range strings.SplitSeq(page.text, "\n\n") {
		fmt.Fprintf(w, "<p>%s</p>", html.EscapeString(para))
	}
	fmt.Fprintf(w, `</article><footer>%s</footer></body></html>`, testweb.Disclaimer)
}

// story is some paragraphs that differ from those of any other number.
func story(number, paragraphs int) string {
	list := make([]string, paragraphs)
	for i := range list {
		list[i] = fmt.Sprintf("Đoạn %d của bài số %d kể rằng bà con trong bản đã gặt xong %d thửa ruộng và phơi thóc trước mưa.", i+1, number, number*paragraphs+i)
	}
	return strings.Join(list, "\n\n")
}
