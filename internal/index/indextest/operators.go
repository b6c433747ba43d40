package indextest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
)

// What stands near what: engines count distances in their own way, and few know sentences.
func testProximity(t *testing.T, open Open) {
	x := fresh(t, open)
	put(t, x,
		doc("ke", "Lũ quét ở Ba Bể hôm nay."),
		doc("xa", "Lũ về. Nước dâng cao, dân ở nhiều nơi như Ba Bể phải đi."),
		doc("nguoc", "Ở Ba Bể có lũ."),
		doc("bare", "Lu quet o Ba Be hom nay."),
		doc("khac", "Lũ quét ở ba bé nhà này."),
		doc("truong", "ở Ba Bể", func(d *index.Document) { d.Title, d.Lead = "Lũ quét", "Tin vắn" }),
		doc("tieu-de", "Tin vắn", func(d *index.Document) { d.Title = "Ba Bể: lũ quét" }),
		doc("lap", "xa xã xa xăm"),
	)
	mean(t, x, []meaning{
		// n is the number of other syllables between; a phrase counts as what it covers.
		{`lũ NEAR/1 "ba bể"`, query.Auto, "nguoc tieu-de"},
		{`lũ NEAR/2 "ba bể"`, query.Auto, "ke nguoc tieu-de"},
		{`lũ ONEAR/2 "ba bể"`, query.Auto, "ke"},
		{`lũ ONEAR/10 "ba bể"`, query.Auto, "ke xa"},
		{`"ba bể" ONEAR/0 lũ`, query.Auto, "tieu-de"},
		{`"ba bể" ONEAR/1 lũ`, query.Auto, "nguoc tieu-de"},
		{`lũ NEAR/0 quét`, query.Auto, "ke khac tieu-de truong"},
		// Each leaf is met by its own mode: a lone syllable with marks never without them.
		{`"lũ quét" NEAR/3 "ba bể"`, query.Auto, "bare ke tieu-de"},
		{`"lũ quét" NEAR/3 "ba bể"`, query.Exact, "ke tieu-de"},
		{`"lũ quét" NEAR/3 "ba bể"`, query.Fold, "bare ke khac tieu-de"},
		{`"lu quet" NEAR/3 "ba be"`, query.Auto, "bare ke khac tieu-de"},
		// Alternatives on either side, prefixes among them.
		{`(mưa OR lũ) NEAR/2 ("chợ đồn" OR "ba bể")`, query.Auto, "ke nguoc tieu-de"},
		{`qu* ONEAR/1 "ba bể"`, query.Auto, "bare ke"},
		{`(qué* OR lũ) NEAR/1 "ba bể"`, query.Auto, "ke nguoc tieu-de"},
		// The two sides share no token.
		{`xa NEAR/5 xa`, query.Exact, "lap"},
		{`"ba bể" NEAR/5 "ba bể"`, query.Auto, ""},
		{`"ba bể" NEAR/5 bể`, query.Auto, ""},
		// Nothing crosses fields, and only SAMESENT minds sentences.
		{`"lũ quét" NEAR/50 "ba bể" NOT title:lũ`, query.Auto, "bare ke"},
		{`lũ SAMESENT "ba bể"`, query.Auto, "ke nguoc tieu-de"},
		{`lũ NEAR/50 dân`, query.Auto, "xa"},
		{`lũ SAMESENT dân`, query.Auto, ""},
		{`nước SAMESENT (đi OR dâng)`, query.Auto, "xa"},
		{`"ba bể" SAMESENT bể`, query.Auto, ""},
		{`"về nước" SAMESENT dân`, query.Auto, ""},
		// The syllables of a loose phrase, in any order, each a token of its own.
		{`"lũ ba bể"~1`, query.Auto, "nguoc tieu-de"},
		{`"lũ ba bể"~2`, query.Auto, "bare ke nguoc tieu-de"},
		{`"bể ba lũ"~2`, query.Auto, "bare ke nguoc tieu-de"},
		{`"ba lũ bể"~2`, query.Fold, "bare ke khac nguoc tieu-de"},
		{`"quét bể"~3`, query.Auto, "bare ke tieu-de"},
		{`"xa xa"~0`, query.Exact, ""},
		{`"xa xa"~1`, query.Exact, "lap"},
		{`"xa xa xa"~5`, query.Exact, ""},
		{`"xa xa xa"~0`, query.Fold, "lap"},
		// Inside other operators, and taken away.
		{`"ba bể" NOT (lũ NEAR/1 "ba bể")`, query.Auto, "bare ke truong xa"},
		{`tin AND (lũ NEAR/1 "ba bể" OR "lũ quét")`, query.Auto, "bare ke khac nguoc tieu-de truong"},
		{`title:(lũ NEAR/3 "ba bể")`, query.Auto, "tieu-de"},
		{`body:(lũ NEAR/3 "ba bể")`, query.Auto, "ke nguoc"},
	})
}

// The letters that words begin with, also of words that stand in an index as a hash.
func testPrefixes(t *testing.T, open Open) {
	x := fresh(t, open)
	long := "nghiêng" + strings.Repeat("đ", 150)
	put(t, x,
		doc("dau", "Nghiêng mình, hoà nhạc"),
		doc("khac", "nghiền nát, hoá học"),
		doc("tron", "nghien cuu, hoa hoc"),
		doc("dai", "chữ "+long),
		doc("so", "quốc lộ 3B, 2026"),
		doc("tieu-de", "nghỉ", func(d *index.Document) { d.Title = "Nghiên cứu" }),
	)
	mean(t, x, []meaning{
		{"nghi*", query.Auto, "dai dau khac tieu-de tron"},
		{"nghi*", query.Exact, "dai dau khac tieu-de tron"},
		{"nghiê*", query.Auto, "dai dau tieu-de"},
		{"nghien*", query.Auto, "dai dau khac tieu-de tron"},
		{"nghien*", query.Exact, "tron"},
		{"nghiê*", query.Fold, "dai dau khac tieu-de tron"},
		{"hòa*", query.Auto, "dau"}, // typed with the other place of the mark
		{"hoà*", query.Exact, "dau"},
		{"nghiêngđđđđđđđđđđ*", query.Auto, "dai"},
		{"3b*", query.Auto, "so"},
		{"20*", query.Auto, "so"},
		{"title:nghi*", query.Auto, "tieu-de"},
		{"body:nghi* NOT title:nghi*", query.Auto, "dai dau khac tron"},
		{"zz*", query.Auto, ""},
		{"nghi* NOT nghiê*", query.Auto, "khac tron"},
	})
}

// The fields of a query, and y for i where that is asked for.
func testFields(t *testing.T, open Open) {
	x := fresh(t, open)
	at := func(published string) func(*index.Document) {
		return func(d *index.Document) {
			p, err := time.ParseInLocation(time.DateTime, published, news.Zone())
			if err != nil {
				t.Fatal(err)
			}
			d.PublishedAt = p
		}
	}
	put(t, x,
		doc("a", "lũ", func(d *index.Document) { d.URL, d.Tier = "https://Tin.Bao-A.example:8080/1", 2 }, at("2026-11-09 23:59:59")),
		doc("b", "lũ ở xa", func(d *index.Document) { d.URL, d.Language = "https://bao-a.example/2", "en" }, at("2026-11-10 00:00:00")),
		doc("c", "bác sỹ kỹ tính", func(d *index.Document) { d.URL, d.Title = "https://xbao-a.example/3", "Lũ" }, at("2026-11-20 00:00:00")),
		doc("d", "bác sĩ ky tinh", func(d *index.Document) { d.URL, d.Lead, d.Language = "", "lũ", "" }),
	)
	mean(t, x, []meaning{
		{"site:bao-a.example", query.Auto, "a b"},
		{"site:tin.bao-a.example", query.Auto, "a"},
		{"site:example", query.Auto, "a b c"},
		{"NOT site:example", query.Auto, "d"},
		{"lang:vi", query.Auto, "a c"},
		{"lũ lang:en", query.Auto, "b"},
		{"tier:2", query.Auto, "a"},
		{"lũ NOT tier:1", query.Auto, "a"},
		{"title:lũ", query.Auto, "c"},
		{"body:lũ", query.Auto, "a b d"},
		{"body:(lũ OR bác)", query.Auto, "a b c d"},
		// Days are the office's; what claims to be published after it was seen was not.
		{"from:2026-11-10", query.Auto, "b c d"},
		{"to:2026-11-09", query.Auto, "a"},
		{"from:2026-11-10 to:2026-11-10", query.Auto, "b"},
		{"from:2026-11-15 to:2026-11-15", query.Auto, "c d"},
		{"from:2026-11-16", query.Auto, ""},
		{"lũ NOT from:2026-11-10", query.Auto, "a"},
		{`"bác sỹ"`, query.Auto, "c"},
		{`"bác sĩ"`, query.Exact, "d"},
	})
	for text, want := range map[string]string{
		`"bác sỹ"`: "[c d]", `"bác sĩ"`: "[c d]", `"sĩ kỹ"`: "[c]", `"sy ky"`: "[c d]", `"kĩ tính"`: "[c d]", `"bác tính"~3`: "[c]",
		`sĩ NEAR/0 kĩ`: "[c]", `"kĩ bác sĩ"~0`: "[c]",
	} {
		q, err := query.ParseWith(text, query.Options{IY: true})
		if err != nil {
			t.Fatal(err)
		}
		got := find(t, x, index.Search{Query: q})
		slices.Sort(got)
		if fmt.Sprint(got) != want {
			t.Errorf("%s with y for i found %v, want %s", text, got, want)
		}
	}
}

// What would take an index too long is refused, and what is large is answered.
func testHostile(t *testing.T, open Open) {
	x := fresh(t, open)
	var body strings.Builder
	for i := range 6_000 {
		fmt.Fprintf(&body, "zz%04x ", i)
	}
	put(t, x, doc("nhieu", body.String()), doc("it", "lũ quét ở Ba Bể"))
	for _, text := range []string{"zz*", "lũ NEAR/5 zz*", "zz* OR zz0*"} {
		if _, err := x.Search(t.Context(), index.Search{Query: parse(t, text, query.Auto)}); !errors.Is(err, index.ErrBadSearch) {
			t.Errorf("%s: Search = %v, want ErrBadSearch", text, err)
		}
	}
	wantFound(t, x, "zz0*", "nhieu")
	var terms []string
	for i := range 1_990 {
		terms = append(terms, syllables[i%len(syllables)]+syllables[i/len(syllables)%len(syllables)])
	}
	wantFound(t, x, strings.Join(terms, " OR ")+" OR quét", "it")
	wantFound(t, x, strings.Join(terms, " AND "))
	wantFound(t, x, "("+strings.Join(terms[:900], " OR ")+" OR lũ) NEAR/3 ("+strings.Join(terms[:900], " OR ")+" OR bể)", "it")
	wantFound(t, x, `"`+strings.Repeat("lũ ", 1_000)+`"~50`)
}
