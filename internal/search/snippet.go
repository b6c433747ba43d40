package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"lamro/internal/index"
	"lamro/internal/news"
)

// Snippet is the piece of a text that shows most of what was found.
type Snippet struct {
	Field string `json:"field"` // lead or body
	Text  string `json:"text"`  // on one line
	Cut   Cut    `json:"cut"`
	Marks []Mark `json:"marks,omitempty"` // in Text
}

// Cut says whether the text goes on before and after a Snippet.
type Cut struct {
	Before bool `json:"before,omitempty"`
	After  bool `json:"after,omitempty"`
}

// The size of a snippet, in bytes, and how much of it comes before the first mark.
const (
	snippetBytes = 280
	lead         = 80
)

// snippet shows the part of lead or body with the most marks, the lead where they are equal,
// and the beginning where there are none.
func snippet(d index.Document, marks map[string][]Mark, size int) Snippet {
	if size <= 0 {
		size = snippetBytes
	}
	size = max(size, 2*lead)
	field, text := news.FieldLead, d.Lead
	from, most := window(marks[field], size)
	if at, n := window(marks[news.FieldBody], size); n > most || text == "" {
		field, text, from = news.FieldBody, d.Body, at
	}
	return cut(field, text, marks[field], from, size)
}

// window is where size bytes hold the most marks, and how many.
func window(marks []Mark, size int) (from, most int) {
	for i, first := range marks {
		n := 1
		for _, m := range marks[i+1:] {
			if m.End > first.Start+size-lead {
				break
			}
			n++
		}
		if n > most {
			from, most = first.Start, n
		}
	}
	return from, most
}

// cut takes about size bytes around from, between words.
func cut(field, text string, marks []Mark, from, size int) Snippet {
	start := wordStart(text, max(0, from-lead))
	if from-lead <= 0 {
		start = 0
	}
	start = min(start, from)
	end := len(text)
	if start+size < len(text) {
		end = wordEnd(text, start+size)
	}
	s := Snippet{Field: field, Cut: Cut{Before: start > 0, After: end < len(text)}}
	for _, m := range marks {
		if m.Start >= start && m.End <= end {
			s.Marks = append(s.Marks, Mark{m.Start - start, m.End - start, m.Term, m.Class})
		}
	}
	// White space of one byte for white space of one byte, so that marks stay where they are.
	s.Text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, text[start:end])
	return s
}

// wordStart is the first beginning of a word at or after i.
func wordStart(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	if i == 0 || i >= len(s) || spaceBefore(s, i) {
		return i
	}
	if next := strings.IndexFunc(s[i:], unicode.IsSpace); next >= 0 {
		i += next
		return i + len(s[i:]) - len(strings.TrimLeftFunc(s[i:], unicode.IsSpace))
	}
	return i
}

// wordEnd is the last end of a word at or before i, or i where there is none nearby.
func wordEnd(s string, i int) int {
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	if last := strings.LastIndexFunc(s[:i], unicode.IsSpace); last > 0 && i-last < lead {
		return len(strings.TrimRightFunc(s[:last], unicode.IsSpace))
	}
	return i
}

func spaceBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return unicode.IsSpace(r)
}

// join puts marks in order and makes one of those that touch; the class is the best of them.
func join(marks []Mark) []Mark {
	slices.SortFunc(marks, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	var out []Mark
	for _, m := range marks {
		if n := len(out); n > 0 && m.Start < out[n-1].End {
			last := &out[n-1]
			last.End = max(last.End, m.End)
			if rank(m.Class) < rank(last.Class) {
				last.Class = m.Class
			}
			continue
		}
		out = append(out, m)
	}
	return out
}

func rank(c news.Class) int {
	return slices.Index([]news.Class{news.Exact, news.Canonical, news.Folded}, c)
}
