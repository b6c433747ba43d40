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

// Each page and step with the roles that may; the table is written out, so that a change of a
// right is seen here.
func TestWhoMaySeeAndDoWhat(t *testing.T) {
	t.Parallel()
	readers := []people.Role{people.Officer, people.Analyst, people.Verifier, people.Approver, people.Leader}
	running := append([]people.Role{people.Operator}, readers...)
	may := map[string][]people.Role{
		"GET /":                          people.Roles(),
		"GET /help":                      people.Roles(),
		"GET /password":                  people.Roles(),
		"GET /alerts":                    readers,
		"POST /alerts/seen":              readers,
		"POST /alerts/4/acknowledge":     {people.Officer},
		"GET /search":                    readers,
		"GET /articles/0a1b2c":           readers,
		"GET /watches":                   running,
		"GET /watches/thien-tai":         running,
		"GET /watches/new":               {people.Analyst},
		"GET /watches/echo":              {people.Analyst},
		"GET /watches/thien-tai/edit":    {people.Analyst},
		"POST /watches":                  {people.Analyst},
		"POST /watches/thien-tai":        {people.Analyst},
		"POST /watches/thien-tai/pause":  {people.Analyst},
		"POST /watches/thien-tai/resume": {people.Analyst},
		"GET /sources":                   running,
		"POST /sources/bao-nui/check":    {people.Operator},
		"POST /sources/bao-nui/pause":    {people.Operator},
		"POST /sources/bao-nui/resume":   {people.Operator},
	}
	s := newSite(t, full())
	form := url.Values{"reason": {"thử"}, "name": {"Thử"}, "query": {"x"}, "severity": {"high"}, "id": {"thu"}}
	for _, role := range people.Roles() {
		who := s.person("vi", role)
		for step, roles := range may {
			method, path, _ := strings.Cut(step, " ")
			var w *httptest.ResponseRecorder
			if method == http.MethodGet {
				w = s.get(path, who)
			} else {
				w = s.post(path, form, who)
			}
			allowed := false
			for _, r := range roles {
				allowed = allowed || r == role
			}
			if refused := w.Code == http.StatusForbidden; refused == allowed {
				t.Errorf("%s: %s: status %d, allowed should be %v", role, step, w.Code, allowed)
			}
			if w.Code >= 500 || w.Code == http.StatusNotFound {
				t.Errorf("%s: %s: status %d", role, step, w.Code)
			}
		}
	}
	// Every route of the site is in the table, or open to whoever is signed in or to all.
	for _, rt := range s.routes() {
		if rt.right == "" {
			continue
		}
		pattern := strings.NewReplacer("/{id}/acknowledge", "/4/acknowledge", "/articles/{id}", "/articles/0a1b2c", "/watches/{id}", "/watches/thien-tai", "/sources/{id}", "/sources/bao-nui").Replace(rt.pattern)
		if may[pattern] == nil {
			t.Errorf("%s is not in the table", rt.pattern)
		}
	}
}

func TestPagesOfferOnlyWhatOneMayDo(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	cases := []struct {
		role  people.Role
		path  string
		text  string
		shown bool
	}{
		{people.Officer, "/alerts", "Nhận việc", true},
		{people.Leader, "/alerts", "Nhận việc", false},
		{people.Analyst, "/search?q=x", "Tạo chủ đề theo dõi", true},
		{people.Officer, "/search?q=x", "Tạo chủ đề theo dõi", false},
		{people.Operator, "/sources", "Kiểm tra ngay", true},
		{people.Officer, "/sources", "Kiểm tra ngay", false},
		{people.Operator, "/", "Cảnh báo chưa xem", false},
		{people.Operator, "/", `href="/search"`, false},
		{people.Operator, "/", "Nguồn đang trục trặc", true},
		{people.Contact, "/", "Nguồn", false},
		{people.Contact, "/", "Vai trò của bạn chưa có việc nào ở đây", true},
		{people.Operator, "/watches/thien-tai", "Khớp gần đây", false},
	}
	for _, c := range cases {
		w := s.get(c.path, s.person("vi", c.role))
		if got := strings.Contains(w.Body.String(), c.text); got != c.shown {
			t.Errorf("%s %s: shows %q: %v, want %v", c.role, c.path, c.text, got, c.shown)
		}
		s.db.Close()
		s = newSite(t, full())
	}
}

func TestNobodyIsAskedToSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	for _, path := range append([]string{"/nothing", "/events"}, pages...) {
		w := s.get(path, nil)
		switch path {
		case "/bot":
			if w.Code != http.StatusOK {
				t.Errorf("/bot: status %d, want 200", w.Code)
			}
		case "/events":
			if w.Code != http.StatusUnauthorized {
				t.Errorf("/events: status %d, want 401", w.Code)
			}
		default:
			if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/signin") {
				t.Errorf("%s: status %d to %q, want a redirect to /signin", path, w.Code, w.Header().Get("Location"))
			}
		}
		if len(w.Result().Cookies()) > 0 {
			t.Errorf("%s: sets a cookie for nobody", path)
		}
	}
	if w := s.post("/alerts/seen", url.Values{}, nil); w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "điều đã gõ vẫn còn") {
		t.Errorf("POST: status %d, want 401 that says how to keep what was typed", w.Code)
	}
	if w := s.get("/signin", nil); w.Code != http.StatusOK {
		t.Errorf("/signin: status %d, want 200", w.Code)
	}
	if w := s.get("/static/lamro.css", nil); w.Code != http.StatusOK {
		t.Errorf("/static/lamro.css: status %d, want 200", w.Code)
	}
}

func TestPostFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	d := full()
	s := newSite(t, d, func(c *Config) { c.BaseURL = "https://lamro.office.example" })
	who := s.person("vi", people.Officer)
	for name, set := range map[string]func(h http.Header){
		"cross-site":         func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":          func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") },
		"other origin":       func(h http.Header) { h.Set("Origin", "https://evil.example") },
		"null origin":        func(h http.Header) { h.Set("Origin", "null") },
		"other port of ours": func(h http.Header) { h.Set("Origin", "https://lamro.office.example:8443") },
	} {
		for _, path := range []string{"/alerts/4/acknowledge", "/signin", "/signout", "/language"} {
			r := httptest.NewRequest(http.MethodPost, "http://lamro.example"+path, strings.NewReader("login=a&password=b"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			set(r.Header)
			if w := s.do(r, who); w.Code != http.StatusForbidden {
				t.Errorf("%s to %s: status %d, want 403", name, path, w.Code)
			}
		}
	}
	if did := d.done(); len(did) > 0 {
		t.Errorf("did %v", did)
	}
	// Behind a proxy that changes the host, the configured address counts.
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8080/alerts/4/acknowledge", strings.NewReader(""))
	r.Header.Set("Origin", "https://lamro.office.example")
	if w := s.do(r, who); w.Code != http.StatusSeeOther {
		t.Errorf("from the configured address: status %d, want 303", w.Code)
	}
}

func TestRightsAreThoseOfTheMoment(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	who := s.person("vi", people.Officer)
	if w := s.get("/alerts", who); w.Code != http.StatusOK {
		t.Fatalf("status %d, want 200", w.Code)
	}
	p, err := people.ByLogin(t.Context(), s.db.Read(), "nguoi-officer-vi")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cfg.Accounts.Disable(t.Context(), account.System, p.ID); err != nil {
		t.Fatal(err)
	}
	if w := s.get("/alerts", who); w.Code != http.StatusSeeOther {
		t.Errorf("after being disabled: status %d, want a redirect to sign-in", w.Code)
	}
}
