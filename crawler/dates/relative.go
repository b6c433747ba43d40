package dates

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/news"
)

var (
	ago       = regexp.MustCompile(`(?:^|\D)(\d{1,3})\s*(phút|giờ|tiếng|ngày|tuần)\s+trước`)
	dayWord   = regexp.MustCompile(`(?:^|\s)(hôm nay|hôm qua|hôm kia)(?:\P{L}|$)`)
	dayMonth  = regexp.MustCompile(`(?:^|[^\d/.-])(\d{1,2})([/-])(\d{1,2})(?:[^\d/-]|$)`)
	longMonth = regexp.MustCompile(`(?:^|\D)(\d{1,2})\s+tháng\s+(\d{1,2})()(?:\D|$)`)
)

// Near reads a date like Parse, and besides what is said in relation to ref: "2 giờ trước",
// "Hôm qua lúc 21:15", "7h30 ngày 12/6". A day without a year is the last one that is not more
// than a week after ref.
func Near(s string, ref time.Time) (Date, bool) {
	if d, ok := Parse(s); ok || len(s) > maxLength || ref.IsZero() {
		return d, ok
	}
	s = strings.ToLower(strings.TrimSpace(norm.NFC.String(s)))
	ref = ref.In(news.Zone())
	if m := ago.FindStringSubmatch(s); m != nil {
		n := number(m[1])
		switch m[2] {
		case "phút":
			return Date{Time: ref.Add(-time.Duration(n) * time.Minute)}, true
		case "giờ", "tiếng":
			return Date{Time: ref.Add(-time.Duration(n) * time.Hour)}, true
		case "tuần":
			n *= 7
		}
		day := ref.AddDate(0, 0, -n)
		return build(day.Year(), int(day.Month()), day.Day(), "")
	}
	if m := dayWord.FindStringSubmatch(s); m != nil {
		day := ref.AddDate(0, 0, -map[string]int{"hôm nay": 0, "hôm qua": 1, "hôm kia": 2}[m[1]])
		return build(day.Year(), int(day.Month()), day.Day(), s)
	}
	if hasYear.MatchString(s) {
		return Date{}, false // Parse has read the date and found it impossible
	}
	for _, re := range []*regexp.Regexp{dayMonth, longMonth} {
		m := re.FindStringSubmatchIndex(s)
		if m == nil {
			continue
		}
		last := 3
		if re == longMonth {
			last = 2
		}
		d, mo := number(s[m[2]:m[3]]), number(s[m[2*last]:m[2*last+1]])
		return nearest(mo, d, s[:m[2]]+" | "+s[m[2*last+1]:], ref)
	}
	return Date{}, false
}

var hasYear = regexp.MustCompile(`\d{4}`)

func nearest(month, day int, around string, ref time.Time) (Date, bool) {
	for y := ref.Year() + 1; y > ref.Year()-5; y-- { // back to the last 29 February
		d, ok := build(y, month, day, around)
		if ok && d.Time.Before(ref.AddDate(0, 0, 7)) {
			return d, true
		}
	}
	return Date{}, false
}
