package alerter_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lamro/alerter"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/recordstest"
)

// office is a small office around an alerter: people, watches and articles as data, the records
// as they are.
type office struct {
	t        *testing.T
	db       *records.DB
	cfg      alerter.Config
	people   map[string][]alerter.Person // by role
	routes   []route
	watches  map[string]alerter.Watch
	articles map[string]news.Article
	notNews  string
	gone     error
	channels map[string]alerter.Notifier
	at       func(string)
}

type route struct {
	alerter.Route
	watch    string // "" for all
	severity news.Severity
}

var (
	officer = alerter.Person{ID: 1, Name: "Cán bộ", Email: "can-bo@phong.example", Language: "vi"}
	analyst = alerter.Person{ID: 2, Name: "Chuyên viên", Email: "chuyen-vien@phong.example", Language: "vi"}
)

func newOffice(t *testing.T) *office {
	t.Helper()
	db := recordstest.Open(t)
	return &office{
		t: t, db: db,
		cfg:     alerter.Config{MinSeverity: news.Low, RetryFor: 2 * time.Hour, SendTimeout: time.Minute, Workers: 2, Scale: 1},
		people:  map[string][]alerter.Person{"officer": {officer}, "analyst": {analyst, officer}},
		watches: map[string]alerter.Watch{"tinh": {Name: "Toàn vùng"}, "thien-tai": {Name: "Thiên tai"}, "im-lang": {Name: "Im lặng", Silent: true}},
		routes: []route{
			{alerter.Route{ID: "khan", Name: "Khẩn cấp", Tell: []alerter.Tell{{Roles: []string{"officer"}, Channels: []string{"bell", "email"}}}, Webhooks: []string{"chat"}}, "", news.Critical},
			{alerter.Route{ID: "thuong", Name: "Thường", Tell: []alerter.Tell{{Roles: []string{"officer", "analyst"}, Channels: []string{"bell", "email"}}}}, "", news.Normal},
			{alerter.Route{ID: "thap", Name: "Thấp", Tell: []alerter.Tell{{Roles: []string{"leader"}, Channels: []string{"bell"}}}}, "", news.Low},
		},
		articles: map[string]news.Article{},
		channels: map[string]alerter.Notifier{},
	}
}

func (o *office) alerter() *alerter.Alerter {
	o.t.Helper()
	a, err := alerter.New(o.cfg, alerter.Deps{
		DB: o.db,
		Route: func(watch string, severity news.Severity) (alerter.Route, bool) {
			for _, r := range o.routes {
				if (r.watch == "" || r.watch == watch) && r.severity == severity {
					return r.Route, true
				}
			}
			return alerter.Route{}, false
		},
		WithRole: func(_ context.Context, _ records.Querier, role string) ([]alerter.Person, error) {
			return o.people[role], nil
		},
		Person: func(_ context.Context, _ records.Querier, id int64) (alerter.Person, error) {
			for _, list := range o.people {
				for _, p := range list {
					if p.ID == id {
						return p, nil
					}
				}
			}
			return alerter.Person{}, records.ErrNotFound
		},
		Watch: func(_ context.Context, _ records.Querier, id string) (alerter.Watch, error) {
			if w, ok := o.watches[id]; ok {
				return w, nil
			}
			return alerter.Watch{Silent: true}, records.ErrNotFound // what comes with an error is nothing
		},
		Source: func(context.Context, records.Querier, string) (alerter.Source, error) {
			return alerter.Source{Name: "Báo Mẫu", Tier: 1}, nil
		},
		Article: func(_ context.Context, _ records.Querier, id string, n int) (news.Article, error) {
			if o.gone != nil {
				return news.Article{}, o.gone
			}
			a, ok := o.articles[fmt.Sprint(id, n)]
			if !ok {
				return news.Article{}, records.ErrNotFound
			}
			return a, nil
		},
		Gone:      func(err error) bool { return errors.Is(err, errErased) },
		NotNews:   func(context.Context, records.Querier, string, int) (string, error) { return o.notNews, nil },
		PlaceName: func(code string) string { return map[string]string{"06": "Bắc Kạn"}[code] },
		Mask:      func(s string) string { return strings.ReplaceAll(s, "0912345678", "**********") },
		Notifiers: o.channels,
		Log:       slog.New(slog.DiscardHandler),
		At:        o.at,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

var errErased = errors.New("erased")

// event is a version of an article that is news, with the given mentions.
func (o *office) event(id string, mentions ...news.Mention) news.MentionEvent {
	at := time.Now().UTC().Truncate(time.Millisecond)
	art := news.Article{
		ID: id, N: 1, Source: "bao-mau", URL: "https://bao-mau.example/" + id, Title: "Mưa lớn ở Bắc Kạn",
		Lead: "Sáng nay mưa lớn.", Body: "Đường vào xã sạt lở, gọi 0912345678 để báo tin.", FirstSeen: at, SeenAt: at,
	}
	o.articles[fmt.Sprint(id, 1)] = art
	return news.MentionEvent{
		Schema: news.Schema, Article: id, Rev: 1, N: 1, Source: "bao-mau", Lane: news.Live, Alert: true,
		BodyHash: "text of " + id, SeenAt: at, Mentions: mentions,
	}
}

func mention(watch string, severity news.Severity) news.Mention {
	title, body := "Mưa lớn ở Bắc Kạn", "Đường vào xã sạt lở"
	i, j := strings.Index(title, "Bắc"), strings.Index(body, "sạt")
	return news.Mention{
		Watch: watch, WatchRev: 1, Severity: severity, Class: news.Exact, Certain: true, Places: []string{"06", "99"},
		Spans: []news.Span{
			{Field: news.FieldTitle, Start: i, End: len(title), Term: "place:06"},
			{Field: news.FieldBody, Start: j, End: len(body), Term: "sạt lở"},
		},
	}
}

func (o *office) handle(a *alerter.Alerter, ev news.MentionEvent) {
	o.t.Helper()
	if err := a.Handle(o.t.Context(), ev); err != nil {
		o.t.Fatal(err)
	}
}

// told describes every delivery: "watch→person/channel state cause", in order.
func (o *office) told() []string {
	o.t.Helper()
	list, err := deliveries.List(o.t.Context(), o.db.Read(), deliveries.Filter{Limit: 500})
	if err != nil {
		o.t.Fatal(err)
	}
	var got []string
	for _, v := range list {
		tries, err := deliveries.Tries(o.t.Context(), o.db.Read(), v.ID)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, d := range tries {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s→%d/%s %s %s", d.Watch, d.Person, d.Channel, d.State, d.Cause)))
		}
	}
	slices.Sort(got)
	return got
}

func (o *office) expect(what string, want ...string) {
	o.t.Helper()
	if got := o.told(); !slices.Equal(got, want) {
		o.t.Errorf("%s:\n  got:\n    %s\n  want:\n    %s", what, strings.Join(got, "\n    "), strings.Join(want, "\n    "))
	}
}

func TestPeopleHearOnceByEachChannel(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.channels["email"] = &post{}
	a := o.alerter()
	ev := o.event("a", mention("tinh", news.Normal), mention("thien-tai", news.Critical), mention("xa", news.Low))
	for range 2 { // the stream may bring it twice
		o.handle(a, ev)
	}
	o.expect("three watches of one article",
		"thien-tai→0/webhook:chat pending not-configured",
		"thien-tai→1/bell sent", "thien-tai→1/email pending",
		"tinh→1/bell bundled", "tinh→1/email bundled",
		"tinh→2/bell sent", "tinh→2/email pending",
		"xa→0/ no-recipient",
	)
	list, err := deliveries.List(t.Context(), o.db.Read(), deliveries.Filter{})
	if err != nil || len(list) != 1 || list[0].Mention.Watch != "thien-tai" || len(list[0].Also) != 2 {
		t.Errorf("matters = %+v, %v; want one under the most severe watch", list, err)
	}
	if n, err := deliveries.WithoutRecipient(t.Context(), o.db.Read(), time.Time{}); err != nil || n != 0 {
		t.Errorf("WithoutRecipient = %d, %v; the matter reached people under another watch", n, err)
	}
}

func TestOnlyNewsAlerts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(o *office, ev *news.MentionEvent)
		want   string // reason that is counted, "" for none
	}{
		{"first poll of a feed", func(o *office, ev *news.MentionEvent) { ev.Alert, o.notNews = false, news.NotNewsFirstPoll }, news.NotNewsFirstPoll},
		{"old", func(o *office, ev *news.MentionEvent) { ev.Alert, o.notNews = false, news.NotNewsOld }, news.NotNewsOld},
		{"a new watch looks back", func(_ *office, ev *news.MentionEvent) { ev.Alert, ev.Lane = false, news.Backfill }, news.NotNewsBackfill},
		{"a watch was revised", func(_ *office, ev *news.MentionEvent) { ev.Alert = false }, deliveries.ReasonRevised},
		{"uncertain", func(_ *office, ev *news.MentionEvent) { ev.Mentions[0].Certain = false }, deliveries.ReasonUncertain},
		{"a watch that only lists", func(_ *office, ev *news.MentionEvent) { ev.Mentions[0].Watch = "im-lang" }, deliveries.ReasonSilent},
		{"below what the office wants", func(o *office, ev *news.MentionEvent) { o.cfg.MinSeverity = news.High }, deliveries.ReasonMinor},
		{"nothing matches any more", func(_ *office, ev *news.MentionEvent) { ev.Mentions = nil }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			ev := o.event("a", mention("tinh", news.Normal))
			c.change(o, &ev)
			a := o.alerter()
			o.handle(a, ev)
			o.handle(a, ev)
			o.expect(c.name)
			got, err := deliveries.NotAlerted(t.Context(), o.db.Read(), time.Time{}, time.Now().Add(time.Hour))
			want := map[string]int{}
			if c.want != "" {
				want[c.want] = 1
			}
			if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("not alerted: %v, %v; want %v", got, err, want)
			}
		})
	}
}

func TestCopiesAndEditsAlertNobodyAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.alerter()
	o.handle(a, o.event("a", mention("tinh", news.Normal)))
	before := o.told()
	copied := o.event("b", mention("tinh", news.Normal))
	copied.BodyHash = "text of a"
	edited := o.event("a", mention("tinh", news.Normal))
	edited.N, edited.Rev, edited.BodyHash = 2, 2, "edited"
	o.handle(a, copied)
	o.handle(a, edited)
	o.expect("after a copy and an edit", before...)
	got, err := deliveries.NotAlerted(t.Context(), o.db.Read(), time.Time{}, time.Now().Add(time.Hour))
	if err != nil || fmt.Sprint(got) != "map[copy:1]" {
		t.Errorf("not alerted: %v, %v; want the copy", got, err)
	}
}

func TestRoutesThatReachNobody(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.handle(o.alerter(), o.event("a", mention("xa", news.Low)))
	o.handle(o.alerter(), o.event("b", mention("cao", news.High))) // no route at all
	o.expect("nobody", "cao→0/ no-recipient", "xa→0/ no-recipient")
	if n, err := deliveries.WithoutRecipient(t.Context(), o.db.Read(), time.Time{}); err != nil || n != 2 {
		t.Errorf("WithoutRecipient = %d, %v; want 2", n, err)
	}
}

func TestHandleIsAllOrNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.alerter()
	ev := o.event("a", mention("tinh", news.Normal))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Handle(ctx, ev); err == nil {
		t.Fatal("Handle with an ended context = nil, want an error so that the event comes again")
	}
	o.expect("after a failure")
	o.handle(a, ev)
	if len(o.told()) != 4 {
		t.Errorf("after the second time: %q, want two people by two channels", o.told())
	}
}

func TestSeveralEventsAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.alerter()
	var events []news.MentionEvent
	for i := range 20 {
		ev := o.event(fmt.Sprint("a", i), mention("tinh", news.Normal))
		ev.BodyHash = fmt.Sprint("text ", i%10) // each text under two addresses
		events = append(events, ev)
	}
	var all sync.WaitGroup
	for _, ev := range events {
		for range 2 {
			all.Go(func() {
				if err := a.Handle(t.Context(), ev); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if got := len(o.told()); got != 10*4 {
		t.Errorf("%d deliveries, want 4 for each of 10 texts", got)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	_, err := alerter.New(alerter.Config{MinSeverity: "loud"}, alerter.Deps{})
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("New = %v, want every mistake", err)
	}
}

// post is a channel in memory: it keeps what arrives and answers as told.
type post struct {
	mu     sync.Mutex
	got    []alerter.Message
	answer func(m alerter.Message, try int) error
	tries  int
}

func (p *post) Notify(ctx context.Context, m alerter.Message) error {
	p.mu.Lock()
	p.tries++
	try := p.tries
	p.mu.Unlock()
	if p.answer != nil {
		if err := p.answer(m, try); err != nil {
			return err
		}
	}
	if err := m.HandOver(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, m)
	return nil
}

func (p *post) messages() []alerter.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

// in runs fn in a bubble of compressed time with an alerter at work, and stops it after.
func in(t *testing.T, prepare func(o *office), fn func(o *office, a *alerter.Alerter)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		prepare(o)
		a := o.alerter()
		stop := o.run(a)
		fn(o, a)
		stop()
	})
}

// run starts the alerter and returns what stops it and waits.
func (o *office) run(a *alerter.Alerter) (stop func()) {
	ctx, cancel := context.WithCancel(o.t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	return func() {
		o.t.Helper()
		cancel()
		if err := <-done; err != nil {
			o.t.Errorf("Run = %v, want nil when its context ends", err)
		}
	}
}
