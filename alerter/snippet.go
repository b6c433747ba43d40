package alerter

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"lamro/internal/news"
)

// snippetSize is how many bytes of the text a message quotes, about three lines.
const snippetSize = 320

// snippetOf quotes the text around the first place that matched, the lead before the body, cut at
// spaces, and marks what matched. Without a match it is the beginning of the lead, or of the body.
func snippetOf(lead, body string, spans []news.Span) (string, []Mark) {
	text, marks := lead, merge(marksIn(spans, news.FieldLead), lead)
	if len(marks) == 0 {
		if m := merge(marksIn(spans, news.FieldBody), body); len(m) > 0 || lead == "" {
			text, marks = body, m
		}
	}
	first := Mark{}
	if len(marks) > 0 {
		first = marks[0]
	}
	start := max(0, first.Start-snippetSize/3)
	end := min(len(text), max(start+snippetSize, first.End))
	start, end = cut(text, start, end, first)
	prefix, suffix := "", ""
	if start > 0 {
		prefix = "… "
	}
	if end < len(text) {
		suffix = " …"
	}
	var inside []Mark
	for _, m := range marks {
		if m.Start >= start && m.End <= end {
			inside = append(inside, Mark{m.Start - start + len(prefix), m.End - start + len(prefix)})
		}
	}
	// One byte for one byte, so that the marks stay right.
	quote := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, text[start:end])
	return prefix + quote + suffix, inside
}

// cut moves both ends inward to spaces, never into what must stay, and to the border of a letter
// where there is no space.
func cut(text string, start, end int, keep Mark) (int, int) {
	if start > 0 {
		if i := strings.IndexAny(text[start:keep.Start], " \n"); i >= 0 {
			start += i + 1
		}
		for start < keep.Start && !utf8.RuneStart(text[start]) {
			start++
		}
	}
	if end < len(text) {
		if i := strings.LastIndexAny(text[max(keep.End, start):end], " \n"); i > 0 {
			end = max(keep.End, start) + i
		}
		for end > keep.End && !utf8.RuneStart(text[end]) {
			end--
		}
	}
	return start, end
}

func marksIn(spans []news.Span, field string) []Mark {
	var marks []Mark
	for _, s := range spans {
		if s.Field == field {
			marks = append(marks, Mark{s.Start, s.End})
		}
	}
	return marks
}

// merge orders marks, joins those that touch and drops those that are not of the text.
func merge(marks []Mark, text string) []Mark {
	marks = slices.DeleteFunc(marks, func(m Mark) bool {
		return m.Start < 0 || m.End > len(text) || m.Start >= m.End ||
			!utf8.RuneStart(text[m.Start]) || m.End < len(text) && !utf8.RuneStart(text[m.End])
	})
	slices.SortFunc(marks, func(x, y Mark) int {
		return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.End, y.End))
	})
	var out []Mark
	for _, m := range marks {
		if last := len(out) - 1; last >= 0 && m.Start <= out[last].End {
			out[last].End = max(out[last].End, m.End)
			continue
		}
		out = append(out, m)
	}
	return out
}
