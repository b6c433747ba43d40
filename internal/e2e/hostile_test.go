package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lamro/crawler/fetch"
	"lamro/internal/app"
	"lamro/internal/control"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/frontier"
	"lamro/internal/records/people"
	"lamro/internal/settings"
	"lamro/internal/testweb"
	"lamro/internal/testweb/sink"
)

// serveFeed serves one feed that lists the given addresses.
func serveFeed(t *testing.T, addresses ...string) (url string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/tin.xml" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>Mẫu</title><description>%s</description>`, testweb.Disclaimer)
		for i, a := range addresses {
			fmt.Fprintf(w, `<item><title>Tin mẫu %d</title><link>%s</link></item>`, i, a)
		}
		fmt.Fprint(w, `</channel></rss>`)
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/tin.xml"
}

// A page in the place of a feed is said in words at its source, and told once.
func TestFeedThatIsHTML(t *testing.T) {
	t.Parallel()
	host := hostile(t)
	o := office{Data: t.TempDir(), Scale: 200, Sources: []settings.Source{outlet("sai-kenh", host.URL(testweb.HostileFeedHTML))}}
	w := o.start(t)
	until(t, 20*time.Second, func() string {
		return missing(host.Seen(testweb.HostileFeedHTML) >= 2, "the feed was asked for %d times", host.Seen(testweb.HostileFeedHTML))
	})
	var health []frontier.SourceHealth
	if err := w.Call(t.Context(), "source.list", app.None{}, &health); err != nil {
		t.Fatal(err)
	}
	if len(health) != 1 || health[0].LastError != "feed-is-html" || !strings.Contains(health[0].ErrorText, "HTML") {
		t.Errorf("source.list = %+v, want the code feed-is-html with words", health)
	}
	told := w.seen.of("source-failed")
	if len(told) != 1 || told[0].Code != "feed-is-html" || told[0].Text == "" {
		t.Errorf("told %+v, want once in words", told)
	}
}

// Bad pages end with a reason that people can read, each in its own way, and good ones beside
// them come through.
func TestBadPages(t *testing.T) {
	t.Parallel()
	host := hostile(t)
	good, err := testweb.Serve([]testweb.Document{{ID: "tin-tot", Title: "Cầu mới ở tỉnh Bắc Kạn", Text: strings.Repeat("Xe qua lại thuận lợi.\n\n", 8)}}, 1, testweb.Config{Pace: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = good.Close() })
	want := map[string]struct{ state, code string }{
		testweb.HostileHuge:       {frontier.Quarantined, fetch.CodeTooLarge},
		testweb.HostileBomb:       {frontier.Quarantined, fetch.CodeBadEncoding},
		testweb.HostileDisallowed: {frontier.Refused, fetch.CodeRobotsDisallowed},
		testweb.HostileSecret:     {frontier.Refused, fetch.CodeRobotsDisallowed},
		testweb.HostileGone:       {frontier.Gone, fetch.CodeGone},
		testweb.HostileMissing:    {frontier.Gone, fetch.CodeNotFound},
		testweb.HostileSoft404:    {frontier.Gone, "soft-404"},
	}
	list := good.Addresses()
	for path := range want {
		list = append(list, host.URL(path))
	}
	o := office{Data: t.TempDir(), Scale: 1000, Sources: []settings.Source{outlet("bay", serveFeed(t, list...))}}
	w := o.start(t)
	until(t, 30*time.Second, func() string {
		if n := count(t, w.db, `SELECT COUNT(*) FROM pages`); n < len(list) {
			return fmt.Sprintf("%d of %d pages are known", n, len(list))
		}
		// A page that was read is due again for edits.
		open := texts(t, w.db, `SELECT url || ' ' || attempts || ' ' || error_text FROM pages WHERE state = 'pending' AND visits = 0`)
		return missing(len(open) == 0, "pages are open: %q", open)
	})
	w.drained(t, 20*time.Second)
	for path, end := range want {
		held, err := frontier.HeldPages(t.Context(), w.db.Read(), end.state, 100)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(held, func(h frontier.Held) bool { return h.URL == host.URL(path) })
		if i < 0 {
			t.Errorf("%s is not %s: %q", path, end.state, texts(t, w.db, `SELECT state || ' ' || error_code || ' ' || error_text FROM pages WHERE url = $1`, host.URL(path)))
			continue
		}
		if h := held[i]; h.Code != end.code || h.Text == "" {
			t.Errorf("%s ended with code %q, words %q; want %q and words", path, h.Code, h.Text, end.code)
		}
	}
	if got := found(t, w.Client, ""); len(got) != 1 || got[list[0]] != 1 {
		t.Errorf("found %v, want the good page", got)
	}
	if n := host.Seen(testweb.HostileSecret); n != 0 {
		t.Errorf("the disallowed page was fetched %d times", n)
	}
	var given []app.GivenUp
	if err := w.Call(t.Context(), "quarantine.list", app.None{}, &given); err != nil {
		t.Fatal(err)
	}
	for _, g := range given {
		if g.What != "page" || g.Cause == "" || g.Source != "bay" {
			t.Errorf("quarantine.list has %+v, want a page with its cause", g)
		}
	}
}

func hostile(t *testing.T) *testweb.Hostile {
	t.Helper()
	h, err := testweb.StartHostile()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// An article on which the process dies, start after start, is in quarantine after five; those
// beside it are found, and so is what people need to know about it.
func TestArticleThatKillsTheProcess(t *testing.T) {
	t.Parallel()
	const poison, articles = "chất độc đổ vào tiến trình", 12
	var docs []testweb.Document
	for i := range articles {
		d := testweb.Document{ID: fmt.Sprint("tin-", i), Title: fmt.Sprintf("Tin số %d ở tỉnh Bắc Kạn", i), Text: strings.Repeat(fmt.Sprintf("Đoạn thứ %d của bài.\n\n", i), 8)}
		if i == articles/2 {
			d.Text += poison
		}
		docs = append(docs, d)
	}
	web, err := testweb.Serve(docs, 1, testweb.Config{Pace: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = web.Close() })
	l := life{
		Office: office{Data: t.TempDir(), Sources: app.DemoSources(web.Outlets()), Scale: 1000, AckWait: time.Second},
		Poison: poison,
	}
	var last *child
	var given []app.GivenUp
	deaths := 0
	for last == nil {
		c := l.begin(t, time.Minute)
		switch {
		case c.answers(t, l.Office.Data, func(calls *control.Client) bool {
			return calls.Call(t.Context(), "quarantine.list", app.None{}, &given) == nil && len(given) > 0
		}):
			last = c
		case !c.killed():
			t.Fatalf("the process ended otherwise than by kill -9: %v\n%s", c.err, c.log)
		case deaths == 6:
			t.Fatal("the process died seven times, and the article is not in quarantine")
		default:
			deaths++
		}
	}
	last.finish(t)
	if deaths != 5 {
		t.Errorf("the process died %d times, want 5", deaths)
	}
	if len(given) != 1 || given[0].Attempts != 5 || given[0].Cause == "" || given[0].Article == "" {
		t.Errorf("quarantine.list = %+v, want the one article with five starts and a cause", given)
	}
	a, offline, err := l.Office.open(t.Context(), logOf(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if got := found(t, offline, ""); len(got) != articles-1 {
		t.Errorf("%d articles are found, want the %d others", len(got), articles-1)
	}
}

// What the mail server does not want now waits and arrives later; what it never wants has failed
// in words after three tries. The bell has both.
func TestMailServerThatRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		how   sink.Refusal
		state deliveries.State
	}{
		{"for now", sink.Refusal{Stage: sink.AtRcpt, Code: 451, Text: "mailbox busy"}, deliveries.Pending},
		{"for good", sink.Refusal{Stage: sink.AtData, Code: 554, Text: "we do not want this"}, deliveries.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			web, err := testweb.Bulk(testweb.BulkConfig{Config: testweb.Config{Hold: true, Scale: 200}, Pages: 3, Outlets: 1, Mentions: 1, Live: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = web.Close() })
			mail := mailServer(t)
			mail.Refuse(&c.how)
			w := office{Data: t.TempDir(), Sources: app.DemoSources(web.Outlets()), Mail: mail.Port(), Scale: 200}.start(t)
			until(t, 20*time.Second, func() string { return missing(web.Polled(), "the feed is not polled") })
			web.Release()
			const query = `SELECT COUNT(*) FROM deliveries WHERE channel = 'email' AND state = $1 AND attempts >= 3 AND detail LIKE $2`
			until(t, 30*time.Second, func() string {
				n := count(t, w.db, query, string(c.state), "%"+c.how.Text+"%")
				return missing(n == 3, "%d mails are %s in the words of the server: %q", n, c.state,
					texts(t, w.db, `SELECT state || ' ' || attempts || ' ' || cause || ' ' || detail FROM deliveries WHERE channel = 'email'`))
			})
			person, err := people.ByLogin(t.Context(), w.db.Read(), "canbo")
			if err != nil {
				t.Fatal(err)
			}
			if n, err := deliveries.Unseen(t.Context(), w.db.Read(), person.ID); err != nil || n != 3 {
				t.Errorf("the bell has %d alerts, %v; want 3", n, err)
			}
			var d app.Diagnosis
			if err := w.Call(t.Context(), "doctor", app.None{}, &d); err != nil {
				t.Fatal(err)
			}
			if words := part(d, "deliveries"); !strings.Contains(words.Words, "3 "+map[deliveries.State]string{deliveries.Pending: "waiting", deliveries.Failed: "failed"}[c.state]) {
				t.Errorf("doctor says %+v", words)
			}
			mail.Refuse(nil)
			if c.state == deliveries.Failed {
				return
			}
			w.drained(t, 30*time.Second)
			if n := len(mail.Mails()); n != 3 {
				t.Errorf("%d mails arrived, want 3", n)
			}
		})
	}
}

// part is one part of a diagnosis.
func part(d app.Diagnosis, name string) app.Check {
	for _, c := range d.Parts {
		if c.Part == name {
			return c
		}
	}
	return app.Check{Part: name, Words: "is not looked at"}
}

// A second process on the same data is refused in words that name the first.
func TestSecondOfficeOnTheSameData(t *testing.T) {
	t.Parallel()
	o := office{Data: filepath.Join(t.TempDir(), "data"), Scale: 1}
	w := o.start(t)
	_, _, err := o.open(t.Context(), logOf(t), nil)
	var refused *control.Error
	if !errors.As(err, &refused) || refused.Code != "conflict" || !strings.Contains(refused.Message, o.Data) || !strings.Contains(refused.Message, "--data") {
		t.Errorf("a second Open = %v, want a conflict that names the directory and the way out", err)
	}
	if _, err := control.Dial(t.Context(), o.Data); err != nil {
		t.Errorf("the first does not answer any more: %v", err)
	}
	w.stop()
	a, _, err := o.open(t.Context(), logOf(t), nil)
	if err != nil {
		t.Fatalf("Open after the first has stopped = %v", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
