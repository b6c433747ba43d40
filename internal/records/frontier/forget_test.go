package frontier_test

import (
	"context"
	"testing"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/frontier"
	"lamro/internal/records/recordstest"
)

// An article is taken down while one of its pages is being fetched again: the fetch must not bring
// the page back, nor the feed that goes on listing it, also with another title.
func TestAForgottenPageStaysAway(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	save(t, db, source("a"), frontier.BySettings)
	poll(t, db, now, item(1), item(2))
	done := func(ctx context.Context, tx *records.Tx) error {
		return frontier.PageDone(ctx, tx, "a.vn/1", frontier.Visit{At: now, Article: "art", Scale: 1})
	}
	write(t, db, done)
	write(t, db, func(ctx context.Context, tx *records.Tx) error {
		return frontier.LogFetch(ctx, tx, frontier.Fetch{At: now, Kind: frontier.FetchPage, Source: "a", Page: "a.vn/1", URL: "https://a.vn/1", Host: "a.vn"})
	})
	write(t, db, func(ctx context.Context, tx *records.Tx) error { return frontier.Forget(ctx, tx, "art") })
	write(t, db, done)
	edited := item(1)
	edited.Hash = "another"
	if fresh, again := poll(t, db, now.Add(time.Minute), edited); fresh != 0 || again != 0 {
		t.Errorf("listed again: %d new, %d edited; want none", fresh, again)
	}
	if w, ok := next(t, db, "a.vn", now.Add(time.Hour)); !ok || w.Page == nil || w.Page.Key != "a.vn/2" {
		t.Errorf("Next = %+v, want the other page only", w)
	}
	fetches, err := frontier.Fetches(t.Context(), db.Read(), "a", 10)
	if err != nil || len(fetches) == 0 {
		t.Fatalf("Fetches = %v, %v", fetches, err)
	}
	for _, f := range fetches {
		if f.URL == "https://a.vn/1" {
			t.Errorf("the address of the page is still in the log: %+v", f)
		}
	}
}
