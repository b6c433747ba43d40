package query_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

func mustParse(t *testing.T, s string, mode query.Mode) *query.Query {
	t.Helper()
	q, err := query.ParseMode(s, mode)
	if err != nil {
		t.Fatalf("ParseMode(%q, %q): %v", s, mode, err)
	}
	return q
}

func document(title, body string) query.Document {
	return query.Document{
		Fields: []query.Field{
			{Name: "title", Text: vietnamese.Read(title)},
			{Name: "body", Text: vietnamese.Read(body)},
		},
		Places: []string{"060", "06"},
		Source: "bao-tinh",
	}
}

func TestStringIsCanonical(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`sạt lở`, `sạt AND lở`},
		{`"sạt  lở"`, `"sạt lở"`},
		{`“sạt lở” OR «mưa lũ»`, `"sạt lở" OR "mưa lũ"`},
		{`lũ AND bão OR hạn`, `lũ AND bão OR hạn`},
		{`lũ (bão OR hạn)`, `lũ AND (bão OR hạn)`},
		{`lũ VÀ bão HOẶC KHÔNG hạn`, `lũ AND bão OR NOT hạn`},
		{`lũ -hạn`, `lũ AND NOT hạn`},
		{`lũ –"hạn hán"`, `lũ AND NOT "hạn hán"`},
		{`NOT (a b)`, `NOT (a AND b)`},
		{`- (a b)`, ``},
		{`(((lũ)))`, `lũ`},
		{`(a OR b) OR c`, `a OR b OR c`},
		{`(a b) c`, `a AND b AND c`},
		{`place:06 source:bao-tinh`, `place:06 AND source:bao-tinh`},
		{`nơi:lm-ho-ba-be báo:x`, `place:lm-ho-ba-be AND source:x`},
		{`và or không`, `và OR không`},
		{`lũ and bão Or hạn not mưa`, `lũ AND bão OR hạn AND NOT mưa`},
		{`lũ near/5 bão`, `lũ NEAR/5 bão`},
		{`lũ NEAR bão`, `lũ NEAR/6 bão`},
		{`(lũ OR "sạt lở") ONEAR/3 (bão OR mưa*)`, `(lũ OR "sạt lở") ONEAR/3 (bão OR mưa*)`},
		{`lũ NEAR/2f bão`, `lũ ONEAR/2 bão`},
		{`lũ TRƯỚC/2 bão`, `lũ ONEAR/2 bão`},
		{`lũ SAMESENT (bão)`, `lũ SAMESENT bão`},
		{`"mưa lũ lớn"~4`, `"mưa lũ lớn"~4`},
		{`title:(lũ OR "sạt lở" -bão)`, `title:lũ OR title:"sạt lở" AND NOT title:bão`},
		{`tiêuđề:lũ thân:x`, ``},
		{`tiêuđề:lũ nội-dung:"x y"~2`, `title:lũ AND body:"x y"~2`},
		{`~"bo y te" ~lũ* title:~lũ`, `~"bo y te" AND ~lũ* AND title:~lũ`},
		{`site:https.vn lang:vi tier:2 từ:24/11/2026 đến:24-11-2026`, `site:https.vn AND lang:vi AND tier:2 AND from:2026-11-24 AND to:2026-11-24`},
		{`source:(a OR b) -place:(06 OR 19)`, `(source:a OR source:b) AND NOT (place:06 OR place:19)`},
		{`ｌũ　ＡＮＤ　（ｂão）`, `ｌũ AND ｂão`},
		{`#BacKan + +lũ`, ``},
		{`#BacKan +lũ || !bão && hạn`, `BacKan AND lũ OR NOT bão AND hạn`},
		{`'sạt lở' H'Mông`, `"sạt lở" AND "H'Mông"`},
		{`lũ, bão; "a b",c`, `lũ AND bão AND "a b" AND c`},
		{`"lũ quét."`, `"lũ quét"`},
		{`"AND"`, `"AND"`},
		{`TP.HCM`, `"TP.HCM"`},
		{`bac-kan`, `"bac-kan"`},
		{`（lũ）`, `lũ`},
		{"B\u200bắc", `Bắc`},
		{`"Ba Bể" hoặc "Chợ Đồn"`, `"Ba Bể" OR "Chợ Đồn"`},
		{`"Ba Bể" Và không ('Chợ Đồn')`, `"Ba Bể" AND NOT "Chợ Đồn"`},
		{`(lũ OR bão) không (hạn OR mưa)`, `(lũ OR bão) AND NOT (hạn OR mưa)`},
		{`"Ba Be" hoac "Cho Don" va "Cho Moi"`, `"Ba Be" OR "Cho Don" AND "Cho Moi"`},
		{`place:06 hoặc title:lũ`, `place:06 OR title:lũ`},
		{`lũ hoặc "Ba Bể"`, `lũ AND hoặc AND "Ba Bể"`},
		{`"Ba Bể" gần "Chợ Đồn"`, `"Ba Bể" AND gần AND "Chợ Đồn"`},
		{`"Ba Bể" AND hoặc AND "Chợ Đồn"`, `"Ba Bể" AND hoặc AND "Chợ Đồn"`},
		{`BẮC KẠN VÀ CAO BẰNG`, `BẮC AND KẠN AND "VÀ" AND CAO AND BẰNG`},
		{`BẮC KẠN: MƯA LŨ, KHÔNG CÓ NGƯỜI CHẾT`, `BẮC AND KẠN AND MƯA AND LŨ AND "KHÔNG" AND CÓ AND NGƯỜI AND CHẾT`},
		{`ĐẾN: 12 XÃ GẦN SÔNG`, `ĐẾN AND 12 AND XÃ AND "GẦN" AND SÔNG`},
		{`"BẮC KẠN" VÀ "CAO BẰNG"`, `"BẮC KẠN" AND "CAO BẰNG"`},
		{`LŨ AND BÃO VÀ MƯA`, `LŨ AND BÃO AND MƯA`},
		{`LŨ VÀ BÃO -HẠN`, `LŨ AND BÃO AND NOT HẠN`},
		{`FLOOD BUT DRY`, `FLOOD AND BUT AND DRY`},
		{`lũ NEAR⁄5 bão NEAR`, ``},
		{`lũ NEAR⁄5 bão`, `lũ NEAR/5 bão`},
		{`lũ NEAR∕5 bão`, `lũ NEAR/5 bão`},
		{`lũ NEAR 5`, `lũ NEAR/6 5`},
		{`lũ NEAR (5 OR 6) bão`, `lũ NEAR/6 (5 OR 6) AND bão`},
		{`lũ nội dung: bão`, `lũ AND nội AND dung AND bão`},
		{`b|a|c`, `b OR a OR c`},
		{`CO₂ "khí CO₂"`, `CO₂ AND "khí CO₂"`},
	} {
		q, err := query.Parse(c.in)
		if c.want == "" {
			if err == nil {
				t.Errorf("Parse(%q) = %q, want an error", c.in, q)
			}
			continue
		}
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if got := q.String(); got != c.want {
			t.Errorf("Parse(%q).String() = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSyntaxErrorsNameThePlaceAndTheRemedy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		code string
		pos  int
	}{
		{``, "empty", 0},
		{`lũ "sạt lở`, "unclosed-quote", len(`lũ `)},
		{`lũ AND`, "term-expected", len(`lũ AND`)},
		{`AND lũ`, "term-expected", 0},
		{`lũ OR OR bão`, "term-expected", len(`lũ OR `)},
		{`lũ NOT`, "term-expected", len(`lũ NOT`)},
		{`(lũ`, "unclosed-group", 0},
		{`lũ)`, "unopened", len(`lũ`)},
		{`()`, "empty-group", 1},
		{`Thái Nguyên – Chợ Mới`, "lone-dash", len(`Thái Nguyên `)},
		{`"..."`, "no-word", 0},
		{`place:`, "bad-place", len(`place:`)},
		{`source:báo`, "bad-source", len(`source:`)},
		{strings.Repeat("(", 60) + "a", "too-deep", 51},
		{strings.Repeat("-", 60) + "a", "too-deep", 51},
		{strings.Repeat("a ", 2001), "too-many-terms", 4000},
		{strings.Repeat("a", query.MaxLength+1), "too-long", query.MaxLength},
	} {
		name := c.in
		if len(name) > 30 {
			name = name[:30] + "…"
		}
		_, err := query.Parse(c.in)
		var e *query.SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q) = %v, want a syntax error", name, err)
			continue
		}
		if e.Code != c.code || e.Pos != c.pos {
			t.Errorf("Parse(%q) = %s at %d, want %s at %d", name, e.Code, e.Pos, c.code, c.pos)
		}
		if !slices.Contains(query.Codes(), e.Code) {
			t.Errorf("Parse(%q): %q is no known code", name, e.Code)
		}
	}
}

func TestUnclosedQuoteSuggestsTheClosedOne(t *testing.T) {
	t.Parallel()
	_, err := query.Parse(`lũ “sạt lở `)
	if e := query.IsSyntax(err); e == nil || e.Suggestion != `lũ "sạt lở"` {
		t.Errorf("Parse = %v, want the suggestion %q", err, `lũ "sạt lở"`)
	}
}

// The table of ruling 17: what a phrase means in each mode.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query string
		text  string
		auto  news.Class // "" where it does not match
		exact news.Class
		fold  news.Class
	}{
		{`"chợ mới"`, "đi chợ mới", news.Exact, news.Exact, news.Exact},
		{`"chợ mới"`, "Chợ mới", news.Exact, news.Exact, news.Exact}, // begins a sentence
		{`"chợ mới"`, "CHỢ MỚI", news.Canonical, news.Canonical, news.Canonical},
		{`"chợ mới"`, "cho moi", news.Folded, "", news.Folded},
		{`"chợ mới"`, "cho mới", "", "", news.Folded},
		{`"chợ mới"`, "cho mỗi", "", "", news.Folded},
		{`"hoà giải"`, "hòa giải", news.Canonical, news.Canonical, news.Canonical},
		{`chợ`, "cho", "", "", news.Folded},
		{`cho`, "chợ", news.Folded, "", news.Folded},
		{`"sat lo"`, "sạt lở", news.Folded, "", news.Folded},
		{`"sat lo"`, "sat lo", news.Exact, news.Exact, news.Exact},
		{`"Quốc lộ 3"`, "Quoc lo 3", news.Folded, "", news.Folded},
		{`"đo"`, "do", "", "", news.Folded},
		{`"Bắc Kạn"`, "Bắc. Kạn", news.Exact, news.Exact, news.Exact}, // phrases cross sentences
		{`"Bắc Kạn"`, "Bắc kia Kạn", "", "", ""},
		{`CO2`, "khí CO₂ độc", news.Canonical, news.Canonical, news.Canonical},
		{`"khí CO₂"`, "khí CO2", news.Canonical, news.Canonical, news.Canonical},
	} {
		for mode, want := range map[query.Mode]news.Class{query.Auto: c.auto, query.Exact: c.exact, query.Fold: c.fold} {
			q := mustParse(t, c.query, mode)
			doc := document("", c.text)
			var got news.Class
			if hits := q.Hits(doc); len(hits) > 0 {
				got = hits[0].Class
			}
			if got != want || q.Eval(doc) != (want != "") {
				t.Errorf("%s in mode %s on %q = %q (%v), want %q", c.query, mode, c.text, got, q.Eval(doc), want)
			}
		}
	}
}

func TestEval(t *testing.T) {
	t.Parallel()
	doc := document("Sạt lở tại Pác Nặm", "Mưa lớn gây thiệt hại.")
	for in, want := range map[string]bool{
		`"sạt lở" "mưa lớn"`:               true,
		`"sạt lở" AND NOT mưa`:             false,
		`"Pác Nặm mưa"`:                    false, // phrases do not cross fields
		`bão OR "thiệt hại"`:               true,
		`-bão`:                             true,
		`place:060`:                        true,
		`place:06 AND source:bao-tinh`:     true,
		`place:061 OR source:khac`:         false,
		`"sạt lở" -(place:06 source:khac)`: true,
	} {
		if got := mustParse(t, in, query.Auto).Eval(doc); got != want {
			t.Errorf("Eval(%s) = %v, want %v", in, got, want)
		}
	}
}

func TestHitsAreThoseOfTheBranchesThatHold(t *testing.T) {
	t.Parallel()
	doc := document("lũ lũ", "bão và hạn")
	q := mustParse(t, `(lũ AND động) OR bão OR lũ -động`, query.Auto)
	var got []string
	for _, h := range q.Hits(doc) {
		got = append(got, fmt.Sprintf("%s %s %d-%d", h.Leaf.(*query.Phrase).Text, h.Field, h.Start, h.End))
	}
	want := []string{"bão body 0-4", "lũ title 0-3", "lũ title 4-7"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Hits = %q, want %q", got, want)
	}
}

func TestValidateWatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		mode query.Mode
		want error
	}{
		{`"sạt lở" place:06`, query.Auto, nil},
		{`"sat lo"`, query.Auto, nil},
		{`lũ`, query.Auto, nil},
		{`place:060`, query.Auto, nil},
		{`lu`, query.Auto, query.ErrLoneSyllable},
		{`"sạt lở" OR lu`, query.Fold, query.ErrLoneSyllable},
		{`"sạt lở" -bo`, query.Auto, query.ErrLoneSyllable},
		{`ATK`, query.Exact, nil},
		{`-lũ`, query.Auto, query.ErrNothingPositive},
		{`lũ OR -bão`, query.Auto, query.ErrNothingPositive},
		{`source:bao-tinh`, query.Auto, query.ErrNothingPositive},
		{`source:bao-tinh lũ`, query.Auto, nil},
		{`"sạt lở" NEAR/5 (mưa OR lu)`, query.Auto, query.ErrLoneSyllable},
		{`"sạt lở" SAMESENT ~lũ`, query.Auto, query.ErrLoneSyllable},
		{`"sat lo"~3`, query.Auto, nil},
		{`sat*`, query.Auto, query.ErrShortPrefix},
		{`thuy*`, query.Auto, nil},
		{`sạt*`, query.Auto, nil},
		{`site:a.vn from:2026-11-24 lang:vi tier:1`, query.Auto, query.ErrNothingPositive},
	} {
		if err := mustParse(t, c.in, c.mode).ValidateWatch(); !errors.Is(err, c.want) {
			t.Errorf("ValidateWatch(%s) = %v, want %v", c.in, err, c.want)
		}
	}
}

func TestUnknownModeIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := query.ParseMode("lũ", "fuzzy"); err == nil {
		t.Error("ParseMode with an unknown mode = nil, want an error")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`"sạt lở" AND (mưa OR "bão số 3") -hạn`, `NOT NOT place:06`, `"AND" và -(a b)`, `“x» （y） báo:z`, `TP.HCM a"b"c`, `"-x" -"y`,
		`(lũ OR sạt*) NEAR/5 ~"bo y te"`, `title:(a "b c"~3) SAMESENT d`, `từ:24/11/2026 to:2026-12-31 site:a.vn tier:1 lang:vi`,
		`a NEAR/3 (b AND c)`, `'a' "b*" c? [d] {e} f^2 g~ /h/ #i @j`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := query.Parse(s)
		if err != nil {
			e := query.IsSyntax(err)
			if e == nil || e.Pos < 0 || e.Pos > len(s) || !slices.Contains(query.Codes(), e.Code) {
				t.Fatalf("Parse(%q) = %#v: not a usable syntax error", s, err)
			}
			if e.Suggestion != "" {
				if _, err := query.Parse(e.Suggestion); err != nil || e.Suggestion == s {
					t.Fatalf("Parse(%q) suggests %q: %v", s, e.Suggestion, err)
				}
			}
			return
		}
		again, err := query.Parse(q.String())
		if err != nil {
			t.Fatalf("Parse(%q) of the canonical form of %q: %v", q.String(), s, err)
		}
		if w := again.Warnings; len(w) > 1 || len(w) == 1 && w[0].Code != "operator-in-quotes" || !reflect.DeepEqual(q.Root, again.Root) || again.String() != q.String() {
			t.Fatalf("%q: canonical form %q parses to another tree", s, q.String())
		}
	})
}
