package match_test

import (
	"fmt"
	"math/rand/v2"
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

// A small vocabulary makes random queries and texts meet often, in every class.
var vocabulary = strings.Fields("chợ cho Chợ mới moi mỗi bắc Bắc kạn kan hòa hoà hoa sạt lở sat lo 3 QL3 đồn don")

func words(r *rand.Rand, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = vocabulary[r.IntN(len(vocabulary))]
	}
	return strings.Join(out, " ")
}

func randomQuery(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		switch r.IntN(12) {
		case 0:
			return []string{"place:06", "place:060", "place:19"}[r.IntN(3)]
		case 1:
			return []string{"source:bao-tinh", "source:khac"}[r.IntN(2)]
		}
		return `"` + words(r, 1+r.IntN(3)) + `"`
	}
	left, right := randomQuery(r, depth-1), randomQuery(r, depth-1)
	switch r.IntN(4) {
	case 0:
		return "(" + left + " OR " + right + ")"
	case 1:
		return "NOT (" + left + ")"
	}
	return "(" + left + " AND " + right + ")"
}

// The compiled set and the definition of the language agree on every random query and text.
func TestMatchIsWhatTheDefinitionSays(t *testing.T) {
	t.Parallel()
	const seed, queries, texts = 20261124, 1500, 120
	r := rand.New(rand.NewPCG(seed, 1))
	modes := []query.Mode{query.Auto, query.Exact, query.Fold}
	var watches []match.Watch
	for i := range queries {
		watches = append(watches, match.Watch{ID: fmt.Sprint(i), Query: parse(t, randomQuery(r, 3), modes[r.IntN(3)])})
	}
	set := match.Compile(1, watches)
	hits := 0
	for range texts {
		var found []places.Place
		for _, code := range []string{"06", "060", "19"} {
			if r.IntN(2) == 0 {
				found = append(found, places.Place{Field: "title", Codes: []string{code}, Certain: r.IntN(2) == 0})
			}
		}
		doc := document(found, words(r, 1+r.IntN(5)), words(r, r.IntN(30)))
		got := map[string]news.Mention{}
		for _, m := range set.Match(doc) {
			got[m.Watch] = m
		}
		hits += len(got)
		for _, w := range watches {
			m, matched := got[w.ID]
			if want := w.Query.Eval(doc.Document); matched != want {
				t.Fatalf("seed %d: %s in mode %s on %q, %q, places %v: matched %v, the definition says %v", seed,
					w.Query, w.Query.Mode, doc.Fields[0].Text.Original, doc.Fields[1].Text.Original, doc.Places, matched, want)
			}
			if matched {
				checkSpans(t, w.Query, doc, m)
			}
		}
	}
	if hits < queries {
		t.Errorf("only %d hits: the test compares nothing", hits)
	}
}

// checkSpans compares the spans of phrases with the definition's, as far as a mention keeps them.
func checkSpans(t *testing.T, q *query.Query, doc match.Document, m news.Mention) {
	t.Helper()
	want := map[news.Span]bool{}
	for _, h := range q.Hits(doc.Document) {
		want[news.Span{Field: h.Field, Start: h.Start, End: h.End, Term: h.Leaf.(*query.Phrase).Text}] = true
	}
	got := 0
	for _, s := range m.Spans {
		if strings.HasPrefix(s.Term, "place:") {
			continue
		}
		got++
		if !want[s] {
			t.Fatalf("%s on %q: span %+v, which the definition does not have", q, doc.Fields[1].Text.Original, s)
		}
	}
	if got != len(want) && len(m.Spans) < 50 {
		t.Fatalf("%s on %q: %d spans, the definition has %d", q, doc.Fields[1].Text.Original, got, len(want))
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

func BenchmarkMatch(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	sentence := strings.Fields(`Sáng nay mưa lớn kéo dài đã gây sạt lở tại nhiều tuyến đường trên địa bàn huyện Pác Nặm tỉnh Bắc Kạn
		theo ban chỉ huy phòng thủ dân sự có mười hai điểm sạt lở với tổng khối lượng hơn năm nghìn mét khối đất đá ước thiệt hại
		ba tỷ đồng lực lượng chức năng đã di dời ba mươi hộ dân đến nơi an toàn và khẩn trương khắc phục hậu quả`)
	pick := func(n int) string {
		at := r.IntN(len(sentence) - n)
		return strings.Join(sentence[at:at+n], " ")
	}
	var body []string
	for len(body) < 590 {
		body = append(body, sentence[r.IntN(len(sentence))])
	}
	doc := document(nil, "Sạt lở tại Pác Nặm", strings.Join(body, " "))
	for _, n := range []int{100, 10_000} {
		var watches []match.Watch
		for i := range n {
			// Most words of most watches are not in a text; one in twenty is made of words that are.
			q := fmt.Sprintf(`"%s chủ đề%d" ("%s" OR "%s việc%d")`, pick(1), i, pick(2), pick(2), i)
			if i%20 == 0 {
				q = fmt.Sprintf(`"%s" ("%s" OR "%s" OR cháy%d)`, pick(2), pick(2), pick(3), i)
			}
			watches = append(watches, match.Watch{ID: fmt.Sprint(i), Query: parse(b, q, "")})
		}
		set := match.Compile(1, watches)
		b.Run(fmt.Sprintf("watches=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			hits := 0
			for b.Loop() {
				hits = len(set.Match(doc))
			}
			b.ReportMetric(float64(hits), "hits/doc")
		})
		b.Run(fmt.Sprintf("compile=%d", n), func(b *testing.B) {
			for b.Loop() {
				match.Compile(1, watches)
			}
		})
	}
}
