package pages

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/web"
)

func span(texts map[string]string, field, words, term string) news.Span {
	at := strings.Index(texts[field], words)
	return news.Span{Field: field, Start: at, End: at + len(words), Term: term}
}

func TestReasonsAndMarksOfOneMention(t *testing.T) {
	t.Parallel()
	p := &pages{Deps{PlaceName: func(code string) string { return map[string]string{"064": "Huyện Chợ Đồn (cũ)"}[code] }}}
	texts := map[string]string{news.FieldTitle: "Sạt lở ở Chợ Đồn", news.FieldBody: "Đường vào Chợ Đồn bị sạt lở."}
	m := news.Mention{Spans: []news.Span{
		span(texts, news.FieldTitle, "Sạt lở", "sạt lở"), span(texts, news.FieldTitle, "Chợ Đồn", "place:064"),
		span(texts, news.FieldBody, "Chợ Đồn", "place:064"), span(texts, news.FieldBody, "Chợ Đồn", "Chợ Đồn"),
		span(texts, news.FieldBody, "sạt lở", "sạt lở"), {Field: news.FieldLead, Start: 3, End: 900, Term: "elsewhere"},
	}}
	got := fmt.Sprintf("%+v", p.reasons(m, texts))
	want := "[{Term:sạt lở Place: Words:[Sạt lở sạt lở] Field:title Times:2} " +
		"{Term:place:064 Place:Huyện Chợ Đồn (cũ) Words:[Chợ Đồn] Field:title Times:2} " +
		"{Term:Chợ Đồn Place: Words:[Chợ Đồn] Field:body Times:1}]"
	if got != want {
		t.Errorf("reasons = %s, want %s", got, want)
	}
	found := readMatches(m.Spans, texts)
	if want := []string{"Sạt lở", "Chợ Đồn"}; !slices.Equal(found.words, want) {
		t.Errorf("words = %q, want %q", found.words, want)
	}
	for _, mark := range found.marks[news.FieldBody] {
		if w := texts[news.FieldBody][mark.Start:mark.End]; !strings.EqualFold(w, found.words[mark.Term]) {
			t.Errorf("mark %+v of %q is numbered as %q", mark, w, found.words[mark.Term])
		}
	}
}

func TestHistogramFillsItsRange(t *testing.T) {
	t.Parallel()
	at := func(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, news.Zone()) }
	now := at(24).Add(13 * time.Hour)
	days := []index.Day{{Day: "2026-11-20", Articles: 2}, {Day: "2026-11-21", Articles: 1}}
	for _, c := range []struct {
		why      string
		from, to time.Time
		want     string
	}{
		{"open at both ends", time.Time{}, time.Time{}, "20:2 21:1 22:0 23:0 24:0"},
		{"until a day that is over", at(19), at(23), "19:0 20:2 21:1 22:0"},
		{"until a day to come", at(18), at(30), "18:0 19:0 20:2 21:1 22:0 23:0 24:0"},
	} {
		bars, err := histogram(days, c.from, c.to, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := show(bars); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	if bars, err := histogram(nil, at(1), at(9), now); err != nil || bars != nil {
		t.Errorf("of nothing: %v, %v", bars, err)
	}
	if bars, err := histogram(days, at(1).AddDate(-9, 0, 0), at(23), now); err != nil || len(bars) != maxBars || bars[len(bars)-1].Day != at(22) {
		t.Errorf("of nine years: %d bars, %v; want the last %d days", len(bars), err, maxBars)
	}
}

func show(bars []web.DayCount) string {
	var out []string
	for _, b := range bars {
		out = append(out, fmt.Sprintf("%d:%d", b.Day.Day(), b.Articles))
	}
	return strings.Join(out, " ")
}
