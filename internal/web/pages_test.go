package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"lamro/internal/records/people"
)

// pages are all that one can look at.
var pages = []string{
	"/", "/alerts", "/alerts?state=unseen", "/alerts?state=all&severity=high&watch=thien-tai&before=9",
	"/search", "/search?q=%22Ch%E1%BB%A3+M%E1%BB%9Bi%22&mode=fold&sort=relevance&place=06.cho-moi&tier=1&from=1%2F11%2F2026&to=23%2F11%2F2026&view=articles&after=x",
	"/articles/0a1b2c", "/articles/0a1b2c?version=1", "/articles/0a1b2c?version=2&against=1",
	"/watches", "/watches/thien-tai", "/watches/ngung", "/watches/new", "/watches/new?query=x&mode=exact", "/watches/thien-tai/edit", "/watches/echo?query=x",
	"/sources", "/sources?state=down", "/help", "/password", "/bot",
}

// everyRole lets a person see everything.
var everyRole = people.Roles()

// inspect checks what must hold of every page.
func inspect(t *testing.T, what, body string, whole bool) {
	t.Helper()
	if strings.Contains(body, "<no value>") || strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "%!") {
		t.Errorf("%s: the template lacks a value", what)
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	ids := map[string]int{}
	var labelled = map[string]bool{}
	var inputs []string
	h1 := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") || a.Key == "style" {
				t.Errorf("%s: <%s %s> would break the policy", what, n.Data, a.Key)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
				t.Errorf("%s: <%s %s=%q>", what, n.Data, a.Key, a.Val)
			}
		}
		switch n.Data {
		case "h1":
			h1++
		case "script":
			if attr["src"] == "" || n.FirstChild != nil {
				t.Errorf("%s: inline script", what)
			}
		case "style":
			t.Errorf("%s: inline style", what)
		case "img", "iframe", "object", "embed":
			t.Errorf("%s: <%s>", what, n.Data)
		case "label":
			labelled[attr["for"]] = true
		case "input", "textarea", "select":
			if attr["type"] != "hidden" && attr["aria-label"] == "" {
				inputs = append(inputs, attr["id"])
			}
		}
		if id := attr["id"]; id != "" {
			ids[id]++
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: id %q stands %d times", what, id, n)
		}
	}
	for _, id := range inputs {
		if !labelled[id] {
			t.Errorf("%s: input %q has no label", what, id)
		}
	}
	if whole && h1 != 1 {
		t.Errorf("%s: %d <h1>, want 1", what, h1)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key != "aria-describedby" && a.Key != "aria-labelledby" {
				continue
			}
			for id := range strings.FieldsSeq(a.Val) {
				if ids[id] == 0 {
					t.Errorf("%s: %s=%q points nowhere", what, a.Key, id)
				}
			}
		}
	}
}

func TestEveryPageWithDataAndWithout(t *testing.T) {
	t.Parallel()
	empty := &data{article: full().article, watches: full().watches, found: SearchPage{}}
	for name, d := range map[string]*data{"full": full(), "empty": empty, "bare": {article: Article{ID: "0a1b2c"}, watches: []Watch{{ID: "thien-tai", Mode: ModeAuto}, {ID: "ngung", Mode: ModeAuto}}}} {
		s := newSite(t, d)
		for _, lang := range []string{"vi", "en"} {
			who := s.person(lang, everyRole...)
			for _, path := range pages {
				what := name + " " + lang + " " + path
				w := s.get(path, who)
				if w.Code != http.StatusOK {
					t.Errorf("%s: status %d, want 200", what, w.Code)
					continue
				}
				body := w.Body.String()
				inspect(t, what, body, !strings.HasPrefix(path, "/watches/echo"))
				if !strings.HasPrefix(path, "/watches/echo") && !strings.Contains(body, `<html lang="`+lang+`">`) && path != "/bot" {
					t.Errorf("%s: not in this language", what)
				}
				if got := w.Header().Get("Content-Security-Policy"); got != policy {
					t.Errorf("%s: policy %q", what, got)
				}
				if got := w.Header().Get("Cache-Control"); got != "no-store" {
					t.Errorf("%s: Cache-Control %q, want no-store", what, got)
				}
			}
		}
	}
}

func TestTextFromTheWebIsNeverMarkup(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	who := s.person("vi", everyRole...)
	for _, path := range pages {
		doc, err := html.Parse(strings.NewReader(s.get(path, who).Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && (n.Data == "img" || n.Data == "b" && n.FirstChild != nil && strings.Contains(n.FirstChild.Data, "xả lũ")) {
				t.Errorf("%s: <%s> came from the web", path, n.Data)
			}
			if n.Type == html.ElementNode && n.Data == "i" {
				t.Errorf("%s: <i> came from a name", path)
			}
		}
	}
	body := s.get("/articles/0a1b2c", who).Body.String()
	if strings.Contains(body, "javascript:") {
		t.Error("the address of an article is a link although it is no web address")
	}
}

func TestAFailingReadIsAPageThatSaysSo(t *testing.T) {
	t.Parallel()
	d := full()
	s := newSite(t, d)
	vi, en := s.person("vi", everyRole...), s.person("en", everyRole...)
	d.err = errors.New("disk on fire")
	for _, path := range []string{"/", "/alerts", "/search", "/articles/0a1b2c", "/watches", "/watches/thien-tai", "/watches/new?query=x", "/sources"} {
		for _, c := range []struct {
			who  *http.Cookie
			want string
		}{{vi, "Lỗi của hệ thống"}, {en, "This is our fault"}} {
			w := s.get(path, c.who)
			if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%s: status %d, want 500 with %q", path, w.Code, c.want)
			}
			if strings.Contains(w.Body.String(), "disk on fire") {
				t.Errorf("%s: shows the error itself", path)
			}
			inspect(t, "500 "+path, w.Body.String(), true)
		}
	}
	// The header is worth less than a page: help needs no data.
	if w := s.get("/help", vi); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Không rõ tuổi dữ liệu") {
		t.Errorf("/help without a pulse: status %d, want 200 and an unknown age", w.Code)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	who := s.person("vi", everyRole...)
	for _, path := range []string{"/nothing", "/articles/none", "/watches/none", "/watches/none/edit", "/alerts/7", "/static/../server.go", "/static/none.css"} {
		if w := s.get(path, who); w.Code != http.StatusNotFound && w.Code != http.StatusMovedPermanently && w.Code != http.StatusTemporaryRedirect {
			t.Errorf("%s: status %d, want 404", path, w.Code)
		}
	}
	w := s.get("/nothing", who)
	inspect(t, "404", w.Body.String(), true)
	if !strings.Contains(w.Body.String(), "Không tìm thấy") {
		t.Error("404 does not say so in Vietnamese")
	}
}

func TestEmptyPagesSayWhatToDoNext(t *testing.T) {
	t.Parallel()
	s := newSite(t, &data{})
	who := s.person("vi", everyRole...)
	for path, want := range map[string]string{
		"/":                    "Bài đầu tiên hiện ở đây",
		"/alerts":              "Không còn cảnh báo nào chờ nhận",
		"/alerts?state=unseen": "Không có cảnh báo chưa xem",
		"/search?q=x":          "Thử bỏ dấu",
		"/watches":             "Tạo chủ đề theo dõi",
		"/sources":             "lamro config apply",
	} {
		if body := s.get(path, who).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%s: lacks %q", path, want)
		}
	}
}

func TestOldDataIsSaidInWords(t *testing.T) {
	t.Parallel()
	d := full()
	s := newSite(t, d)
	who := s.person("vi", people.Officer)
	d.set(ago(lateAfter), 0)
	if body := s.get("/", who).Body.String(); strings.Contains(body, "fresh late") {
		t.Error("15 minutes count as late")
	}
	d.set(ago(22*lateAfter/15), 0)
	if body := s.get("/", who).Body.String(); !strings.Contains(body, "fresh late") || !strings.Contains(body, "cũ 22 phút") {
		t.Error("22 minutes are not said to be late")
	}
}
