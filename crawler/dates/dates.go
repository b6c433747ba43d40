// Package dates reads the time at which something was published, in the forms that feeds and
// Vietnamese pages write it: day before month always, +07:00 where no zone is given, nothing
// where the date is impossible. It knows no clock; what is relative needs a reference time.
package dates

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/news"
)

// A Date is a time of publication as far as it was written.
type Date struct {
	Time  time.Time // in the zone given, else in the office's; a day without a time is its last second
	Day   bool      // only the day is known
	Zoned bool      // the zone was written, not assumed
}

// maxLength is the longest text, in bytes, that Parse takes for a date.
const maxLength = 160

// Parse reads a complete date. It reports false for what is none, is impossible, or lacks the
// year; it never takes the month first.
func Parse(s string) (Date, bool) {
	if len(s) < 6 || len(s) > maxLength {
		return Date{}, false
	}
	s = strings.ToLower(strings.TrimSpace(norm.NFC.String(s)))
	for _, form := range forms {
		m := form.re.FindStringSubmatchIndex(s)
		if m == nil {
			continue
		}
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return s[m[2*i]:m[2*i+1]]
		}
		y, mo, d := year(group(form.y)), month(group(form.m)), number(group(form.d))
		return build(y, mo, d, s[:m[2]]+" | "+s[m[2*form.last+1]:])
	}
	return unix(s)
}

// forms are the ways to write a day, the surest first. Every form's first group begins the date
// and its group last ends it: what stands outside may hold the time.
var forms = []struct {
	re            *regexp.Regexp
	y, m, d, last int
}{
	{regexp.MustCompile(`(?:^|[^\d/.-])(\d{4})([-/.])(\d{1,2})[-/.](\d{1,2})(?:\D|$)`), 1, 3, 4, 4},
	{regexp.MustCompile(`(?:^|[^\d/.:-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{4})(?:\D|$)`), 4, 3, 1, 4},
	{regexp.MustCompile(`(?:^|\D)(\d{1,2})\s*(?:tháng|thg\.?|th\.?)\s*(\d{1,2}|` + wordMonths + `)\s*[,/-]?\s*(?:năm\s+)?(\d{4})(?:\D|$)`), 3, 2, 1, 3},
	{regexp.MustCompile(`(tháng|thg\.?)\s*(\d{1,2}|` + wordMonths + `)\s+(\d{1,2})\s*,\s*(\d{4})(?:\D|$)`), 4, 2, 3, 4},
	{regexp.MustCompile(`(?:^|\D)(\d{1,2})(?:st|nd|rd|th)?[\s,-]+(` + englishMonths + `)[a-z]*\.?[\s,-]+(\d{4}|\d{2})(?:[^\d:]|$)`), 3, 2, 1, 3},
	{regexp.MustCompile(`(?:^|[^a-z])(` + englishMonths + `)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:\D|$)`), 3, 1, 2, 3},
	{regexp.MustCompile(`(?:^|[^a-z])((` + englishMonths + `)\s+(\d{1,2})\s+[\d:]+\s+(?:[a-z]{2,5}\s+)?(?:[+-]\d{4}\s+)?(\d{4}))(?:\D|$)`), 4, 2, 3, 3},
}

const (
	englishMonths = `jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec`
	wordMonths    = `mười một|mười hai|mười|một|giêng|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|chạp`
)

func month(s string) int {
	switch s {
	case "jan", "một", "giêng":
		return 1
	case "feb", "hai":
		return 2
	case "mar", "ba":
		return 3
	case "apr", "tư", "bốn":
		return 4
	case "may", "năm":
		return 5
	case "jun", "sáu":
		return 6
	case "jul", "bảy":
		return 7
	case "aug", "tám":
		return 8
	case "sep", "chín":
		return 9
	case "oct", "mười":
		return 10
	case "nov", "mười một":
		return 11
	case "dec", "mười hai", "chạp":
		return 12
	}
	return number(s)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func year(s string) int {
	y := number(s)
	if len(s) == 2 { // RFC 822
		if y < 70 {
			return 2000 + y
		}
		return 1900 + y
	}
	return y
}

// build makes a Date of a day and of the text around it, which may hold the time of day. A day
// or a time that no calendar has gives no date.
func build(y, m, d int, around string) (Date, bool) {
	clock, ok := readClock(around)
	if !ok {
		return Date{}, false
	}
	zone := news.Zone()
	if clock.zone != nil {
		zone = clock.zone
	}
	t := time.Date(y, time.Month(m), d, clock.hour, clock.minute, clock.second, clock.nano, zone)
	if !clock.known {
		t = EndOfDay(y, time.Month(m), d, zone)
	}
	if t.Year() != y || int(t.Month()) != m || t.Day() != d || !plausible(t) {
		return Date{}, false
	}
	return Date{Time: t, Day: !clock.known, Zoned: clock.zone != nil}, true
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
