package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lamro/internal/account"
	"lamro/internal/records/people"
)

// visitor is a browser that keeps its cookie.
type visitor struct {
	*site
	cookie *http.Cookie
}

func (v *visitor) keep(w *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	for _, c := range w.Result().Cookies() {
		if v.cookie = c; c.MaxAge < 0 {
			v.cookie = nil
		}
	}
	return w
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	return v.keep(v.site.get(path, v.cookie))
}

func (v *visitor) post(path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.keep(v.site.post(path, form, v.cookie))
}

func TestFirstSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	login, password, err := s.cfg.Accounts.First(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{site: s}
	const chosen = "sương mù Phja Bjoóc"
	steps := []struct {
		what     string
		do       func() *httptest.ResponseRecorder
		status   int
		location string
		says     string
	}{
		{"a page asks to sign in first", func() *httptest.ResponseRecorder { return v.get("/alerts?state=all") }, 303, "/signin?next=%2Falerts%3Fstate%3Dall", ""},
		{"the form remembers the page", func() *httptest.ResponseRecorder { return v.get("/signin?next=%2Falerts%3Fstate%3Dall") }, 200, "", `value="/alerts?state=all"`},
		{"a wrong password keeps the login", func() *httptest.ResponseRecorder { return v.post("/signin", "login", login, "password", "sai") }, 422, "", `value="admin"`},
		{"the one-time password lets in", func() *httptest.ResponseRecorder {
			return v.post("/signin", "login", login, "password", password, "next", "/alerts?state=all")
		}, 303, "/alerts?state=all", ""},
		{"but only to choose one's own", func() *httptest.ResponseRecorder { return v.get("/alerts") }, 303, "/password", ""},
		{"nothing can be done before", func() *httptest.ResponseRecorder { return v.post("/alerts/4/acknowledge") }, 303, "/password", ""},
		{"the page says why", func() *httptest.ResponseRecorder { return v.get("/password") }, 200, "", "chỉ dùng một lần"},
		{"two different ones", func() *httptest.ResponseRecorder {
			return v.post("/password", "old", password, "new", chosen, "again", chosen+".")
		}, 422, "", "không giống nhau"},
		{"too short", func() *httptest.ResponseRecorder {
			return v.post("/password", "old", password, "new", "ngắn", "again", "ngắn")
		}, 422, "", "ít nhất 10 chữ"},
		{"the old one wrong", func() *httptest.ResponseRecorder {
			return v.post("/password", "old", "sai", "new", chosen, "again", chosen)
		}, 422, "", "đang dùng không đúng"},
		{"chosen", func() *httptest.ResponseRecorder {
			return v.post("/password", "old", password, "new", chosen, "again", chosen)
		}, 303, "/?done=password", ""},
		{"the session goes on", func() *httptest.ResponseRecorder { return v.get("/?done=password") }, 200, "", "Đã đổi mật khẩu"},
		{"signed in is signed in", func() *httptest.ResponseRecorder { return v.get("/signin") }, 303, "/", ""},
		{"sign out", func() *httptest.ResponseRecorder { return v.post("/signout") }, 303, "/signin?out=1&lang=vi", ""},
		{"the page says so", func() *httptest.ResponseRecorder { return v.get("/signin?out=1&lang=vi") }, 200, "", "Bạn đã đăng xuất"},
		{"the one-time password is spent", func() *httptest.ResponseRecorder { return v.post("/signin", "login", login, "password", password) }, 422, "", "không đúng"},
		{"the own one works", func() *httptest.ResponseRecorder { return v.post("/signin", "login", "ADMIN", "password", chosen) }, 303, "/", ""},
	}
	for _, step := range steps {
		w := step.do()
		if w.Code != step.status || w.Header().Get("Location") != step.location || !strings.Contains(w.Body.String(), step.says) {
			t.Fatalf("%s: status %d to %q, want %d to %q, saying %q", step.what, w.Code, w.Header().Get("Location"), step.status, step.location, step.says)
		}
		if step.says != "" {
			inspect(t, step.what, w.Body.String(), true)
		}
	}
}

func TestOldCookieDiesWithThePassword(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	_, password, err := s.cfg.Accounts.Add(t.Context(), account.System, account.NewPerson{Login: "truc", Roles: []people.Role{people.Officer}})
	if err != nil {
		t.Fatal(err)
	}
	one, two := &visitor{site: s}, &visitor{site: s}
	one.post("/signin", "login", "truc", "password", password)
	two.post("/signin", "login", "truc", "password", password)
	if w := one.post("/password", "old", password, "new", "một câu dài dễ nhớ", "again", "một câu dài dễ nhớ"); w.Code != http.StatusSeeOther {
		t.Fatalf("change: status %d", w.Code)
	}
	if w := one.get("/"); w.Code != http.StatusOK {
		t.Errorf("who changed it: status %d, want 200", w.Code)
	}
	if w := two.get("/"); w.Code != http.StatusSeeOther {
		t.Errorf("the other session: status %d, want a redirect to sign-in", w.Code)
	}
}

func TestThrottledSignInSaysHowLong(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	v := &visitor{site: s}
	for range 5 {
		if w := v.post("/signin", "login", "ai", "password", "sai"); w.Code != http.StatusUnprocessableEntity {
			t.Fatalf("status %d, want 422", w.Code)
		}
	}
	w := v.post("/signin", "login", "ai", "password", "sai")
	if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "Thử lại sau") || !strings.Contains(w.Body.String(), "giây") {
		t.Errorf("sixth try: status %d, want 429 with a wait in words", w.Code)
	}
	w = v.post("/signin?lang=en", "login", "ai", "password", "sai")
	if !strings.Contains(w.Body.String(), "Too many tries") {
		t.Error("sixth try in English: not in English")
	}
}

func TestNextIsAlwaysOurs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/alerts?state=all":        "/alerts?state=all",
		"":                         "/",
		"alerts":                   "/",
		"//evil.example/":          "/",
		"https://evil.example/":    "/",
		"/\\evil.example":          "/",
		"/\tevil":                  "/",
		"javascript:alert(1)":      "/",
		"/search?q=https://a.test": "/search?q=https://a.test",
	} {
		if got := local(in); got != want {
			t.Errorf("local(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	v := &visitor{site: s, cookie: s.person("vi", people.Officer)}
	if w := v.post("/language", "lang", "en", "back", "/alerts?state=all"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/alerts?state=all" {
		t.Fatalf("status %d to %q, want back to the page", w.Code, w.Header().Get("Location"))
	}
	if body := v.get("/alerts").Body.String(); !strings.Contains(body, "<h1>Alerts</h1>") {
		t.Error("the page is not in English")
	}
	if w := v.post("/language", "lang", "fr"); w.Code != http.StatusBadRequest {
		t.Errorf("unknown language: status %d, want 400", w.Code)
	}
	r := httptest.NewRequest(http.MethodGet, "/signin", nil)
	r.Header.Set("Accept-Language", "en-GB,en;q=0.9")
	if body := s.do(r, nil).Body.String(); !strings.Contains(body, `<html lang="en">`) {
		t.Error("an English browser gets Vietnamese")
	}
	if body := s.do(httptest.NewRequest(http.MethodGet, "/signin", nil), nil).Body.String(); !strings.Contains(body, `<html lang="vi">`) {
		t.Error("without a wish the page is not in Vietnamese")
	}
}

func TestCookieUnderHTTPS(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{"https://lamro.example": "__Host-lamro", "": "lamro", "http://127.0.0.1:8080": "lamro"} {
		s := newSite(t, full(), func(c *Config) { c.BaseURL = base })
		c := s.person("vi", people.Officer)
		if c.Name != want || c.Secure != (want != "lamro") || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("base %q: cookie %+v, want %s", base, c, want)
		}
		hsts := s.get("/signin", nil).Header().Get("Strict-Transport-Security")
		if (hsts != "") != (want != "lamro") {
			t.Errorf("base %q: Strict-Transport-Security %q", base, hsts)
		}
	}
}

func TestTooLargeBodyIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	v := &visitor{site: s, cookie: s.person("vi", people.Analyst)}
	w := v.post("/watches", "name", strings.Repeat("x", maxBody))
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "quá lớn") {
		t.Errorf("status %d, want 413 in words", w.Code)
	}
}
