// Package dates says at what time something was published: it reads the stamps of feeds and pages
// as package vietnamese does, and besides what only publication asks for: seconds of Unix, a day
// that counts as its end, years that can be. It knows no clock; what is relative needs a reference.
package dates

import (
	"strconv"
	"strings"
	"time"

	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// A Date is a time of publication as far as it was written.
type Date struct {
	Time  time.Time // in the zone given, else in the office's; a day without a time is its last second
	Day   bool      // only the day is known
	Zoned bool      // the zone was written, not assumed
}

// maxLength is the longest text, in bytes, that is taken for a date.
const maxLength = 160

// Parse reads a complete date. It reports false for what is none, is impossible, or lacks the
// year; it never takes the month first.
func Parse(s string) (Date, bool) { return Near(s, time.Time{}) }

// Near reads a date like Parse, and besides what is said in relation to ref: "2 giờ trước",
// "Hôm qua lúc 21:15", "7h30 ngày 12/6". A day without a year is the last one that is not more
// than a week after ref.
func Near(s string, ref time.Time) (Date, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 4 || len(s) > maxLength {
		return Date{}, false
	}
	found, ok := vietnamese.ParseDate(s, ref)
	if !ok {
		return unix(s)
	}
	d := Date{Time: found.Time, Zoned: found.Zoned}
	zone := found.Time.Location()
	if !found.Zoned {
		zone = news.Zone()
		d.Time = found.Time.In(zone)
	}
	if found.Precision == vietnamese.ToDay {
		y, m, day := found.Time.Date()
		d.Time, d.Day = EndOfDay(y, m, day, zone), true
	}
	return d, plausible(d.Time)
}

// EndOfDay is the last second of a day: what a date without a time counts as, so that it is
// never older than the article.
func EndOfDay(y int, m time.Month, d int, zone *time.Location) time.Time {
	return time.Date(y, m, d, 23, 59, 59, 0, zone)
}

// plausible keeps out the zero of computers and the far end of their calendars.
func plausible(t time.Time) bool { return t.Year() >= 1990 && t.Year() < 2100 }

// unix reads a number of seconds or milliseconds.
func unix(s string) (Date, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || len(s) != 10 && len(s) != 13 {
		return Date{}, false
	}
	t := time.Unix(n, 0)
	if len(s) == 13 {
		t = time.UnixMilli(n)
	}
	t = t.In(news.Zone())
	return Date{Time: t, Zoned: true}, plausible(t)
}
