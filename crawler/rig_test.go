package crawler_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lamro/crawler"
	"lamro/crawler/feed"
	"lamro/crawler/fetch"
	"lamro/crawler/urlkey"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
	"lamro/internal/records/recordstest"
)

// outlet is an invented paper on loopback.
type outlet struct {
	*httptest.Server

	mu     sync.Mutex
	items  []string          // paths in the feed, newest last
	titles map[string]string // of items
	pages  map[string]http.HandlerFunc
	asked  map[string]int
}

func newOutlet(t testing.TB) *outlet {
	t.Helper()
	o := &outlet{titles: map[string]string{}, pages: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.asked[r.URL.Path]++
		page := o.pages[r.URL.Path]
		o.mu.Unlock()
		switch {
		case page != nil:
			page(w, r)
		case r.URL.Path == "/rss":
			o.rss(w)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *outlet) rss(w http.ResponseWriter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Báo mẫu</title>`)
	for _, path := range o.items {
		fmt.Fprintf(&b, `<item><title>%s</title><link>%s%s</link><pubDate>%s</pubDate></item>`,
			o.titles[path], o.URL, path, time.Now().Truncate(time.Hour).Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = w.Write([]byte(b.String()))
}

// publish puts a page into the feed; again with another title it is an edit.
func (o *outlet) publish(path, title, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.titles[path] == "" {
		o.items = append(o.items, path)
	}
	o.titles[path] = title
	o.pages[path] = html(title, text)
}

func (o *outlet) serve(path string, h http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pages[path] = h
}

func (o *outlet) count(path string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[path]
}

func html(title, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>%s</title><p>%s</p></html>", title, text)
	}
}

// rig is a crawler on real records, with an archive that only remembers.
type rig struct {
	*crawler.Crawler
	db *records.DB

	mu     sync.Mutex
	kept   map[string][]crawler.Page // by path
	events []crawler.Event
	fail   func(crawler.Page) error
}

func newRig(t testing.TB, sources ...frontier.Source) *rig {
	t.Helper()
	db := recordstest.Open(t)
	r := &rig{db: db, kept: map[string][]crawler.Page{}}
	r.save(t, sources...)
	fetcher, err := fetch.New(fetch.Config{AllowPrivate: true, Scale: 1000, Pace: time.Millisecond, Paces: crawler.Paces{DB: db}, MaxBody: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fetcher.Close)
	r.Crawler, err = crawler.New(crawler.Config{Owner: "thử", Alone: true, Workers: 3, Scale: 1000}, db, fetcher, crawler.Deps{
		Key: urlkey.Key, Join: urlkey.Canonical, ParseFeed: parseFeed, Extract: extract, Archive: r.archive,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r.Events = func(e crawler.Event) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.events = append(r.events, e)
	}
	return r
}

func (r *rig) save(t testing.TB, sources ...frontier.Source) {
	t.Helper()
	err := r.db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		for _, s := range sources {
			if _, err := frontier.SaveSource(ctx, tx, s, "can-bo", time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// start runs the crawler until the test ends or stop is called; Run must then return nil.
func (r *rig) start(t testing.TB) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// until waits for a state of affairs, looking whenever something was done.
func (r *rig) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			p, _ := frontier.ReadProgress(t.Context(), r.db.Read(), time.Now())
			t.Fatalf("still not so after 20s: %s; %+v; events %+v", what, p, r.seen(""))
		}
	}
}

func (r *rig) archive(ctx context.Context, p crawler.Page, also func(context.Context, *records.Tx, string) error) error {
	r.mu.Lock()
	fail := r.fail
	r.mu.Unlock()
	if fail != nil {
		if err := fail(p); err != nil {
			return err
		}
	}
	if err := r.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error { return also(ctx, tx, "bai"+p.Key) }); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	path := p.Exchange.URL[strings.LastIndex(p.Exchange.URL, "/"):]
	r.kept[path] = append(r.kept[path], p)
	return nil
}

func (r *rig) failing(f func(crawler.Page) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = f
}

func (r *rig) versions(path string) []crawler.Page {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]crawler.Page(nil), r.kept[path]...)
}

func (r *rig) seen(kind string) (events []crawler.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if kind == "" || e.Kind == kind {
			events = append(events, e)
		}
	}
	return events
}

func (r *rig) source(t *testing.T, id string) frontier.SourceHealth {
	t.Helper()
	all, err := frontier.Sources(t.Context(), r.db.Read())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no source %s", id)
	return frontier.SourceHealth{}
}

func (r *rig) state(t *testing.T, state string) map[string]frontier.Held {
	t.Helper()
	held, err := frontier.HeldPages(t.Context(), r.db.Read(), state, 100)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]frontier.Held{}
	for _, h := range held {
		byPath[h.URL[strings.LastIndex(h.URL, "/"):]] = h
	}
	return byPath
}

func parseFeed(in crawler.FeedInput) (crawler.Listing, error) {
	f, err := feed.Parse(in.URL, in.ContentType, in.Body)
	if err != nil {
		return crawler.Listing{}, err
	}
	l := crawler.Listing{Kind: string(f.Kind)}
	for _, it := range f.Items {
		l.Items = append(l.Items, crawler.Entry{URL: it.URL, Title: it.Title, PublishedAt: it.PublishedAt, PublishedDay: it.PublishedDay, UpdatedAt: it.UpdatedAt})
	}
	for _, link := range f.Links {
		l.Links = append(l.Links, link.URL)
	}
	return l, nil
}

func extract(in crawler.PageInput) (crawler.Reading, error) {
	if strings.Contains(string(in.Body), "PANIC") {
		panic("trang này làm hỏng bộ đọc")
	}
	_, rest, _ := strings.Cut(string(in.Body), "<title>")
	title, rest, _ := strings.Cut(rest, "</title><p>")
	text, _, _ := strings.Cut(rest, "</p>")
	return crawler.Reading{Title: title, Body: text, Extractor: "thử"}, nil
}

func src(id, home string) frontier.Source {
	return frontier.Source{
		ID: id, Name: "Báo mẫu", Home: home + "/", Class: frontier.Press, Tier: 1, Grade: "A", Enabled: true, Verified: true,
		AllowPrivate: true, Feeds: []frontier.Feed{{URL: home + "/rss", Kind: frontier.KindFeed}},
	}
}
