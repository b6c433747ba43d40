package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/internal/app"
	"lamro/internal/control"
	"lamro/internal/records"
	"lamro/internal/testweb"
	"lamro/internal/testweb/sink"
)

// killSize is how large a crawl is, and how often it is killed.
type killSize struct {
	pages, outlets int
	rounds         int            // kills inside each stage
	at             map[string]int // at which passing of a stage
	limit          time.Duration  // of the last life
}

func sizeOfKills() killSize {
	if os.Getenv("LAMRO_SOAK") != "" {
		return killSize{2000, 10, 4, map[string]int{"fetch": 40, "records": 40, "publish": 12, "index": 1, "send": 8}, 5 * time.Minute}
	}
	return killSize{300, 3, 3, map[string]int{"fetch": 6, "records": 6, "publish": 3, "index": 1, "send": 2}, time.Minute}
}

// Killed again and again in the middle of fetching, writing, publishing, indexing and sending,
// an installation ends with every page as one article and one version, every mention as one
// document and one alert, every message sent once: or twice where it died between the server's
// acceptance and its own mark, and then the second says so.
func TestKill(t *testing.T) {
	t.Parallel()
	size := sizeOfKills()
	const scale = 40
	web, err := testweb.Bulk(testweb.BulkConfig{
		Config: testweb.Config{Hold: true, Scale: scale}, Pages: size.pages, Outlets: size.outlets, Mentions: 0.5, Live: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = web.Close() })
	mail := mailServer(t)
	o := office{
		Data: t.TempDir(), Sources: app.DemoSources(web.Outlets()), Mail: mail.Port(), Scale: scale, AckWait: 2 * time.Second,
		Set: map[string]string{"crawl.workers": "16"},
	}

	// News is what appears after the first poll of its feed.
	first := life{Office: o}.begin(t, time.Minute)
	until(t, time.Minute, func() string { return missing(web.Polled(), "the feeds are not asked for") })
	db, err := records.Open(t.Context(), filepath.Join(o.Data, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	until(t, time.Minute, func() string {
		n := count(t, db, `SELECT COUNT(*) FROM feeds WHERE first_polled_at = 0`)
		return missing(n == 0, "the first poll of %d feeds is not written down", n)
	})
	first.kill(t)
	web.Release()

	kills := killEverywhere(t, o, size)
	last := life{Office: o}.begin(t, size.limit)
	until(t, size.limit, func() string {
		n := count(t, db, `SELECT COUNT(*) FROM articles`)
		return missing(n >= size.pages, "%d of %d pages are archived", n, size.pages)
	})
	last.finish(t)
	t.Logf("killed %d times inside of the stages: %v", len(kills)*size.rounds, kills)
	checkKilled(t, o, db, web, mail)
}

// killEverywhere lets one process after the other die, and returns how often inside which stage.
func killEverywhere(t *testing.T, o office, size killSize) map[string]int {
	t.Helper()
	kills := map[string]int{}
	for round := range size.rounds {
		for _, stage := range []string{"send", "index", "publish", "records", "fetch"} {
			// Later in each round, so that it is not always the same piece of work that dies: five
			// deaths would be its quarantine.
			l := life{Office: o, Stage: stage, N: size.at[stage] + round}
			if c := l.begin(t, time.Minute); !c.killed() || t.Context().Err() != nil {
				t.Fatalf("the process that was to die at %s ended otherwise\n%s", stage, c.log)
			}
			kills[stage]++
		}
	}
	return kills
}

func checkKilled(t *testing.T, o office, db *records.DB, web *testweb.Web, mail *sink.SMTP) {
	t.Helper()
	a, calls, err := o.open(t.Context(), logOf(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	addresses := slices.Sorted(slices.Values(web.Addresses()))
	if got := texts(t, db, `SELECT url FROM articles ORDER BY url`); !slices.Equal(got, addresses) {
		t.Errorf("%d articles, want one for each of the %d pages", len(got), len(addresses))
	}
	if n := count(t, db, `SELECT COUNT(*) FROM versions`); n != len(addresses) {
		t.Errorf("%d versions, want %d", n, len(addresses))
	}
	for _, row := range texts(t, db, `SELECT consumer || ' ' || message || ' ' || attempts || ' ' || cause FROM quarantine`) {
		t.Error("in quarantine:", row)
	}
	for query, what := range map[string]string{
		`SELECT COUNT(*) FROM outbox WHERE published_at = 0`:                       "messages were never published",
		`SELECT COUNT(*) FROM pages WHERE state = 'quarantined'`:                   "pages are in quarantine",
		`SELECT COUNT(*) FROM deliveries WHERE state IN ('pending', 'sending')`:    "deliveries wait",
		`SELECT COUNT(*) FROM deliveries WHERE state IN ('failed')`:                "deliveries failed",
		`SELECT COUNT(*) FROM unalerted WHERE reason NOT IN ('uncertain', 'copy')`: "mentions of news did not alert",
	} {
		if n := count(t, db, query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	checkDocuments(t, calls, web)
	checkAlerts(t, db, web)
	checkMails(t, db, web, mail, found(t, calls, ""))
	v := verified(t, calls)
	if n := count(t, db, `SELECT COUNT(*) FROM captures`); n != len(addresses) || v.Captures != n || files(t, filepath.Join(o.Data, "captures")) != n {
		t.Errorf("%d captures of %d pages, %d verified, %d files", n, len(addresses), v.Captures, files(t, filepath.Join(o.Data, "captures")))
	}
}

// mentioned are the addresses of the pages that name the area.
func mentioned(web *testweb.Web) []string {
	var list []string
	for _, truth := range web.Ledger().Truth() {
		if truth.Kind != "" {
			list = append(list, truth.URL)
		}
	}
	slices.Sort(list)
	return list
}

// checkDocuments wants one document for each mention and none for other pages.
func checkDocuments(t *testing.T, calls *control.Client, web *testweb.Web) {
	t.Helper()
	want := mentioned(web)
	got := found(t, calls, "")
	for address, n := range got {
		if n != 1 {
			t.Errorf("%s is %d documents", address, n)
		}
	}
	if have := slices.Sorted(maps.Keys(got)); !slices.Equal(have, want) {
		t.Errorf("%d documents, want the %d pages that name the area", len(have), len(want))
	}
}

// checkAlerts wants one alert for each certain mention, and some for each page that names the area.
func checkAlerts(t *testing.T, db *records.DB, web *testweb.Web) {
	t.Helper()
	if n := count(t, db, `SELECT COUNT(*) FROM mentions m JOIN watches w ON w.id = m.watch WHERE m.certain = 1 AND w.alert = 1
		AND (SELECT COUNT(*) FROM alerts a WHERE a.article = m.article AND a.watch = m.watch) <> 1`); n != 0 {
		t.Errorf("%d certain mentions have no alert or several", n)
	}
	want := mentioned(web)
	got := texts(t, db, `SELECT DISTINCT r.url FROM alerts a JOIN articles r ON r.id = a.article ORDER BY r.url`)
	if !slices.Equal(got, want) {
		t.Errorf("%d pages alerted, want the %d that name the area", len(got), len(want))
	}
}

// checkMails wants each delivery once at the mail server, or twice with the mark of a repeat, and
// lets the web judge what it says and how the sites were treated.
func checkMails(t *testing.T, db *records.DB, web *testweb.Web, mail *sink.SMTP, addresses map[string]int) {
	t.Helper()
	times, repeats := map[string]int{}, 0
	var alerts []testweb.Alert
	for _, m := range mail.Mails() {
		key, _, _ := strings.Cut(m.MessageID, "@")
		times[key]++
		if times[key] > 1 {
			repeats++
			if m.Header.Get("X-Lamro-Maybe-Repeat") != "yes" {
				t.Errorf("mail %s came again and does not say so", m.MessageID)
			}
			continue
		}
		text, err := m.Text()
		if err != nil {
			t.Fatal(err)
		}
		alerts = append(alerts, testweb.Alert{URL: longest(text, addresses), Person: m.To[0], Channel: "email", At: m.At})
	}
	sent := 0
	for _, row := range texts(t, db, `SELECT message_id || ' ' || maybe_repeat FROM deliveries WHERE channel = 'email' AND state = 'sent'`) {
		key, repeat, _ := strings.Cut(row, " ")
		sent++
		if n := times[key]; n != 1 && (n != 2 || repeat != "1") {
			t.Errorf("delivery %s arrived %d times, marked as a possible repeat: %s", key, n, repeat)
		}
		delete(times, key)
	}
	for key := range times {
		t.Errorf("mail %s arrived, and no delivery says sent", key)
	}
	report := web.Ledger().Judge(slices.Collect(maps.Keys(addresses)), alerts).Demo
	t.Logf("%d pages, %d mentions found, %d deliveries, %d arrived twice", report.Pages, report.Mentions.Found, sent, repeats)
	if want := len(mentioned(web)); report.Mentions.Expected != want || report.Mentions.Found != want || report.Alerts.Expected != want || sent != want {
		t.Errorf("the web expects %+v and alerts %+v, %d were sent; want %d of each", report.Mentions, report.Alerts, sent, want)
	}
	for _, v := range report.Violations {
		t.Error(v)
	}
}

// longest is the longest of the addresses that a text names.
func longest(text string, addresses map[string]int) (best string) {
	for u := range addresses {
		if len(u) > len(best) && strings.Contains(text, u) {
			best = u
		}
	}
	return best
}

// files counts the files below a directory.
func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(fmt.Errorf("count files: %w", err))
	}
	return n
}
