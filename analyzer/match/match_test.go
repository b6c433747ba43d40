package match_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

func parse(t testing.TB, s string, mode query.Mode) *query.Query {
	t.Helper()
	q, err := query.ParseMode(s, mode)
	if err != nil {
		t.Fatalf("ParseMode(%q): %v", s, err)
	}
	return q
}

func document(found []places.Place, title, body string) match.Document {
	return match.NewDocument([]query.Field{
		{Name: "title", Text: vietnamese.Read(title)},
		{Name: "body", Text: vietnamese.Read(body)},
	}, "bao-tinh", found)
}

func TestMentionTellsWhereAndWhy(t *testing.T) {
	t.Parallel()
	title, body := "SẠT LỞ tại Pác Nặm", "Mưa lớn gây sat lo ở huyện Pác Nặm."
	at := strings.Index(body, "Pác Nặm")
	doc := document([]places.Place{{
		Field: "body", Start: at, End: at + len("Pác Nặm"), Code: "060", Codes: []string{"06", "060"},
		Class: news.Exact, Certain: true, Why: `"huyện" before the name`,
	}}, title, body)
	set := match.Compile(7, []match.Watch{{ID: "w", Revision: 3, Severity: news.High, Query: parse(t, `"sạt lở" place:060 -"cháy rừng"`, "")}})
	got := set.Match(doc)
	want := []news.Mention{{
		Watch: "w", WatchRev: 3, Severity: news.High, Class: news.Canonical, Certain: true, Places: []string{"06", "060"},
		Spans: []news.Span{
			{Field: "title", Start: 0, End: len("SẠT LỞ"), Term: "sạt lở"},
			{Field: "body", Start: strings.Index(body, "sat"), End: strings.Index(body, "sat") + 6, Term: "sạt lở"},
			{Field: "body", Start: at, End: at + len("Pác Nặm"), Term: "place:060"},
		},
		Why: `"sạt lở" in title, canonical ("SẠT LỞ"), 2 times in all; ` +
			`place:060 by "Pác Nặm" in body: "huyện" before the name; nothing of what it excludes`,
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Match =\n%+v\nwant\n%+v", got, want)
	}
	if set.Revision() != 7 {
		t.Errorf("Revision = %d, want 7", set.Revision())
	}
}

func TestCertainty(t *testing.T) {
	t.Parallel()
	body := "bac kan sat lo"
	province := places.Place{Field: "body", Start: 0, End: 7, Codes: []string{"06"}, Class: news.Folded, Certain: true}
	unsure := places.Place{Field: "body", Start: 0, End: 7, Codes: []string{"061"}, Class: news.Exact}
	for _, c := range []struct {
		name    string
		query   string
		mode    query.Mode
		found   []places.Place
		certain bool
		class   news.Class
	}{
		{"folded phrase", `"sạt lở"`, query.Auto, nil, false, news.Folded},
		{"folded phrase that the watch asks for", `"sạt lở"`, query.Fold, nil, true, news.Folded},
		{"folded phrase that is a certain place", `"Bắc Kạn"`, query.Auto, []places.Place{province}, true, news.Folded},
		{"certain place met without marks", `place:06`, query.Auto, []places.Place{province}, true, news.Folded},
		{"uncertain place", `place:061`, query.Auto, []places.Place{unsure}, false, news.Exact},
		{"one certain branch is enough", `place:061 OR place:06`, query.Auto, []places.Place{unsure, province}, true, news.Exact},
		{"every branch of AND must be certain", `place:06 "sạt lở"`, query.Auto, []places.Place{province}, false, news.Folded},
		{"exact words", `"sat lo"`, query.Auto, nil, true, news.Exact},
	} {
		set := match.Compile(1, []match.Watch{{ID: "w", Query: parse(t, c.query, c.mode)}})
		got := set.Match(document(c.found, "", body))
		if len(got) != 1 || got[0].Certain != c.certain || got[0].Class != c.class {
			t.Errorf("%s: %s = %+v, want certain %v, class %s", c.name, c.query, got, c.certain, c.class)
		}
	}
}

func TestUncertainMentionIsFoundByItsUncertainPlaces(t *testing.T) {
	t.Parallel()
	found := []places.Place{
		{Field: "title", Start: 0, End: 1, Codes: []string{"06"}, Certain: true},
		{Field: "title", Start: 0, End: 1, Codes: []string{"091"}},
	}
	set := match.Compile(1, []match.Watch{{ID: "a", Query: parse(t, `place:06`, "")}, {ID: "b", Query: parse(t, `place:091`, "")}})
	got := set.Match(document(found, "x", ""))
	if len(got) != 2 || !slices.Equal(got[0].Places, []string{"06"}) || !slices.Equal(got[1].Places, []string{"06", "091"}) {
		t.Errorf("places = %+v", got)
	}
}

func TestSetIsSafeForManyGoroutines(t *testing.T) {
	t.Parallel()
	set := match.Compile(1, []match.Watch{{ID: "w", Query: parse(t, `"sạt lở"`, "")}})
	done := make(chan int)
	for range 8 {
		go func() {
			n := 0
			for i := range 200 {
				n += len(set.Match(document(nil, []string{"sạt lở", "không"}[i%2], "")))
			}
			done <- n
		}()
	}
	for range 8 {
		if n := <-done; n != 100 {
			t.Errorf("matched %d times, want 100", n)
		}
	}
}

func TestWhyNamesTheBranch(t *testing.T) {
	t.Parallel()
	doc := document(nil, "Mưa lớn", "Lũ quét làm hỏng hai cây cầu, sạt lở nhiều nơi.")
	for _, c := range []struct{ query, why string }{
		{`"cháy rừng" OR "lũ quét" OR "sạt lở"`, `branch 2 of 3: "lũ quét" in body, exact; branch 3 of 3: "sạt lở" in body, exact`},
		{`cầu NEAR/3 hỏng`, `"cầu" near "hỏng" in body`},
		{`lũ* SAMESENT cầu`, `"lũ*" in one sentence with "cầu" in body`},
		{`"cầu cây hai"~0`, `the words of "cầu cây hai" within 3`},
	} {
		set := match.Compile(1, []match.Watch{{ID: "w", Query: parse(t, c.query, query.Auto)}})
		got := set.Match(doc)
		if len(got) != 1 || got[0].Why != c.why {
			t.Errorf("%s: %+v, want why %s", c.query, got, c.why)
		}
	}
}
