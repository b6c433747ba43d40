package indextest

import (
	"slices"
	"strings"
	"testing"

	"lamro/internal/index"
	"lamro/internal/query"
)

// meaning is a query and the ids of what it finds, in order of the alphabet.
type meaning struct {
	query string
	mode  query.Mode
	want  string
}

// mean asks every query of an index.
func mean(t *testing.T, x index.Index, cases []meaning) {
	t.Helper()
	for _, c := range cases {
		got := find(t, x, index.Search{Query: parse(t, c.query, c.mode)})
		slices.Sort(got)
		if want := strings.Fields(c.want); !slices.Equal(got, want) {
			t.Errorf("%s search %s found %v, want %v", c.mode, c.query, got, want)
		}
	}
}

// Each case was a difference between engines, or between an engine and what people mean.
func testMeaning(t *testing.T, open Open) {
	x := fresh(t, open)
	put(t, x,
		doc("dau", "Mưa lũ ở Bắc Kạn và huyện Chợ Mới."),
		doc("tron", "Mua lu o Bac Kan va huyen Cho Moi."),
		doc("khac", "Ông ấy cho mới đây là chuyện nhỏ."),
		doc("nfd", "Mu\u031ba lu\u0303 o\u031b\u0309 Ba\u0306\u0301c Ka\u0323n."), // marks as characters of their own
		doc("hoa", "Phường Thuỷ Hoà khai trương."),                                // new places of the tone marks
		doc("dinh", "Đường đất về bản Đồng; đồn đại."),
		doc("cham", "Cán bộ TP.HCM và TP.Bắc Kạn dự họp."),
		doc("so", "Chi 5.000.000 đồng, tăng 3,5 lần."),
		doc("hoa-thuong", "TỈNH BẮC KẠN CÔNG BỐ", func(d *index.Document) { d.Title = "SẠT LỞ" }),
		doc("truong", "thứ hai", func(d *index.Document) { d.Title, d.Lead = "phần một", "phần ba thứ" }),
		doc("xa", "xã xa xa xã xã xa"),
		doc("emoji", "Chúc mừng 🎉Ba Bể🎉!"),
	)
	mean(t, x, []meaning{
		// A phrase with marks meets the same words, or all of them without marks, never a mixture.
		{`"Bắc Kạn"`, query.Auto, "cham dau hoa-thuong nfd tron"},
		{`"Bắc Kạn"`, query.Exact, "cham dau hoa-thuong nfd"},
		{`"Chợ Mới"`, query.Auto, "dau tron"},
		{`"Chợ Mới"`, query.Fold, "dau khac tron"},
		// Without marks it meets every accent.
		{`"bac kan"`, query.Auto, "cham dau hoa-thuong nfd tron"},
		{`"cho moi"`, query.Auto, "dau khac tron"},
		{`"bac kan"`, query.Exact, "tron"},
		// A lone syllable with marks does not meet the bare one.
		{"lũ", query.Auto, "dau nfd"},
		{"lu", query.Auto, "dau nfd tron"},
		// Unicode's two spellings, and both places of the tone mark.
		{`"Bắc Kạn"`, query.Exact, "cham dau hoa-thuong nfd"},
		{`"thủy hòa"`, query.Exact, "hoa"},
		{`"thuỷ hoà"`, query.Auto, "hoa"},
		{`"thuy hoa"`, query.Auto, "hoa"},
		// đ does not decompose: it must be folded by hand.
		{"đường", query.Auto, "dinh"},
		{"duong", query.Auto, "dinh"},
		{`"dong don"`, query.Auto, "dinh"},
		{"đon", query.Auto, ""},
		// "TP.HCM" is one token to Lucene and to Bleve's own tokenizer.
		{"HCM", query.Auto, "cham"},
		{`"TP.HCM"`, query.Auto, "cham"},
		{`"tp bắc kạn"`, query.Auto, "cham"},
		// A number stays whole.
		{"5.000.000", query.Auto, "so"},
		{"000", query.Auto, ""},
		{"3,5", query.Auto, "so"},
		// Capitals, and fields that a phrase must not cross.
		{`"sạt lở"`, query.Auto, "hoa-thuong"},
		{`"một phần"`, query.Auto, ""},
		{`"thứ thứ"`, query.Auto, ""},
		{`"phần ba thứ"`, query.Auto, "truong"},
		{`phần AND hai`, query.Auto, "truong"},
		// The same syllable twice, where each must be a token of its own.
		{`"xa xa"`, query.Exact, "xa"},
		{`"xã xã xa"`, query.Exact, "xa"},
		{`"xa xa xa"`, query.Exact, ""},
		{`"xa xa xa xa xa xa"`, query.Auto, "xa"},
		{`"xa xa xa xa xa xa xa"`, query.Auto, ""},
		{`"ba bể"`, query.Auto, "emoji"},
		// Operators. A must that finds nothing is not one that was left out.
		{`"Bắc Kạn" AND lũ`, query.Auto, "dau nfd"},
		{`"Ba Bể" OR đường`, query.Auto, "dinh emoji"},
		{`"Bắc Kạn" AND NOT "Chợ Mới"`, query.Auto, "cham hoa-thuong nfd"},
		{`khôngcótrongđâu AND NOT "Chợ Mới"`, query.Auto, ""},
		{`(khôngcótrongđâu OR lũ) AND NOT "khôngcó gìhết"`, query.Auto, "dau nfd"},
		{`NOT (NOT lũ)`, query.Auto, "dau nfd"},
		{`lũ AND (NOT "Chợ Mới" OR huyện)`, query.Auto, "dau nfd"},
	})
	if got := find(t, x, index.Search{Query: parse(t, `NOT "Bắc Kạn"`, query.Auto)}); len(got) != 7 {
		t.Errorf("NOT found %d, want the 7 others: %v", len(got), got)
	}
}

// Bodies reach 512 KiB, and nobody promised that words are short. Both are cut by engines
// that count in their own way.
func testLongTexts(t *testing.T, open Open) {
	x := fresh(t, open)
	long := strings.Repeat("đ", 150) // 300 bytes
	put(t, x,
		doc("dai", strings.Repeat("mưa lớn gây ngập nhiều nơi ", 20_000)+"tận cùng"),
		doc("tu", "trước "+long+"a sau"),
		doc("tu-khac", "trước "+long+"b sau"),
		doc("rong", ""),
	)
	wantFound(t, x, `"nơi tận cùng"`, "dai")
	wantFound(t, x, `"trước `+long+`a sau"`, "tu")
	wantFound(t, x, long+"b", "tu-khac")
	wantFound(t, x, "trước AND sau", "tu", "tu-khac")
	wantFound(t, x, "tin", "dai", "tu", "tu-khac", "rong")
}

func testFilters(t *testing.T, open Open) {
	x := fresh(t, open)
	with := func(source, class string, tier int, places, watches []string) func(*index.Document) {
		return func(d *index.Document) {
			d.Source, d.Class, d.Tier, d.Places, d.Watches = source, class, tier, places, watches
		}
	}
	put(t, x,
		doc("a", "lũ", with("bao-a", "press", 1, []string{"060", "06"}, []string{"w1", "w2"})),
		doc("b", "lũ", with("bao-b", "press", 2, []string{"061", "06"}, []string{"w1"})),
		doc("c", "nắng", with("cong-c", "state portal", 1, nil, []string{"w2"})),
	)
	for name, c := range map[string]struct {
		search index.Search
		want   string
	}{
		"source":             {index.Search{Sources: []string{"bao-a"}}, "a"},
		"two sources":        {index.Search{Sources: []string{"bao-a", "cong-c"}}, "a c"},
		"class":              {index.Search{Classes: []string{"state portal"}}, "c"},
		"tier":               {index.Search{Tiers: []int{1}}, "a c"},
		"place":              {index.Search{Places: []string{"06"}}, "a b"},
		"no such place":      {index.Search{Places: []string{"0"}}, ""},
		"watch":              {index.Search{Watches: []string{"w2"}}, "a c"},
		"all lists at once":  {index.Search{Watches: []string{"w2"}, Tiers: []int{1}, Places: []string{"060"}}, "a"},
		"with a query":       {index.Search{Query: parse(t, "lũ", query.Auto), Tiers: []int{2}}, "b"},
		"place in a query":   {index.Search{Query: parse(t, "place:06 AND NOT place:061", query.Auto)}, "a"},
		"source in a query":  {index.Search{Query: parse(t, "lũ AND source:bao-b", query.Auto)}, "b"},
		"one story":          {index.Search{Story: "c"}, "c"},
		"nothing but a list": {index.Search{Sources: []string{"bao-khong-co"}}, ""},
	} {
		got := find(t, x, c.search)
		slices.Sort(got)
		if want := strings.Fields(c.want); !slices.Equal(got, want) {
			t.Errorf("%s: found %v, want %v", name, got, want)
		}
	}
}
