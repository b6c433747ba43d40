package dates

import (
	"regexp"
	"strings"
	"time"
)

// A clock is a time of day as it was written beside a date.
type clock struct {
	hour, minute, second, nano int
	zone                       *time.Location // nil where none is written
	known                      bool
}

var (
	// 07:30, 07:30:15.250, 9:05 ch, 8:36:21 chiều
	colonTime = regexp.MustCompile(`(?:^|[^\d:])(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?` + halfDay)
	// 7h30, 7 giờ 30 phút, 7h
	hourTime = regexp.MustCompile(`(?:^|\D)(\d{1,2})\s*(?:giờ|h|g)\s*(\d{1,2})?()()(?:'|\s*phút)?` + halfDay)

	namedZone  = regexp.MustCompile(`^[\s|(,]*(?:([+-])(\d{2}):?(\d{2})?|(?:gmt|utc)\s*([+-])\s*(\d{1,2}):?(\d{2})?|(z|ut|utc|gmt|ict|e[sd]t|c[sd]t|m[sd]t|p[sd]t|cet|cest|bst|jst)(?:[^a-z]|$))`)
	spacedZone = regexp.MustCompile(`^\s+([+-])(\d{2}):?(\d{2})(?:\D|$)()()()()`)
)

const halfDay = `(?:\s*(sa|ch|am|pm|a\.m\.?|p\.m\.?|sáng|trưa|chiều|tối|đêm)(?:[^\pL]|$))?`

// readClock finds the time of day in s, the text around a date. No time is fine; ok is false for
// a time that no clock shows.
func readClock(s string) (c clock, ok bool) {
	m := colonTime.FindStringSubmatchIndex(s)
	if m == nil {
		m = hourTime.FindStringSubmatchIndex(s)
	}
	if m == nil {
		return clock{}, true
	}
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return s[m[2*i]:m[2*i+1]]
	}
	c = clock{hour: number(group(1)), minute: number(group(2)), second: number(group(3)), known: true}
	if f := group(4); f != "" {
		c.nano = number((f + "000000000")[:9])
	}
	rest := s[m[1]:]
	if m[10] >= 0 { // the pattern took one character behind the word to see its end
		c.hour = shift(c.hour, group(5))
		rest = s[m[11]:]
	}
	if c.second == 60 { // a leap second
		c.second = 59
	}
	if c.hour > 23 || c.minute > 59 || c.second > 59 {
		return clock{}, false
	}
	c.zone = readZone(rest)
	return c, true
}

// shift moves an hour into the half of the day that a word names.
func shift(hour int, word string) int {
	switch strings.Trim(word, ".") {
	case "sa", "am", "a.m", "sáng":
		if hour == 12 {
			return 0
		}
	case "ch", "pm", "p.m", "chiều", "tối":
		if hour < 12 {
			return hour + 12
		}
	case "trưa":
		if hour < 4 {
			return hour + 12
		}
	case "đêm":
		if hour == 12 {
			return 0
		}
		if hour > 6 && hour < 12 {
			return hour + 12
		}
	}
	return hour
}

// readZone reads the zone that follows a time. A bare sign after a space counts only with four
// digits: "17:30 - 2 bình luận" has no zone.
func readZone(s string) *time.Location {
	m := namedZone.FindStringSubmatch(s)
	if m == nil || m[1] != "" && m[3] == "" && !strings.HasPrefix(s, m[1]) {
		m = spacedZone.FindStringSubmatch(s)
	}
	if m == nil {
		return nil
	}
	sign, hours, minutes := m[1]+m[4], number(m[2]+m[5]), number(m[3]+m[6])
	if m[7] != "" {
		return time.FixedZone(strings.ToUpper(m[7]), offsets[m[7]]*3600)
	}
	if hours > 14 || minutes > 59 {
		return nil
	}
	offset := hours*3600 + minutes*60
	if sign == "-" {
		offset = -offset
	}
	return time.FixedZone("", offset)
}

// offsets of the zone names that RFC 822 and news feeds use, in hours; the others are UTC.
var offsets = map[string]int{
	"ict": 7, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
	"cet": 1, "cest": 2, "bst": 1, "jst": 9,
}
