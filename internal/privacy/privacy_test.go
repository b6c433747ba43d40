package privacy_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"lamro/internal/privacy"
)

func TestMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		// Mobile and land-line numbers, in the ways they are written.
		{"Liên hệ 0912345678.", "Liên hệ **********."},
		{"0912 345 678", "**** *** ***"},
		{"0912.345.678 hoặc 0987-654-321", "****.***.*** hoặc ****-***-***"},
		{"(091) 234 5678", "(***) *** ****"},
		{"09 1234 5678", "** **** ****"},
		{"+84 912 345 678", "+** *** *** ***"},
		{"+84912345678, 84912345678", "+***********, ***********"},
		{"0084 912 345 678", "**** *** *** ***"},
		{"Điện thoại 0209 3870 123", "Điện thoại **** **** ***"},
		{"Điện thoại (0209)3.870.123", "Điện thoại (****)*.***.***"},
		{"0912\u00a0345\u00a0678", "****\u00a0***\u00a0***"},
		{"năm 2026 0912345678", "năm 2026 **********"},
		{"gọi +1 202 555 0123", "gọi +* *** *** ****"},
		// Numbers that anyone may call, and what only looks like a number.
		{"Gọi 113, 114, 115 hoặc 1900 1234, 1800 6132", "Gọi 113, 114, 115 hoặc 1900 1234, 1800 6132"},
		{"09.11.2024 18.30", "09.11.2024 18.30"},
		{"03-12-2025 10:00", "03-12-2025 10:00"},
		{"trị giá 3.500.000.000 đồng", "trị giá 3.500.000.000 đồng"},
		{"09123456789012", "09123456789012"},
		{"mã A0912345678b", "mã A0912345678b"},
		{"tăng 0,912345678 lần", "tăng 0,912345678 lần"},
		// Addresses.
		{"thư: vai.tro-01@hop-thu.example.vn.", "thư: ***.***-**@***-***.*******.**."},
		{"vai.tro.0912345678@thu.example", "***.***.**********@***.*******"},
		{"@taikhoan và a@b", "@taikhoan và a@b"},
		// Identity cards: twelve digits that can be one, nine after a word.
		{"số 006090001234", "số ************"},
		{"CCCD 034 087 001 234", "CCCD *** *** *** ***"},
		{"số CMND: 095123456 cấp ngày", "số CMND: ********* cấp ngày"},
		{"căn cước công dân số 123456789012", "căn cước công dân số ************"},
		{"dân số 123456789", "dân số 123456789"},
		{"CCCD: kinh phí 123.456.789 đồng", "CCCD: kinh phí 123.456.789 đồng"},
		{"Hộ chiếu B1234567", "Hộ chiếu ********"},
		{"quốc lộ 3, xe B1234567", "quốc lộ 3, xe B1234567"},
		// Accounts, only after the words that announce them.
		{"STK 8600 2050 12345 ngân hàng", "STK **** **** ***** ngân hàng"},
		{"số tài khoản: 19036521234567", "số tài khoản: **************"},
		{"tài khoản có 500.000.000 đồng", "tài khoản có 500.000.000 đồng"},
		{"tài khoản có 500000000 đ.", "tài khoản có 500000000 đ."},
		{"tài khoản mở ngày 12.11.2024", "tài khoản mở ngày 12.11.2024"},
		{"lô hàng 19036521234567", "lô hàng 19036521234567"},
		// A number between the word and the next one has taken the word.
		{"CMND 0912345678 123456789", "CMND ********** 123456789"},
		{"", ""},
	} {
		if got := privacy.Mask(c.in); got != c.want {
			t.Errorf("Mask(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"0912 345 678", "a@b.cd 0912345678@x.yz", "CMND 123456789", "+84 912", "B1234567 hộ chiếu C7654321", "STK (12) 34.56-78"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := privacy.Mask(s)
		if len(got) != len(s) {
			t.Fatalf("Mask(%q) has %d bytes, want %d", s, len(got), len(s))
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Fatalf("Mask(%q) = %q is not valid UTF-8", s, got)
		}
		for i := range len(s) {
			if got[i] != s[i] && got[i] != '*' {
				t.Fatalf("Mask(%q) = %q changes byte %d to something else than an asterisk", s, got, i)
			}
		}
		if again := privacy.Mask(got); again != got {
			t.Fatalf("Mask(%q) = %q, and again %q", s, got, again)
		}
	})
}

func BenchmarkMask(b *testing.B) {
	s := strings.Repeat("Ngày 12.11.2026, tài khoản có 5.000.000 đồng; liên hệ 0912 345 678, thư a.b@thu.example. Mưa lớn gây sạt lở nhiều nơi. ", 30)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		privacy.Mask(s)
	}
}
