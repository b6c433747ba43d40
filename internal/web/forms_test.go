package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/records/people"
)

func TestSearchAsksForWhatTheAddressSays(t *testing.T) {
	t.Parallel()
	d := full()
	s := newSite(t, d)
	who := s.person("vi", people.Analyst)
	s.get("/search?q=+%22Ch%E1%BB%A3+M%E1%BB%9Bi%22+&mode=exact&sort=relevance&place=06&watch=w&tier=2&class=press&source=bao-nui&from=1/11/2026&to=2026-11-23&view=articles&after=c1", who)
	want := SearchRequest{
		Text: `"Chợ Mới"`, Mode: ModeExact, Sort: SortRelevance, Place: "06", Watch: "w", Tier: 2, Class: "press", Source: "bao-nui", Articles: true, After: "c1", Limit: hitsPerPage,
		From: time.Date(2026, 11, 1, 0, 0, 0, 0, news.Zone()), To: time.Date(2026, 11, 24, 0, 0, 0, 0, news.Zone()),
	}
	s.get("/search?mode=nonsense&sort=relevance&tier=x", who)
	plain := SearchRequest{Mode: ModeAuto, Sort: SortNewest, Limit: hitsPerPage}
	if !slices.Equal(d.asked, []SearchRequest{want, plain}) {
		t.Errorf("asked %+v, want %+v and %+v", d.asked, want, plain)
	}
}

func TestSearchKeepsWhatWasTypedWhenItIsWrong(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	who := s.person("vi", people.Analyst)
	cases := []struct {
		query string
		says  []string
	}{
		{"mode=exact&q=" + url.QueryEscape(`"sạt lở`), []string{`<a href="/search?mode=exact&amp;q=%22s%E1%BA%A1t&#43;l%E1%BB%9F%22"><code>&#34;sạt lở&#34;</code></a>`}},
		{"q=" + url.QueryEscape(`"Chợ Mới" AND "sạt lở`), []string{"Chữ thứ 15: thiếu dấu đóng ngoặc kép; viết ", `value="&#34;Chợ Mới&#34; AND &#34;sạt lở"`, `&#34;Chợ Mới&#34; AND <b>&#34;</b>sạt lở`}},
		{"from=31/02/2026&to=hôm+nay", []string{"Viết ngày như 23/11/2026", `value="31/02/2026"`, `value="hôm nay"`}},
		{"from=23/11/2026&to=1/11/2026", []string{"Ngày đầu phải trước ngày cuối"}},
	}
	for _, c := range cases {
		w := s.get("/search?"+c.query, who)
		if w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d, want 422", c.query, w.Code)
		}
		for _, want := range c.says {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: lacks %q", c.query, want)
			}
		}
		inspect(t, c.query, w.Body.String(), true)
	}
}

func TestSearchLinksStayOnTheSearch(t *testing.T) {
	t.Parallel()
	p := searchPage{Query: url.Values{"q": {"Chợ Mới"}, "place": {"06"}, "from": {"01/11/2026"}}, today: now}
	cases := []struct{ got, want string }{
		{p.With(), "/search?from=01%2F11%2F2026&place=06&q=Ch%E1%BB%A3+M%E1%BB%9Bi"},
		{p.With("place", ""), "/search?from=01%2F11%2F2026&q=Ch%E1%BB%A3+M%E1%BB%9Bi"},
		{p.With("after", "x&y"), "/search?after=x%26y&from=01%2F11%2F2026&place=06&q=Ch%E1%BB%A3+M%E1%BB%9Bi"},
		{p.Preset(7), "/search?from=17%2F11%2F2026&place=06&q=Ch%E1%BB%A3+M%E1%BB%9Bi&to=23%2F11%2F2026"},
		{searchPage{}.With(), "/search"},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	if got := p.Keep("q", "from"); !slices.Equal(got, []FormValue{{"place", "06"}}) {
		t.Errorf("Keep = %v, want only the place", got)
	}
}

func TestAlertsAreSeenAndTaken(t *testing.T) {
	t.Parallel()
	d := full()
	s := newSite(t, d)
	who := s.person("vi", people.Officer)
	w := s.post("/alerts/seen", url.Values{"alert": {"4", "2"}, "back": {"/alerts?state=unseen"}}, who)
	if w.Header().Get("Location") != "/alerts?done=seen&state=unseen" {
		t.Errorf("seen: to %q, want back to the list", w.Header().Get("Location"))
	}
	w = s.post("/alerts/4/acknowledge", url.Values{"back": {"//evil.example"}}, who)
	if w.Header().Get("Location") != "/?done=acknowledged" {
		t.Errorf("acknowledge: to %q, want a page of ours", w.Header().Get("Location"))
	}
	if got, want := d.done(), []string{"seen", "seen", "acknowledge"}; !slices.Equal(got, want) {
		t.Errorf("did %v, want %v", got, want)
	}
	for path, status := range map[string]int{"/alerts/x/acknowledge": 400, "/alerts/99/acknowledge": 404} {
		if w := s.post(path, url.Values{}, who); w.Code != status {
			t.Errorf("%s: status %d, want %d", path, w.Code, status)
		}
	}
	if w := s.post("/alerts/seen", url.Values{"alert": {"x"}}, who); w.Code != http.StatusBadRequest {
		t.Errorf("seen x: status %d, want 400", w.Code)
	}
}

func TestHTMXGetsThePartItAskedFor(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	who := s.person("vi", people.Officer)
	r := httptest.NewRequest(http.MethodPost, "http://lamro.example/alerts/4/acknowledge", strings.NewReader(""))
	r.Header.Set("HX-Request", "true")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := s.do(r, who)
	body := w.Body.String()
	if w.Code != http.StatusOK || !strings.HasPrefix(body, `<li class="item alert seen"`) || strings.Contains(body, "<html") || !strings.Contains(body, "Bạn nhận") {
		t.Errorf("status %d, body %.80q; want the line of the alert, taken", w.Code, body)
	}
	if !slices.Contains(w.Header().Values("Vary"), "HX-Request") {
		t.Error("lacks Vary: HX-Request")
	}
	r = httptest.NewRequest(http.MethodGet, "/alerts", nil)
	r.Header.Set("HX-Request", "true")
	if w := s.do(r, nil); w.Code != http.StatusUnauthorized {
		t.Errorf("a part for nobody: status %d, want 401 instead of the sign-in page inside a page", w.Code)
	}
}

func TestWatchForm(t *testing.T) {
	t.Parallel()
	good := func(change ...string) url.Values {
		v := url.Values{"name": {"Sạt lở Đồn Đèn"}, "query": {`"Đồn Đèn" AND "sạt lở"`}, "mode": {"exact"}, "severity": {"high"}, "alert": {"1"}, "revision": {"3"}}
		for i := 0; i < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	cases := []struct {
		name, path string
		form       url.Values
		saveErr    error
		status     int
		location   string
		says, did  string
	}{
		{"added under an id of its name", "/watches", good(), nil, 303, "/watches/sat-lo-don-den?done=watch-saved", "", "add sat-lo-don-den"},
		{"added under its own id", "/watches", good("id", "Don-Den"), nil, 303, "/watches/don-den?done=watch-saved", "", "add don-den"},
		{"changed", "/watches/thien-tai", good("id", "other"), nil, 303, "/watches/thien-tai?done=watch-saved", "", "change thien-tai"},
		{"without a name", "/watches", good("name", " "), nil, 422, "", "Đặt tên để người khác nhận ra", ""},
		{"with a bad id", "/watches", good("id", "có dấu"), nil, 422, "", "Mã chỉ có a–z", ""},
		{"with a word of the addresses as id", "/watches", good("id", "new"), nil, 422, "", "Mã chỉ có a–z", ""},
		{"with a query that does not parse", "/watches", good("query", `"Đồn Đèn`), nil, 422, "", "Chữ thứ 1: thiếu dấu đóng ngoặc kép", ""},
		{"with a taken id", "/watches", good("id", "don-den"), ErrTaken, 409, "", "Mã don-den đã dùng", ""},
		{"changed meanwhile", "/watches/thien-tai", good(), ErrStale, 409, "", "Có người đã sửa", ""},
		{"only looked at", "/watches", good("do", "check"), nil, 200, "", "echo: ", ""},
		{"with i and y alike", "/watches", good("do", "check", "iy", "1"), nil, 200, "", `AND &#34;sạt lở&#34; iy`, ""},
		{"with the query put right", "/watches", good("query", `"Đồn`, "use", `"Đồn Đèn"`), nil, 200, "", "echo: &#34;Đồn Đèn&#34;", ""},
		{"tried on what is stored", "/watches", good("do", "preview"), nil, 200, "", "<b>36 bài khớp</b> trong 1.204 bài đã lưu; 30 bài khớp chắc chắn. Trung bình 12 bài mỗi ngày.", "preview"},
		{"tried with a query that does not parse", "/watches", good("do", "preview", "query", `"Đồn`), nil, 422, "", `name="use" value="&#34;Đồn&#34;" formnovalidate`, ""},
		{"not from our page", "/watches", good("severity", "huge"), nil, 400, "", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := full()
			d.saveErr = c.saveErr
			s := newSite(t, d)
			w := s.post(c.path, c.form, s.person("vi", people.Analyst))
			if w.Code != c.status || w.Header().Get("Location") != c.location || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("status %d to %q, want %d to %q saying %q", w.Code, w.Header().Get("Location"), c.status, c.location, c.says)
			}
			if got := strings.Join(d.done(), ","); got != c.did {
				t.Errorf("did %q, want %q", got, c.did)
			}
			if c.status == 422 || c.status == 409 {
				for _, name := range []string{"name", "query"} {
					if typed := strings.TrimSpace(c.form.Get(name)); !strings.Contains(w.Body.String(), strings.ReplaceAll(typed, `"`, "&#34;")) {
						t.Errorf("lost what was typed as %s", name)
					}
				}
				inspect(t, c.name, w.Body.String(), true)
			}
		})
	}
}

func TestPauseAsksForAReason(t *testing.T) {
	t.Parallel()
	d := full()
	s := newSite(t, d)
	who := s.person("vi", people.Analyst, people.Operator)
	for _, path := range []string{"/watches/thien-tai/pause", "/sources/bao-nui/pause"} {
		w := s.post(path, url.Values{"reason": {"  "}}, who)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Ghi lý do") {
			t.Errorf("%s without a reason: status %d, want 422 in words", path, w.Code)
		}
		inspect(t, path, w.Body.String(), true)
		if w := s.post(path, url.Values{"reason": {"chủ trang đề nghị"}}, who); w.Code != http.StatusSeeOther {
			t.Errorf("%s with a reason: status %d, want 303", path, w.Code)
		}
	}
	s.post("/watches/ngung/resume", url.Values{}, who)
	s.post("/sources/cho-phien/resume", url.Values{}, who)
	s.post("/sources/bao-nui/check", url.Values{}, who)
	if got, want := d.done(), []string{"pause thien-tai", "pause bao-nui", "resume ngung", "resume cho-phien", "check bao-nui"}; !slices.Equal(got, want) {
		t.Errorf("did %v, want %v", got, want)
	}
}

func TestStatesOfSourcesInWords(t *testing.T) {
	t.Parallel()
	s := newSite(t, full())
	v := &visit{renderer: s.views["vi"]}
	want := map[string]string{
		"bao-nui": "ok Đang chạy", "vung-cao": "down Im lặng 7 giờ 20 phút", "nghia-ta": "down Không lấy được", "rung": "slow Lấy được một phần",
		"cho-phien": "off Tạm dừng", "moi": "new Chưa ghé lần nào", "cham": "slow Im lặng 3 giờ", "cam": "slow robots.txt không cho lấy", "chua-bat": "off Chưa bật", "chua-ghe": "new Chưa ghé lần nào",
	}
	rows := v.sourceRows(s.d.sources, now)
	for _, r := range rows {
		if got := r.State + " " + r.Words; got != want[r.ID] {
			t.Errorf("%s: %s, want %s", r.ID, got, want[r.ID])
		}
	}
	if rows[0].State != stateDown || rows[len(rows)-1].State != stateOff {
		t.Errorf("order: %s first, %s last; want the worst first", rows[0].State, rows[len(rows)-1].State)
	}
	// An error that was overcome is no error.
	over := v.sourceRow(Source{Enabled: true, LastSuccess: now, LastNew: now, LastError: "timeout", LastErrorAt: ago(time.Hour)}, now)
	if over.State != stateOK {
		t.Errorf("after a success: %s, want ok", over.State)
	}
}
