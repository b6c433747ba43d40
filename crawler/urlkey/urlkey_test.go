package urlkey_test

import (
	"errors"
	"strings"
	"testing"

	"lamro/crawler/urlkey"
)

func TestKeyIsOneForTheSamePage(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, want string }{
		{"plain", "https://bao.vn/thoi-su/mua-lu-4954454.html", "https://bao.vn/thoi-su/mua-lu-4954454.html"},
		{"scheme and www", "http://www.Bao.VN/mua-lu-4954454.html", "https://bao.vn/mua-lu-4954454.html"},
		{"default port", "https://bao.vn:443/a", "https://bao.vn/a"},
		{"other port keeps its scheme", "http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"},
		{"fragment", "https://bao.vn/a#binh-luan", "https://bao.vn/a"},
		{"tracking", "https://bao.vn/a?utm_source=zalo&fbclid=x&gidzl=y&zalo_src=1", "https://bao.vn/a"},
		{"ids stay, sorted", "https://bao.vn/xem?page=2&id=7&UTM_Medium=rss", "https://bao.vn/xem?id=7&page=2"},
		{"ids that look like tracking", "https://bao.vn/xem?ref=12&source=5", "https://bao.vn/xem?ref=12&source=5"},
		{"mobile", "https://m.bao.vn/a-1.html", "https://bao.vn/a-1.html"},
		{"mobile of a name under com.vn", "http://m.bao.com.vn/a", "https://bao.com.vn/a"},
		{"m is the name itself", "https://m.vn/a", "https://m.vn/a"},
		{"a suffix is no site", "https://m.com.vn/a", "https://m.com.vn/a"},
		{"amp host", "https://amp.bao.vn/a-1.html", "https://bao.vn/a-1.html"},
		{"amp path", "https://bao.vn/a-1.html/amp/", "https://bao.vn/a-1.html"},
		{"amp section first", "https://bao.vn/amp/a-1.html", "https://bao.vn/a-1.html"},
		{"amp query", "https://bao.vn/a-1.html?amp=1", "https://bao.vn/a-1.html"},
		{"a page about amp", "https://bao.vn/amp", "https://bao.vn/amp"},
		{"escapes", "https://bao.vn/%7etin/%c4%91%2d", "https://bao.vn/~tin/%C4%91-"},
		{"letters in the path", "https://bao.vn/tin-tức", "https://bao.vn/tin-t%E1%BB%A9c"},
		{"dots", "https://bao.vn/x/../a", "https://bao.vn/a"},
		{"trailing dot of the host", "https://bao.vn./a", "https://bao.vn/a"},
		{"international name", "https://bắckạn.vn/a", "https://xn--bckn-7q5apd.vn/a"},
		{"credentials", "https://u:p@bao.vn/a", "https://bao.vn/a"},
		{"session id", "https://bao.vn/a;jsessionid=0123?PHPSESSID=9", "https://bao.vn/a"},
		{"white space", " https://bao.vn/a\n", "https://bao.vn/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := urlkey.Key(tt.raw)
			if err != nil || got != tt.want {
				t.Errorf("Key(%q) = %q, %v, want %q", tt.raw, got, err, tt.want)
			}
		})
	}
}

func TestKeyRefusesWhatIsNoPage(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "bao.vn/a", "mailto:a@bao.vn", "javascript:void(0)", "ftp://bao.vn/a", "http://", "http://a b/"} {
		if got, err := urlkey.Key(raw); !errors.Is(err, urlkey.ErrInvalid) {
			t.Errorf("Key(%q) = %q, %v, want ErrInvalid", raw, got, err)
		}
	}
	for _, n := range []int{2048, 20_000} {
		if _, err := urlkey.Key("https://bao.vn/" + strings.Repeat("a", n)); !errors.Is(err, urlkey.ErrTooLong) {
			t.Errorf("Key of %d bytes: %v, want ErrTooLong", n, err)
		}
	}
}

func TestArticleIDNeverChanges(t *testing.T) {
	t.Parallel()
	const want = "7d3m7dsvsj260j3kf5d9ub3brk"
	if got := urlkey.ArticleID("https://bao.vn/a-1.html"); got != want {
		t.Errorf("ArticleID = %q, want %q: ids are stored and must stay", got, want)
	}
}

func TestCanonicalJoinsOnlyTheSameArticle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, page, rel string
		want            bool
	}{
		{"itself", "https://bao.vn/thoi-su/lu-4954454.html", "https://bao.vn/thoi-su/lu-4954454.html", true},
		{"relative", "https://bao.vn/thoi-su/lu-4954454.html", "/lu-4954454.html", true},
		{"other section", "https://bao.vn/moi/lu-4954454.html?x=1", "https://bao.vn/thoi-su/lu-4954454.html", true},
		{"sub-domain of the outlet", "https://thoisu.bao.vn/lu-4954454.html", "https://bao.vn/lu-4954454.html", true},
		{"another outlet", "https://bao.vn/lu-4954454.html", "https://dai.vn/lu-4954454.html", false},
		{"another name under com.vn", "https://bao.com.vn/lu-4954454.html", "https://dai.com.vn/lu-4954454.html", false},
		{"front page", "https://bao.vn/lu-4954454.html", "https://bao.vn/", false},
		{"section above", "https://bao.vn/thoi-su/lu", "https://bao.vn/thoi-su/", false},
		{"section beside", "https://bao.vn/thoi-su/lu-4954454.html", "https://bao.vn/tin-moi", false},
		{"query id", "https://bao.vn/xem?id=4954454", "https://bao.vn/xem?id=4954454&p=1", true},
		{"no address", "https://bao.vn/lu-4954454.html", "javascript:;", false},
		{"another loopback outlet", "http://127.0.0.2:80/a-1234", "http://127.0.0.3:80/a-1234", false},
		{"same loopback outlet", "http://127.0.0.2:8081/x/a-1234", "http://127.0.0.2:8081/a-1234", true},
		{"same address, other port", "http://127.0.0.2:8081/a-1234", "http://127.0.0.2:8082/a-1234", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if key, got := urlkey.Canonical(tt.page, tt.rel); got != tt.want {
				t.Errorf("Canonical(%q, %q) = %q, %v, want %v", tt.page, tt.rel, key, got, tt.want)
			}
		})
	}
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"https://m.bao.vn/amp/a?b=1&a=2&utm_x=3#c", "http://[::1]:80/%zz", "https://bắckạn.vn/%2e%2E/", "https://www.m.bao.com.vn/amp/amp/x/amp"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		key, err := urlkey.Key(raw)
		if err != nil {
			return
		}
		if len(key) > urlkey.MaxLength {
			t.Fatalf("Key(%q) has %d bytes", raw, len(key))
		}
		again, err := urlkey.Key(key)
		if err != nil || again != key {
			t.Fatalf("Key(%q) = %q, and Key of that = %q, %v", raw, key, again, err)
		}
	})
}

func BenchmarkKey(b *testing.B) {
	for b.Loop() {
		if _, err := urlkey.Key("https://m.bao.vn/thoi-su/mua-lu-4954454.html?utm_source=zalo&id=7"); err != nil {
			b.Fatal(err)
		}
	}
}
