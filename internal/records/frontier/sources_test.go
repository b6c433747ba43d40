package frontier_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/frontier"
	"lamro/internal/records/recordstest"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := source("a").Validate(); err != nil {
		t.Errorf("Validate = %v, want nil", err)
	}
	for name, change := range map[string]func(*frontier.Source){
		"id":       func(s *frontier.Source) { s.ID = "Báo.vn" },
		"long id":  func(s *frontier.Source) { s.ID = "abcdefghijabcdefghijabcdefghijabcdefghij1" },
		"name":     func(s *frontier.Source) { s.Name = " " },
		"home":     func(s *frontier.Source) { s.Home = "bao.vn" },
		"class":    func(s *frontier.Source) { s.Class = "blog" },
		"tier":     func(s *frontier.Source) { s.Tier = 4 },
		"grade":    func(s *frontier.Source) { s.Grade = "D" },
		"pace":     func(s *frontier.Source) { s.Pace = -1 },
		"feed":     func(s *frontier.Source) { s.Feeds[0].URL = "ftp://a.vn/" },
		"kind":     func(s *frontier.Source) { s.Feeds[0].Kind = "atom" },
		"list":     func(s *frontier.Source) { s.Feeds[0].Kind = frontier.KindList },
		"repeated": func(s *frontier.Source) { s.Feeds = append(s.Feeds, s.Feeds[0]) },
	} {
		s := source("a")
		change(&s)
		if s.Validate() == nil {
			t.Errorf("a source with a wrong %s is valid", name)
		}
	}
}

func TestRevisions(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	s := source("a")
	if rev := save(t, db, s, frontier.BySettings); rev != 1 {
		t.Errorf("first revision = %d", rev)
	}
	if rev := save(t, db, s, "truong-phong"); rev != 1 {
		t.Errorf("the same again = revision %d, want 1", rev)
	}
	s.Tier = 2
	if rev := save(t, db, s, "truong-phong"); rev != 2 {
		t.Errorf("after a change = revision %d, want 2", rev)
	}
	got, err := frontier.GetSource(t.Context(), db.Read(), "a")
	if err != nil || got.Rev != 2 || got.ChangedBy != "truong-phong" || got.Tier != 2 || !slices.Equal(got.Feeds, s.Feeds) {
		t.Errorf("GetSource = %+v, %v", got, err)
	}
	history, err := frontier.History(t.Context(), db.Read(), "a")
	if err != nil || len(history) != 2 || history[1].Tier != 1 || history[1].ChangedBy != frontier.BySettings {
		t.Errorf("History = %+v, %v", history, err)
	}
	if _, err := frontier.GetSource(t.Context(), db.Read(), "b"); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("GetSource of nothing = %v", err)
	}
}

func TestSeedNeverOverwritesAPerson(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	apply := func(seed ...frontier.Source) (d frontier.Diff) {
		before, err := frontier.CompareSeed(t.Context(), db.Read(), seed)
		if err != nil {
			t.Fatal(err)
		}
		write(t, db, func(ctx context.Context, tx *records.Tx) (err error) {
			d, err = frontier.ApplySeed(ctx, tx, seed, now)
			return err
		})
		if fmt.Sprint(before) != fmt.Sprint(d) {
			t.Errorf("CompareSeed = %+v, ApplySeed = %+v", before, d)
		}
		return d
	}
	if d := apply(source("a"), source("b"), source("c")); !slices.Equal(d.Added, []string{"a", "b", "c"}) {
		t.Errorf("first: %+v", d)
	}
	if d := apply(source("a"), source("b"), source("c")); !d.Empty() || len(d.Kept) != 0 {
		t.Errorf("the same again: %+v", d)
	}
	mine := source("a")
	mine.Enabled = false
	save(t, db, mine, "can-bo")
	changed := source("b")
	changed.Tier = 3
	d := apply(source("a"), changed)
	if len(d.Kept) != 1 || d.Kept[0].ID != "a" || d.Kept[0].By != "can-bo" || !slices.Equal(d.Kept[0].Fields, []string{"enabled"}) ||
		len(d.Changed) != 1 || !slices.Equal(d.Changed[0].Fields, []string{"tier"}) || !slices.Equal(d.Disabled, []string{"c"}) {
		t.Errorf("after changes: %+v", d)
	}
	for id, enabled := range map[string]bool{"a": false, "b": true, "c": false} {
		if s, err := frontier.GetSource(t.Context(), db.Read(), id); err != nil || s.Enabled != enabled {
			t.Errorf("%s is enabled %v, %v; want %v", id, s.Enabled, err, enabled)
		}
	}
	wrong := source("x")
	wrong.Tier = 0
	if _, err := frontier.CompareSeed(t.Context(), db.Read(), []frontier.Source{wrong, source("y"), source("y")}); err == nil {
		t.Error("a wrong seed was compared without an error")
	}
}

func TestUnverifiedSourcesAreProbedBeforeTheyArePolled(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	s := source("a")
	s.Grade = "C"
	save(t, db, s, frontier.BySettings)
	w, ok := next(t, db, "a.vn", now)
	if !ok || w.Probe == nil || w.Probe.Home != s.Home {
		t.Fatalf("Next = %+v, want a probe", w)
	}
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		return frontier.ProbeFailed(ctx, tx, *w.Probe, frontier.Failure{At: now, Code: "not-found", Next: now.Add(time.Hour)})
	})
	if w, ok := next(t, db, "a.vn", now); ok {
		t.Errorf("Next after a probe that failed = %+v", w)
	}
	write(t, db, func(ctx context.Context, tx *records.Tx) error { return frontier.Verified(ctx, tx, "a", now) })
	if w, ok := next(t, db, "a.vn", now); !ok || w.Feed == nil {
		t.Errorf("Next after a probe that succeeded = %+v, want the feed", w)
	}
	// A new revision does not take back what was found out.
	s.Name = "Tên khác"
	save(t, db, s, frontier.BySettings)
	if w, ok := next(t, db, "a.vn", now); !ok || w.Feed == nil {
		t.Errorf("Next after a new revision = %+v, want the feed", w)
	}
}

func TestFeedsThatWereFoundStay(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	s := source("a")
	s.Feeds, s.Verified = nil, false
	save(t, db, s, frontier.BySettings)
	found := []frontier.Feed{{URL: "https://a.vn/found", Kind: frontier.KindFeed}, {URL: "javascript:x", Kind: frontier.KindFeed}}
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		n, err := frontier.AddFound(ctx, tx, "a", found, false, now)
		if n != 1 {
			t.Errorf("AddFound = %d, want 1", n)
		}
		return err
	})
	s.Name = "Tên khác"
	save(t, db, s, frontier.BySettings)
	if feeds, err := frontier.FeedsOf(t.Context(), db.Read(), "a"); err != nil || len(feeds) != 1 {
		t.Errorf("FeedsOf = %v, %v; want the one that was found", feeds, err)
	}
}

func TestDisabledSourceIsNotVisited(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	s := source("a")
	save(t, db, s, frontier.BySettings)
	poll(t, db, now, item(1))
	s.Enabled = false
	save(t, db, s, "can-bo")
	if _, ok := claim(t, db, now.Add(48*time.Hour)); ok {
		t.Error("a host where nothing is due was claimed")
	}
	s.Enabled = true
	save(t, db, s, "can-bo")
	if _, ok := claim(t, db, now); !ok {
		t.Error("the page that waited is lost")
	}
}

func TestHealthAndFetches(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	save(t, db, source("a"), frontier.BySettings)
	poll(t, db, now, item(1))
	feeds, _ := frontier.FeedsOf(t.Context(), db.Read(), "a")
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		if err := frontier.SetRobots(ctx, tx, "a", "disallowed", "Disallow: /"); err != nil {
			return err
		}
		if err := frontier.LogFetch(ctx, tx, frontier.Fetch{At: now, Kind: frontier.FetchFeed, Source: "a", URL: "https://a.vn/rss", Host: "a.vn", Status: 200, Took: time.Second}); err != nil {
			return err
		}
		return frontier.PollFailed(ctx, tx, feeds[0], frontier.Failure{At: now.Add(time.Hour), Code: "feed-is-html", Text: "HTML", Next: now.Add(2 * time.Hour)})
	})
	all, err := frontier.Sources(t.Context(), db.Read())
	if err != nil || len(all) != 1 {
		t.Fatalf("Sources = %v, %v", all, err)
	}
	s := all[0]
	if s.LastError != "feed-is-html" || !s.LastSuccess.Equal(now) || !s.LastNew.Equal(now) || s.Waiting != 1 || s.Robots != "disallowed" ||
		s.RobotsRule != "Disallow: /" || len(s.Feeds) != 1 || s.Feeds[0].Failures != 1 || s.Feeds[0].Polls != 1 || !s.Feeds[0].FirstPolled.Equal(now) {
		t.Errorf("Sources = %+v", s)
	}
	got, err := frontier.Fetches(t.Context(), db.Read(), "a", 10)
	if err != nil || len(got) != 1 || got[0].Took != time.Second || got[0].Status != 200 {
		t.Errorf("Fetches = %+v, %v", got, err)
	}
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		n, err := frontier.PruneFetches(ctx, tx, now.Add(time.Hour), 100)
		if n != 1 {
			t.Errorf("PruneFetches = %d, want 1", n)
		}
		return err
	})
}
