package query_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// What each operator finds, as the words that it shows.
func TestOperators(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ query, title, body, want string }{
		{`sạt*`, "", "sạt lở Sạt sạ", "sạt|Sạt"},
		{`sat*`, "", "sạt lở sat sá", "sạt|sat"},
		{`~sạt*`, "", "sát", "sát"},
		{`thuy*`, "", "thuỷ thủy thuyền thui", "thuỷ|thủy|thuyền"},

		// NEAR counts the tokens between, in any order; ONEAR wants the left one first.
		{`lũ NEAR/2 bão`, "", "lũ a b bão", "lũ|bão"},
		{`lũ NEAR/1 bão`, "", "lũ a b bão", ""},
		{`lũ NEAR/0 bão`, "", "bão lũ", "bão|lũ"},
		{`lũ ONEAR/0 bão`, "", "bão lũ", ""},
		{`lũ ONEAR/0 bão`, "", "lũ bão", "lũ|bão"},
		{`lũ NEAR/3 bão`, "", "lũ. A bão", "lũ|bão"}, // across sentences
		{`lũ NEAR/3 bão`, "lũ", "bão", ""},           // not across fields
		{`"mưa lũ" NEAR/1 "lũ bão"`, "", "mưa lũ bão", ""},
		{`lũ NEAR/1 lũ`, "", "lũ", ""},
		{`lũ NEAR/1 lũ`, "", "lũ và lũ và x lũ", "lũ|lũ|lũ|lũ"}, // both leaves at both places,
		{`(lũ OR mưa*) NEAR/0 (bão OR "rất to")`, "", "mưa rất to rồi lũ", "mưa|rất to"},
		{`lũ NEAR/1 bão`, "", "lũ x y bão x lũ x x lũ", "bão|lũ"},
		{`title:lũ NEAR/3 bão`, "lũ", "lũ bão", ""},
		{`title:lũ NEAR/3 bão`, "lũ bão", "lũ bão", "lũ|bão"},
		{`title:lũ`, "lũ", "lũ lũ", "lũ"},
		{`body:lũ`, "lũ", "bão", ""},

		// SAMESENT wants every token of both in one sentence.
		{`lũ SAMESENT bão`, "", "Có lũ và có bão. Có lũ. Có bão.", "lũ|bão"},
		{`lũ SAMESENT bão`, "", "Có lũ. Có bão.", ""},
		{`"lũ quét" SAMESENT bão`, "", "Có lũ. Quét nhà và bão.", ""},
		{`lũ SAMESENT lũ`, "", "Một lũ. Hai lũ và lũ.", "lũ|lũ|lũ|lũ"},
		{`"mưa lũ" SAMESENT "lũ bão"`, "", "mưa lũ bão", ""},

		// "a b"~n takes its words in any order; a word that it has twice must stand twice.
		{`"mưa lũ lớn"~0`, "", "lũ lớn mưa", "lũ|lớn|mưa"},
		{`"mưa lũ"~1`, "", "lũ to mưa x x lũ", "lũ|mưa"},
		{`"mưa lũ"~0`, "", "lũ to mưa", ""},
		{`"lũ lũ"~1`, "", "lũ bão", ""},
		{`"lũ lũ"~1`, "", "lũ bão lũ", "lũ|lũ"},
		{`"mưa lũ"~2`, "", "mua lu", "mua|lu"},
		{`"mưa lũ"~2`, "", "mưa lu", ""}, // folding is decided for all together
		{`"mua lu"~2`, "", "mưa lu", "mưa|lu"},
		{`title:"mưa lũ"~2`, "", "mưa lũ", ""},

		// Nothing below NOT is shown, nor a branch that does not hold.
		{`lũ NOT bão`, "", "lũ", "lũ"},
		{`lũ NOT (bão NEAR/5 mưa)`, "", "lũ bão", "lũ"},
		{`(lũ NEAR/1 bão) OR (lũ NEAR/5 mưa)`, "", "lũ x x mưa", "lũ|mưa"},
	} {
		q := mustParse(t, c.query, query.Auto)
		d := query.Document{Fields: []query.Field{
			{Name: news.FieldTitle, Text: vietnamese.Read(c.title)}, {Name: news.FieldBody, Text: vietnamese.Read(c.body)},
		}}
		var got []string
		for _, h := range q.Hits(d) {
			text := c.title
			if h.Field == news.FieldBody {
				text = c.body
			}
			got = append(got, text[h.Start:h.End])
		}
		if s := strings.Join(got, "|"); s != c.want || q.Eval(d) != (c.want != "") {
			t.Errorf("%s on %q + %q = %q (%v), want %q", c.query, c.title, c.body, s, q.Eval(d), c.want)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	doc := document("", "lũ")
	doc.Site, doc.Language, doc.Tier = "tin.baotinh.vn", "vi", 2
	doc.At = time.Date(2026, 11, 24, 23, 59, 59, 0, news.Zone())
	for in, want := range map[string]bool{
		`site:baotinh.vn`: true, `site:tin.baotinh.vn`: true, `site:tinh.vn`: false, `site:vn`: true, `site:a.baotinh.vn`: false,
		`lang:vi`: true, `lang:en`: false, `tier:2`: true, `tier:1`: false, `tier:(1 OR 2)`: true,
		`from:24/11/2026`: true, `from:2026-11-25`: false, `to:2026-11-24`: true, `to:2026-11-23`: false,
		`from:2026-11-24 to:2026-11-24`: true,
	} {
		if got := mustParse(t, in, query.Auto).Eval(doc); got != want {
			t.Errorf("Eval(%s) = %v, want %v", in, got, want)
		}
	}
}

func TestIYIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, text string
		iy          bool
		want        news.Class
	}{
		{`"kỹ sư"`, "kĩ sư", false, ""},
		{`"kỹ sư"`, "kĩ sư", true, news.Canonical},
		{`"kỹ sư"`, "kỹ sư", true, news.Exact},
		{`"kỹ sư"`, "ki su", true, news.Folded},
		{`"quý"`, "quí", true, ""},
		{`"kỹ sư"~1`, "sư kĩ", true, news.Exact},
	} {
		q, err := query.ParseWith(c.query, query.Options{IY: c.iy})
		if err != nil {
			t.Fatal(err)
		}
		var got news.Class
		if hits := q.Hits(document("", c.text)); len(hits) > 0 {
			got = hits[0].Class
		}
		if got != c.want {
			t.Errorf("%s on %q with IY %v = %q, want %q", c.query, c.text, c.iy, got, c.want)
		}
	}
}

// The definition stays usable on a text that is one word 64,000 times.
func TestEvalIsNotQuadratic(t *testing.T) {
	t.Parallel()
	doc := document("", strings.Repeat("lũ ", 64_000))
	for _, in := range []string{`lũ NEAR/50 lũ`, `lũ SAMESENT lũ`, `"lũ lũ lũ"~50`, `lũ ONEAR/50 bão`, `"` + strings.Repeat("lũ ", 500) + `bão"`} {
		mustParse(t, in, query.Auto).Eval(doc)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	q := mustParse(t, `title:("sạt lở" OR sạt*) (lũ NEAR/5 (bão OR "mua to")) nước SAMESENT đập a ONEAR/2 b -"a b"~3 `+
		`NOT (source:bao-la OR site:vidu.vn OR lang:en OR tier:3 OR place:99) place:06 from:2026-11-24 to:2026-11-25 body:"kỹ sư"`, query.Auto)
	var got []string
	steps := q.Explain(query.Names{
		Place:  func(code string) string { return map[string]string{"06": "Bắc Kạn"}[code] },
		Source: func(id string) string { return "Báo Lá" },
	})
	for _, s := range steps {
		got = append(got, strings.Repeat("  ", s.Depth)+s.String())
	}
	want := []string{
		"all of these:",
		"  at least one of these:",
		"    the phrase “sạt lở”, in the title, marks as written here, or all of it without marks",
		"    a word that begins with “sạt”, in the title, marks as written here",
		"  these two with at most 5 syllables between them, in any order:",
		"    the word “lũ”, marks as written here",
		"    at least one of these:",
		"      the word “bão”, marks as written here",
		"      the phrase “mua to”, whatever the marks",
		"  these two in the same sentence:",
		"    the word “nước”, marks as written here",
		"    the word “đập”, marks as written here",
		"  these two with at most 2 syllables between them, in this order:",
		"    the word “a”, whatever the marks",
		"    the word “b”, whatever the marks",
		"  not this:",
		"    the words of “a b” in any order, at most 3 others between them, whatever the marks",
		"  none of these:",
		"    articles of the source Báo Lá (bao-la)",
		"    articles of vidu.vn and its subdomains",
		"    articles in the language en",
		"    articles of sources of tier 3",
		"    the place 99, or one inside it",
		"  the place Bắc Kạn (06), or one inside it",
		"  articles from 2026-11-24 on",
		"  articles up to the end of 2026-11-25",
		"  the phrase “kỹ sư”, outside the title, marks as written here, or all of it without marks",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Explain = %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := query.Unknown(steps); !slices.Equal(got, []string{"99"}) {
		t.Errorf("Unknown = %v, want 99", got)
	}
}

func TestExplainTellsHowWordsAreMet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		o    query.Options
		want string
	}{
		{`"chợ mới"`, query.Options{Mode: query.Exact}, "the phrase “chợ mới”, marks as written here"},
		{`"chợ mới"`, query.Options{Mode: query.Fold}, "the phrase “chợ mới”, whatever the marks"},
		{`~"chợ mới"`, query.Options{}, "the phrase “chợ mới”, whatever the marks"},
		{`mưa`, query.Options{}, "the word “mưa”, marks as written here"},
		{`sat*`, query.Options{}, "a word that begins with “sat”, whatever the marks"},
		{`"kỹ sư"`, query.Options{Mode: query.Exact, IY: true}, "the phrase “kỹ sư”, marks as written here, y and i count as one"},
		{`"chợ mới"`, query.Options{Mode: query.Exact, IY: true}, "the phrase “chợ mới”, marks as written here"},
	} {
		q, err := query.ParseWith(c.in, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Explain(query.Names{}); len(got) != 1 || got[0].String() != c.want {
			t.Errorf("Explain of %s %+v = %v, want %s", c.in, c.o, got, c.want)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`lũ AND bão`:              "",
		`lũ and bão or hạn`:       "lower-case-operator@4",
		`lũ NEAR bão`:             "default-distance@4",
		`lũ, bão`:                 "comma@3",
		`lũ,`:                     "",
		`#BacKan`:                 "hashtag@0",
		`+lũ`:                     "plus@0",
		`lũ || bão`:               "symbol-operator@4",
		`'sạt lở'`:                "single-quotes@0",
		`"sạt lở OR lũ"`:          "operator-in-quotes@12",
		`title: lũ`:               "field-space@0",
		`title:sạt lở`:            "field-word@0",
		`sạt lở NEAR/5 mưa`:       "near-word@6",
		`"sạt lở" NEAR/5 mưa lũ`:  "near-word@25",
		`"sạt lở" NEAR/5 mưa -lũ`: "",
		`"lũ"~5`:                  "loose-one@0",
		`site:www.baotinh.vn`:     "site-www@5",
		`"a" hoặc "b"`:            "vietnamese-operator@4",
		`lũ hoặc bão`:             "vietnamese-word@4",
		`lũ và bão`:               "",
		`lũ và "Ba Bể"`:           "vietnamese-word@4",
		`"Ba Bể" gần "Chợ Mới"`:   "vietnamese-word@10",
		`không khí`:               "",
		`BẮC KẠN VÀ CAO BẰNG`:     "capitals@12",
		`"BẮC KẠN" VÀ LŨ`:         "",
	} {
		q := mustParse(t, in, query.Auto)
		var got []string
		for _, w := range q.Warnings {
			got = append(got, fmt.Sprintf("%s@%d", w.Code, w.Pos))
			if w.Text == "" {
				t.Errorf("Parse(%s): warning %s has no text", in, w.Code)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("warnings of %s = %q, want %q", in, s, want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	const s = `("sạt lở" OR "lũ quét" OR lũ*) NEAR/10 ("Ba Bể" OR "Chợ Mới") AND title:"mưa lớn" -source:bao-tinh from:24/11/2026`
	b.ReportAllocs()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		if _, err := query.Parse(s); err != nil {
			b.Fatal(err)
		}
	}
}
