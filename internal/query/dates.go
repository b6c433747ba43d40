package query

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"lamro/internal/news"
)

func dateOf(name string, day time.Time) Date {
	if name == "to" {
		return Date{To: day.AddDate(0, 0, 1)}
	}
	return Date{From: day}
}

// readDay reads a day of the office's zone: 2026-11-24 or 24/11/2026, also with other separators,
// day first. The years are those of the web and of archives.
func readDay(s string) (time.Time, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	if len(parts) != 3 || strings.Count(s, "/")+strings.Count(s, "-")+strings.Count(s, ".") != 2 {
		return time.Time{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	return day(parts[2], parts[1], parts[0])
}

func day(year, month, dayOfMonth string) (time.Time, bool) {
	if len(year) != 4 || len(month) > 2 || len(dayOfMonth) > 2 {
		return time.Time{}, false
	}
	y, _ := number4(year)
	m, ok := number(month)
	d, ok2 := number(dayOfMonth)
	if y < 1900 || y > 2100 || !ok || !ok2 || m < 1 || m > 12 || d < 1 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, news.Zone())
	return t, t.Day() == d
}

func number4(s string) (int, bool) {
	if !digits(s) || len(s) != 4 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// guessDay reads what is nearly a day: the month first, two digits of the year, a month or a year
// alone, a day that its month does not have, a time behind it.
func guessDay(field, s string) (time.Time, bool) {
	if i := strings.IndexAny(s, "T "); i >= 8 {
		s = s[:i]
	}
	if t, ok := readDay(s); ok {
		return t, true
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	for _, part := range parts {
		if !digits(part) {
			return time.Time{}, false
		}
	}
	switch {
	case len(parts) == 1 && len(s) == 8:
		return day(s[:4], s[4:6], s[6:])
	case len(parts) == 1 && len(s) == 4:
		if field == "to" {
			return day(s, "12", "31")
		}
		return day(s, "1", "1")
	case len(parts) == 2:
		if len(parts[0]) == 4 {
			parts[0], parts[1] = parts[1], parts[0]
		}
		if field == "to" {
			return lastDay(parts[1], parts[0])
		}
		return day(parts[1], parts[0], "1")
	case len(parts) != 3:
		return time.Time{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if len(parts[2]) == 2 {
		parts[2] = "20" + parts[2]
	}
	for _, try := range [][3]string{{parts[2], parts[1], parts[0]}, {parts[2], parts[0], parts[1]}} {
		if t, ok := day(try[0], try[1], try[2]); ok {
			return t, true
		}
	}
	if d, ok := number(parts[0]); ok && d > 28 && d <= 31 {
		return lastDay(parts[2], parts[1])
	}
	return time.Time{}, false
}

// isRelative says whether s is a day seen from another, which a query does not know: in words,
// counted, or without its year.
func isRelative(s string) bool {
	if strings.ContainsFunc(s, unicode.IsLetter) {
		return !strings.ContainsAny(s, "/.") && s != ""
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	for _, part := range parts {
		if !digits(part) || len(part) > 2 {
			return false
		}
	}
	return len(parts) == 1 || len(parts) == 2
}

func lastDay(year, month string) (time.Time, bool) {
	t, ok := day(year, month, "1")
	return t.AddDate(0, 1, -1), ok
}

// order refuses dates that no article lies between.
func (p *parser) order(before []Node, n piece) *SyntaxError {
	b, ok := n.node.(Date)
	if !ok {
		return nil
	}
	for _, other := range before {
		a, ok := other.(Date)
		if !ok {
			continue
		}
		from, to := a.From, b.To
		if from.IsZero() {
			from, to = b.From, a.To
		}
		if !from.IsZero() && !to.IsZero() && !from.Before(to) {
			return &SyntaxError{Code: "dates-reversed", Pos: n.pos, Found: p.s[n.pos:n.end], Expected: "a day on or after that of from:",
				Suggestion: swapDates(p.s)}
		}
	}
	return nil
}

// swapDates makes from: of to: and to: of from:, by their names in the canonical form.
func swapDates(s string) string {
	lexemes, _ := lex(s)
	var b strings.Builder
	at := 0
	for _, l := range lexemes {
		if l.kind != field || l.name != "from" && l.name != "to" {
			continue
		}
		b.WriteString(s[at:l.pos])
		if l.name == "from" {
			b.WriteString("to:")
		} else {
			b.WriteString("from:")
		}
		at = l.end
	}
	return b.String() + s[at:]
}
