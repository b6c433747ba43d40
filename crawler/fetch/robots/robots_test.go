package robots_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lamro/crawler/fetch/robots"
)

func TestPublicCases(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]int{"google.jsonl": 77, "wild.jsonl": 9} {
		b, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); n++ {
			var c struct {
				ID        string
				RobotsTxt string `json:"robots_txt"`
				UserAgent string `json:"user_agent"`
				URL       string
				Allowed   bool
			}
			if err := json.Unmarshal(s.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
			if got, rule := robots.Parse([]byte(c.RobotsTxt)).Allowed(c.UserAgent, c.URL); got != c.Allowed {
				t.Errorf("%s: Allowed(%q, %q) = %v by %q, want %v; file %q", c.ID, c.UserAgent, c.URL, got, rule, c.Allowed, c.RobotsTxt)
			}
		}
		if n != want {
			t.Errorf("%s has %d cases, want %d", file, n, want)
		}
	}
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, agent, url string
		want                   bool
		rule                   string
	}{
		{"no rule decides", "User-agent: *\nDisallow: /a", "Lamro", "https://bao.vn/b", true, ""},
		{"the rule is told as written", "User-agent: *\nDisallow:   /a  # cấm", "Lamro", "https://bao.vn/a/1", false, "Disallow:   /a"},
		{"longest wins", "User-agent: *\nDisallow: /tin\nAllow: /tin/moi", "Lamro", "https://bao.vn/tin/moi/1", true, "Allow: /tin/moi"},
		{"allow wins a tie", "User-agent: *\nDisallow: /tin\nAllow: /tin", "Lamro", "https://bao.vn/tin", true, "Allow: /tin"},
		{"own group only", "User-agent: *\nDisallow: /\nUser-agent: lamro\nDisallow: /x", "Lamro/1.0 (+mailto)", "https://bao.vn/a", true, ""},
		{"groups of one name are one", "User-agent: lamro\nDisallow: /a\nUser-agent: b\nDisallow: /\nUser-agent: Lamro\nDisallow: /c", "Lamro", "/c", false, "Disallow: /c"},
		{"lines that end with CR", "User-agent: *\rDisallow: /a\r", "Lamro", "/a", false, "Disallow: /a"},
		{"wildcards in the middle and at the end", "User-agent: *\nDisallow: /*/in/*.pdf$", "Lamro", "/bao/in/so-1.pdf", false, "Disallow: /*/in/*.pdf$"},
		{"the end is an end", "User-agent: *\nDisallow: /*.pdf$", "Lamro", "/a.pdf?x=1", true, ""},
		{"escapes in any case", "User-agent: *\nDisallow: /%c3%a9", "Lamro", "/%C3%A9", false, "Disallow: /%c3%a9"},
		{"letters are escaped as sent", "User-agent: *\nDisallow: /tìm", "Lamro", "/t%c3%acm?q=1", false, "Disallow: /tìm"},
		{"an escaped slash is no slash", "User-agent: *\nDisallow: /a/b", "Lamro", "/a%2Fb", true, ""},
		{"a fragment is not sent", "User-agent: *\nDisallow: /a#b", "Lamro", "https://bao.vn#/a", true, ""},
		{"query without a path", "User-agent: *\nDisallow: /?s=", "Lamro", "https://bao.vn?s=1", false, "Disallow: /?s="},
		{"unescaped address in a query", "User-agent: *\nDisallow: /a", "Lamro", "/go?to=http://x/a", true, ""},
		{"a misspelling that is common", "User-agent: *\nDissallow: /a", "Lamro", "/a", false, "Dissallow: /a"},
		{"empty file", "", "Lamro", "/", true, ""},
	} {
		got, rule := robots.Parse([]byte(c.file)).Allowed(c.agent, c.url)
		if got != c.want || rule != c.rule {
			t.Errorf("%s: Allowed(%q, %q) = %v, %q; want %v, %q", c.name, c.agent, c.url, got, rule, c.want, c.rule)
		}
	}
}

func TestOnlyTheFirst500KiBCount(t *testing.T) {
	t.Parallel()
	head := "User-agent: *\nDisallow: /a\n"
	file := head + strings.Repeat("#", robots.MaxSize-len(head)-1) + "\nDisallow: /b\n"
	r := robots.Parse([]byte(file))
	if ok, _ := r.Allowed("Lamro", "/a"); ok {
		t.Error("/a is allowed, want disallowed by the first lines")
	}
	if ok, _ := r.Allowed("Lamro", "/b"); !ok {
		t.Error("/b is disallowed by a line beyond 500 KiB")
	}
}

func TestLongLineIsCut(t *testing.T) {
	t.Parallel()
	long := "/x/" + strings.Repeat("a", 2083*8-12-len("/x/")) // with "disallow: " and "/" the line is as long as lines get
	r := robots.Parse([]byte("user-agent: FooBot\ndisallow: " + long + "/qux\n"))
	if ok, _ := r.Allowed("FooBot", "http://foo.bar/fux"); !ok {
		t.Error("an address that the long rule is not about is disallowed")
	}
	if ok, _ := r.Allowed("FooBot", "http://foo.bar"+long+"/fux"); ok {
		t.Error("an address that the cut rule matches is allowed")
	}
}

func TestDelayAndSitemaps(t *testing.T) {
	t.Parallel()
	r := robots.Parse([]byte("Sitemap: https://bao.vn/s.xml\nUser-agent: *\nCrawl-delay: 2.5\nDisallow:\n\n" +
		"User-agent: a\nCrawl-delay: abc\nUser-agent: b\nCrawl-delay: 1e30\nDisallow: /\nUser-agent: c\nCrawl-delay: -3\nDisallow: /\nCrawl-delay: NaN\n"))
	for agent, want := range map[string]time.Duration{"Lamro": 2500 * time.Millisecond, "b": 24 * time.Hour, "c": 0} {
		if got := r.Delay(agent); got != want {
			t.Errorf("Delay(%q) = %v, want %v", agent, got, want)
		}
	}
	if got := r.Sitemaps(); len(got) != 1 || got[0] != "https://bao.vn/s.xml" {
		t.Errorf("Sitemaps() = %q", got)
	}
}

func TestHostileFileIsCheap(t *testing.T) {
	t.Parallel()
	file := "User-agent: *\n" + strings.Repeat("Disallow: /"+strings.Repeat("*a", 100)+"b\n", 2000)
	path := "/" + strings.Repeat("a", 2000)
	start := time.Now()
	if ok, _ := robots.Parse([]byte(file)).Allowed("Lamro", path); !ok {
		t.Error("no rule matches, want allowed")
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("a hostile file took %v", d)
	}
}

// Whatever the file says, a refusal names its rule, a delay is at most a day, and "Disallow: /"
// disallows every address.
func FuzzAllowed(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 3"), "Lamro", "/axb")
	f.Add([]byte("\xef\xbbuser-agent *\r\rdisallow /%"), "Mozilla/5.0 (compatible; L/1)", "https://a?b#c")
	f.Add([]byte("allow: /index.html\nuser-agent: *\nallow: /x/index.htm"), "", "//;")
	f.Fuzz(func(t *testing.T, file []byte, agent, url string) {
		r := robots.Parse(file)
		if ok, rule := r.Allowed(agent, url); !ok && rule == "" {
			t.Errorf("Allowed(%q, %q): disallowed by no rule", agent, url)
		}
		if d := r.Delay(agent); d < 0 || d > 24*time.Hour {
			t.Errorf("Delay(%q) = %v", agent, d)
		}
		if ok, _ := robots.Parse([]byte("User-agent: *\nDisallow: /\n")).Allowed(agent, url); ok {
			t.Errorf("Allowed(%q, %q) although everything is disallowed", agent, url)
		}
	})
}

func BenchmarkAllowed(b *testing.B) {
	file := "User-agent: *\n" + strings.Repeat("Disallow: /tim-kiem/*?trang=\nAllow: /tin-tuc/\nDisallow: /in/*.html$\n", 100)
	r := robots.Parse([]byte(file))
	b.ReportAllocs()
	for b.Loop() {
		r.Allowed("Lamro", "https://bao.vn/tin-tuc/2026/11/22/mot-bai-bao-ve-duong-lien-xa-1234567.html")
	}
}
