package crawler

import (
	"testing"
	"time"

	"lamro/crawler/fetch"
	"lamro/internal/news"
	"lamro/internal/records/frontier"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation(time.DateTime, s, news.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPublishedAtAndNews(t *testing.T) {
	t.Parallel()
	seen := at(t, "2026-11-24 10:00:00")
	feed := func(s, from string) frontier.PageWork {
		p := frontier.PageWork{URL: "https://bao.vn/a.html", FirstSeen: seen, PublishedFrom: from}
		if s != "" {
			p.PublishedAt = at(t, s)
		}
		return p
	}
	page := func(s string) Reading {
		return Reading{PublishedAt: at(t, s), PublishedFrom: news.FromJSONLD}
	}
	first := feed("2026-11-24 09:00:00", news.FromFeed)
	first.FirstPoll = true
	dayOnly := feed("2026-11-23 23:59:59", news.FromFeed)
	dayOnly.PublishedDay = true
	today := feed("2026-11-24 23:59:59", news.FromFeed)
	today.PublishedDay = true
	yesterdayInURL := feed("", "")
	yesterdayInURL.URL = "https://bao.vn/2026/11/22/a.html"
	for _, c := range []struct {
		name    string
		p       frontier.PageWork
		r       Reading
		want    string
		from    string
		clamped bool
		notNews string
	}{
		{"the feed knows the time", feed("2026-11-24 09:00:00", news.FromFeed), page("2026-11-24 08:00:00"), "2026-11-24 09:00:00", news.FromFeed, false, ""},
		{"first poll", first, Reading{}, "2026-11-24 09:00:00", news.FromFeed, false, news.NotNewsFirstPoll},
		{"older than a day", feed("2026-11-23 09:59:00", news.FromFeed), Reading{}, "2026-11-23 09:59:00", news.FromFeed, false, news.NotNewsOld},
		{"a day counts to its end", dayOnly, Reading{}, "2026-11-23 23:59:59", news.FromFeed, false, ""},
		{"listed again", feed("2026-11-24 09:00:00", news.FromFeed), page("2026-10-01 08:00:00"), "2026-10-01 08:00:00", news.FromJSONLD, false, news.NotNewsOld},
		{"a sitemap's change is not the date", feed("2026-11-24 09:00:00", news.FromSitemap), page("2026-11-24 08:00:00"), "2026-11-24 08:00:00", news.FromJSONLD, false, ""},
		{"sitemap alone says older", feed("2026-11-01 09:00:00", news.FromSitemap), Reading{}, "2026-11-01 09:00:00", news.FromSitemap, false, news.NotNewsOld},
		{"nobody says", feed("", ""), Reading{}, "", "", false, ""},
		{"the address says older", yesterdayInURL, Reading{}, "2026-11-22 23:59:59", news.FromURL, false, news.NotNewsOld},
		{"future", feed("2099-01-01 00:00:00", news.FromFeed), Reading{}, "2026-11-24 10:00:00", news.FromFeed, true, ""},
		{"a clock that is a little ahead", feed("2026-11-24 10:03:00", news.FromFeed), Reading{}, "2026-11-24 10:00:00", news.FromFeed, false, ""},
		{"today is not over", today, Reading{}, "2026-11-24 10:00:00", news.FromFeed, false, ""},
	} {
		d := publishedAt(c.p, c.r, seen)
		var want time.Time
		if c.want != "" {
			want = at(t, c.want)
		}
		if !d.at.Equal(want) || d.from != c.from || d.clamped != c.clamped {
			t.Errorf("%s: publishedAt = %v from %q, clamped %v; want %v from %q, clamped %v", c.name, d.at, d.from, d.clamped, want, c.from, c.clamped)
		}
		if got := notNews(c.p, d, 24*time.Hour); got != c.notNews {
			t.Errorf("%s: notNews = %q, want %q", c.name, got, c.notNews)
		}
	}
}

func TestURLDate(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://bao.vn/2026/11/02/a.html":         "2026-11-02 23:59:59",
		"https://bao.vn/tin/2026/1/2/":             "2026-01-02 23:59:59",
		"https://bao.vn/a-2026-11-02.html":         "2026-11-02 23:59:59",
		"https://bao.vn/20261102/a":                "2026-11-02 23:59:59",
		"https://bao.vn/xa-hoi/202611/a-12ab/":     "2026-11-30 23:59:59",
		"https://bao.vn/2026/12/a.html":            "2026-12-31 23:59:59",
		"https://bao.vn/2026/02/30/a.html":         "2026-02-28 23:59:59", // the month stands
		"https://bao.vn/2026/13/a.html":            "",
		"https://bao.vn/a-20261102123456.html":     "",
		"https://bao.vn/so-nha-2026/duong-11.html": "",
	} {
		got, ok := urlDate(url)
		if want == "" {
			if ok {
				t.Errorf("urlDate(%s) = %v, want none", url, got)
			}
			continue
		}
		if !ok || !got.Equal(at(t, want)) {
			t.Errorf("urlDate(%s) = %v, %v; want %s", url, got, ok, want)
		}
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tier    int
		perHour float64
		crowded bool
		want    time.Duration
	}{
		{1, 0, false, 15 * time.Minute},
		{1, 100, false, 3 * time.Minute},
		{1, 3, false, 10 * time.Minute},
		{1, 0, true, 3 * time.Minute},
		{2, 1.5, false, 20 * time.Minute},
		{3, 100, false, 30 * time.Minute},
		{3, 0.01, false, 60 * time.Minute},
		{9, 0, false, 60 * time.Minute},
	} {
		if got := interval(c.tier, c.perHour, c.crowded); got != c.want {
			t.Errorf("interval(tier %d, %v an hour, crowded %v) = %v, want %v", c.tier, c.perHour, c.crowded, got, c.want)
		}
	}
}

func TestBackoffIsLinearUpToADay(t *testing.T) {
	t.Parallel()
	if got, want := backoff(1, 4, fetch.CodeTimeout), 75*time.Minute; got != want {
		t.Errorf("after 4 timeouts %v, want %v", got, want)
	}
	if got, want := backoff(1, 4, fetch.CodeGone), 4*time.Hour+15*time.Minute; got != want {
		t.Errorf("after 4 hard failures %v, want %v", got, want)
	}
	for _, failures := range []int{100, 1 << 40} {
		if got := backoff(3, failures, fetch.CodeTimeout); got != 24*time.Hour {
			t.Errorf("after %d failures %v, want a day", failures, got)
		}
	}
}

func TestJitterStaysWithinATenth(t *testing.T) {
	t.Parallel()
	for range 1000 {
		if got := jitter(100 * time.Second); got < 90*time.Second || got > 110*time.Second {
			t.Fatalf("jitter(100s) = %v", got)
		}
	}
}

func TestMovedHome(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"https://bao.vn/a.html", "https://bao.vn/", true},
		{"https://bao.vn/a.html", "https://bao.vn", true},
		{"https://bao.vn/a.html", "https://bao.vn/b.html", false},
		{"https://bao.vn/", "https://bao.vn/", false},
		{"https://bao.vn/a.html", "https://bao.vn/?p=1", false},
	} {
		if got := movedHome(c.from, c.to); got != c.want {
			t.Errorf("movedHome(%s, %s) = %v, want %v", c.from, c.to, got, c.want)
		}
	}
}
