package e2e

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"lamro/internal/app"
	"lamro/internal/control"
	"lamro/internal/records"
	"lamro/internal/search"
	"lamro/internal/settings"
	"lamro/internal/testweb/sink"
)

// officer is the one person of an office who reads mail.
const officer = "canbo@demo.invalid"

// An office is an installation of a test: the shipped settings, pointed at a web and a mail
// server of the test's own. It travels to child processes as JSON.
type office struct {
	Data    string
	Sources []settings.Source
	Mail    int               // port of the mail server on loopback; 0: none
	Scale   float64           // of the clock
	AckWait time.Duration     // see app.Options
	Set     map[string]string // further settings
}

// options is what the office's installation is opened with.
func (o office) options(log *slog.Logger) (app.Options, error) {
	all := map[string]string{
		"office.contact": "http://127.0.0.1/bot", "web.listen": "127.0.0.1:0", "web.admin_listen": "127.0.0.1:0",
		"crawl.allow_private": "true", "pace.scale": strconv.FormatFloat(o.Scale, 'f', -1, 64),
	}
	if o.Mail != 0 {
		all["smtp.host"], all["smtp.port"], all["smtp.tls"] = "127.0.0.1", strconv.Itoa(o.Mail), "none"
		all["smtp.from"] = "lamro@demo.invalid"
	}
	for key, value := range o.Set {
		all[key] = value
	}
	opt := settings.Options{Shipped: true, ParseQuery: app.ParseWatchQuery, CheckPlaces: app.CheckPlaces}
	for key, value := range all {
		opt.Set = append(opt.Set, settings.Assignment{Key: key, Value: value, From: "test"})
	}
	s, err := settings.Load(opt)
	if err != nil {
		return app.Options{}, err
	}
	s.Province.Sources = o.Sources
	return app.Options{Settings: s, Data: o.Data, Version: "test", Log: log, AckWait: o.AckWait}, nil
}

// open opens the installation and sees to it that the officer is there. Nothing runs yet.
func (o office) open(ctx context.Context, log *slog.Logger, change func(*app.Options)) (*app.App, *control.Client, error) {
	opt, err := o.options(log)
	if err != nil {
		return nil, nil, err
	}
	if change != nil {
		change(&opt)
	}
	a, err := app.Open(ctx, opt)
	if err != nil {
		return nil, nil, err
	}
	calls := control.Direct(a.Calls())
	var there []struct{ Login string }
	err = calls.Call(ctx, "user.list", app.None{}, &there)
	if err == nil && len(there) == 0 {
		err = calls.Call(ctx, "user.add", app.NewPerson{Login: "canbo", Name: "Cán bộ mẫu", Email: officer, Roles: []string{"officer"}}, nil)
	}
	if err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	return a, calls, nil
}

// A working office runs in this process until the test ends or stop is called.
type working struct {
	*control.Client
	app  *app.App
	db   *records.DB // a reader of its own
	seen *diary
	stop func()
}

// start opens the office and runs all of its roles.
func (o office) start(t *testing.T) *working {
	t.Helper()
	w := &working{seen: &diary{}}
	var err error
	w.app, w.Client, err = o.open(t.Context(), logOf(t), func(opt *app.Options) { opt.Events = w.seen.write })
	if err != nil {
		t.Fatal(err)
	}
	if w.db, err = records.Open(t.Context(), filepath.Join(o.Data, "records.db")); err != nil {
		t.Fatal(errors.Join(err, w.app.Close()))
	}
	ctx, cancel := context.WithCancel(t.Context())
	started, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- w.app.Run(ctx, app.RunOptions{Started: func(app.Started) { close(started) }})
	}()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, w.db.Close(), w.app.Close()); err != nil {
			t.Errorf("the office stopped with %v", err)
		}
	})
	t.Cleanup(w.stop)
	select {
	case <-started:
	case err := <-ended:
		ended <- nil
		t.Fatalf("the office did not start: %v", err)
	}
	return w
}

// drained waits until everything is done.
func (w *working) drained(t *testing.T, limit time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if err := w.app.Drained(ctx); err != nil {
		t.Fatal(err)
	}
}

// count asks the records for one number.
func count(t *testing.T, db *records.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.Read().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// texts asks the records for a list of texts.
func texts(t *testing.T, db *records.DB, query string, args ...any) (list []string) {
	t.Helper()
	rows, err := db.Read().QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return list
}

// found searches and returns how often each address was found.
func found(t *testing.T, calls *control.Client, text string) map[string]int {
	t.Helper()
	all := map[string]int{}
	q := app.SearchQuestion{Query: text, Articles: true, Limit: 200}
	for {
		var page search.Response
		if err := calls.Call(t.Context(), "search", q, &page); err != nil {
			t.Fatalf("search %q: %v", text, err)
		}
		for _, story := range page.Found {
			for _, art := range story.Shown {
				all[art.URL]++
			}
		}
		if q.After = page.Next; q.After == "" {
			return all
		}
	}
}

// verified walks the audit chain and hashes every capture.
func verified(t *testing.T, calls *control.Client) app.Verification {
	t.Helper()
	var v app.Verification
	if err := calls.Call(t.Context(), "verify", app.None{}, &v); err != nil {
		t.Fatal(err)
	}
	for _, problem := range v.Problems {
		t.Error("verify:", problem)
	}
	return v
}

// until asks again and again, and fails the test with what is missing when limit is over.
func until(t *testing.T, limit time.Duration, ask func() (missing string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		missing := ask()
		if missing == "" {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("after %s: %s", limit, missing)
		case <-tick.C:
		}
	}
}

// missing is a word for until.
func missing(is bool, format string, args ...any) string {
	if is {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

// A diary keeps the events of an office.
type diary struct {
	mu     sync.Mutex
	events []app.Event
}

func (d *diary) write(e app.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, e)
}

// of returns the events of one kind so far.
func (d *diary) of(kind string) []app.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.events), func(e app.Event) bool { return e.Kind != kind })
}

func mailServer(t *testing.T) *sink.SMTP {
	t.Helper()
	s, err := sink.StartSMTP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// logOf shows a test what goes wrong in the office, when the test fails or is verbose.
func logOf(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// needs skips a test on a machine that lacks what it needs, in one line. CI has everything, so
// there it fails.
func needs(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("needs %s: %v", what, err)
	}
	t.Skipf("skipped: needs %s: %v", what, err)
}
