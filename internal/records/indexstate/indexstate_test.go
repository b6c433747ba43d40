package indexstate_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/indexstate"
	"lamro/internal/records/recordstest"
)

var at = time.Date(2026, 11, 15, 5, 0, 0, 0, time.UTC)

func mark(t *testing.T, db *records.DB, states ...indexstate.State) {
	t.Helper()
	err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error { return indexstate.Mark(ctx, tx, states) })
	if err != nil {
		t.Fatalf("Mark = %v", err)
	}
}

func TestMarkKeepsTheNewestRevisionAndTheFirstTime(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	state := func(rev int64, live bool, hours int) indexstate.State {
		return indexstate.State{Article: "a", Month: "2026-11", Rev: rev, Live: live, ChangedAt: at.Add(time.Duration(hours) * time.Hour)}
	}
	for _, c := range []struct {
		mark indexstate.State
		want indexstate.State
	}{
		{state(1, false, 0), indexstate.State{"a", "2026-11", 1, false, time.Time{}, at}},
		{state(2, true, 1), indexstate.State{"a", "2026-11", 2, true, at.Add(time.Hour), at.Add(time.Hour)}},
		{state(2, false, 2), indexstate.State{"a", "2026-11", 2, true, at.Add(time.Hour), at.Add(time.Hour)}},
		{state(1, false, 3), indexstate.State{"a", "2026-11", 2, true, at.Add(time.Hour), at.Add(time.Hour)}},
		{state(3, true, 4), indexstate.State{"a", "2026-11", 3, true, at.Add(time.Hour), at.Add(4 * time.Hour)}},
		{state(4, false, 5), indexstate.State{"a", "2026-11", 4, false, at.Add(time.Hour), at.Add(5 * time.Hour)}},
	} {
		mark(t, db, c.mark)
		if got, err := indexstate.Get(t.Context(), db.Read(), "a"); err != nil || got != c.want {
			t.Errorf("after Mark(%+v): %+v, %v; want %+v", c.mark, got, err, c.want)
		}
	}
	if _, err := indexstate.Get(t.Context(), db.Read(), "b"); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("Get of an unknown article = %v, want ErrNotFound", err)
	}
}

func TestHeldCountsLiveArticlesByMonth(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	mark(t, db,
		indexstate.State{Article: "a", Month: "2026-11", Rev: 1, Live: true, ChangedAt: at},
		indexstate.State{Article: "b", Month: "2026-11", Rev: 1, Live: true, ChangedAt: at},
		indexstate.State{Article: "c", Month: "2026-10", Rev: 1, Live: true, ChangedAt: at},
		indexstate.State{Article: "d", Month: "2026-09", Rev: 1, ChangedAt: at},
	)
	held, err := indexstate.Held(t.Context(), db.Read())
	if err != nil || fmt.Sprint(held) != "map[2026-10:1 2026-11:2]" {
		t.Errorf("Held = %v, %v; want 1 and 2", held, err)
	}
}
