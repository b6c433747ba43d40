package legacy_test

import (
	"bufio"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"lamro/internal/vietnamese"
	"lamro/internal/vietnamese/legacy"
)

var encodings = []legacy.Encoding{legacy.Windows1258, legacy.TCVN3, legacy.VNI, legacy.VISCII, legacy.VIQR}

// encoder writes NFC texts in the old encodings, by the table of testdata.
type encoder map[legacy.Encoding]map[rune]string

func newEncoder(tb testing.TB) encoder {
	tb.Helper()
	f, err := os.Open("testdata/letters.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	e := encoder{}
	for _, enc := range encodings {
		e[enc] = map[rune]string{}
	}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		fields := strings.Split(lines.Text(), "\t")
		r, _ := utf8.DecodeRuneInString(fields[0])
		for i, enc := range encodings[:4] {
			if fields[i+1] == "-" {
				continue
			}
			b, err := hex.DecodeString(fields[i+1])
			if err != nil {
				tb.Fatal(err)
			}
			e[enc][r] = string(b)
		}
		e[legacy.VIQR][r] = fields[5]
	}
	return e
}

// encode writes s, and what enc has no letter for as "?". VIQR escapes signs that would be read.
func (e encoder) encode(s string, enc legacy.Encoding) []byte {
	var b []byte
	vowel, d := false, false
	for _, r := range norm.NFC.String(s) {
		to, ok := e[enc][r]
		switch {
		case ok:
			b = append(b, to...)
		case enc == legacy.VIQR && (vowel && strings.ContainsRune("`'?~.^(+*", r) || d && r == 'd'):
			b = append(b, '\\', byte(r))
		case r < 0x80:
			b = append(b, byte(r))
		default:
			c, ok := charmap.Windows1252.EncodeRune(r)
			if !ok || enc == legacy.VISCII || enc == legacy.VIQR {
				c = '-'
			}
			b = append(b, c)
		}
		vowel = strings.ContainsRune("aeiouyAEIOUY", r) || ok
		d = r == 'd'
	}
	return b
}

// Invented texts, with the letters that old sites held.
var texts = []string{
	"Ủy ban nhân dân tỉnh họp bàn việc khắc phục sạt lở trên quốc lộ 3, đoạn qua huyện vùng cao; nhiều hộ dân đã được di dời đến nơi an toàn trước khi mưa lớn đổ về.",
	"Sở Nông nghiệp cho biết vụ xuân năm nay bà con gieo cấy hơn 5.300 héc-ta lúa, ngô và đậu tương. Giá vật tư tăng 7,5% so với cùng kỳ, song thời tiết thuận lợi nên cây trồng phát triển tốt.",
	"Lễ hội xuân mở ra bên hồ với hát then, đàn tính, ném còn; du khách được thưởng thức xôi ngũ sắc, cá nướng và rượu ngô do chính người dân bản làm ra (vé vào cửa: miễn phí).",
}

func TestEveryLetterComesBack(t *testing.T) {
	t.Parallel()
	e := newEncoder(t)
	for _, enc := range encodings {
		n := 0
		for r, written := range e[enc] {
			if enc == legacy.VIQR && strings.ContainsRune("ẠẸỊỌỤỴ", r) {
				continue // "A." is an initial
			}
			n++
			got, err := legacy.Decode([]byte(written), enc)
			if err != nil || got != string(r) {
				t.Errorf("Decode(%q, %s) = %q, %v, want %q", written, enc, got, err, string(r))
			}
			if enc == legacy.VIQR {
				continue
			}
			if got, err := legacy.DecodeText(asWindows1252(written), enc); err != nil || got != string(r) {
				t.Errorf("DecodeText(%q, %s) = %q, %v, want %q", asWindows1252(written), enc, got, err, string(r))
			}
		}
		if want := map[legacy.Encoding]int{legacy.TCVN3: 74, legacy.VIQR: 128}[enc]; want != 0 && n != want || want == 0 && n != 134 {
			t.Errorf("%s has %d letters", enc, n)
		}
	}
}

func asWindows1252(s string) string {
	var b strings.Builder
	for i := range len(s) {
		r := charmap.Windows1252.DecodeByte(s[i])
		if r == utf8.RuneError { // undefined there
			r = rune(s[i])
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestDecodeReadsWhatOldFontsShowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		enc      legacy.Encoding
		in, want string
	}{
		{legacy.TCVN3, "Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"},
		{legacy.TCVN3, "CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
		{legacy.TCVN3, "TP Hµ Néi, x· §«ng S¬n, UBND x·", "TP Hà Nội, xã Đông Sơn, UBND xã"},
		{legacy.TCVN3, "“B¾c K¹n” – tØnh miÒn nói", "“Bắc Kạn” – tỉnh miền núi"},
		{legacy.VNI, "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"},
		{legacy.VNI, "COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
		{legacy.VNI, "Ñaø Naüng, ñöôøng phoá, khuyûu, kyø laï, BAéC", "Đà Nẵng, đường phố, khuỷu, kỳ lạ, BẮC"},
		{legacy.VIQR, "Vie^.t Nam dda^'t nu+o+'c me^'n ye^u, DDo^ng ddu+o+`ng", "Việt Nam đất nước mến yêu, Đông đường"},
		{legacy.VIQR, `Ha` + "`" + ` No^.i. O+? dda^u? Xem www.dia.chi.vn, thu+.c la\.`, "Hà Nội. Ở đâu? Xem www.dia.chi.vn, thực la."},
		{legacy.VIQR, "QDD-UBND, o^ng A. va` ba` B.", "QĐ-UBND, ông A. và bà B."},
		{legacy.VIQR, "it's (ok)? Ha Noi, 5.3 $5. e.g. ai@ddo.vn http://a.vn/dda.htm", "it's (ok)? Ha Noi, 5.3 $5. e.g. ai@ddo.vn http://a.vn/dda.htm"},
		{legacy.Windows1258, "Ba\u00ecc huyê\u00f2n cu\u00de", "Bác huyện cũ"},
	} {
		got, err := legacy.DecodeText(c.in, c.enc)
		if err != nil || got != c.want {
			t.Errorf("DecodeText(%q, %s) = %q, %v, want %q", c.in, c.enc, got, err, c.want)
		}
	}
	if _, err := legacy.Decode(nil, "vps"); !errors.Is(err, legacy.ErrUnknown) {
		t.Errorf("Decode in an unknown encoding: %v, want ErrUnknown", err)
	}
}

// A text says the same in every encoding, and is found out in each.
func TestTextsComeBackAndGiveTheSameTokens(t *testing.T) {
	t.Parallel()
	e := newEncoder(t)
	for _, text := range texts {
		want := vietnamese.Canonical(text)
		if got := vietnamese.Canonical(norm.NFD.String(text)); got != want {
			t.Errorf("NFD of %q gives %q", text, got)
		}
		for _, enc := range encodings {
			b := e.encode(text, enc)
			if enc == legacy.TCVN3 {
				b = e.encode(strings.ReplaceAll(text, "Ủ", "ủ"), enc)
			}
			got, err := legacy.Decode(b, enc)
			if err != nil || got != text && enc != legacy.TCVN3 || vietnamese.Canonical(got) != want {
				t.Errorf("Decode(%s) = %q, %v, want %q", enc, got, err, text)
			}
			if found, ok := legacy.Detect(b); !ok || found != enc {
				t.Errorf("Detect(%q in %s) = %q, %v", text, enc, found, ok)
			}
		}
	}
}

func TestDetectLeavesAloneWhatIsNotSure(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "it's (ok)? Ha Noi, 5.3", "Céng hßa", "Xin chào", "là và có cá bà má, hàng ngày ta đi",
		"Le général a été reçu à l’Élysée où il a déclaré être très fâché ; « ça ira » a-t-il répété, là-bas, en août à Besançon avec sa fiancée.",
		"El niño comió piñas y bebió café en Perú; después volvió a la montaña más alta, según contó su tío, que vivía allí desde hacía años.",
		"Größe, Übung, schön, Füße, Mädchen, Straße, können, müssen, hören, Käse, Tür, grün, für, über, öffnen",
		"He said: 'go!' (to the sea). Did you see the area? No idea. I agree. Are you free? Be there at e.g. 5 o'clock. Two? Three! Do. We are. You too.",
		"const a = b^c; if (!(o+u)) { do(a+b, i++) } // see e.g. http://a.example/~user/?q=a.b",
		strings.Join(texts, " "), norm.NFD.String(strings.Join(texts, " ")), vietnamese.Fold(strings.Join(texts, " ")),
	} {
		if enc, ok := legacy.DetectText(s); ok || enc != "" {
			t.Errorf("DetectText(%q) = %q, want none", s, enc)
		}
		if enc, ok := legacy.Detect([]byte(s)); ok || enc != "" {
			t.Errorf("Detect(%q) = %q, want none", s, enc)
		}
	}
}

func FuzzDetect(f *testing.F) {
	e := newEncoder(f)
	for _, enc := range encodings {
		f.Add(e.encode(texts[0], enc))
	}
	f.Add([]byte(texts[1]))
	f.Add([]byte(`a\.?A.dd\dDDu+.`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if enc, ok := legacy.Detect(b); ok == (enc == "") {
			t.Fatalf("Detect(%q) = %q, %v", b, enc, ok)
		}
		for _, enc := range encodings {
			for _, decode := range []func() (string, error){
				func() (string, error) { return legacy.Decode(b, enc) },
				func() (string, error) { return legacy.DecodeText(string(b), enc) },
			} {
				s, err := decode()
				if err != nil || !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) {
					t.Fatalf("decoding %q as %s = %q, %v, want valid NFC", b, enc, s, err)
				}
			}
		}
	})
}

func BenchmarkDetectText(b *testing.B) {
	e := newEncoder(b)
	modern := strings.Repeat(strings.Join(texts, "\n"), 8)
	for name, s := range map[string]string{"unicode": modern, "tcvn3": asWindows1252(string(e.encode(modern, legacy.TCVN3)))} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				legacy.DetectText(s)
			}
		})
	}
}
