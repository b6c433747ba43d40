package crawler_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"lamro/crawler"
	"lamro/crawler/fetch"
	"lamro/crawler/urlkey"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
)

func TestCrawlFromFeedToArchive(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	o.publish("/cu", "Tin cũ", "đã có từ trước")
	o.publish("/cam", "Tin cấm", "không ai được đọc")
	o.serve("/robots.txt", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "User-agent: *\nDisallow: /cam\n") })
	r := newRig(t, src("bao", o.URL))
	stop := r.start(t)

	r.until(t, "the backlog is archived", func() bool { return len(r.versions("/cu")) == 1 && len(r.seen(crawler.PageRefused)) == 1 })
	old := r.versions("/cu")[0]
	if old.Lane != news.Backfill || old.NotNews != news.NotNewsFirstPoll || old.Title != "Tin cũ" || old.Body != "đã có từ trước" ||
		old.Source != "bao" || old.Feed != frontier.FeedID("bao", o.URL+"/rss") || len(old.Exchange.Body) == 0 || old.Robots.Verdict != fetch.RobotsAllowed {
		t.Errorf("backlog = %+v", old)
	}
	if n := o.count("/cam"); n != 0 {
		t.Errorf("a disallowed page was asked for %d times", n)
	}
	if h := r.state(t, frontier.Refused)["/cam"]; h.Code != fetch.CodeRobotsDisallowed {
		t.Errorf("the disallowed page is held by %+v", h)
	}

	o.publish("/moi", "Tin mới", "vừa đăng")
	r.until(t, "the new page is archived", func() bool { return len(r.versions("/moi")) == 1 })
	if p := r.versions("/moi")[0]; p.Lane != news.Live || p.NotNews != "" || p.PublishedFrom != news.FromFeed || p.FirstSeen.After(p.SeenAt) {
		t.Errorf("news = %+v", p)
	}

	o.publish("/moi", "Tin mới (đính chính)", "đã sửa")
	r.until(t, "the edit is seen", func() bool { return len(r.versions("/moi")) == 2 })
	if p := r.versions("/moi")[1]; p.Body != "đã sửa" {
		t.Errorf("edit = %+v", p)
	}
	stop()

	s := r.source(t, "bao")
	if s.LastError != "" || s.LastSuccess.IsZero() || s.Robots != fetch.RobotsAllowed || s.Waiting != 0 {
		t.Errorf("health = %+v", s)
	}
	rows, err := frontier.Fetches(t.Context(), r.db.Read(), "bao", 1000)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, row := range rows {
		kinds[row.Kind+" "+row.Robots+" "+row.Rule+" "+row.Code]++
	}
	if kinds["robots   "] != 1 || kinds["page allowed  "] != 3 || kinds["page disallowed Disallow: /cam robots-disallowed"] != 1 || kinds["feed allowed  "] < 3 {
		t.Errorf("requests = %v", kinds)
	}
	if p, err := frontier.ReadProgress(t.Context(), r.db.Read(), time.Now()); err != nil || p.Leased != 0 {
		t.Errorf("after Run hosts are still leased: %+v, %v", p, err)
	}
}

func TestFeedsThatAreNone(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("<item/>", 1<<18)
	for code, h := range map[string]http.HandlerFunc{
		crawler.CodeFeedIsHTML:      html("Trang chủ", "không phải RSS"),
		crawler.CodeFeedEmpty:       func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<rss version="2.0"><channel/></rss>`) },
		crawler.CodeFeedInvalid:     func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hai ba bốn năm") },
		fetch.CodeNotFound:          http.NotFound,
		fetch.CodeGone:              func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
		fetch.CodeServerError:       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		fetch.CodeTooLarge:          func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, large) },
		fetch.CodeRobotsUnreachable: nil,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			o := newOutlet(t)
			if h == nil {
				o.serve("/robots.txt", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
			} else {
				o.serve("/rss", h)
			}
			r := newRig(t, src("bao", o.URL))
			r.start(t)
			r.until(t, "the source tells its trouble", func() bool { return r.source(t, "bao").LastError == code })
			s := r.source(t, "bao")
			if s.ErrorText == "" || s.Feeds[0].LastError != code {
				t.Errorf("health = %+v", s)
			}
			// An empty feed was read: what it lists next is news.
			if read := !s.Feeds[0].FirstPolled.IsZero(); read != (code == crawler.CodeFeedEmpty) {
				t.Errorf("first poll is done: %v", read)
			}
		})
	}
}

func TestUnreachableSourceIsTold(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	o.Close()
	r := newRig(t, src("bao", o.URL))
	r.start(t)
	r.until(t, "an event tells it", func() bool { return len(r.seen(crawler.FeedFailed)) > 0 })
	if e := r.seen(crawler.FeedFailed)[0]; e.Code != fetch.CodeUnreachable || e.Source != "bao" || e.Err == nil {
		t.Errorf("event = %+v", e)
	}
}

// One page breaks the reader; it is tried five times, then held. The others are not touched.
func TestPageThatPanicsIsQuarantined(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	o.publish("/hong", "Tin hỏng", "PANIC")
	for i := range 5 {
		o.publish(fmt.Sprint("/tin", i), fmt.Sprint("Tin ", i), "bình thường")
	}
	r := newRig(t, src("bao", o.URL))
	r.start(t)
	r.until(t, "the page is in quarantine", func() bool { return len(r.state(t, frontier.Quarantined)) == 1 })
	h := r.state(t, frontier.Quarantined)["/hong"]
	if h.Code != crawler.CodePanic || h.Attempts != 5 || !strings.Contains(h.Text, "trang này làm hỏng bộ đọc") {
		t.Errorf("held = %+v", h)
	}
	if n := o.count("/hong"); n != 5 {
		t.Errorf("the page was fetched %d times, want 5", n)
	}
	for i := range 5 {
		if len(r.versions(fmt.Sprint("/tin", i))) != 1 {
			t.Errorf("page %d was archived %d times", i, len(r.versions(fmt.Sprint("/tin", i))))
		}
	}
}

// The process died five times while it worked on a page: it is not started a sixth time.
func TestPageThatKillsTheProcessIsQuarantined(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	o.publish("/chet", "Tin chết", "x")
	r := newRig(t, src("bao", o.URL))
	feeds, err := frontier.FeedsOf(t.Context(), r.db.Read(), "bao")
	if err != nil {
		t.Fatal(err)
	}
	key, err := urlkey.Key(o.URL + "/chet")
	if err != nil {
		t.Fatal(err)
	}
	err = r.db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		if _, _, err := frontier.Enqueue(ctx, tx, feeds[0], []frontier.Item{{Key: key, URL: o.URL + "/chet", Title: "Tin chết"}}, time.Now()); err != nil {
			return err
		}
		for range 5 {
			if _, err := frontier.StartPage(ctx, tx, key, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r.start(t)
	r.until(t, "the page is in quarantine", func() bool { return r.state(t, frontier.Quarantined)["/chet"].Code == crawler.CodeCrashed })
	if n := o.count("/chet"); n != 0 {
		t.Errorf("the page was fetched %d times", n)
	}
}

// While the disk is full nothing counts against the pages; afterwards all are archived.
func TestFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	for i := range 3 {
		o.publish(fmt.Sprint("/tin", i), fmt.Sprint("Tin ", i), "bình thường")
	}
	r := newRig(t, src("bao", o.URL))
	r.failing(func(crawler.Page) error { return fmt.Errorf("capture: %w", syscall.ENOSPC) })
	r.start(t)
	r.until(t, "crawling paused more often than a page may fail", func() bool { return len(r.seen(crawler.Paused)) > 15 })
	if held := r.state(t, frontier.Quarantined); len(held) != 0 {
		t.Errorf("pages were given up: %+v", held)
	}
	r.failing(nil)
	r.until(t, "all is archived", func() bool {
		return len(r.versions("/tin0")) == 1 && len(r.versions("/tin1")) == 1 && len(r.versions("/tin2")) == 1
	})
}

// The archive refuses one page for good: that page is held, with its cause.
func TestPageThatIsNotKeptIsQuarantined(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	o.publish("/xau", "Tin xấu", "x")
	r := newRig(t, src("bao", o.URL))
	r.failing(func(crawler.Page) error { return errors.New("không nhận") })
	r.start(t)
	r.until(t, "the page is in quarantine", func() bool { return r.state(t, frontier.Quarantined)["/xau"].Code == crawler.CodeNotKept })
}

func TestMissingAndMovedPages(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	for _, path := range []string{"/mat", "/het", "/ve-nha", "/lon"} {
		o.publish(path, "Tin "+path, "x")
	}
	o.serve("/mat", http.NotFound)
	o.serve("/het", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	o.serve("/ve-nha", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) })
	o.serve("/", html("Trang chủ", "x"))
	o.serve("/lon", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("chữ ", 1<<20)) })
	r := newRig(t, src("bao", o.URL))
	r.start(t)
	r.until(t, "all four came to an end", func() bool {
		return len(r.state(t, frontier.Gone)) == 3 && len(r.state(t, frontier.Quarantined)) == 1
	})
	gone := r.state(t, frontier.Gone)
	if gone["/mat"].Code != fetch.CodeNotFound || gone["/het"].Code != fetch.CodeGone || gone["/ve-nha"].Code != crawler.CodeMoved {
		t.Errorf("gone = %+v", gone)
	}
	if n := o.count("/mat"); n != 3 {
		t.Errorf("a missing page was asked for %d times, want 3", n)
	}
	if h := r.state(t, frontier.Quarantined)["/lon"]; h.Code != fetch.CodeTooLarge || o.count("/lon") != 1 {
		t.Errorf("a page that is too large: %+v, asked for %d times", h, o.count("/lon"))
	}
}

func TestProbeFindsFeedsOfASiteWithoutAny(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	o.publish("/tin", "Tin", "x")
	o.serve("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<html><head><link rel="alternate" type="application/rss+xml" href="/rss" title="RSS"></head><body>Trang chủ</body></html>`)
	})
	s := src("cong", o.URL)
	s.Feeds, s.Verified = nil, false
	r := newRig(t, s)
	r.start(t)
	r.until(t, "the page of the feed that was found is archived", func() bool { return len(r.versions("/tin")) == 1 })
	if h := r.source(t, "cong"); !h.Verified || len(h.Feeds) != 1 || len(r.seen(crawler.SourceVerified)) != 1 {
		t.Errorf("health = %+v", h)
	}
}

func TestProbeOfASiteWithoutFeeds(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	o.serve("/", html("Trang chủ", "không có kênh tin"))
	s := src("cong", o.URL)
	s.Feeds, s.Verified = nil, false
	r := newRig(t, s)
	r.start(t)
	r.until(t, "the probe failed", func() bool { return r.source(t, "cong").LastError == crawler.CodeNoFeed })
}

// What an installation did before it stopped is not done again, and what it left is done.
func TestRestart(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	for i := range 20 {
		o.publish(fmt.Sprint("/tin", i), fmt.Sprint("Tin ", i), "x")
	}
	r := newRig(t, src("bao", o.URL))
	count := func() (n int) {
		for i := range 20 {
			n += len(r.versions(fmt.Sprint("/tin", i)))
		}
		return n
	}
	stop := r.start(t)
	r.until(t, "some pages are archived", func() bool { return count() >= 5 })
	stop()
	r.start(t)
	r.until(t, "all pages are archived", func() bool { return count() >= 20 })
	for i := range 20 {
		if n := len(r.versions(fmt.Sprint("/tin", i))); n != 1 {
			t.Errorf("page %d was archived %d times", i, n)
		}
	}
}

func TestDrained(t *testing.T) {
	t.Parallel()
	o := newOutlet(t)
	o.publish("/tin", "Tin", "x")
	s := src("bao", o.URL)
	s.Tier = 3 // polled again in a second or more
	r := newRig(t, s)
	r.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := r.Drained(ctx); err != nil {
		t.Fatalf("Drained = %v", err)
	}
	if len(r.versions("/tin")) != 1 {
		t.Error("Drained although the page is not archived")
	}
}

// Without a contact nothing public is fetched; after a start with other settings it is tried
// again at once and not when the next poll is due.
func TestWithoutContactNothingIsFetched(t *testing.T) {
	t.Parallel()
	s := src("bao", "https://bao-mau.vn")
	s.AllowPrivate = false
	r := newRig(t, s)
	for n := 1; n <= 2; n++ {
		stop := r.start(t)
		r.until(t, "an event tells it", func() bool { return len(r.seen(crawler.FeedFailed)) >= n })
		stop()
	}
	if h := r.source(t, "bao"); h.LastError != fetch.CodeNoContact || h.Feeds[0].Failures != 0 {
		t.Errorf("health = %+v", h)
	}
	if rows, err := frontier.Fetches(t.Context(), r.db.Read(), "", 10); err != nil || len(rows) != 0 {
		t.Errorf("requests = %+v, %v; want none", rows, err)
	}
}

func TestHostsAreNamedAlike(t *testing.T) {
	t.Parallel()
	for _, home := range []string{"https://BAO.vn", "http://bao.vn:80", "https://bao.vn:443", "http://127.0.0.1:8080", "http://[::1]:81", "https://[2405:4800::1]"} {
		r := newRig(t, src("bao", home))
		lease := frontier.Lease{}
		err := r.db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) (err error) {
			lease, _, err = frontier.Claim(ctx, tx, "x", time.Now().Add(time.Second), time.Minute)
			return err
		})
		u, parseErr := url.Parse(home)
		if err != nil || parseErr != nil || lease.Host != fetch.HostKey(u) {
			t.Errorf("%s: records name the host %q, fetch %q, %v", home, lease.Host, fetch.HostKey(u), err)
		}
	}
}

// The whole of the crawler's own work for a page: queue, fetch, records.
func BenchmarkPage(b *testing.B) {
	o := newOutlet(b)
	text := strings.Repeat("một đoạn tin ngắn của trang báo ", 600)
	o.serve("/rss", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<rss version="2.0"><channel/></rss>`) })
	r := newRig(b, src("bao", o.URL))
	feeds, err := frontier.FeedsOf(b.Context(), r.db.Read(), "bao")
	if err != nil {
		b.Fatal(err)
	}
	var items []frontier.Item
	for i := range b.N {
		path := fmt.Sprint("/tin", i)
		o.serve(path, html("Tin", text))
		items = append(items, frontier.Item{Key: path, URL: o.URL + path, Title: "Tin"})
	}
	err = r.db.Tx(b.Context(), func(ctx context.Context, tx *records.Tx) error {
		_, _, err := frontier.Enqueue(ctx, tx, feeds[0], items, time.Now())
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ResetTimer()
	stop := r.start(b)
	for len(r.seen(crawler.PageArchived)) < b.N {
		if err := r.Drained(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	stop()
}
