package alerter

import (
	"strings"
	"testing"
	"unicode/utf8"

	"lamro/internal/news"
)

func TestSnippetQuotesWhatMatched(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("mưa lớn kéo dài nhiều giờ ", 40)
	body := long + "làm sạt lở taluy\nở Ba Bể " + long
	in := func(text, word, field string) news.Span {
		i := strings.Index(text, word)
		return news.Span{Field: field, Start: i, End: i + len(word)}
	}
	for _, c := range []struct {
		name, lead, body string
		spans            []news.Span
		want             string // marked words
		starts, ends     string
	}{
		{"the lead first", "Mưa lớn ở Ba Bể.", body, []news.Span{in("Mưa lớn ở Ba Bể.", "Ba Bể", news.FieldLead), in(body, "sạt lở", news.FieldBody)}, "Ba Bể", "Mưa", "Bể."},
		{"the body where the lead has nothing", "Mưa.", body, []news.Span{in(body, "sạt lở", news.FieldBody), in(body, "Ba Bể", news.FieldBody)}, "sạt lở|Ba Bể", "… ", " …"},
		{"the lead without a match", "Mưa lớn.", "Thân bài.", nil, "", "Mưa", "lớn."},
		{"the body without a lead", "", "Thân bài.", nil, "", "Thân", "bài."},
		{"nothing", "", "", nil, "", "", ""},
		{"spans of another text", "Mưa.", "", []news.Span{{Field: news.FieldLead, Start: 3, End: 900}, {Field: news.FieldLead, Start: -4, End: 2}}, "", "Mưa", "."},
		{"overlapping", "Mưa lớn.", "", []news.Span{{Field: news.FieldLead, Start: 0, End: 4}, {Field: news.FieldLead, Start: 0, End: 10}}, "Mưa lớn", "Mưa", "."},
	} {
		got, marks := snippetOf(c.lead, c.body, c.spans)
		var words []string
		for _, m := range marks {
			words = append(words, got[m.Start:m.End])
		}
		if strings.Join(words, "|") != c.want || !strings.HasPrefix(got, c.starts) || !strings.HasSuffix(got, c.ends) || strings.Contains(got, "\n") {
			t.Errorf("%s: %q marks %q, want %q", c.name, got, words, c.want)
		}
		if len(got) > snippetSize+20 {
			t.Errorf("%s: %d bytes, want about %d", c.name, len(got), snippetSize)
		}
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add("Mưa lớn ở Ba Bể", strings.Repeat("sạt lở ", 100), 3, 9, 300, 340)
	f.Add("", "không", -1, 2, 0, 100)
	f.Add("ỡ", strings.Repeat("ỡ", 500), 0, 3, 600, 606)
	f.Fuzz(func(t *testing.T, lead, body string, s1, e1, s2, e2 int) {
		if !utf8.ValidString(lead) || !utf8.ValidString(body) {
			return // the records hold valid text
		}
		got, marks := snippetOf(lead, body, []news.Span{{Field: news.FieldLead, Start: s1, End: e1}, {Field: news.FieldBody, Start: s2, End: e2}})
		last := 0
		for _, m := range marks {
			if m.Start < last || m.End <= m.Start || m.End > len(got) {
				t.Fatalf("marks %v are not of %q", marks, got)
			}
			last = m.End
		}
		if !utf8.ValidString(got) {
			t.Errorf("%q is not valid", got)
		}
	})
}
