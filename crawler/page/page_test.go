package page_test

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"lamro/crawler/page"
)

// In Windows-1258 a letter with a tone is two bytes, letter and mark.
const marked = "Ba\u0301o Thái Nguyên: sa\u0323t lơ\u0309 ơ\u0309 huyê\u0323n cu\u0303, nhiê\u0300u ngươ\u0300i phâ\u0309n nô\u0323"

func TestDecodeFindsTheEncoding(t *testing.T) {
	t.Parallel()
	w1258, err := charmap.Windows1258.NewEncoder().Bytes([]byte("Ba\u0301o huyê\u0323n cu\u0303, nhiê\u0300u ngươ\u0300i, sa\u0323t lơ\u0309"))
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte("<a>Bắc Kạn</a>"))
	if err != nil {
		t.Fatal(err)
	}
	const vi = "Báo huyện cũ, nhiều người, sạt lở"
	tests := []struct {
		name, contentType string
		body              []byte
		charset, want     string
	}{
		{"utf-8", "text/html", []byte("Bắc Kạn"), "utf-8", "Bắc Kạn"},
		{"utf-8 with mark", "text/html; charset=windows-1252", []byte("\xEF\xBB\xBFBắc Kạn"), "utf-8", "Bắc Kạn"},
		{"utf-8 declared wrongly", "text/html; charset=iso-8859-1", []byte("Bắc Kạn"), "utf-8", "Bắc Kạn"},
		{"utf-8 declared utf-16 inside", "", []byte(`<?xml version="1.0" encoding="utf-16"?><a>Bắc</a>`), "utf-8", `<?xml version="1.0" encoding="utf-16"?><a>Bắc</a>`},
		{"one bad byte", "text/html; charset=utf-8", []byte("Bắc Kạn, nhiều người\xFF"), "utf-8", "Bắc Kạn, nhiều người\uFFFD"},
		{"nul and control bytes", "", []byte("B\x00ắc\x0B Kạn\n"), "utf-8", "Bắc Kạn\n"},
		{"windows-1258 declared", "text/html; charset=windows-1258", w1258, "windows-1258", vi},
		{"windows-1258 in meta", "text/html", append([]byte(`<meta charset="windows-1258">`), w1258...), "windows-1258", `<meta charset="windows-1258">` + vi},
		{"windows-1258 undeclared", "text/html", w1258, "windows-1258", vi},
		{"windows-1258 declared utf-8", "text/html; charset=utf-8", w1258, "windows-1258", vi},
		{"french undeclared", "text/html", []byte("r\xE9sum\xE9 d\xE9j\xE0 vu"), "windows-1252", "résumé déjà vu"},
		{"utf-16 with mark", "", utf16, "utf-16le", "<a>Bắc Kạn</a>"},
		{"utf-16 without mark", "", utf16[2:], "utf-16le", "<a>Bắc Kạn</a>"},
		{"unknown label", "text/html; charset=klingon", []byte("Bắc"), "utf-8", "Bắc"},
		{"empty", "", nil, "utf-8", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, charset := page.Decode(tt.body, tt.contentType)
			if charset != tt.charset || page.Text(text) != page.Text(tt.want) {
				t.Errorf("Decode = %q in %s, want %q in %s", page.Text(text), charset, tt.want, tt.charset)
			}
		})
	}
}

func TestTextIsOneForm(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{marked, "Báo Thái Nguyên: sạt lở ở huyện cũ, nhiều người phẩn nộ"},
		{"  Bắc\u00a0Kạn\u200b \n\t hôm nay ", "Bắc Kạn hôm nay"},
		{"a\u202eb\u00adc", "abc"},
	}
	for _, tt := range tests {
		if got := page.Text(tt.in); got != tt.want {
			t.Errorf("Text(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPlainIsWhatAReaderSees(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`<a href="x"><img src="y"></a></br>Mưa lớn ở Bắc Kạn`, "Mưa lớn ở Bắc Kạn"},
		{"<p>Một</p><p>Hai</p>", "Một Hai"},
		{"Bắc <b>K</b>ạn", "Bắc Kạn"},
		{"5 &lt; 7 &amp; 8 &hellip;", "5 < 7 & 8 …"},
		{"a < b", "a < b"},
		{"<script>x()</script>Tin", "Tin"},
		{"không thẻ", "không thẻ"},
	}
	for _, tt := range tests {
		if got := page.Plain(tt.in); got != tt.want {
			t.Errorf("Plain(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("B\xc1\x00"), "text/html; charset=windows-1258")
	f.Add([]byte("\xFF\xFE<\x00a\x00"), "")
	f.Add([]byte("\x1b$B"), "text/html; charset=iso-2022-jp")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, charset := page.Decode(body, contentType)
		if !utf8.ValidString(text) || charset == "" {
			t.Fatalf("Decode(%q, %q) = %q in %q, not UTF-8", body, contentType, text, charset)
		}
		if again := page.Text(page.Text(text)); again != page.Text(text) {
			t.Fatalf("Text is not stable: %q", again)
		}
	})
}
