package testweb

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// polite answers for a reader that does everything right: it asks for robots.txt, then each
// feed once, at pace, and finds every mention that is visible.
func polite(w *Web, at time.Time) {
	for _, s := range w.sites {
		moment := at
		ask := func(path string) {
			w.ledger.close(w.ledger.open(Request{At: moment, Host: s.host(), Method: "GET", Path: path, Agent: agent}), 200)
			moment = moment.Add(10 * time.Second)
		}
		ask("/robots.txt")
		if s.refuses {
			continue
		}
		for _, f := range s.feeds {
			ask(f.path)
			w.ledger.polled(s, f, at)
		}
	}
}

// truths sorts the pages of an instant by what is wanted of them.
func truths(w *Web) (found []string, alerts []Alert, byWhy map[string]Truth) {
	byWhy = make(map[string]Truth)
	groups := make(map[string]bool)
	for _, t := range w.ledger.Truth() {
		byWhy[t.Why] = t
		if t.Find == Must {
			found = append(found, t.URL)
		}
		if t.Alert == Must && (t.Group == "" || !groups[t.Group]) {
			groups[t.Group] = true
			at := t.Listed
			for _, p := range every(w) {
				if p.url() == t.URL && p.edit != nil && p.edit.adds {
					at = w.instant(p.edit.offset)
				}
			}
			alerts = append(alerts, Alert{URL: t.URL + "?utm_source=rss", Person: "can-bo", Channel: "email", At: at.Add(4 * time.Second)})
		}
	}
	return found, alerts, byWhy
}

func ended(t *testing.T) *Web {
	t.Helper()
	w, c := start(t, Config{For: 90 * time.Second})
	polite(w, c.Now().Add(time.Second))
	c.advance(90 * time.Second)
	return w
}

func TestJudgeAPerfectRun(t *testing.T) {
	t.Parallel()
	w := ended(t)
	found, alerts, _ := truths(w)
	r := w.ledger.Judge(found, alerts)
	if !r.OK() {
		t.Fatalf("a perfect run is judged %+v", r.Demo)
	}
	if r.Demo.Mentions.Expected < 90 || r.Demo.Alerts.Expected < 25 {
		t.Errorf("only %d mentions and %d alerts expected", r.Demo.Mentions.Expected, r.Demo.Alerts.Expected)
	}
	if r.Demo.PublishToAlert != (Percentiles{P50: 4000, P95: 4000}) {
		t.Errorf("publish to alert = %+v, want 4000 ms twice", r.Demo.PublishToAlert)
	}
	if got := len(found) - r.Demo.Mentions.Found; got != 0 {
		t.Errorf("%d of the mentions found are not counted", got)
	}
	t.Logf("%d pages, %d mentions, %d alerts", r.Demo.Pages, r.Demo.Mentions.Expected, r.Demo.Alerts.Expected)
}

// The shape is read by others: names and empty lists, never null.
func TestReportHasItsShape(t *testing.T) {
	t.Parallel()
	w, _ := start(t, Config{For: time.Minute, Small: true})
	r := w.ledger.Judge(nil, nil)
	r.Demo.Mentions.Missed, r.Demo.Mentions.Expected, r.Demo.Pages = []string{}, 0, 0
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"demo":{"pages":0,"mentions":{"expected":0,"found":0,"missed":[],"false":[]},` +
		`"alerts":{"expected":0,"sent":0,"repeated":0},"publish_to_alert_ms":{"p50":0,"p95":0},"violations":[]}}`
	if string(got) != want {
		t.Errorf("report = %s, want %s", got, want)
	}
}

func TestJudgeMentions(t *testing.T) {
	t.Parallel()
	w := ended(t)
	found, alerts, _ := truths(w)
	var decoy string
	for _, p := range every(w) {
		if p.decoy != "" {
			decoy = p.url()
		}
	}
	missed := found[3]
	r := w.ledger.Judge(append(slices.Delete(slices.Clone(found), 3, 4), decoy, "http://127.0.0.1:1/la"), alerts)
	if got := r.Demo.Mentions.Missed; !slices.Equal(got, []string{missed}) {
		t.Errorf("missed %v, want %v", got, missed)
	}
	if got := r.Demo.Mentions.False; len(got) != 2 || !slices.Contains(got, decoy) {
		t.Errorf("false %v, want %v and the unknown page", got, decoy)
	}
	if r.OK() {
		t.Error("such a run is OK")
	}
}

func TestJudgeAlerts(t *testing.T) {
	t.Parallel()
	w := ended(t)
	found, alerts, byWhy := truths(w)
	expected := len(alerts)
	for _, why := range []string{"in the feed at its first poll", "listed days after its date", "no mention that may be read", "a decoy: ba bể bơi"} {
		page, ok := byWhy[why]
		if !ok {
			t.Fatalf("no page of this kind: %s", why)
		}
		r := w.ledger.Judge(found, append(slices.Clone(alerts), Alert{URL: page.URL, Person: "can-bo", Channel: "email"}))
		if !slices.ContainsFunc(r.Demo.Violations, func(v string) bool { return strings.Contains(v, why) }) || r.OK() {
			t.Errorf("an alert about a page %q gives %v", why, r.Demo.Violations)
		}
	}
	again := alerts[0]
	r := w.ledger.Judge(found, append(slices.Clone(alerts), again))
	if r.Demo.Alerts.Repeated != 1 || r.OK() {
		t.Errorf("a message twice: repeated %d, want 1", r.Demo.Alerts.Repeated)
	}
	again.Person = "lanh-dao"
	if r := w.ledger.Judge(found, append(slices.Clone(alerts), again)); !r.OK() {
		t.Errorf("a second person is a repetition: %v", r.Demo.Violations)
	}
	r = w.ledger.Judge(found, alerts[1:])
	if r.Demo.Alerts.Expected != expected || r.Demo.Alerts.Sent != expected-1 || r.OK() {
		t.Errorf("one message missing: %+v of %d", r.Demo.Alerts, expected)
	}
}

// Any page of a group may be the one that alerts, and one only.
func TestJudgeCopies(t *testing.T) {
	t.Parallel()
	w := ended(t)
	found, alerts, _ := truths(w)
	var group []*page
	for _, p := range every(w) {
		if p.group == "live-a" {
			group = append(group, p)
		}
	}
	if len(group) != 3 {
		t.Fatalf("%d copies, want 3", len(group))
	}
	for _, p := range group {
		others := slices.DeleteFunc(slices.Clone(alerts), func(a Alert) bool {
			return slices.ContainsFunc(group, func(q *page) bool { return addressKey(q.url()) == addressKey(a.URL) })
		})
		one := Alert{URL: p.url(), Person: "can-bo", Channel: "email", At: p.listed().Add(time.Second)}
		if r := w.ledger.Judge(found, append(others, one)); !r.OK() {
			t.Errorf("an alert about %s alone: %v", p.url(), r.Demo.Violations)
		}
		two := Alert{URL: group[0].url(), Person: "can-bo", Channel: "email", At: one.At.Add(time.Second)}
		if r := w.ledger.Judge(found, append(others, one, two)); r.Demo.Alerts.Repeated != 1 {
			t.Errorf("two alerts about copies: repeated %d, want 1", r.Demo.Alerts.Repeated)
		}
	}
}

// What one feed had at its first poll and another listed later is nobody's fault.
func TestJudgeFeedsThatDisagree(t *testing.T) {
	t.Parallel()
	w, c := start(t, Config{For: 90 * time.Second})
	s := w.site("mau-bo-suoi")
	w.ledger.polled(s, s.feeds[0], c.Now())
	c.advance(90 * time.Second)
	w.ledger.polled(s, s.feeds[1], c.Now())
	wants := make(map[Want]int)
	for _, tr := range w.ledger.Truth() {
		if strings.HasPrefix(tr.URL, s.home) && tr.Kind != "" && tr.Listed.After(w.started) {
			wants[tr.Alert]++
		}
	}
	if wants[May] == 0 || wants[Must] != 0 || wants[MustNot] != 0 {
		t.Errorf("wants %v, want May for each live mention", wants)
	}
}

// A page that appeared a moment ago is not yet expected.
func TestJudgeLeavesTime(t *testing.T) {
	t.Parallel()
	w, c := start(t, Config{For: 90 * time.Second})
	polite(w, c.Now())
	c.advance(30 * time.Second)
	young := 0
	for _, tr := range w.ledger.Truth() {
		if c.Now().Sub(tr.Listed) < Quiet {
			young++
			if tr.Find == Must || tr.Alert == Must {
				t.Errorf("%s appeared %s ago and is expected", tr.URL, c.Now().Sub(tr.Listed))
			}
		}
	}
	if young == 0 {
		t.Fatal("nothing appeared in the last 20 s")
	}
}

func TestJudgeEdits(t *testing.T) {
	t.Parallel()
	w, c := start(t, Config{For: 90 * time.Second})
	polite(w, c.Now())
	i := slices.IndexFunc(every(w), func(p *page) bool { return p.edit != nil && p.edit.adds })
	p := every(w)[i]
	c.advance(p.edit.offset - time.Millisecond)
	if got := w.ledger.truth(p, c.Now()); got.Find != MustNot || strings.Contains(strings.Join(p.paras, ""), "Bắc Kạn") {
		t.Errorf("before the edit: %+v", got)
	}
	c.advance(Quiet + time.Millisecond)
	got := w.ledger.truth(p, c.Now())
	if got.Find != Must || got.Alert != Must || !strings.HasSuffix(got.Title, "(cập nhật)") {
		t.Errorf("after the edit: %+v", got)
	}
	_, body := get(t, p.url())
	if !strings.Contains(body, "huyện Ba Bể, tỉnh Bắc Kạn cũ") {
		t.Error("the edited page does not show its mention")
	}
}

func TestJudgeManners(t *testing.T) {
	t.Parallel()
	base := newClock().now
	ask := func(after time.Duration, path string) Request {
		return Request{At: base.Add(after), Method: "GET", Path: path, Agent: agent}
	}
	robots := ask(0, "/robots.txt")
	cases := []struct {
		name, outlet string
		trace        []Request
		want         string // begins the only violation; empty: none
	}{
		{"polite", "mau-nui-xanh", []Request{robots, ask(100*time.Millisecond, "/a"), ask(200*time.Millisecond, "/b")}, ""},
		{"within the tolerance", "mau-nui-xanh", []Request{robots, ask(96*time.Millisecond, "/a")}, ""},
		{"too fast", "mau-nui-xanh", []Request{robots, ask(100*time.Millisecond, "/a"), ask(194*time.Millisecond, "/b")}, "pace: "},
		{"too fast after robots.txt", "mau-nui-xanh", []Request{robots, ask(10*time.Millisecond, "/a")}, "pace: "},
		{"robots.txt again counts", "mau-nui-xanh", []Request{robots, ask(100*time.Millisecond, "/a"), ask(150*time.Millisecond, "/robots.txt")}, "pace: "},
		{"crawl delay kept", "mau-cho-phien", []Request{robots, ask(100*time.Millisecond, "/a"), ask(300*time.Millisecond, "/b")}, ""},
		{"crawl delay ignored", "mau-cho-phien", []Request{robots, ask(100*time.Millisecond, "/a"), ask(200*time.Millisecond, "/b")}, "pace: "},
		{"robots.txt not asked", "mau-nui-xanh", []Request{ask(0, "/a")}, "robots: "},
		{"disallowed", "mau-bon-phuong", []Request{robots, ask(time.Second, "/quang-ba/bai.htm")}, "robots: "},
		{"robots.txt answers 503", "mau-mat-ket-noi", []Request{robots, ask(time.Second, "/rss/tin.rss")}, "robots: "},
		{"robots.txt missing", "mau-rung-truc", []Request{robots, ask(time.Second, "/a")}, ""},
		{"another name", "mau-nui-xanh", []Request{robots, func() Request {
			r := ask(time.Second, "/a")
			r.Agent = "Mozilla/5.0"
			return r
		}()}, "agent: "},
		{"no contact", "mau-nui-xanh", []Request{func() Request { r := robots; r.Agent = "Lamro/1.0"; return r }()}, "agent: "},
		{"a person's browser", "mau-nui-xanh", []Request{robots, func() Request {
			r := ask(time.Millisecond, "/a")
			r.Agent, r.Visitor = "Mozilla/5.0", true
			return r
		}()}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, _ := start(t, Config{For: 90 * time.Second, Pace: 5 * time.Second, Scale: 50})
			for _, r := range c.trace {
				r.Host = w.site(c.outlet).host()
				w.ledger.open(r)
			}
			got := w.ledger.Judge(nil, nil).Demo.Violations
			if c.want == "" && len(got) != 0 || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
				t.Errorf("violations %q, want one that begins with %q", got, c.want)
			}
		})
	}
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	var list []time.Duration
	for i := range 20 {
		list = append(list, time.Duration(i+1)*time.Second)
	}
	for p, want := range map[int]int64{50: 10000, 95: 19000, 100: 20000} {
		if got := percentile(list, p); got != want {
			t.Errorf("percentile(%d) = %d, want %d", p, got, want)
		}
	}
}

func ExampleReport_OK() {
	var r Report
	r.Demo.Violations = []string{"pace: too fast"}
	fmt.Println(r.OK())
	// Output: false
}
