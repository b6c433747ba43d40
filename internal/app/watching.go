package app

import (
	"context"
	"time"

	"lamro/internal/records/mentions"
	"lamro/internal/records/watches"
)

const (
	watchesSettle = time.Second     // how long a change waits for further ones before all are compiled
	watchesPoll   = 5 * time.Second // between looks for changes by another process

	// One step of the backfill in this time: at most 500 articles a second, a month of ten
	// thousand articles a day in ten minutes, while the stream's articles have most of the time.
	backfillPause = 100 * time.Millisecond
	backfillRetry = 10 * time.Second
)

// signal is a bell for one listener: rung many times before it is heard, it is heard once.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) ring() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// watchesChanged makes a running analyzer look for changed watches soon. It never blocks.
func (a *App) watchesChanged() { a.changedWatches.ring() }

// followWatches puts changed watches in use until ctx ends: those of this process after they have
// settled, so that a hundred changes are compiled once, those of others after a while.
func (a *App) followWatches(ctx context.Context) error {
	poll := time.NewTicker(watchesPoll)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		case <-a.changedWatches:
			if !wait(ctx, a.ours(watchesSettle), nil) {
				return nil
			}
		}
		if err := a.reload(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		a.newSet.ring()
	}
}

// reload makes the analyzer use the watches and sources as the records have them. A watch whose
// query no longer parses is left out and logged; it must not stop the others.
func (a *App) reload(ctx context.Context) error {
	if err := a.loadOutlets(ctx); err != nil {
		return err
	}
	if err := a.analyzer.Reload(ctx); err != nil {
		if a.analyzer.Set().Revision() == 0 {
			return err
		}
		a.log.Error("a watch is left out", "err", err)
	}
	return nil
}

// runBackfill applies changed watches to what is stored, one step after the other, until ctx ends.
func (a *App) runBackfill(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := a.analyzer.Backfill(ctx, time.Now().Add(-a.cfg.Retention.Unmatched.Std()))
		switch {
		case ctx.Err() != nil:
		case err != nil:
			a.log.Warn("the backfill is tried again", "err", err)
			wait(ctx, backfillRetry, nil)
		case more:
			a.relay.Wake()
			wait(ctx, a.ours(backfillPause), nil)
		default:
			wait(ctx, watchesPoll, a.newSet)
		}
	}
	return nil
}

// ours is a duration that we chose, on the office's clock.
func (a *App) ours(d time.Duration) time.Duration {
	return time.Duration(float64(d) / a.cfg.Pace.Scale)
}

// wait waits for d, or for wake, which may be nil; it is false where ctx ended first.
func wait(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-wake:
	}
	return true
}

// unasked is 1 while watches ask something that not all stored articles have been asked.
func (a *App) unasked(ctx context.Context) (int, error) {
	b, err := mentions.ReadBackfill(ctx, a.db.Read())
	if err != nil {
		return 0, err
	}
	wanted, err := watches.QuerySet(ctx, a.db.Read())
	if err != nil || wanted <= b.Done {
		return 0, err
	}
	return 1, nil
}
