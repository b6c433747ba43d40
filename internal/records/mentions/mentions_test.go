package mentions_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/mentions"
	"lamro/internal/records/recordstest"
)

func tx(t *testing.T, db *records.DB, fn func(ctx context.Context, tx *records.Tx) error) {
	t.Helper()
	if err := db.Tx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// article archives a page and returns its id.
func article(t *testing.T, db *records.DB, key string, seen time.Time) (id string) {
	t.Helper()
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		r, err := articles.Put(ctx, tx, articles.NewVersion{
			URLKey: key, KeyRule: 1, URL: "https://" + key, Source: "bao-tinh", Title: "Tin " + key, Body: "Mưa to ở " + key,
			SeenAt: seen, Cause: news.Seen, Extractor: "test", Lane: news.Live, Capture: "c",
		})
		id = r.ID
		return err
	})
	return id
}

func mention(watch string) news.Mention {
	return news.Mention{
		Watch: watch, WatchRev: 2, Severity: news.High, Class: news.Exact, Certain: true, Places: []string{"06", "060"},
		Spans: []news.Span{{Field: "title", Start: 0, End: 3, Term: "tin"}}, Why: "tin in title",
	}
}

// late is half past eleven in the evening of 24 November, office time.
var late = time.Date(2026, 11, 24, 16, 30, 0, 0, time.UTC)

func put(t *testing.T, db *records.DB, a mentions.Analysis) {
	t.Helper()
	if a.FirstSeen.IsZero() {
		a.FirstSeen = late
	}
	if a.SeenAt.IsZero() {
		a.SeenAt = a.FirstSeen
	}
	tx(t, db, func(ctx context.Context, tx *records.Tx) error { return mentions.Put(ctx, tx, a) })
}

func TestPutReplacesTheMentionsOfAVersion(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := article(t, db, "x.example/1", late)
	if _, err := mentions.Last(t.Context(), db.Read(), id); !errors.Is(err, records.ErrNotFound) {
		t.Fatalf("Last before any = %v, want ErrNotFound", err)
	}
	put(t, db, mentions.Analysis{Article: id, N: 1, Set: 1, Rev: 2, Mentions: []news.Mention{mention("b"), mention("a")}})
	for range 2 {
		put(t, db, mentions.Analysis{Article: id, N: 1, Set: 2, Rev: 3, At: late, Mentions: []news.Mention{mention("a")}})
	}
	found, n, rev, err := mentions.ForArticle(t.Context(), db.Read(), id)
	if err != nil || n != 1 || rev != 1 || !reflect.DeepEqual(found, []news.Mention{mention("a")}) {
		t.Errorf("ForArticle = %+v, %d, %d, %v", found, n, rev, err)
	}
	last, err := mentions.Last(t.Context(), db.Read(), id)
	if want := (mentions.Analysis{Article: id, N: 1, Set: 2, Rev: 3, Lane: news.Live, At: late}); err != nil || !reflect.DeepEqual(last, want) {
		t.Errorf("Last = %+v, %v; want %+v", last, err, want)
	}
}

func TestOlderVersionChangesNothing(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := article(t, db, "x.example/1", late)
	put(t, db, mentions.Analysis{Article: id, N: 2, Set: 1, Rev: 5})
	put(t, db, mentions.Analysis{Article: id, N: 1, Set: 9, Rev: 4, Mentions: []news.Mention{mention("a")}})
	found, n, _, err := mentions.ForArticle(t.Context(), db.Read(), id)
	if err != nil || n != 2 || len(found) != 0 {
		t.Errorf("ForArticle = %+v, %d, %v; want nothing of version 2", found, n, err)
	}
}

func TestForArticleOfAnUnknownOrUnreadOne(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	if _, _, _, err := mentions.ForArticle(t.Context(), db.Read(), "nobody"); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("ForArticle of an unknown article = %v, want ErrNotFound", err)
	}
	id := article(t, db, "x.example/1", late)
	if found, n, rev, err := mentions.ForArticle(t.Context(), db.Read(), id); err != nil || n != 0 || rev != 1 || found != nil {
		t.Errorf("ForArticle before any analysis = %v, %d, %d, %v; want none, 0, 1", found, n, rev, err)
	}
}

func TestDailyCountsStoriesByTheDayOfTheOffice(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	for i, seen := range []time.Time{late, late.Add(time.Minute), late.Add(time.Hour), late.AddDate(0, 0, -40)} {
		id := article(t, db, "x.example/"+string(rune('a'+i)), seen)
		for n := 1; n <= 2; n++ { // an edit is no second story
			put(t, db, mentions.Analysis{Article: id, N: n, Set: 1, Rev: 2, FirstSeen: seen, Mentions: []news.Mention{mention("a"), mention("b")}})
		}
	}
	got, err := mentions.Daily(t.Context(), db.Read(), "a", late.AddDate(0, 0, -1), late.AddDate(0, 0, 1))
	want := []mentions.DayCount{{Day: "2026-11-23"}, {Day: "2026-11-24", Stories: 2}, {Day: "2026-11-25", Stories: 1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Daily = %v, %v; want %v", got, err, want)
	}
}

func TestRecentIsOfTheVersionsAsTheyAreNow(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	old, edited := article(t, db, "x.example/1", late), article(t, db, "x.example/2", late.Add(time.Second))
	put(t, db, mentions.Analysis{Article: old, N: 1, Set: 1, Rev: 2, NotNews: news.NotNewsOld, Mentions: []news.Mention{mention("a")}})
	put(t, db, mentions.Analysis{Article: edited, N: 1, Set: 1, Rev: 2, Mentions: []news.Mention{mention("a")}})
	put(t, db, mentions.Analysis{Article: edited, N: 2, Set: 1, Rev: 3})
	got, err := mentions.Recent(t.Context(), db.Read(), "a", 10)
	want := []mentions.Sighting{{Article: old, N: 1, SeenAt: late, NotNews: news.NotNewsOld, Mention: mention("a")}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Recent = %+v, %v; want %+v", got, err, want)
	}
}

func TestNotAlertedCountsByReason(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	unsure := mention("a")
	unsure.Certain = false
	for i, a := range []mentions.Analysis{
		{NotNews: news.NotNewsFirstPoll, Mentions: []news.Mention{mention("a"), unsureAs(unsure, "b")}},
		{Mentions: []news.Mention{unsure}},
		{Mentions: []news.Mention{unsure, mention("b")}},
	} {
		a.Article, a.N, a.Set, a.Rev = article(t, db, "x.example/"+string(rune('a'+i)), late), 1, 1, 2
		put(t, db, a)
	}
	got, err := mentions.NotAlerted(t.Context(), db.Read(), late, late.Add(time.Hour))
	if want := map[string]int{news.NotNewsFirstPoll: 1, mentions.Uncertain: 1}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("NotAlerted = %v, %v; want %v", got, err, want)
	}
}

func unsureAs(m news.Mention, watch string) news.Mention {
	m.Watch = watch
	return m
}

// A reason quotes the text: it must not outlive it.
func TestMentionsGoWithTheirArticle(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := article(t, db, "x.example/1", late)
	put(t, db, mentions.Analysis{Article: id, N: 1, Set: 1, Rev: 2, Mentions: []news.Mention{mention("a")}})
	tx(t, db, func(ctx context.Context, tx *records.Tx) error {
		_, err := articles.Delete(ctx, tx, id, "an", "test")
		return err
	})
	if found, _, _, err := mentions.ForArticle(t.Context(), db.Read(), id); err != nil || len(found) != 0 {
		t.Errorf("mentions of a deleted article = %+v, %v; want none", found, err)
	}
}

// A set that is older than the one that decided must not win, whoever is slower.
func TestOlderSetChangesNothing(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := article(t, db, "x.example/1", late)
	put(t, db, mentions.Analysis{Article: id, N: 1, Set: 5, Rev: 2, Mentions: []news.Mention{mention("a")}})
	put(t, db, mentions.Analysis{Article: id, N: 1, Set: 4, Rev: 3})
	found, n, _, err := mentions.ForArticle(t.Context(), db.Read(), id)
	if err != nil || n != 1 || len(found) != 1 {
		t.Errorf("ForArticle = %+v, %d, %v; want the mention of the newer set", found, n, err)
	}
}

func TestPastAnalysisIsHistory(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := article(t, db, "x.example/1", late)
	past := func(n int) bool {
		t.Helper()
		is, err := mentions.IsPast(t.Context(), db.Read(), id, n)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	put(t, db, mentions.Analysis{Article: id, N: 2, Set: 1, Rev: 2, Mentions: []news.Mention{mention("a")}})
	if past(1) || past(2) {
		t.Error("a version is past before a newer one was analyzed")
	}
	for _, watch := range []string{"b", "c"} { // the second time nothing is written
		tx(t, db, func(ctx context.Context, tx *records.Tx) error {
			return mentions.PutPast(ctx, tx, mentions.Analysis{
				Article: id, N: 1, Set: 1, Rev: 3, FirstSeen: late, SeenAt: late, Mentions: []news.Mention{mention(watch)},
			})
		})
	}
	put(t, db, mentions.Analysis{Article: id, N: 3, Set: 1, Rev: 4})
	for n, want := range map[int]string{1: "b", 2: "a", 3: ""} {
		found, err := mentions.ForVersion(t.Context(), db.Read(), id, n)
		got := ""
		for _, m := range found {
			got += m.Watch
		}
		if err != nil || got != want || past(n) != (n < 3) {
			t.Errorf("version %d holds %q, %v, past %v; want %q", n, got, err, past(n), want)
		}
	}
}

func TestMentionsThatCameLaterAreNoNews(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := article(t, db, "x.example/1", late)
	put(t, db, mentions.Analysis{Article: id, N: 1, Set: 1, Rev: 2, Mentions: []news.Mention{mention("a")}})
	put(t, db, mentions.Analysis{
		Article: id, N: 1, Set: 2, Rev: 3, Lane: news.Backfill, NotNews: news.NotNewsBackfill,
		Mentions: []news.Mention{mention("a"), mention("b")},
	})
	for watch, want := range map[string]string{"a": "", "b": news.NotNewsBackfill} {
		got, err := mentions.Recent(t.Context(), db.Read(), watch, 10)
		if err != nil || len(got) != 1 || got[0].NotNews != want {
			t.Errorf("Recent(%s) = %+v, %v; want the reason %q", watch, got, err, want)
		}
	}
	got, err := mentions.NotAlerted(t.Context(), db.Read(), late, late.Add(time.Hour))
	if err != nil || len(got) != 0 {
		t.Errorf("NotAlerted = %v, %v; want nothing, since one of them may alert", got, err)
	}
}

func TestBackfillIsReadAsWritten(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	if b, err := mentions.ReadBackfill(t.Context(), db.Read()); err != nil || b != (mentions.Backfill{}) {
		t.Errorf("ReadBackfill before any = %+v, %v", b, err)
	}
	want := mentions.Backfill{
		Done: 1, Goal: 4, Since: late.AddDate(0, 0, -30), At: mentions.Position{Seen: 7, Article: "x"}, Articles: 9, Looked: 5,
		Changed: 3, Failed: 1, StartedAt: late, UpdatedAt: late.Add(time.Second),
	}
	for range 2 {
		tx(t, db, func(ctx context.Context, tx *records.Tx) error { return mentions.SaveBackfill(ctx, tx, want) })
	}
	if b, err := mentions.ReadBackfill(t.Context(), db.Read()); err != nil || b != want || !b.Running() {
		t.Errorf("ReadBackfill = %+v, %v; want %+v", b, err, want)
	}
	for set, state := range map[int64]string{0: mentions.BackfillDone, 1: mentions.BackfillDone, 4: mentions.BackfillRuns, 5: mentions.BackfillWaits} {
		if got := want.State(set); got != state {
			t.Errorf("State(%d) = %s, want %s", set, got, state)
		}
	}
}

func TestOutdatedGoesFromNewestToOldestWithinTheWindow(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	id := map[string]string{}
	for i, name := range []string{"newest", "current", "second", "third", "outside"} {
		seen := late.Add(-time.Duration(i) * time.Hour)
		id[name] = article(t, db, "x.example/"+name, seen)
		set := int64(1)
		if name == "current" {
			set = 4
		}
		put(t, db, mentions.Analysis{Article: id[name], N: 1, Set: set, FirstSeen: seen})
	}
	article(t, db, "x.example/never-analyzed", late)
	b := mentions.Backfill{Goal: 4, Since: late.Add(-3 * time.Hour), At: mentions.Newest()}
	if n, err := mentions.CountOutdated(t.Context(), db.Read(), b); err != nil || n != 3 {
		t.Errorf("CountOutdated = %d, %v; want 3", n, err)
	}
	var got []string
	for {
		next, err := mentions.NextOutdated(t.Context(), db.Read(), b, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(next) == 0 {
			break
		}
		for _, o := range next {
			got = append(got, o.Article)
			b.At = o.At
		}
	}
	if want := []string{id["newest"], id["second"], id["third"]}; !reflect.DeepEqual(got, want) {
		t.Errorf("in the order %v, want %v", got, want)
	}
}
