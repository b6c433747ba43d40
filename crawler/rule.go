package crawler

import (
	"regexp"
	"strconv"
	"time"

	"lamro/internal/news"
	"lamro/internal/records/frontier"
)

// A date is when a page was published, as far as anybody says.
type date struct {
	at   time.Time // zero where nobody does
	day  bool      // only the day is known: at is its last second
	from string
	// clamped: it was in the future, which is no date to sort by.
	clamped bool
}

// ahead is how far a clock may go before ours without being wrong.
const ahead = 5 * time.Minute

// publishedAt decides between what the feed and the page say. The feed knows the time of day; a
// sitemap often only knows the last change, which the page corrects; and a page that is much
// older than the feed says was only listed again.
func publishedAt(p frontier.PageWork, r Reading, seen time.Time) date {
	feed := date{at: p.PublishedAt, day: p.PublishedDay, from: p.PublishedFrom}
	page := date{at: r.PublishedAt, day: r.PublishedDay, from: r.PublishedFrom}
	d := feed
	switch {
	case feed.at.IsZero():
		d = page
	case page.at.IsZero():
	case feed.from == news.FromSitemap, feed.day && !page.day, feed.at.Sub(page.at) > 48*time.Hour:
		d = page
	}
	if d.at.IsZero() {
		if at, ok := urlDate(p.URL); ok {
			d = date{at: at, day: true, from: news.FromURL}
		}
	}
	if d.at.After(seen) {
		// The end of today is not wrong, only not over yet.
		d.clamped = d.at.Sub(seen) > ahead && (!d.day || !sameDay(d.at, seen))
		d.at, d.day = seen, false
	}
	return d
}

func sameDay(a, b time.Time) bool {
	return a.In(news.Zone()).Format(time.DateOnly) == b.In(news.Zone()).Format(time.DateOnly)
}

// notNews says why a page is no news, "" when it is: it came with a feed's first poll, or was
// published more than age before the feed listed it. No date counts as news.
func notNews(p frontier.PageWork, d date, age time.Duration) string {
	switch {
	case p.FirstPoll:
		return news.NotNewsFirstPoll
	case !d.at.IsZero() && p.FirstSeen.Sub(d.at) > age:
		return news.NotNewsOld
	}
	return ""
}

// urlDates are the ways in which addresses carry a day, or a month.
var urlDates = []*regexp.Regexp{
	regexp.MustCompile(`/(20\d\d)/(\d{1,2})/(\d{1,2})(?:/|$)`),
	regexp.MustCompile(`[/-](20\d\d)-(\d\d)-(\d\d)(?:[/.-]|$)`),
	regexp.MustCompile(`/(20\d\d)(\d\d)(\d\d)(?:/|$)`),
	regexp.MustCompile(`/(20\d\d)/(\d\d)/()[^/]`),
	regexp.MustCompile(`/(20\d\d)(\d\d)/()[^/]`),
}

// urlDate is the end of the day, or month, that an address carries.
func urlDate(address string) (time.Time, bool) {
	for _, re := range urlDates {
		m := re.FindStringSubmatch(address)
		if m == nil {
			continue
		}
		year, _ := strconv.Atoi(m[1]) // digits by the expression
		month, _ := strconv.Atoi(m[2])
		if month < 1 || month > 12 {
			continue
		}
		first := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, news.Zone())
		if m[3] == "" {
			return first.AddDate(0, 1, 0).Add(-time.Second), true
		}
		day, _ := strconv.Atoi(m[3])
		d := first.AddDate(0, 0, day-1)
		if day < 1 || d.Month() != first.Month() {
			continue
		}
		return d.AddDate(0, 0, 1).Add(-time.Second), true
	}
	return time.Time{}, false
}
