package frontier_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
	"lamro/internal/records/recordstest"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

func write(t *testing.T, db *records.DB, fn func(ctx context.Context, tx *records.Tx) error) {
	t.Helper()
	if err := db.Tx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func source(id string) frontier.Source {
	return frontier.Source{
		ID: id, Name: "Báo mẫu " + id, Home: "https://" + id + ".vn/", Class: frontier.Press, Tier: 1, Grade: "A",
		Enabled: true, Verified: true, Feeds: []frontier.Feed{{URL: "https://" + id + ".vn/rss", Kind: frontier.KindFeed}},
	}
}

func save(t *testing.T, db *records.DB, s frontier.Source, who string) int64 {
	t.Helper()
	var rev int64
	write(t, db, func(ctx context.Context, tx *records.Tx) (err error) {
		rev, err = frontier.SaveSource(ctx, tx, s, who, now)
		return err
	})
	return rev
}

func claim(t *testing.T, db *records.DB, at time.Time) (frontier.Lease, bool) {
	t.Helper()
	var l frontier.Lease
	var ok bool
	write(t, db, func(ctx context.Context, tx *records.Tx) (err error) {
		l, ok, err = frontier.Claim(ctx, tx, "tôi", at, time.Minute)
		return err
	})
	return l, ok
}

func release(t *testing.T, db *records.DB, l frontier.Lease, ready time.Time) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *records.Tx) error { return frontier.Release(ctx, tx, l, ready) })
}

func next(t *testing.T, db *records.DB, host string, at time.Time) (frontier.Work, bool) {
	t.Helper()
	w, ok, err := frontier.Next(t.Context(), db.Read(), host, at)
	if err != nil {
		t.Fatal(err)
	}
	return w, ok
}

func item(i int) frontier.Item {
	return frontier.Item{Key: fmt.Sprint("a.vn/", i), URL: fmt.Sprint("https://a.vn/", i), Title: fmt.Sprint("Tin ", i), Hash: "h1"}
}

// poll queues items from the feed of source "a", as the crawler does.
func poll(t *testing.T, db *records.DB, at time.Time, items ...frontier.Item) (fresh, edited int) {
	t.Helper()
	feeds, err := frontier.FeedsOf(t.Context(), db.Read(), "a")
	if err != nil || len(feeds) != 1 {
		t.Fatalf("FeedsOf = %v, %v", feeds, err)
	}
	write(t, db, func(ctx context.Context, tx *records.Tx) (err error) {
		if fresh, edited, err = frontier.Enqueue(ctx, tx, feeds[0], items, at); err != nil {
			return err
		}
		return frontier.PollDone(ctx, tx, feeds[0], frontier.Poll{At: at, New: fresh, Next: at.Add(time.Hour)})
	})
	return fresh, edited
}

func TestFirstPollIsBacklog(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	save(t, db, source("a"), frontier.BySettings)
	if w, ok := next(t, db, "a.vn", now); !ok || w.Feed == nil || !w.Feed.First {
		t.Fatalf("Next = %+v, %v; want the first poll", w, ok)
	}
	if fresh, edited := poll(t, db, now, item(1), item(2)); fresh != 2 || edited != 0 {
		t.Errorf("first poll: %d new, %d edited", fresh, edited)
	}
	later := now.Add(time.Minute)
	if fresh, edited := poll(t, db, later, item(1), item(2), item(3)); fresh != 1 || edited != 0 {
		t.Errorf("second poll: %d new, %d edited", fresh, edited)
	}
	// Live before backlog, although the backlog has waited longer.
	w, ok := next(t, db, "a.vn", later)
	if !ok || w.Page == nil || w.Page.Key != "a.vn/3" || w.Page.Lane != news.Live || w.Page.FirstPoll || !w.Page.FirstSeen.Equal(later) {
		t.Errorf("Next = %+v, want page 3 as news", w.Page)
	}
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		return frontier.PageDone(ctx, tx, "a.vn/3", frontier.Visit{At: later, Article: "art3"})
	})
	w, ok = next(t, db, "a.vn", later)
	if !ok || w.Page == nil || w.Page.Lane != news.Backfill || !w.Page.FirstPoll {
		t.Errorf("Next = %+v, want backlog", w.Page)
	}
	// A feed that is added to a known source is new, too.
	s := source("a")
	s.Feeds = append(s.Feeds, frontier.Feed{URL: "https://a.vn/rss2", Kind: frontier.KindFeed})
	save(t, db, s, "can-bo")
	if w, ok := next(t, db, "a.vn", later); !ok || w.Feed == nil || !w.Feed.First || w.Feed.URL != "https://a.vn/rss2" {
		t.Errorf("Next = %+v, want the first poll of the new feed", w)
	}
}

func TestAnEditInTheFeedQueuesThePageAgain(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	save(t, db, source("a"), frontier.BySettings)
	poll(t, db, now, item(1))
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		return frontier.PageDone(ctx, tx, "a.vn/1", frontier.Visit{At: now, Article: "art1"})
	})
	if _, ok := next(t, db, "a.vn", now.Add(time.Minute)); ok {
		t.Error("a page that is done is due")
	}
	edited := item(1)
	edited.Hash, edited.Title = "h2", "Tin 1 (cập nhật)"
	if fresh, n := poll(t, db, now.Add(time.Minute), edited); fresh != 0 || n != 1 {
		t.Errorf("an edit: %d new, %d edited", fresh, n)
	}
	w, ok := next(t, db, "a.vn", now.Add(time.Minute))
	if !ok || w.Page == nil || w.Page.Title != "Tin 1 (cập nhật)" || w.Page.Visits != 1 || w.Page.Article != "art1" {
		t.Errorf("Next = %+v, want the page again", w.Page)
	}
	if _, n := poll(t, db, now.Add(2*time.Minute), edited); n != 0 {
		t.Errorf("the same again: %d edited", n)
	}
}

func TestStartsAreCountedBeforeTheWork(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	save(t, db, source("a"), frontier.BySettings)
	poll(t, db, now, item(1), item(2))
	for want := 1; want <= 2; want++ {
		write(t, db, func(ctx context.Context, tx *records.Tx) error {
			got, err := frontier.StartPage(ctx, tx, "a.vn/1", now.Add(time.Hour))
			if got != want {
				t.Errorf("attempts = %d, want %d", got, want)
			}
			return err
		})
	}
	if w, ok := next(t, db, "a.vn", now); !ok || w.Page.Key != "a.vn/2" {
		t.Errorf("Next = %+v, want the page that was not started", w.Page)
	}
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		return frontier.PageFailed(ctx, tx, "a.vn/1", frontier.Failure{At: now, Code: "timeout", Next: now, TakeBack: true})
	})
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		return frontier.PageEnded(ctx, tx, "a.vn/2", frontier.Quarantined, frontier.Failure{At: now, Code: "panic", Text: "hỏng"})
	})
	w, ok := next(t, db, "a.vn", now)
	if !ok || w.Page.Key != "a.vn/1" || w.Page.Attempts != 1 {
		t.Errorf("Next = %+v, want page 1 with one start taken back", w.Page)
	}
	held, err := frontier.HeldPages(t.Context(), db.Read(), frontier.Quarantined, 10)
	if err != nil || len(held) != 1 || held[0].Key != "a.vn/2" || held[0].Code != "panic" || held[0].Text != "hỏng" {
		t.Errorf("HeldPages = %+v, %v", held, err)
	}
	write(t, db, func(ctx context.Context, tx *records.Tx) error { return frontier.Replay(ctx, tx, "a.vn/2", now) })
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		if err := frontier.Drop(ctx, tx, "a.vn/2"); !errors.Is(err, records.ErrNotFound) {
			t.Errorf("Drop of a page that is not held = %v", err)
		}
		return nil
	})
	p, err := frontier.ReadProgress(t.Context(), db.Read(), now)
	if err != nil || p.DuePages != 2 || p.DueFeeds != 0 || p.Drained() {
		t.Errorf("ReadProgress = %+v, %v", p, err)
	}
}

func TestMatchedPagesAreVisitedAgain(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	save(t, db, source("a"), frontier.BySettings)
	poll(t, db, now, item(1))
	done := func(at time.Time) {
		write(t, db, func(ctx context.Context, tx *records.Tx) error {
			return frontier.PageDone(ctx, tx, "a.vn/1", frontier.Visit{At: at, Article: "art1"})
		})
	}
	done(now.Add(time.Minute))
	for range 2 {
		write(t, db, func(ctx context.Context, tx *records.Tx) error {
			return frontier.MarkMatched(ctx, tx, "art1", now.Add(time.Minute), 1)
		})
	}
	for _, age := range []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 72 * time.Hour, 168 * time.Hour} {
		due := now.Add(age)
		// The feed is due as well by now: keep it out of the way.
		poll(t, db, due)
		if _, ok := next(t, db, "a.vn", due.Add(-time.Second)); ok {
			t.Errorf("the page is due before it is %v old", age)
		}
		if w, ok := next(t, db, "a.vn", due); !ok || w.Page == nil {
			t.Errorf("the page is not due when it is %v old", age)
		}
		done(due.Add(time.Second))
	}
	poll(t, db, now.Add(1000*time.Hour))
	if w, ok := next(t, db, "a.vn", now.Add(1000*time.Hour)); ok {
		t.Errorf("the page is visited after a week: %+v", w.Page)
	}
}

func TestEverythingOutlivesARestart(t *testing.T) {
	t.Parallel()
	place := recordstest.Place(t)
	db, err := records.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	save(t, db, source("a"), frontier.BySettings)
	poll(t, db, now, item(1))
	claim(t, db, now)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = records.Open(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write(t, db, frontier.ForgetLeases)
	if l, ok := claim(t, db, now); !ok || l.Host != "a.vn" {
		t.Errorf("Claim = %+v, %v", l, ok)
	}
	if w, ok := next(t, db, "a.vn", now); !ok || w.Page == nil || w.Page.Key != "a.vn/1" || w.Page.Attempts != 0 {
		t.Errorf("Next = %+v, %v; want the page", w, ok)
	}
}

func BenchmarkPage(b *testing.B) {
	db := recordstest.Open(b)
	in := func(fn func(ctx context.Context, tx *records.Tx) error) {
		if err := db.Tx(b.Context(), fn); err != nil {
			b.Fatal(err)
		}
	}
	in(func(ctx context.Context, tx *records.Tx) error {
		_, err := frontier.SaveSource(ctx, tx, source("a"), frontier.BySettings, now)
		return err
	})
	feeds, err := frontier.FeedsOf(b.Context(), db.Read(), "a")
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		if n%2000 == 0 {
			var items []frontier.Item
			for i := range 2000 {
				items = append(items, item(n+i))
			}
			in(func(ctx context.Context, tx *records.Tx) error {
				_, _, err := frontier.Enqueue(ctx, tx, feeds[0], items, now)
				return err
			})
			in(func(ctx context.Context, tx *records.Tx) error {
				return frontier.PollDone(ctx, tx, feeds[0], frontier.Poll{At: now, Next: now.Add(time.Hour)})
			})
		}
		n++
		w, ok, err := frontier.Next(b.Context(), db.Read(), "a.vn", now)
		if err != nil || !ok || w.Page == nil {
			b.Fatalf("Next = %+v, %v, %v", w, ok, err)
		}
		in(func(ctx context.Context, tx *records.Tx) error {
			_, err := frontier.StartPage(ctx, tx, w.Page.Key, now.Add(time.Hour))
			return err
		})
		in(func(ctx context.Context, tx *records.Tx) error {
			return frontier.PageDone(ctx, tx, w.Page.Key, frontier.Visit{At: now, Article: "x"})
		})
	}
}
