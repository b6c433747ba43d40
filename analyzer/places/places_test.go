package places_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

func text(title, body string) places.Document {
	return places.Document{Fields: []query.Field{
		{Name: "title", Text: vietnamese.Read(title)}, {Name: "body", Text: vietnamese.Read(body)},
	}}
}

// certain are the names and codes of the certain places of a text, in order.
func certain(found places.Found) (out []string) {
	for _, p := range found.Places {
		if p.Certain {
			out = append(out, p.Code+" "+p.Name)
		}
	}
	return out
}

var before, after = time.Date(2024, 5, 1, 3, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 3, 0, 0, 0, time.UTC)

func TestResolve(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	for _, c := range []struct {
		why   string
		title string
		body  string
		at    time.Time
		want  []string
	}{
		{why: "the province", body: "UBND tỉnh Bắc Kạn họp", want: []string{"06 Bắc Kạn"}},
		{why: "older spelling", body: "tỉnh Bắc Cạn", want: []string{"06 Bắc Kạn"}},
		{why: "without marks", body: "tinh bac kan co mua", want: []string{"06 Bắc Kạn"}},
		{why: "hashtag and domain", body: "#BacKan và #bắckạn trên baobackan.vn", want: []string{"06 Bắc Kạn", "06 Bắc Kạn", "06 Bắc Kạn"}},
		{why: "abbreviated", body: "B.Kạn: khởi công cầu", want: []string{"06 Bắc Kạn"}},
		{why: "title in capitals", title: "BẮC KẠN: MƯA LŨ", want: []string{"06 Bắc Kạn"}},
		{why: "the north is shallow", body: "suối phía bắc cạn nước"},
		{why: "Bac Can alone is too little", body: "Bac Can la gi"},
		{why: "Bac Can beside the province", body: "Bac Can, tuc Bắc Kạn", want: []string{"06 Bắc Kạn", "06 Bắc Kạn"}},
		{why: "the city", body: "TP. Bắc Kạn có mưa", at: before, want: []string{"058 Bắc Kạn"}},
		{why: "the town until 2015", body: "thị xã Bắc Kạn", want: []string{"058 Bắc Kạn"}},
		{why: "the ward", body: "phường Bắc Kạn, tỉnh Thái Nguyên", at: after, want: []string{"01843 Bắc Kạn", "19 Thái Nguyên"}},

		{why: "district with its word", body: "Mưa đá ở huyện Pác Nặm", want: []string{"060 Pác Nặm"}},
		{why: "variant", body: "huyện Pắc Nặm", want: []string{"060 Pác Nặm"}},
		{why: "enumeration", body: "Tại các huyện Ba Bể, Na Rì và Chợ Đồn có mưa", want: []string{"061 Ba Bể", "066 Na Rì", "064 Chợ Đồn"}},
		{why: "bare name beside the province", body: "Ở Bạch Thông có cam. Bắc Kạn vào vụ.", want: []string{"063 Bạch Thông", "06 Bắc Kạn"}},
		{why: "bare name alone", body: "Ở Bạch Thông có cam"},
		{why: "parent in brackets", body: "đến Chợ Mới (Bắc Kạn) hôm qua", want: []string{"065 Chợ Mới", "06 Bắc Kạn"}},
		{why: "chain of parents", body: "xã Yên Hân, Chợ Mới, Bắc Kạn", want: []string{"02116 Yên Hân", "065 Chợ Mới", "06 Bắc Kạn"}},
		{why: "full first, then short", body: "Huyện Chợ Đồn họp. Hôm sau Chợ Đồn họp tiếp.", want: []string{"064 Chợ Đồn", "064 Chợ Đồn"}},
		{why: "present commune", body: "xã Chợ Đồn, tỉnh Thái Nguyên", at: after, want: []string{"02020 Chợ Đồn", "19 Thái Nguyên"}},
		{why: "Thái Nguyên supports from July 2025", body: "Mưa lớn ở Thái Nguyên. Người dân Nghiên Loan sơ tán.", at: after, want: []string{"19 Thái Nguyên", "01882 Nghiên Loan"}},
		{why: "but not before", body: "Mưa lớn ở Thái Nguyên. Người dân Nghiên Loan sơ tán.", at: before, want: []string{"19 Thái Nguyên"}},

		{why: "another province's district", body: "huyện Chợ Mới, tỉnh An Giang"},
		{why: "its units nearby", body: "Từ Long Xuyên qua phà sang Chợ Mới là đến nhà"},
		{why: "both in one text", title: "Bắc Kạn giao lưu với An Giang", body: "Đoàn đến huyện Chợ Mới, tỉnh An Giang.", want: []string{"06 Bắc Kạn"}},
		{why: "transparency", body: "Bắc Kạn minh bạch thông tin đất đai", want: []string{"06 Bắc Kạn"}},
		{why: "transparency in capitals", title: "BẮC KẠN MINH BẠCH THÔNG TIN", want: []string{"06 Bắc Kạn"}},
		{why: "a new market", body: "Bắc Kạn có chợ mới khai trương", want: []string{"06 Bắc Kạn"}},
		{why: "at the beginning of a sentence", body: "Bắc Kạn vui. Chợ mới khai trương. Ba bể bơi đã mở.", want: []string{"06 Bắc Kạn"}},
		{why: "a new market in capitals", title: "CHỢ MỚI KHAI TRƯƠNG Ở BẮC KẠN", want: []string{"06 Bắc Kạn"}},
		{why: "prefix of another name", body: "chợ Đồng Xuân"},
		{why: "railway station", body: "ga Ngân Sơn, Bố Trạch, Quảng Bình"},
		{why: "company", body: "Công ty thuốc lá Ngân Sơn"},
		{why: "other province", body: "Bắc Giang và phía Bắc Cần Thơ"},

		{why: "the lake", body: "Du khách đến hồ Ba Bể", want: []string{"lm-ho-ba-be hồ Ba Bể"}},
		{why: "the route", body: "cao tốc Thái Nguyên – Chợ Mới", want: []string{"lm-cao-toc-thai-nguyen-cho-moi Thái Nguyên - Chợ Mới"}},
		{why: "a national road alone", body: "Tai nạn trên quốc lộ 3 ở Đông Anh"},
		{why: "a national road in the area", body: "Tai nạn trên QL3 qua huyện Bạch Thông", want: []string{"lm-quoc-lo-3 quốc lộ 3", "063 Bạch Thông"}},
		{why: "a river beside the province that the area joined", body: "Nước sông Cầu tại tỉnh Thái Nguyên lên nhanh", want: []string{"19 Thái Nguyên"}},
		{why: "a river in the area", body: "Nước sông Cầu qua phường Bắc Kạn lên nhanh", want: []string{"lm-song-cau sông Cầu", "01843 Bắc Kạn"}},
		{why: "a pass of many provinces", body: "đèo Gió có sương mù"},

		{why: "a street of the same name", body: "Bắc Kạn cử đoàn đến đường Trần Phú", want: []string{"06 Bắc Kạn"}},
		{why: "a common commune beside its district", body: "xã Trần Phú, huyện Na Rì", want: []string{"02179 Trần Phú", "066 Na Rì"}},
		{why: "a common commune far from the province", title: "Tin trong ngày", body: "Bắc Kạn có mưa. Hà Nội nắng. Gió nhẹ. Tại xã Tân Lập, đường ngập.", want: []string{"06 Bắc Kạn"}},
		{why: "a person's name", body: "Tỉnh Bắc Kạn tặng quà em Nguyễn Cao Kỳ Nam", want: []string{"06 Bắc Kạn"}},
	} {
		doc := text(c.title, c.body)
		doc.At = c.at
		if got := certain(g.Resolve(doc)); !slices.Equal(got, c.want) {
			t.Errorf("%s: Resolve(%q, %q) = %q, want %q", c.why, c.title, c.body, got, c.want)
		}
	}
}

func TestUncertainAndOthersSayWhy(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	found := g.Resolve(text("", "Ở Bạch Thông có cam, bán ở chợ mới. Quốc lộ 3 kẹt xe."))
	if len(found.Places) != 1 || found.Places[0].Certain || found.Places[0].Why == "" || found.Places[0].Code != "063" {
		t.Errorf("places = %+v, want Bạch Thông, uncertain", found.Places)
	}
	var others []string
	for _, o := range found.Others {
		if o.Why == "" {
			t.Errorf("%+v has no reason", o)
		}
		others = append(others, o.Name)
	}
	if want := []string{"chợ mới", "Quốc lộ 3"}; !slices.Equal(others, want) {
		t.Errorf("others = %q, want %q", others, want)
	}
}

// A name of another time is understood, and said to be one.
func TestNamesOfAnotherTimeSaySo(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	of2019 := time.Date(2019, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct {
		body string
		at   time.Time
		code string
		want string // "" where the name is of its time
	}{
		{"huyện Pác Nặm", before, "060", ""},
		{"huyện Pác Nặm", after, "060", "called so until 30/06/2025"},
		{"tỉnh Bắc Kạn", after, "06", "called so until 30/06/2025"},
		{"xã Cao Trĩ, huyện Ba Bể", of2019, "01903", ""},
		{"xã Cao Trĩ, huyện Ba Bể", before, "01903", "called so until 31/01/2020"},
		{"xã Chợ Đồn, tỉnh Thái Nguyên", after, "02020", ""},
		{"xã Chợ Đồn, tỉnh Bắc Kạn", before, "02020", "called so since 01/07/2025"},
		{"huyện Pác Nặm", time.Time{}, "060", ""},
	} {
		doc := text("", c.body)
		doc.At = c.at
		found := g.Resolve(doc).Places
		if len(found) == 0 || found[0].Code != c.code || !found[0].Certain {
			t.Errorf("%q at %v = %+v, want %s", c.body, c.at, found, c.code)
			continue
		}
		if why := found[0].Why; strings.Contains(why, "called so") != (c.want != "") || !strings.Contains(why, c.want) {
			t.Errorf("%q at %v: why %q, want %q in it", c.body, c.at, why, c.want)
		}
	}
}

func TestAboutIsWhatATextIsAbout(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	for _, c := range []struct {
		title, body string
		level       places.Level
	}{
		{"Bắc Kạn: mưa lũ gây thiệt hại", "Mưa lũ tại huyện Pác Nặm làm sập cầu. Tỉnh Bắc Kạn đã cấp gạo. Huyện Ba Bể cũng ngập.", places.Central},
		{"Bão số 3 suy yếu", strings.Repeat("Mưa lớn ở Hà Nội, Hải Phòng và Quảng Ninh. ", 12) + "Bắc Kạn cũng có mưa.", places.Passing},
	} {
		about := g.Resolve(text(c.title, c.body)).About
		if len(about) == 0 || about[0].Code != "06" || about[0].Level != c.level || about[0].Name != "Bắc Kạn" {
			t.Errorf("%q: about = %+v, want 06 %s", c.title, about, c.level)
		}
	}
	if about := g.Resolve(text("Huế có mưa", "Chợ mới ngập.")).About; about != nil {
		t.Errorf("a text about something else: %+v", about)
	}
}

func TestHomeOfTheOutletIsAHint(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	doc := text("", "Ở Bạch Thông có cam")
	doc.Home = "06"
	if got := certain(g.Resolve(doc)); !slices.Equal(got, []string{"063 Bạch Thông"}) {
		t.Errorf("in an outlet of the area: %q", got)
	}
	doc.Home = "91"
	if got := certain(g.Resolve(doc)); got != nil {
		t.Errorf("in an outlet of another province: %q", got)
	}
}

func TestCodesHoldAllThatAPlaceLiesIn(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	for _, c := range []struct {
		body string
		at   time.Time
		want []string
	}{
		{"xã Giáo Hiệu, huyện Pác Nặm", before, []string{"01864", "01870", "06", "060", "19"}},
		{"xã Đồng Phúc, tỉnh Thái Nguyên", after, []string{"01933", "06", "061", "064", "19"}},
		{"xã Đồng Phúc, huyện Ba Bể", before, []string{"01933", "06", "061"}},
		{"hồ Ba Bể", after, []string{"01906", "06", "061", "19", "lm-ho-ba-be"}},
		{"tỉnh Bắc Kạn", before, []string{"06", "19"}},
	} {
		doc := text("", c.body)
		doc.At = c.at
		found := g.Resolve(doc).Places
		if len(found) == 0 || !slices.Equal(found[0].Codes, c.want) || !found[0].InArea {
			t.Errorf("codes of %q = %+v, want %q in area", c.body, found, c.want)
		}
	}
}

func TestClassOfAPlaceIsHowItIsWritten(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	for body, want := range map[string]news.Class{
		"tỉnh Bắc Kạn": news.Exact, "tỉnh BẮC KẠN": news.Canonical, "tỉnh Bắc Cạn": news.Canonical, "tinh Bac Kan": news.Folded,
	} {
		if found := g.Resolve(text("", body)).Places; len(found) != 1 || found[0].Class != want {
			t.Errorf("class of %q = %+v, want %s", body, found, want)
		}
	}
}

// Each of the former and present communes is found with its district or province, and never surely
// in an outlet of another province without context.
func TestEveryUnitIsFoundWithItsParentAndUnsureWithoutContext(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	words := map[string]string{"commune": "xã", "ward": "phường", "township": "thị trấn"}
	units := 0
	for _, u := range g.Units() {
		if words[u.Kind] == "" {
			continue
		}
		units++
		at, province := before, "tỉnh Bắc Kạn"
		if u.To == "" {
			at, province = after, "tỉnh Thái Nguyên"
		} else if u.To < "2021" {
			at = time.Date(2019, 3, 4, 5, 6, 7, 0, time.UTC)
		}
		full := words[u.Kind] + " " + u.Name
		found := []string{
			"Hôm qua, tại " + full + ", " + province + " có mưa to.",
			"Mưa đá ở " + full + " (" + u.ParentName + ", " + province + ").",
			"Theo UBND " + province + ", " + full + " đã có điện.",
		}
		switch {
		case u.Parent == "19":
		case u.Parent == "058":
			found = append(found, "Lũ cuốn trôi cầu ở "+full+", thành phố Bắc Kạn.")
		case u.Name == u.ParentName:
			// "thị trấn Chợ Mới, huyện Chợ Mới" was in An Giang too.
		default:
			found = append(found, "Lũ cuốn trôi cầu ở "+full+", huyện "+u.ParentName+".", "Tin từ "+full+", "+u.ParentName+" cho biết.")
		}
		for _, body := range found {
			if !holds(g, body, "", at, u.Code) {
				t.Errorf("%s is not surely found in %q: %+v", u.Code, body, g.Resolve(places.Document{Fields: text("", body).Fields, At: at}).Places)
			}
		}
		if u.Name == "Bắc Kạn" {
			continue // nobody else bears it
		}
		for _, body := range []string{
			"Nhà văn " + u.Name + " vừa ra sách mới ở Cà Mau.",
			"Chiều nay ở " + u.Name + " trời nhiều mây.",
			"Công ty " + u.Name + " khai trương cửa hàng ở Cà Mau.",
		} {
			if holds(g, body, "96", at, u.Code) {
				t.Errorf("%s is surely found in %q without context", u.Code, body)
			}
		}
	}
	if units < 108+37 {
		t.Errorf("%d names of communes, want at least 145", units)
	}
}

// holds says whether a place of the area is surely found under a code in a text.
func holds(g *places.Gazetteer, body, home string, at time.Time, code string) bool {
	doc := text("", body)
	doc.Home, doc.At = home, at
	return slices.ContainsFunc(g.Resolve(doc).Places, func(p places.Place) bool { return p.Certain && p.InArea && p.Code == code })
}

func TestLoadNamesEveryMistakeWithItsLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", []string{"p.yaml:1: empty"}},
		{"area: [\"06\"]\nunits:\n  - code: 6x\n    names: []\n  - code: \"06\"\n    names: [{kind: county, name: \"…\", parent: \"99\"}]\n",
			[]string{`p.yaml:3: code "6x"`, `p.yaml:5: kind "county"`, `p.yaml:5: a name without letters`, `p.yaml:5: parent "99"`}},
		{"area: [\"06\"]\nunits:\n  - code: \"06\"\n    colour: red\n", []string{"p.yaml:4:"}},
		{"area: []\nunits:\n  - {code: \"06\", names: [{kind: province, name: X, from: July}]}\n", []string{"July"}},
		{"area: [\"07\"]\nlandmarks:\n  - {code: x, name: X}\n  - {code: lm-x, name: X}\n",
			[]string{`p.yaml:3: code "x"`, "p.yaml:4: lm-x lies nowhere", `p.yaml:1: area "07"`}},
	} {
		_, err := places.Load(strings.NewReader(c.in), "p.yaml")
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Load(%q) = %v, want %q in it", c.in, err, want)
			}
		}
	}
}

func FuzzResolve(f *testing.F) {
	g := shipped(f)
	f.Add("BẮC KẠN", "huyện Chợ Mới, tỉnh An Giang và xã Trần Phú")
	f.Add("Hà Nội", "Cao Bằng\nBắc Kạn\nLạng Sơn\nSơn La\nHuế")
	f.Add("Bắc\nKạn", "Cao Bằng, Thái\nNguyên, Bắc Kạn\nLạng\nSơn.")
	f.Add("", "các huyện Ba Bể, Pác Nặm (Bắc Kạn) – Thái Nguyên - Chợ Mới")
	f.Fuzz(func(t *testing.T, title, body string) {
		found := g.Resolve(text(title, body))
		for _, p := range found.Places {
			in := title
			if p.Field == "body" {
				in = body
			}
			if p.Start < 0 || p.Start >= p.End || p.End > len(in) || p.Why == "" || !slices.Contains(p.Codes, p.Code) {
				t.Fatalf("place %+v of %q", p, in)
			}
		}
		for _, o := range found.Others {
			if o.Why == "" || o.Start >= o.End {
				t.Fatalf("other %+v", o)
			}
		}
		for _, a := range found.About {
			if a.Score < 0 || a.Score > 1 || a.Name == "" {
				t.Fatalf("about %+v", a)
			}
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	g := shipped(b)
	body := strings.Repeat("Sáng nay tại huyện Pác Nặm, tỉnh Bắc Kạn, mưa lớn gây sạt lở trên quốc lộ 3. Người dân đi chợ mới bằng đường khác. ", 25)
	doc := text("Mưa lớn", body)
	b.ReportAllocs()
	for b.Loop() {
		g.Resolve(doc)
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		shipped(b)
	}
}
