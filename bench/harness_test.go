// Package bench measures whole roads on real parts: how many articles a second pass from a page
// to the index, which stage takes the time, and how much of real texts is found. What one
// package promises by itself is measured in that package.
package bench

import (
	"context"
	"log/slog"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"lamro/internal/app"
	"lamro/internal/control"
	"lamro/internal/records"
	"lamro/internal/search"
	"lamro/internal/settings"
	"lamro/internal/testweb"
)

// An installation is the whole system on a web of our own, without interface and alerts.
type installation struct {
	app      *app.App
	data     string
	archived chan struct{} // one for each page
}

// open makes an installation whose sources are outlets. Its clock is the real one, so that no
// page is visited twice; only the pace is too small to matter.
func open(tb testing.TB, outlets []testweb.Outlet, workers int) *installation {
	tb.Helper()
	set := func(key, value string) settings.Assignment {
		return settings.Assignment{Key: key, Value: value, From: "bench"}
	}
	s, err := settings.Load(settings.Options{
		Shipped: true, ParseQuery: app.ParseWatchQuery, CheckPlaces: app.CheckPlaces,
		Set: []settings.Assignment{
			set("office.contact", "http://127.0.0.1/bot"), set("web.admin_listen", "127.0.0.1:0"),
			set("crawl.allow_private", "true"), set("crawl.pace", "1ms"), set("crawl.workers", strconv.Itoa(workers)),
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	s.Province.Sources = app.DemoSources(outlets)
	in := &installation{data: tb.TempDir(), archived: make(chan struct{}, 1<<16)}
	in.app, err = app.Open(tb.Context(), app.Options{
		Settings: s, Data: in.data, Version: "bench",
		Log: slog.New(slog.NewTextHandler(tb.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		Events: func(e app.Event) {
			if e.Kind == "article" {
				in.archived <- struct{}{}
			}
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return in
}

// crawl runs the roles that bring a page to the index until nothing is left to do, and calls then
// before they stop. It returns what it took until the last of the pages was archived, and until
// all was done.
func (in *installation) crawl(tb testing.TB, pages int, atMost time.Duration, then func(context.Context)) (archived, done spent) {
	tb.Helper()
	ctx, stop := context.WithTimeout(tb.Context(), atMost)
	defer stop()
	started, ended := make(chan struct{}), make(chan error, 1)
	from := now()
	go func() {
		ended <- in.app.Run(ctx, app.RunOptions{
			Only:    []string{app.RoleCrawl, app.RoleAnalyze, app.RoleIndex},
			Started: func(app.Started) { close(started) },
		})
	}()
	select {
	case <-started:
	case err := <-ended:
		tb.Fatalf("not started: %v", err)
	}
	in.await(ctx, pages)
	archived = now().since(from)
	err := in.app.Drained(ctx)
	done = now().since(from)
	if err == nil && then != nil {
		then(ctx)
	}
	stop()
	if err := <-ended; err != nil {
		tb.Error(err)
	}
	if err != nil {
		tb.Fatalf("not done: %v", err)
	}
	return archived, done
}

// await waits until so many pages are archived, or none has been for a while: asking the records
// all the time would be a part of what is measured.
func (in *installation) await(ctx context.Context, pages int) {
	const while = 5 * time.Second
	silence := time.NewTimer(while)
	defer silence.Stop()
	for range pages {
		select {
		case <-in.archived:
			silence.Reset(while)
		case <-silence.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// close closes the installation and opens its records to read.
func (in *installation) close(tb testing.TB) *records.DB {
	tb.Helper()
	if err := in.app.Close(); err != nil {
		tb.Fatal(err)
	}
	db, err := records.Open(tb.Context(), filepath.Join(in.data, "records.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// everything lists what a search without words finds, by article.
func (in *installation) everything(ctx context.Context, tb testing.TB) map[string]search.Article {
	tb.Helper()
	client := control.Direct(in.app.Calls())
	found := map[string]search.Article{}
	for after := ""; ; {
		var page search.Response
		if err := client.Call(ctx, "search", app.SearchQuestion{Articles: true, Limit: 500, After: after}, &page); err != nil {
			tb.Fatal(err)
		}
		for _, story := range page.Found {
			for _, a := range story.Shown {
				found[a.ID] = a
			}
		}
		if after = page.Next; after == "" {
			return found
		}
	}
}

// spent is a point in time and in the process's use of the processors, or the way between two.
type spent struct{ wall, cpu time.Duration }

var start = time.Now()

func now() spent {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // only for arguments that are wrong
	}
	return spent{time.Since(start), time.Duration(u.Utime.Nano() + u.Stime.Nano())}
}

func (s spent) since(from spent) spent { return spent{s.wall - from.wall, s.cpu - from.cpu} }

// each is the time of one of n.
func each(d time.Duration, n int) time.Duration { return d / time.Duration(max(n, 1)) }

// perSecond is how many of n go into a second.
func perSecond(n int, took time.Duration) float64 { return float64(n) / took.Seconds() }
