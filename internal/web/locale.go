package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lamro/internal/account"
	"lamro/internal/news"
)

//go:embed locales/*.json
var localeFiles embed.FS

// A locale speaks one language: texts by key, numbers, dates. A text may hold the forms for one
// and for many, parted by "|"; Vietnamese has one form.
type locale struct {
	lang  string
	texts map[string]string
	now   func() time.Time
}

// loadLocales reads the texts of every language of the interface. words are the office's own for
// some keys, by language; a key that the interface does not have is not one of its words.
func loadLocales(now func() time.Time, words map[string]map[string]string) (map[string]*locale, error) {
	all := map[string]*locale{}
	for _, lang := range account.Languages() {
		b, err := localeFiles.ReadFile("locales/" + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("texts of %s: %w", lang, err)
		}
		l := &locale{lang: lang, now: now}
		if err := json.Unmarshal(b, &l.texts); err != nil {
			return nil, fmt.Errorf("texts of %s: %w", lang, err)
		}
		for key, text := range words[lang] {
			if _, ok := l.texts[key]; ok {
				l.texts[key] = text
			}
		}
		all[lang] = l
	}
	return all, nil
}

// T is the text of a key. A key without a text shows itself, which a test excludes.
func (l *locale) T(key string, args ...any) string {
	text, ok := l.texts[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// N is the text of a key for n things; the number is the text's first argument, as people
// write it.
func (l *locale) N(key string, n int, args ...any) string {
	text, ok := l.texts[key]
	if !ok {
		return key
	}
	if one, many, two := strings.Cut(text, "|"); two {
		text = many
		if n == 1 {
			text = one
		}
	}
	return fmt.Sprintf(text, slices.Insert(args, 0, any(l.Num(n)))...)
}

// known is the text of prefix+code, or the text of fallback when there is none.
func (l *locale) known(prefix, code, fallback string) string {
	if text, ok := l.texts[prefix+code]; ok {
		return text
	}
	return l.texts[fallback]
}

// matchedWords is how many spellings a reason shows.
const matchedWords = 3

// Reason says one part of why a watch matched.
func (l *locale) Reason(r Reason) string {
	quoted := make([]string, 0, matchedWords)
	for _, w := range r.Words[:min(len(r.Words), matchedWords)] {
		quoted = append(quoted, "“"+w+"”")
	}
	text := strings.Join(quoted, ", ") + " " + l.known("match.in.", r.Field, "match.in.body")
	if r.Times > 1 {
		text += ", " + l.N("match.times", r.Times)
	}
	switch {
	case r.Place != "":
		return l.T("match.place", r.Place, text)
	case len(r.Words) == 1 && strings.EqualFold(r.Words[0], r.Term):
		return text
	}
	return l.T("match.phrase", "“"+r.Term+"”", text)
}

// Num writes a number with its thousands parted.
func (l *locale) Num(n int) string {
	sep := "."
	if l.lang == "en" {
		sep = ","
	}
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return sign + s
}

// Size is a number of bytes, rounded.
func (l *locale) Size(n int64) string {
	switch {
	case n < 1000:
		return l.Num(int(n)) + " B"
	case n < 1000*1000:
		return l.Num(int(n+500)/1000) + " KB"
	}
	return l.Num(int(n+500_000)/1_000_000) + " MB"
}

// Date is the day of t in the office's zone.
func (l *locale) Date(t time.Time) string {
	if l.lang == "en" {
		return t.In(news.Zone()).Format("2 Jan 2006")
	}
	return t.In(news.Zone()).Format("02/01/2006")
}

// Weekday names the day of t.
func (l *locale) Weekday(t time.Time) string {
	return l.T("weekday." + strconv.Itoa(int(t.In(news.Zone()).Weekday())))
}

// Exact is t to the minute with its zone, as for a title attribute.
func (l *locale) Exact(t time.Time) string {
	return l.T("time.exact", t.In(news.Zone()).Format("15:04"), l.Date(t))
}

// At is t as short as it is clear today: the time, with the day when it is another one.
func (l *locale) At(t time.Time) string {
	t, now := t.In(news.Zone()), l.now().In(news.Zone())
	clock := t.Format("15:04")
	switch {
	case sameDay(t, now):
		return clock
	case t.Year() == now.Year() && l.lang == "en":
		return clock + " " + t.Format("2 Jan")
	case t.Year() == now.Year():
		return clock + " " + t.Format("02/01")
	}
	return clock + " " + l.Date(t)
}

// Ago is how long ago t was; from the day before yesterday on, when it was.
func (l *locale) Ago(t time.Time) string {
	now := l.now()
	d := now.Sub(t)
	switch {
	case d < -time.Minute:
		return l.At(t)
	case d < time.Minute:
		return l.T("time.now")
	case d < time.Hour:
		return l.N("time.minutes-ago", int(d/time.Minute))
	case d < 12*time.Hour || sameDay(t.In(news.Zone()), now.In(news.Zone())):
		return l.N("time.hours-ago", int(d/time.Hour))
	case sameDay(t.In(news.Zone()), now.In(news.Zone()).AddDate(0, 0, -1)):
		return l.T("time.yesterday", t.In(news.Zone()).Format("15:04"))
	}
	return l.At(t)
}

// Span is a length of time in words, to the two largest units.
func (l *locale) Span(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	switch {
	case d < time.Minute:
		return l.N("time.seconds", max(1, int(d/time.Second)))
	case minutes < 60:
		return l.N("time.minutes", minutes)
	case minutes < 24*60:
		if minutes%60 == 0 {
			return l.N("time.hours", minutes/60)
		}
		return l.N("time.hours", minutes/60) + " " + l.N("time.minutes", minutes%60)
	}
	if hours := minutes / 60 % 24; hours > 0 && minutes < 3*24*60 {
		return l.N("time.days", minutes/60/24) + " " + l.N("time.hours", hours)
	}
	return l.N("time.days", minutes/60/24)
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

// day is the beginning of the day of t in the office's zone.
func day(t time.Time) time.Time {
	y, m, d := t.In(news.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, news.Zone())
}

// parseDate reads a day as people type it: 5/11/2026, 05-11-2026 or 2026-11-05.
func parseDate(s string) (time.Time, bool) {
	for _, form := range []string{"2/1/2006", "2-1-2006", "2.1.2006", "2006-1-2"} {
		if t, err := time.ParseInLocation(form, strings.TrimSpace(s), news.Zone()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
