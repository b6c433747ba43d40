package vietnamese_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/vietnamese"
)

func TestTokensKeepNumbersAndPartEverythingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"UBND tỉnh Bắc Kạn", "UBND|tỉnh|Bắc|Kạn"},
		{"TP.Đà Nẵng", "TP|Đà|Nẵng"},
		{"5.000.000 đồng, 3,5% và 12 người.", "5.000.000|đồng|3,5|và|12|người"},
		{"0,65ha; 7h30 ngày 12/6/2026", "0,65ha|7h30|ngày|12|6|2026"},
		{"bac-kan bac_kan #BacKan", "bac|kan|bac|kan|BacKan"},
		{"năm 2025. 37 xã", "năm|2025|37|xã"},
		{"QL3.Đoạn", "QL3|Đoạn"},
		{"https://baobackan.vn/tin-1.htm", "https|baobackan|vn|tin|1|htm"},
		{"B\u200bắc K\u2060ạn", "B\u200bắc|K\u2060ạn"},
		{"\u0301 ", ""},
		{"", ""},
	} {
		var got []string
		for _, token := range vietnamese.Read(c.in).Tokens {
			got = append(got, c.in[token.Start:token.End])
		}
		if g := strings.Join(got, "|"); g != c.want {
			t.Errorf("Read(%q) = %q, want %q", c.in, g, c.want)
		}
	}
}

// Every way to write a name that people and machines were seen to use.
func TestCanonicalIsTheSameForEverySpelling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ want, in string }{
		{"bắc kạn", "BẮC KẠN"},
		{"bắc kạn", "bắc.kạn"},
		{"bắc kạn", norm.NFD.String("Bắc Kạn")},
		{"bắc kạn", "Ba\u0301\u0306c Kạn"}, // tone typed before the breve
		{"bắc kạn", "Bá\u0306c Kạn"},
		{"bắc kạn", "B\u200bắc K\u00adạn"},
		{"bắc kạn", "Bắc\u00a0Kạn"},
		{"bắc kạn", "Вắс Кạn"}, // Cyrillic В, с, К
		{"bắc kạn", "ʙắᴄ ᴋạɴ"},
		{"bắc kạn", "Bắⅽ Kạn"},
		{"bắc kạn", "Ｂắc Ｋạn"},
		{"bắc kạn", "𝐁ắ𝐜 𝐊ạ𝐧"},
		{"võ nguyên giáp và con", "Võ Nguуên Giáp ᴠà ᴄon"},
		{"đại biểu", "Ðại biểu"}, // Icelandic eth
		{"hòa bình", "Hoà Bình"},
		{"hòa", "ho\u0340a"}, // deprecated tone mark
		{"quý", "qúy"},
		{"quả", "qủa"},
		{"giá", "gía"},
		{"giặt gịa", "giặt gịa"},
		{"xoong soóc", "xoong soóc"},
		{"khuỷu khoái hoàn quét huýt", "khuỷu khoái hoàn quét huýt"},
		{"thuở", "thủơ"},
		{"москва", "Москва"}, // a Russian word stays Russian
		{"jesús café", "Jesús café"},
		{"한국", norm.NFD.String("한국")},
	} {
		if got := vietnamese.Canonical(c.in); got != c.want {
			t.Errorf("Canonical(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTonePlacementIsTraditionalInKeysAndAsWrittenInLower(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/tone_placement.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pairs := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		pair := strings.Split(lines.Text(), "\t")
		pairs++
		for _, spelling := range pair[:2] {
			text := vietnamese.Read(strings.ToUpper(spelling))
			respelled := text.Tokens[0].Flags&vietnamese.Respelled != 0
			if text.Exact(0) != pair[0] || text.Folded(0) != pair[2] || respelled != (spelling != pair[0]) {
				t.Errorf("token of %q = %q, %q, respelled %v; want %q, %q", spelling,
					text.Exact(0), text.Folded(0), respelled, pair[0], pair[2])
			}
			if first := vietnamese.Read(pair[0]).Tokens[0]; text.Tokens[0].Exact != first.Exact || text.Tokens[0].Folded != first.Folded {
				t.Errorf("keys of %q are not those of %q", spelling, pair[0])
			}
		}
	}
	if pairs != 81 {
		t.Errorf("read %d pairs, want 81", pairs)
	}
}

func TestBareIsATokenWithoutAnyMark(t *testing.T) {
	t.Parallel()
	var got []string
	text := vietnamese.Read("Bac Kạn đo 3 QL3B ｂａ")
	for i, token := range text.Tokens {
		if token.Bare() {
			got = append(got, text.Folded(i))
		}
	}
	if want := []string{"bac", "3", "ql3b", "ba"}; !slices.Equal(got, want) {
		t.Errorf("bare tokens = %q, want %q", got, want)
	}
}

func TestNormalizeIsNFCWithTheStatedRepairs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"Bắc Kạn\n\nđoạn hai", "Bắc Kạn\n\nđoạn hai"},
		{norm.NFD.String("Bắc Kạn"), "Bắc Kạn"},
		{"Ba\u0301\u0306c", "Bắc"},
		{"B\u200bắc\u00a0K\u00adạn\ufeff", "Bắc Kạn"},
		{"Вắс", "Вắс"}, // look-alikes stay as they were written
		{"Ｂắc", "Ｂắc"},
		{"gia đình 👨\u200d👩\u200d👧", "gia đình 👨\u200d👩\u200d👧"},
		{"x\xffy", "x\ufffdy"},
	} {
		if got := vietnamese.Normalize(c.in); got != c.want {
			t.Errorf("Normalize(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestFoldKeepsEverythingButMarksAndCase(t *testing.T) {
	t.Parallel()
	if got, want := vietnamese.Fold("Đèo Giàng – “Ñandú”, 3,5%!"), "deo giang – “nandu”, 3,5%!"; got != want {
		t.Errorf("Fold = %q, want %q", got, want)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"Mưa lớn. Đường hỏng!", []string{"Mưa lớn.", "Đường hỏng!"}},
		{"Theo UBND TP. Bắc Kạn, ông A. (SN 2001) bị phạt 3.5 triệu. Hết.",
			[]string{"Theo UBND TP. Bắc Kạn, ông A. (SN 2001) bị phạt 3.5 triệu.", "Hết."}},
		{"Ông nói: “Khó.” Rồi đi.", []string{"Ông nói: “Khó.”", "Rồi đi."}},
		{"Tiêu đề\n\nĐoạn một… đoạn vẫn một. 37 xã mới.\r\n",
			[]string{"Tiêu đề", "Đoạn một… đoạn vẫn một.", "37 xã mới."}},
		{"PGS. TS. Nguyễn Văn B. phát biểu.", []string{"PGS. TS. Nguyễn Văn B. phát biểu."}},
		{"1. Mục đầu", []string{"1. Mục đầu"}},
		{"Ở TP.HCM và Q.1, ThS. An đo 3.5 m. Ông A. báo P.V: “Ngập.” – Bà nói.",
			[]string{"Ở TP.HCM và Q.1, ThS. An đo 3.5 m.", "Ông A. báo P.V: “Ngập.” – Bà nói."}},
		{"Nguyễn T.H. (SN 2001), Triệu Văn V. (trú tại đây). Vitamin C. Rau, củ, v.v. Hết",
			[]string{"Nguyễn T.H. (SN 2001), Triệu Văn V. (trú tại đây).", "Vitamin C. Rau, củ, v.v.", "Hết"}},
		{"Gọi ĐT. 0912 ở Q. 3. Uống vitamin C. Nghỉ... Xong", []string{"Gọi ĐT. 0912 ở Q. 3.", "Uống vitamin C.", "Nghỉ...", "Xong"}},
		{"a. Một\nIV. Hai", []string{"a. Một", "IV. Hai"}},
		{"Thật không? Không.", []string{"Thật không?", "Không."}},
		{" \n ", nil},
	} {
		var got []string
		for _, s := range vietnamese.Read(c.in).Sentences {
			got = append(got, c.in[s[0]:s[1]])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("sentences of %q = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTokensKnowTheirSentence(t *testing.T) {
	t.Parallel()
	var got []int
	for _, token := range vietnamese.Read("Một hai. Ba!\nBốn").Tokens {
		got = append(got, int(token.Sentence))
	}
	if want := []int{0, 0, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("sentence numbers = %v, want %v", got, want)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"Mưa lớn gây sạt lở nhiều tuyến đường ở các xã vùng cao", "vi"},
		{"Mua lon gay sat lo nhieu tuyen duong o cac xa vung cao", "vi"},
		{"Chelsea thắng Arsenal 2-0 ở Premier League", "vi"},
		{"Heavy rain caused landslides on several roads in the northern mountains", ""},
		{"De zware regen veroorzaakte aardverschuivingen in het noorden", ""},
		{"Les pluies ont provoqué des glissements de terrain dans le nord", ""},
		{"北部山区暴雨引发山体滑坡", ""},
		{"12.345 67", ""},
		{"", ""},
	} {
		if got := vietnamese.Read(c.in).Language(); got != c.want {
			t.Errorf("language of %q = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestSameTokensWhateverTheNormalForm(t *testing.T) {
	t.Parallel()
	text := "Sáng 12/6, hoà giải viên ở xã Nghiên Loan (huyện Pác Nặm) đo được 3,5 m nước; Ọp ẹp, ĐƯỜNG NGẬP."
	want := vietnamese.Canonical(text)
	for name, form := range map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD, "NFKC": norm.NFKC, "NFKD": norm.NFKD} {
		if got := vietnamese.Canonical(form.String(text)); got != want {
			t.Errorf("Key of %s = %q, want %q", name, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"UBND tỉnh Bắc Kạn. Mưa lũ!", "Ba\u0301\u0306c K\u200bạn", "TP.Đà Nẵng 5.000,3", "x\xff\u0301ﬁ\u200d👩\u200d👧",
		"Вắс ᴋạɴ Ｂ", "a\u0301\u0306\u0302\u031b\u0323", "\u1100\u1161\u11a8", "ﱞ ŉ İ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := vietnamese.Read(s)
		if again := vietnamese.Normalize(text.Normal()); again != text.Normal() {
			t.Fatalf("Normalize(%q) = %q, and again %q", s, text.Normal(), again)
		}
		if !utf8.ValidString(text.Normal()) || !norm.NFC.IsNormalString(text.Normal()) {
			t.Fatalf("Normalize(%q) = %q: not NFC", s, text.Normal())
		}
		last, sentence := 0, 0
		for i, token := range text.Tokens {
			start, end := int(token.Start), int(token.End)
			if start < last || end <= start || end > len(s) {
				t.Fatalf("token %+v of %q overlaps or ends before it begins", token, s)
			}
			if !border(s, start) || !border(s, end) {
				t.Fatalf("token %+v of %q lies inside a rune", token, s)
			}
			if text.Exact(i) == "" || text.Folded(i) == "" || strings.ContainsAny(text.Exact(i)+text.Folded(i), " \n") {
				t.Fatalf("token %+v of %q has no usable key", token, s)
			}
			if int(token.Sentence) < sentence || int(token.Sentence) >= len(text.Sentences) {
				t.Fatalf("token %+v of %q: no such sentence", token, s)
			}
			in := text.Sentences[token.Sentence]
			if start < in[0] || end > in[1] {
				t.Fatalf("token %+v of %q lies outside its sentence %v", token, s, in)
			}
			last, sentence = end, int(token.Sentence)
		}
		last = 0
		for _, in := range text.Sentences {
			if in[0] < last || in[1] <= in[0] || in[1] > len(s) || !border(s, in[0]) || !border(s, in[1]) {
				t.Fatalf("sentence %v of %q", in, s)
			}
			last = in[1]
		}
		vietnamese.Fold(s)
	})
}

// border says whether s can be cut at i without cutting a valid rune.
func border(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) || !utf8.ValidString(s) }

const news = `Sáng 12/6, mưa lớn kéo dài đã gây sạt lở tại nhiều tuyến đường trên địa bàn huyện Pác Nặm, tỉnh Bắc Kạn.
Theo Ban Chỉ huy Phòng thủ dân sự, có 12 điểm sạt lở với tổng khối lượng hơn 5.000 m3 đất đá; ước thiệt hại 3,5 tỷ đồng.
Lực lượng chức năng đã di dời 37 hộ dân đến nơi an toàn, hoà giải các vướng mắc và khẩn trương khắc phục hậu quả. `

func BenchmarkRead(b *testing.B) {
	text := strings.Repeat(news, 6)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		vietnamese.Read(text)
	}
}

// Figures and letters that are written as symbols are read as what they stand for, where they are
// part of a word; signs beside a word and numbers that head a list are not.
func TestSymbolsThatStandForLettersAreRead(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"khí CO₂ độc":    "khí co2 độc",
		"H₂O":            "h2o",
		"100 km² rừng":   "100 km2 rừng",
		"50㎡, 3㎞":        "50m2 3km",
		"Ⓑắc ⓚạn":        "bắc kạn",
		"Bắc Kạn² mưa":   "bắc kạn 2 mưa", // a note
		"Vinamilk™ số№5": "vinamilk số 5",
		"①Mưa ½ xã 35℃":  "mưa xã 35",
		"chính|quyền":    "chính quyền",
		"b|a|c":          "b a c",
		"😀":              "",
	} {
		if got := vietnamese.Canonical(in); got != want {
			t.Errorf("Canonical(%q) = %q, want %q", in, got, want)
		}
	}
	a, b := vietnamese.Read("CO₂").Tokens[0], vietnamese.Read("CO2").Tokens[0]
	if a.Exact != b.Exact || a.Folded != b.Folded || a.Flags&vietnamese.Respelled == 0 || a.End != 5 {
		t.Errorf("CO₂ is read as %+v, CO2 as %+v; want the same keys, respelled", a, b)
	}
}
