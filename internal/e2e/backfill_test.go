package e2e

import (
	"path/filepath"
	"testing"
	"time"

	"lamro/internal/app"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/testweb"
)

// A watch that is added while articles are stored finds them without alerting anybody, also where
// processes are killed in the middle of it: every article is matched, told once, and searchable.
func TestBackfillSurvivesKills(t *testing.T) {
	t.Parallel()
	const pages, scale = 180, 40
	web, err := testweb.Bulk(testweb.BulkConfig{
		Config: testweb.Config{Scale: scale}, Pages: pages, Outlets: 3, Mentions: 0.2,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = web.Close() })
	o := office{Data: t.TempDir(), Sources: app.DemoSources(web.Outlets()), Scale: scale, AckWait: 2 * time.Second}
	first := life{Office: o}.begin(t, time.Minute)
	db, err := records.Open(t.Context(), filepath.Join(o.Data, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	until(t, time.Minute, func() string {
		n := count(t, db, `SELECT COUNT(*) FROM analyses`)
		return missing(n >= pages, "%d of %d pages are analyzed", n, pages)
	})
	first.finish(t)
	alerts := count(t, db, `SELECT COUNT(*) FROM alerts`)
	known := count(t, db, `SELECT COUNT(*) FROM mentions`)

	addWatch(t, o, app.NewWatch{ID: "ban-tin", Query: `"bản tin mẫu" NEAR/10 loạt`, Severity: news.Critical})
	for n := 1; n <= 2; n++ {
		if c := (life{Office: o, Stage: "backfill", N: n}).begin(t, time.Minute); !c.killed() {
			t.Fatalf("the process that was to die in the backfill ended otherwise\n%s", c.log)
		}
		if n := count(t, db, `SELECT COUNT(*) FROM mentions WHERE watch = 'ban-tin'`); n == pages {
			t.Fatal("nothing was left to do when the process died")
		}
	}
	last := life{Office: o}.begin(t, time.Minute)
	until(t, time.Minute, func() string {
		n := count(t, db, `SELECT COUNT(*) FROM mentions WHERE watch = 'ban-tin'`)
		return missing(n == pages, "%d of %d articles are matched again", n, pages)
	})
	last.finish(t)

	for query, want := range map[string]int{
		`SELECT COUNT(*) FROM mentions WHERE watch = 'ban-tin' AND certain = 1`: pages,
		`SELECT COUNT(*) FROM mentions WHERE watch <> 'ban-tin'`:                known,
		`SELECT COUNT(*) FROM alerts`:                                           alerts,
		`SELECT COUNT(*) FROM outbox WHERE topic = 'MENTIONS' AND subject = 'mentions.backfill.critical'
			AND payload LIKE '%"ban-tin"%' AND payload LIKE '%"alert":false%'`: pages,
		`SELECT COUNT(*) FROM outbox WHERE published_at = 0`:                                       0,
		`SELECT COUNT(*) FROM backfill WHERE done_set = goal AND looked = articles AND failed = 0`: 1,
	} {
		if got := count(t, db, query); got != want {
			t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
	a, calls, err := o.open(t.Context(), logOf(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if got := found(t, calls, `"bản tin mẫu"`); len(got) != pages {
		t.Errorf("a search finds %d articles, want all %d", len(got), pages)
	}
	var state app.WatchInfo
	if err := calls.Call(t.Context(), "watch.show", app.ID{ID: "ban-tin"}, &state); err != nil || state.Backfill.State != "done" {
		t.Errorf("watch.show = %+v, %v; want the backfill done", state.Backfill, err)
	}
}

// addWatch adds a watch to an office that does not run.
func addWatch(t *testing.T, o office, w app.NewWatch) {
	t.Helper()
	a, calls, err := o.open(t.Context(), logOf(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := calls.Call(t.Context(), "watch.add", w, nil); err != nil {
		t.Fatal(err)
	}
}
