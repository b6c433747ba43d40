package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func TestMarked(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text  string
		marks []Mark
		want  string
	}{
		{"a < b", nil, "a &lt; b"},
		{"xã Chợ Mới", []Mark{{4, 15, 0}}, "xã <mark>Chợ Mới</mark>"},
		{"sạt lở <b>", []Mark{{7, 11, 1}, {0, 7, 0}}, `<mark>sạt l</mark><mark class="t2">ở </mark>&lt;b&gt;`},
		{"chồng nhau", []Mark{{0, 7, 0}, {3, 9, 1}}, "<mark>chồng</mark> nhau"},
		{"ngoài", []Mark{{-1, 2, 0}, {2, 99, 0}, {3, 3, 0}, {4, 2, 0}, {4, 6, 0}}, "ngoài"},
	}
	for _, c := range cases {
		if got := string(marked(c.text, c.marks)); got != c.want {
			t.Errorf("marked(%q, %v) = %q, want %q", c.text, c.marks, got, c.want)
		}
	}
}

// Whatever a text and its marks are, what comes out reads as the text and has no element but
// mark.
func FuzzMarked(f *testing.F) {
	f.Add(hostile, 0, 8, 3, 20)
	f.Add("Chợ Mới", 1, 2, 0, 100)
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int) {
		text = strings.NewReplacer("\r", "", "\x00", "").Replace(strings.ToValidUTF8(text, ""))
		out := string(marked(text, []Mark{{a, b, 0}, {c, d, 1}}))
		doc, err := html.ParseFragment(strings.NewReader("<div>"+out+"</div>"), nil)
		if err != nil {
			t.Fatal(err)
		}
		var read strings.Builder
		for _, root := range doc {
			for n := range root.Descendants() {
				if n.Type == html.TextNode {
					read.WriteString(n.Data)
				} else if n.Type == html.ElementNode && !slices.Contains([]string{"html", "head", "body", "div", "mark"}, n.Data) {
					t.Errorf("marked(%q) holds <%s>", text, n.Data)
				}
			}
		}
		if read.String() != text {
			t.Errorf("marked(%q) reads as %q", text, read.String())
		}
	})
}

func TestParagraphsTakeTheirMarksAlong(t *testing.T) {
	t.Parallel()
	text := "Một.\n\n\n\nHai Ba Bể.\n\nBa."
	at := strings.Index(text, "Ba Bể")
	got := paragraphs(text, []Mark{{0, 5, 0}, {at, at + 8, 1}, {4, at, 0}})
	if len(got) != 3 || !slices.Equal(got[0].Marks, []Mark{{0, 5, 0}}) || !slices.Equal(got[1].Marks, []Mark{{4, 12, 1}}) || got[2].Text != "Ba." {
		t.Errorf("paragraphs = %+v", got)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	cases := []struct {
		old, new string
		want     []Change
	}{
		{"", "", nil},
		{"một hai ba", "một hai ba", []Change{{"same", "một hai ba"}}},
		{"một hai ba", "một bốn ba", []Change{{"same", "một "}, {"del", "hai "}, {"ins", "bốn "}, {"same", "ba"}}},
		{"", "mới", []Change{{"ins", "mới"}}},
		{"cũ", "", []Change{{"del", "cũ"}}},
		{"a b c d", "a c b d", []Change{{"same", "a "}, {"del", "b "}, {"same", "c "}, {"ins", "b "}, {"same", "d"}}},
	}
	for _, c := range cases {
		if got := changes(c.old, c.new); !slices.Equal(got, c.want) {
			t.Errorf("changes(%q, %q) = %v, want %v", c.old, c.new, got, c.want)
		}
	}
}

// What stays and what went is the old text; what stays and what came is the new one.
func FuzzChanges(f *testing.F) {
	f.Add("Hai nhà bị ngập.\n\nKhông có thiệt hại.", "Ba nhà bị ngập.\n\nKhông có thiệt hại về người.")
	f.Add(" a  b", "b a ")
	f.Fuzz(func(t *testing.T, old, new string) {
		var was, is strings.Builder
		for _, c := range changes(old, new) {
			if c.Kind != "ins" {
				was.WriteString(c.Text)
			}
			if c.Kind != "del" {
				is.WriteString(c.Text)
			}
		}
		if was.String() != old || is.String() != new {
			t.Errorf("changes(%q, %q) read as %q and %q", old, new, was.String(), is.String())
		}
	})
}

func TestLongTextsAreComparedByParagraphs(t *testing.T) {
	t.Parallel()
	old := strings.Repeat("một đoạn văn rất dài ", 1000) + "\n\nhai"
	new := strings.Repeat("đoạn khác hẳn ở đây ", 1000) + "\n\nba"
	var kinds []string
	for _, c := range changes(old, new) {
		kinds = append(kinds, c.Kind)
	}
	if len(kinds) == 0 || len(kinds) > 6 {
		t.Errorf("changes of long texts = %v, want a few stretches", kinds)
	}
}

func TestSpark(t *testing.T) {
	t.Parallel()
	s := sparkOf([]int{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 9})
	if !s.Usual || s.Low != 1 || s.High != 3 || !s.Above || s.Now != 9 || s.DotY != "4.0" || s.DotX != "107.0" {
		t.Errorf("sparkOf = %+v, want a usual 1–3 and today above it", s)
	}
	if s := sparkOf([]int{0, 5}); s.Usual || s.Above || s.Now != 5 {
		t.Errorf("sparkOf of two days = %+v, want nothing usual", s)
	}
	if s := sparkOf(nil); s.Path != "" {
		t.Errorf("sparkOf(nil) = %+v, want nothing", s)
	}
	if s := sparkOf([]int{3}); s.Path != "" || s.Now != 3 {
		t.Errorf("sparkOf of one day = %+v, want the number alone", s)
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Sạt lở Đồn Đèn":           "sat-lo-don-den",
		"  — ":                     "",
		"Quốc lộ 3 (Thái Nguyên)":  "quoc-lo-3-thai-nguyen",
		strings.Repeat("dài ", 20): "dai-dai-dai-dai-dai-dai-dai-dai-dai-dai",
	} {
		got := slug(in)
		if got != want || got != "" && !idForm.MatchString(got) {
			t.Errorf("slug(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestQueryProblemCountsAsPeopleCount(t *testing.T) {
	t.Parallel()
	v := &visit{renderer: &renderer{locale: locales(t)["vi"]}}
	cases := []struct {
		query string
		err   QueryError
		want  string
		at    string
	}{
		{`Chợ "Mới`, QueryError{Pos: 6, Code: "unclosed-quote"}, "Chữ thứ 5: thiếu dấu đóng ngoặc kép; viết \" ở chỗ cụm kết thúc.", `"`},
		{`Chợ AND`, QueryError{Pos: 99, Code: "empty"}, "Chữ thứ 8: viết ít nhất một từ.", "␣"},
		{`Chợ`, QueryError{Pos: 3, Code: "brand-new", Expected: "place:"}, "Chữ thứ 3: cần place:.", "ợ"},
		{`Chợ`, QueryError{Pos: -1}, "Chữ thứ 1: câu tìm chưa đúng.", "C"},
	}
	for _, c := range cases {
		p := v.queryProblem(c.query, &c.err)
		if p.Text != c.want || p.At != c.at || p.At != "␣" && p.Before+p.At+p.After != c.query {
			t.Errorf("queryProblem(%q, %+v) = %+v, want %q at %q", c.query, c.err, p, c.want, c.at)
		}
	}
}

func BenchmarkAlertsPage(b *testing.B) {
	all, err := loadLocales(nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	static, err := newStaticFiles()
	if err != nil {
		b.Fatal(err)
	}
	l := all["vi"]
	l.now = func() time.Time { return now }
	r, err := newRenderer(l, static)
	if err != nil {
		b.Fatal(err)
	}
	d := full()
	g := AlertGroup{Severity: "high"}
	for range alertsPerPage {
		g.Items = append(g.Items, AlertItem{Alert: d.alerts[0], CanAct: true})
	}
	p := alertsPage{Frame: Frame{SignedIn: true}, Groups: []AlertGroup{g}}
	for b.Loop() {
		if _, err := r.render("alerts", "page", p); err != nil {
			b.Fatal(err)
		}
	}
}
