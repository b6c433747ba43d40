package frontier_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/frontier"
	"lamro/internal/records/recordstest"
)

func TestOneWorkerAHost(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	save(t, db, source("a"), frontier.BySettings)
	save(t, db, source("b"), frontier.BySettings)
	var mu sync.Mutex
	got := map[string]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
				l, ok, err := frontier.Claim(ctx, tx, "x", now, time.Minute)
				if ok {
					mu.Lock()
					got[l.Host]++
					mu.Unlock()
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if fmt.Sprint(got) != "map[a.vn:1 b.vn:1]" {
		t.Errorf("claimed %v, want each host once", got)
	}
}

func TestLeases(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	save(t, db, source("a"), frontier.BySettings)
	first, ok := claim(t, db, now)
	if !ok || first.Host != "a.vn" {
		t.Fatalf("Claim = %+v, %v", first, ok)
	}
	if _, ok := claim(t, db, now.Add(59*time.Second)); ok {
		t.Error("a leased host was claimed")
	}
	// The owner died: its lease ends, and what it still writes does not count.
	second, ok := claim(t, db, now.Add(time.Minute))
	if !ok || second.Token == first.Token {
		t.Fatalf("after the lease: %+v, %v", second, ok)
	}
	err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error { return frontier.Release(ctx, tx, first, now) })
	if !errors.Is(err, frontier.ErrLeaseLost) {
		t.Errorf("Release of a lost lease = %v", err)
	}
	ready := now.Add(2 * time.Minute)
	release(t, db, second, ready)
	if _, ok := claim(t, db, ready.Add(-time.Second)); ok {
		t.Error("a host was claimed before its pace allows")
	}
	if at, ok, err := frontier.NextClaim(t.Context(), db.Read()); err != nil || !ok || !at.Equal(ready) {
		t.Errorf("NextClaim = %v, %v, %v; want %v", at, ok, err, ready)
	}
	if _, ok := claim(t, db, ready); !ok {
		t.Error("a host was not claimed although its pace allows")
	}
	write(t, db, frontier.ForgetLeases)
	if _, ok := claim(t, db, ready); !ok {
		t.Error("a host was not claimed although leases were ended")
	}
}

func TestPaceIsKeptAndARestIsNeverShortened(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	set := func(p frontier.Pace) {
		write(t, db, func(ctx context.Context, tx *records.Tx) error { return frontier.SetHostPace(ctx, tx, "a.vn", p) })
	}
	start := now.Add(1234567 * time.Nanosecond)
	set(frontier.Pace{Last: start, CrawlDelay: 7 * time.Second, Until: now.Add(time.Hour)})
	set(frontier.Pace{Last: start, CrawlDelay: 7 * time.Second})
	p, err := frontier.HostPace(t.Context(), db.Read(), "a.vn")
	if err != nil || p.Last.Before(start) || p.Last.Sub(start) > time.Millisecond || p.CrawlDelay != 7*time.Second || !p.Until.Equal(now.Add(time.Hour)) {
		t.Errorf("HostPace = %+v, %v", p, err)
	}
}
