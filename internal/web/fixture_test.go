package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lamro/internal/account"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/people"
)

// now is the moment at which the pages of tests are looked at: 06:52 in the office.
var now = time.Date(2026, 11, 23, 6, 52, 0, 0, news.Zone())

func ago(d time.Duration) time.Time { return now.Add(-d) }

// hostile is what a page of the web may call itself.
const hostile = `<script>alert(1)</script><img src=x onerror="alert(2)"> "Bắc Kạn" & 'sạt lở'`

// data is a small invented installation in memory: what the pages show, and what they wrote.
type data struct {
	mu      sync.Mutex
	newest  time.Time
	unseen  int
	alerts  []Alert
	today   TodayView
	found   SearchPage
	preview Preview
	article Article
	watches []Watch
	history []WatchRevision
	recent  []Hit
	sources []Source
	err     error // what every read answers
	saveErr error
	asked   []SearchRequest
	did     []string
}

func (d *data) note(did string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.did = append(d.did, did)
	return d.err
}

func (d *data) done() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.did)
}

func (d *data) set(newest time.Time, unseen int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.newest, d.unseen = newest, unseen
}

type pulse struct{ *data }

func (p pulse) Newest(context.Context) (time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest, p.err
}

func (p pulse) Unseen(context.Context, int64) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unseen, p.err
}

func (d *data) Today(context.Context, time.Time) (TodayView, error) { return d.today, d.err }

type alertData struct{ *data }

func (d alertData) List(_ context.Context, f AlertFilter) (AlertPage, error) {
	p := AlertPage{Unseen: d.unseen, Open: len(d.alerts), All: len(d.alerts)}
	for _, a := range d.alerts {
		if (f.State != AlertsUnseen || !a.Seen) && (f.Severity == "" || f.Severity == a.Severity) {
			p.Alerts = append(p.Alerts, a)
		}
	}
	return p, d.err
}

func (d alertData) MarkSeen(_ context.Context, _ int64, ids []int64) error {
	for range ids {
		d.note("seen") //nolint:errcheck
	}
	return d.err
}

func (d alertData) Acknowledge(_ context.Context, _ int64, id int64) (Alert, error) {
	for _, a := range d.alerts {
		if a.ID == id {
			a.Seen, a.AcknowledgedBy, a.AcknowledgedAt, a.AcknowledgeMine = true, "Cán bộ", now, true
			return a, d.note("acknowledge")
		}
	}
	return Alert{}, records.ErrNotFound
}

type searchData struct{ *data }

func (d searchData) Search(_ context.Context, r SearchRequest) (SearchPage, error) {
	d.mu.Lock()
	d.asked = append(d.asked, r)
	d.mu.Unlock()
	if strings.Count(r.Text, `"`)%2 == 1 {
		return SearchPage{}, &QueryError{Pos: strings.LastIndex(r.Text, `"`), Code: "unclosed-quote", Suggestion: r.Text + `"`}
	}
	return d.found, d.err
}

type articleData struct{ *data }

func (d articleData) Article(_ context.Context, id string) (Article, error) {
	if id != d.article.ID {
		return Article{}, records.ErrNotFound
	}
	return d.article, d.err
}

type watchData struct{ *data }

func (d watchData) List(context.Context) ([]Watch, error) { return d.watches, d.err }

func (d watchData) Get(_ context.Context, id string) (Watch, error) {
	for _, w := range d.watches {
		if w.ID == id {
			return w, d.err
		}
	}
	return Watch{}, records.ErrNotFound
}

func (d watchData) History(context.Context, string) ([]WatchRevision, error) { return d.history, d.err }
func (d watchData) Recent(context.Context, string, int) ([]Hit, error)       { return d.recent, d.err }

func (d watchData) Check(_ context.Context, q WatchQuery) (QueryEcho, error) {
	if strings.Count(q.Query, `"`)%2 == 1 {
		return QueryEcho{}, &QueryError{Pos: strings.LastIndex(q.Query, `"`), Code: "unclosed-quote", Suggestion: q.Query + `"`}
	}
	echo := QueryEcho{Canonical: "echo: " + q.Query, Warnings: []string{"whatever"}, Steps: allSteps}
	if q.IY {
		echo.Canonical += " iy"
	}
	return echo, d.err
}

// allSteps has a step of every kind.
var allSteps = []QueryStep{
	{Kind: "all"}, {Depth: 1, Kind: "any"}, {Depth: 2, Kind: "phrase", Args: []string{hostile}, Meets: "bare", In: "title", IY: true},
	{Depth: 2, Kind: "word", Args: []string{"lũ"}, Meets: "any"}, {Depth: 2, Kind: "prefix", Args: []string{"sạt"}, Meets: "same", In: "body"},
	{Depth: 1, Kind: "not"}, {Depth: 1, Kind: "none"}, {Depth: 2, Kind: "loose", Args: []string{"mưa lũ", "3"}, Meets: "bare"},
	{Depth: 1, Kind: "near", Args: []string{"5"}}, {Depth: 1, Kind: "onear", Args: []string{"5"}}, {Depth: 1, Kind: "samesent"},
	{Depth: 1, Kind: "place", Args: []string{"06"}, Name: "Bắc Kạn"}, {Depth: 1, Kind: "place", Args: []string{"99"}},
	{Depth: 1, Kind: "source", Args: []string{"bao-nui"}, Name: hostile}, {Depth: 1, Kind: "source", Args: []string{"bao-nui"}, Name: "bao-nui"},
	{Depth: 1, Kind: "site", Args: []string{"vidu.example"}}, {Depth: 1, Kind: "lang", Args: []string{"vi"}}, {Depth: 1, Kind: "lang", Args: []string{"km"}},
	{Depth: 1, Kind: "tier", Args: []string{"1"}}, {Depth: 1, Kind: "from", Args: []string{"2026-11-24"}}, {Depth: 9, Kind: "to", Args: []string{"2026-11-24"}},
}

func (d watchData) Preview(ctx context.Context, q WatchQuery) (Preview, error) {
	if _, err := d.Check(ctx, q); err != nil {
		return Preview{}, err
	}
	return d.preview, d.note("preview")
}

func (d watchData) Add(ctx context.Context, _ int64, w WatchDraft) (Watch, error) {
	return d.save(ctx, "add", w)
}

func (d watchData) Change(ctx context.Context, _ int64, w WatchDraft) (Watch, error) {
	return d.save(ctx, "change", w)
}

func (d watchData) save(ctx context.Context, what string, w WatchDraft) (Watch, error) {
	if _, err := d.Check(ctx, w.asks()); err != nil {
		return Watch{}, err
	}
	if d.saveErr != nil {
		return Watch{}, d.saveErr
	}
	return Watch{ID: w.ID}, d.note(what + " " + w.ID)
}

func (d watchData) Pause(_ context.Context, _ int64, id, _ string) error {
	return d.note("pause " + id)
}
func (d watchData) Resume(_ context.Context, _ int64, id string) error { return d.note("resume " + id) }

type sourceData struct{ *data }

func (d sourceData) List(context.Context) ([]Source, error) { return d.sources, d.err }

func (d sourceData) CheckNow(_ context.Context, _ int64, id string) error {
	return d.note("check " + id)
}
func (d sourceData) Pause(_ context.Context, _ int64, id, _ string) error {
	return d.note("pause " + id)
}
func (d sourceData) Resume(_ context.Context, _ int64, id string) error {
	return d.note("resume " + id)
}

func (d *data) all() Data {
	return Data{
		Pulse: pulse{d}, Today: d, Alerts: alertData{d}, Search: searchData{d}, Articles: articleData{d},
		Watches: watchData{d}, Sources: sourceData{d},
	}
}

// full is an installation at work; hostile text stands wherever text from the web can.
func full() *data {
	days := []int{1, 2, 0, 1, 3, 2, 1, 2, 1, 0, 2, 1, 2, 7}
	hit := Hit{
		Article: "0a1b2c", Title: hostile, TitleMarks: []Mark{{0, 8, 0}, {len(hostile) - 10, len(hostile) - 1, 1}},
		Snippet: "… mưa lớn ở Chợ Mới gây sạt lở " + hostile, SnippetMarks: []Mark{{15, 25, 0}}, Source: "bao-nui", SourceName: "Báo Núi " + hostile, Tier: 2,
		PublishedAt: ago(time.Hour), FirstSeen: ago(50 * time.Minute), Places: []string{"xã Chợ Mới"}, Class: news.Folded,
	}
	copied := hit
	copied.Class, copied.PublishedAt = news.Canonical, time.Time{}
	watch := Watch{
		ID: "thien-tai", Name: "Thiên tai, hồ đập", Query: `"Chợ Mới" AND "sạt lở"`, Mode: ModeAuto, Severity: news.High, Alert: true, Enabled: true,
		Owner: "settings", Revision: 3, Changed: ago(30 * time.Hour), By: "Chuyên viên phân tích", Days: days, Note: hostile,
	}
	watch.IY, watch.Backfill = true, Backfill{State: BackfillRuns, Looked: 1204, Articles: 9000}
	paused := watch
	paused.Backfill, paused.IY = Backfill{}, false
	paused.ID, paused.Name, paused.Enabled, paused.Alert, paused.Severity, paused.Days = "ngung", "Chủ đề nghỉ", false, false, news.Low, []int{0}
	return &data{
		newest: ago(2 * time.Minute), unseen: 3,
		today: TodayView{WithoutRecipient: 2, Waiting: 4, NotAlerted: []NotAlerted{{news.NotNewsFirstPoll, 1204}, {"copy", 3}, {"unheard-of", 1}}},
		alerts: []Alert{
			{ID: 4, Severity: news.Critical, Watch: "thien-tai", WatchName: "Thiên tai, hồ đập", Article: "0a1b2c", Title: hostile, Marks: []Mark{{0, 8, 0}},
				Matched: []string{"Chợ Mới", "<b>xả lũ</b>"}, Why: "place:06 because " + hostile, SourceName: "Báo Núi", Tier: 3, FirstSeen: ago(time.Hour), SentAt: ago(59 * time.Minute), Sent: SentDone, Places: []string{"xã Chợ Mới"}},
			{ID: 3, Severity: news.High, Watch: "thien-tai", WatchName: "Thiên tai", Article: "0a1b2d", Title: "Sạt lở taluy", SourceName: "Báo Núi", FirstSeen: ago(26 * time.Hour), Seen: true, AcknowledgedBy: "Cán bộ trực", AcknowledgedAt: ago(20 * time.Hour), Sent: SentBundled},
			{ID: 2, Severity: news.Normal, Watch: "thien-tai", WatchName: "Thiên tai", Article: "0a1b2e", Title: "Lễ hội", SourceName: "Báo Núi", FirstSeen: ago(90 * 24 * time.Hour), Sent: SentNoRecipient},
			{ID: 1, Severity: news.Low, Watch: "thien-tai", WatchName: "Thiên tai", Article: "0a1b2f", Title: "Góc nhìn", SourceName: "Báo Núi", FirstSeen: ago(400 * 24 * time.Hour), Seen: true, Sent: SentFailed},
		},
		found: SearchPage{
			Echo: QueryEcho{
				Canonical: `"Chợ Mới" AND "sạt lở"`, Steps: allSteps, Places: []PlaceEcho{{"place:06", "Bắc Kạn"}}, Warnings: []string{"unknown-place"},
			}, Stories: 38, Articles: 1214, Capped: true,
			Hits: []StoryHit{{Hit: hit, Copies: []Hit{copied}, More: 2}, {Hit: Hit{Article: "0a1b2d", FirstSeen: now}}},
			Facets: []Facet{
				{FacetPlace, []FacetValue{{"06.cho-moi", "xã Chợ Mới", 38}, {"19", hostile, 9}}}, {FacetTier, []FacetValue{{"1", "", 9}}},
				{FacetClass, []FacetValue{{"press", "", 30}, {"blog", "", 1}}}, {FacetSource, []FacetValue{{"bao-nui", "Báo Núi", 18}}}, {FacetWatch, nil}, {"unheard-of", []FacetValue{{"x", "x", 1}}},
			},
			Histogram: []DayCount{{ago(48 * time.Hour), 3}, {ago(24 * time.Hour), 0}, {now, 6}}, Next: "cursor&1",
		},
		preview: Preview{
			Days: []DayCount{{ago(48 * time.Hour), 30}, {ago(24 * time.Hour), 0}, {now, 6}}, Articles: 1204, Matched: 36, Certain: 30, Samples: []Hit{hit, copied},
		},
		article: Article{
			ID: "0a1b2c", URL: "javascript:alert(3)", Source: "bao-nui", SourceName: "Báo Núi", Tier: 2, Language: "vi", PublishedAt: ago(time.Hour), PublishedFrom: news.FromJSONLD,
			FirstSeen: ago(50 * time.Minute), IndexedAt: ago(49 * time.Minute), NotNews: news.NotNewsOld,
			Versions: []Version{
				{N: 1, Title: "Mưa lớn ở Chợ Mới", Lead: "Mưa lớn.", Body: "Hai nhà bị ngập.\n\nKhông có thiệt hại.", SeenAt: ago(50 * time.Minute), Cause: news.Seen},
				{N: 2, Title: hostile, Lead: "Mưa lớn gây " + hostile, Body: "Ba nhà bị ngập.\n\n" + hostile + "\n\nKhông có thiệt hại về người.", Truncated: true, SeenAt: ago(10 * time.Minute), Cause: news.ReExtracted},
			},
			Mentions: []Mention{{
				Mention:   news.Mention{Watch: "thien-tai", Severity: news.High, Class: news.Exact, Spans: []news.Span{{Field: news.FieldTitle, Start: 0, End: 8, Term: "Chợ Mới"}, {Field: news.FieldLead, Start: 0, End: 4, Term: "mưa"}, {Field: news.FieldBody, Start: 0, End: 2, Term: "Ba"}, {Field: news.FieldBody, Start: 5, End: 9000, Term: "Ba"}}, Why: hostile},
				WatchName: "Thiên tai, hồ đập", Reasons: []Reason{{Term: "sạt lở", Words: []string{"sạt lở"}, Field: news.FieldTitle, Times: 2}},
			}},
			Captures: []Capture{{At: ago(time.Hour), SHA256: strings.Repeat("9f3a", 16), Bytes: 20480, Observations: 3}},
		},
		watches: []Watch{watch, paused},
		history: []WatchRevision{{Watch: paused, Reason: "đã có đầu mối theo dõi"}, {Watch: watch}},
		recent:  []Hit{hit},
		sources: []Source{
			{ID: "bao-nui", Name: "Báo Núi", URL: "https://www.nui.example/", Class: "press", Tier: 1, Enabled: true, LastSuccess: ago(time.Minute), LastNew: ago(9 * time.Minute), UsualGap: 9 * time.Minute, Pace: 3 * time.Minute, Robots: "allowed"},
			{ID: "vung-cao", Name: "Báo Vùng Cao", URL: "https://vungcao.example/", Enabled: true, LastSuccess: ago(time.Minute), LastNew: ago(440 * time.Minute), UsualGap: 38 * time.Minute, Robots: "allowed"},
			{ID: "nghia-ta", Name: "Cổng xã " + hostile, URL: "https://nghiata.example/", Enabled: true, LastSuccess: ago(30 * time.Hour), LastError: "tls", LastErrorAt: ago(time.Minute)},
			{ID: "rung", Name: "Tạp chí Rừng", URL: "https://rung.example/", Enabled: true, LastSuccess: ago(time.Minute), LastNew: ago(time.Minute), Robots: "partly"},
			{ID: "cho-phien", Name: "Chợ Phiên Online", URL: "https://chophien.example/", PausedReason: "chủ trang đề nghị ngừng"},
			{ID: "moi", Name: "Nguồn mới", URL: "https://moi.example/", Enabled: true, LastError: "no-contact", LastErrorAt: now},
			{ID: "cham", Name: "Nguồn chậm", URL: "https://cham.example/", Enabled: true, LastSuccess: now, LastNew: ago(3 * time.Hour), UsualGap: 50 * time.Minute},
			{ID: "cam", Name: "Nguồn cấm", URL: "https://cam.example/", Enabled: true, LastError: "robots-disallowed", LastErrorAt: now},
			{ID: "chua-bat", Name: "Cổng chưa bật", URL: "https://chuabat.example/"},
			{ID: "chua-ghe", Name: "Chưa ghé", URL: "https://chuaghe.example/", Enabled: true},
		},
	}
}

// site is the pages over d with a real records file.
type site struct {
	*Server
	t  *testing.T
	d  *data
	db *records.DB
}

func newSite(t *testing.T, d *data, change ...func(*Config)) *site {
	t.Helper()
	db, err := records.Open(t.Context(), filepath.Join(t.TempDir(), "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	accounts, err := account.New(t.Context(), account.Config{DB: db})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		Data: d.all(), DB: db, Accounts: accounts, UserAgent: "Lamro/0 (+mailto:office@press.example)", Contact: "office@press.example",
		Version: "0", Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }, Tick: 10 * time.Millisecond,
	}
	for _, c := range change {
		c(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &site{Server: s, t: t, d: d, db: db}
}

// person adds somebody with a password of their own and returns their session's cookie.
func (s *site) person(language string, roles ...people.Role) *http.Cookie {
	s.t.Helper()
	login := "nguoi"
	for _, r := range roles {
		login += "-" + string(r)
	}
	var p people.Person
	err := s.db.Tx(s.t.Context(), func(ctx context.Context, tx *records.Tx) (err error) {
		p, err = people.Add(ctx, tx, people.New{Login: login + "-" + language, Name: "Cán bộ <i>trực</i>", Roles: roles, Language: language, At: now})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.sessions.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.sessions.Start(r.Context(), p); err != nil {
			s.t.Error(err)
		}
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w.Result().Cookies()[0]
}

func (s *site) do(r *http.Request, who *http.Cookie) *httptest.ResponseRecorder {
	s.t.Helper()
	if who != nil {
		r.AddCookie(who)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func (s *site) get(path string, who *http.Cookie) *httptest.ResponseRecorder {
	s.t.Helper()
	return s.do(httptest.NewRequest(http.MethodGet, "http://lamro.example"+path, nil), who)
}

func (s *site) post(path string, form url.Values, who *http.Cookie) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://lamro.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.do(r, who)
}
