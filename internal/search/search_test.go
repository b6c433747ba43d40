package search_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lamro/internal/index"
	"lamro/internal/index/embedded"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/search"
)

var noon = time.Date(2026, 11, 15, 12, 0, 0, 0, news.Zone())

func service(t testing.TB, docs ...*index.Document) *search.Service {
	t.Helper()
	x, err := embedded.Open(embedded.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	ops := make([]index.Op, len(docs))
	for i, d := range docs {
		d.Rev, d.N, d.FirstSeen = 1, 1, noon.Add(time.Duration(-i)*time.Minute)
		d.Month = news.Month(d.FirstSeen)
		ops[i] = index.Put(d)
	}
	if _, err := x.Apply(t.Context(), ops); err != nil {
		t.Fatal(err)
	}
	return search.New(x)
}

// marked shows marks as brackets, so that a test reads like the page.
func marked(s string, marks []search.Mark) string {
	for i := len(marks) - 1; i >= 0; i-- {
		m := marks[i]
		s = s[:m.Start] + "[" + s[m.Start:m.End] + "]" + s[m.End:]
	}
	return s
}

func find(t *testing.T, s *search.Service, r search.Request) search.Response {
	t.Helper()
	resp, err := s.Search(t.Context(), r)
	if err != nil {
		t.Fatalf("Search(%+v) = %v", r, err)
	}
	return resp
}

func TestSearchMarksWhatWasFound(t *testing.T) {
	t.Parallel()
	s := service(t,
		&index.Document{ID: "a", Source: "bao-a", Title: "Sạt lở ở BẮC KẠN", Lead: "Mưa lớn.", Body: "Đường vào Bac Kan\nbị SẠT LỞ, nhiều nhà sat lo theo.", Places: []string{"06"}},
		&index.Document{ID: "b", Source: "bao-b", Title: "Chuyện khác", Body: "Không có gì."},
	)
	for _, c := range []struct {
		request        search.Request
		title, snippet string
	}{
		{search.Request{Text: `"sạt lở"`}, "[Sạt lở] ở BẮC KẠN", "Đường vào Bac Kan bị [SẠT LỞ], nhiều nhà [sat lo] theo."},
		{search.Request{Text: `"sạt lở"`, Mode: query.Exact}, "[Sạt lở] ở BẮC KẠN", "Đường vào Bac Kan bị [SẠT LỞ], nhiều nhà sat lo theo."},
		{search.Request{Text: `"bac kan" AND mưa`}, "Sạt lở ở [BẮC KẠN]", "[Mưa] lớn."},
		{search.Request{Text: `"vào bac kan" OR "bac kan bị"`, Mode: query.Fold}, "Sạt lở ở BẮC KẠN", "Đường [vào Bac Kan bị] SẠT LỞ, nhiều nhà sat lo theo."},
		{search.Request{Text: "place:06 AND NOT khác"}, "Sạt lở ở BẮC KẠN", "Mưa lớn."},
		{search.Request{Source: "bao-a"}, "Sạt lở ở BẮC KẠN", "Mưa lớn."},
	} {
		resp := find(t, s, c.request)
		if resp.Stories != 1 || len(resp.Found) != 1 || len(resp.Found[0].Shown) != 1 {
			t.Errorf("Search(%q) found %d stories, want 1", c.request.Text, resp.Stories)
			continue
		}
		a := resp.Found[0].Shown[0]
		if got := marked(a.Title, a.TitleMarks); got != c.title {
			t.Errorf("Search(%q): title = %q, want %q", c.request.Text, got, c.title)
		}
		if got := marked(a.Snippet.Text, a.Snippet.Marks); got != c.snippet {
			t.Errorf("Search(%q): snippet = %q, want %q", c.request.Text, got, c.snippet)
		}
		if a.Body != "" {
			t.Errorf("Search(%q) carries the body", c.request.Text)
		}
	}
}

// Every kind of leaf is marked, also where it counts only beside another; what NOT takes away
// never is.
func TestSearchMarksEveryOperator(t *testing.T) {
	t.Parallel()
	s := service(t, &index.Document{
		ID: "a", Title: "Lũ quét ở Ba Bể", Language: "vi", URL: "https://tin.bao.example/1",
		Body: "Lũ về trong đêm. Nước ở hồ Ba Bể dâng, dân xã Ba Be sơ tán; đường hồ bị ngập.",
	})
	for _, c := range []struct{ text, title, snippet, terms string }{
		{`lũ NEAR/2 "ba bể"`, "[Lũ] quét ở [Ba Bể]", "Lũ về trong đêm. Nước ở hồ Ba Bể dâng, dân xã Ba Be sơ tán; đường hồ bị ngập.", "0 1"},
		{`(mưa OR hồ) ONEAR/0 "ba bể"`, "Lũ quét ở Ba Bể", "Lũ về trong đêm. Nước ở [hồ] [Ba Bể] dâng, dân xã Ba Be sơ tán; đường hồ bị ngập.", "1 2"},
		{`nước SAMESENT dân`, "Lũ quét ở Ba Bể", "Lũ về trong đêm. [Nước] ở hồ Ba Bể dâng, [dân] xã Ba Be sơ tán; đường hồ bị ngập.", "0 1"},
		{`"bể ba hồ"~0`, "Lũ quét ở Ba Bể", "Lũ về trong đêm. Nước ở [hồ] [Ba] [Bể] dâng, dân xã Ba Be sơ tán; đường hồ bị ngập.", "0 0 0"},
		{`ngậ* NOT title:mưa`, "Lũ quét ở Ba Bể", "Nước ở hồ Ba Bể dâng, dân xã Ba Be sơ tán; đường hồ bị [ngập].", "0"},
		{`title:(lũ OR hồ) site:bao.example`, "[Lũ] quét ở Ba Bể", "Lũ về trong đêm. Nước ở hồ Ba Bể dâng, dân xã Ba Be sơ tán; đường hồ bị ngập.", "0"},
		{`lang:vi AND body:"ba bể"`, "Lũ quét ở Ba Bể", "Lũ về trong đêm. Nước ở hồ [Ba Bể] dâng, dân xã [Ba Be] sơ tán; đường hồ bị ngập.", "0 0"},
	} {
		resp := find(t, s, search.Request{Text: c.text})
		if len(resp.Found) != 1 {
			t.Errorf("Search(%q) found %d stories, want 1", c.text, len(resp.Found))
			continue
		}
		a := resp.Found[0].Shown[0]
		if got := marked(a.Title, a.TitleMarks); got != c.title {
			t.Errorf("Search(%q): title = %q, want %q", c.text, got, c.title)
		}
		if got := marked(a.Snippet.Text, a.Snippet.Marks); got != c.snippet {
			t.Errorf("Search(%q): snippet = %q, want %q", c.text, got, c.snippet)
		}
		var terms []string
		for _, m := range append(a.TitleMarks, a.Snippet.Marks...) {
			terms = append(terms, fmt.Sprint(m.Term))
		}
		if got := strings.Join(terms, " "); got != c.terms {
			t.Errorf("Search(%q): terms = %s, want %s", c.text, got, c.terms)
		}
	}
}

func TestMarksSayWhichPhraseTheyAre(t *testing.T) {
	t.Parallel()
	s := service(t, &index.Document{ID: "a", Title: "Sạt lở ở Chợ Mới, mưa to ở Chợ Mới", Body: "Mưa."})
	a := find(t, s, search.Request{Text: `"Chợ Mới" AND ("sạt lở" OR "mưa to") AND NOT nắng`}).Found[0].Shown[0]
	var got []string
	for _, m := range a.TitleMarks {
		got = append(got, fmt.Sprintf("%d %s", m.Term, a.Title[m.Start:m.End]))
	}
	if want := "1 Sạt lở, 0 Chợ Mới, 2 mưa to, 0 Chợ Mới"; strings.Join(got, ", ") != want {
		t.Errorf("marks = %q, want %q", got, want)
	}
}

func TestEmptyTextIsEverythingNewestFirst(t *testing.T) {
	t.Parallel()
	s := service(t, &index.Document{ID: "new", Title: "x"}, &index.Document{ID: "old", Title: "y"})
	resp := find(t, s, search.Request{Text: " \n", Histogram: true, Facets: []index.Facet{index.BySource}})
	if resp.Query != "" || len(resp.Found) != 2 || resp.Found[0].ID != "new" || resp.Articles != 2 {
		t.Errorf("everything = %+v, want new, then old", resp)
	}
	if fmt.Sprint(resp.Histogram) != "[{2026-11-15 2}]" || resp.Facets[index.BySource] == nil {
		t.Errorf("days = %v, facets = %v", resp.Histogram, resp.Facets)
	}
}

func TestSnippetShowsWhereMostWasFound(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("chuyện ngoài lề không ai tìm, ", 40)
	s := service(t, &index.Document{ID: "a", Title: "Tin", Lead: "mưa ở đâu đó", Body: filler + "có mưa nhỏ " + filler + "rồi mưa to, mưa đá và mưa phùn. " + filler})
	sn := find(t, s, search.Request{Text: "mưa"}).Found[0].Shown[0].Snippet
	if !strings.Contains(marked(sn.Text, sn.Marks), "[mưa] to, [mưa] đá và [mưa] phùn") {
		t.Errorf("snippet = %q, want the part with three", marked(sn.Text, sn.Marks))
	}
	if !sn.Cut.Before || !sn.Cut.After || len(sn.Text) > 300 || sn.Field != news.FieldBody {
		t.Errorf("snippet: field %s, %d bytes, cut %+v; want body, about 280, cut on both sides", sn.Field, len(sn.Text), sn.Cut)
	}
	if strings.TrimSpace(sn.Text) != sn.Text || !utf8.ValidString(sn.Text) {
		t.Errorf("snippet %q is not cut between words", sn.Text)
	}
}

func TestSearchSaysWhatItAsked(t *testing.T) {
	t.Parallel()
	s := service(t)
	const text = `"Bắc Kạn" (lũ OR "mua lon") sạt* -nắng`
	resp := find(t, s, search.Request{Text: text})
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Query != q.String() || resp.Asked.String() != q.String() {
		t.Errorf("Query = %q, asked %q, want %q", resp.Query, resp.Asked, q)
	}
	if got, want := strings.Join(resp.Terms, ", "), "Bắc Kạn, lũ, mua lon, sạt*, nắng"; got != want {
		t.Errorf("Terms = %s, want %s", got, want)
	}
	if resp = find(t, s, search.Request{}); resp.Asked != nil || resp.Terms != nil {
		t.Errorf("everything = %+v, want no query", resp)
	}
}

func TestErrorsSayWhoseTheyAre(t *testing.T) {
	t.Parallel()
	s := service(t)
	var syntax *query.SyntaxError
	if _, err := s.Search(t.Context(), search.Request{Text: `lũ AND "bắc kạn`}); !errors.As(err, &syntax) || syntax.Pos != len("lũ AND ") {
		t.Errorf("unclosed quotation: %v, want a syntax error at byte %d", err, len("lũ AND "))
	}
	for name, r := range map[string]search.Request{
		"mode": {Text: "x", Mode: "magic"}, "cursor": {After: "x"}, "limit": {Limit: 1 << 20},
	} {
		if _, err := s.Search(t.Context(), r); !errors.Is(err, index.ErrBadSearch) {
			t.Errorf("%s: %v, want ErrBadSearch", name, err)
		}
	}
}

// Marks lie within their text, on borders of runes, in order, whatever text and query.
func FuzzMarks(f *testing.F) {
	f.Add("mưa", "Mưa to, mưa nhỏ", "mua", 200)
	f.Add(`"a b" OR b`, "a b\n\nb a", "", 160)
	f.Add("đ", "đ Đ", strings.Repeat("đ ", 300), 170)
	x, err := embedded.Open(embedded.Config{Dir: f.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { x.Close() })
	s := search.New(x)
	rev := int64(0)
	f.Fuzz(func(t *testing.T, text, title, body string, size int) {
		rev++
		d := &index.Document{ID: "a", Rev: rev, Month: news.Month(noon), FirstSeen: noon, Title: title, Body: body}
		if r, err := x.Apply(t.Context(), []index.Op{index.Put(d)}); err != nil {
			t.Fatal(err)
		} else if r[0].Outcome == index.Bad {
			t.Skip()
		}
		resp, err := s.Search(t.Context(), search.Request{Text: text, SnippetBytes: size % 1000})
		if err != nil || len(resp.Found) == 0 {
			return
		}
		a := resp.Found[0].Shown[0]
		checkMarks(t, a.Title, a.TitleMarks)
		checkMarks(t, a.Snippet.Text, a.Snippet.Marks)
	})
}

func checkMarks(t *testing.T, s string, marks []search.Mark) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is not valid UTF-8", s)
	}
	last := 0
	for _, m := range marks {
		if m.Start < last || m.End <= m.Start || m.End > len(s) || !utf8.ValidString(s[:m.Start]) || !utf8.ValidString(s[:m.End]) {
			t.Fatalf("mark %+v after %d in %q", m, last, s)
		}
		last = m.End
	}
}
