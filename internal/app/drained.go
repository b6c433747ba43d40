package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lamro/alerter"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/outbox"
)

// drainedPause lies between two looks at what is left.
const drainedPause = 20 * time.Millisecond

// Drained waits until the roles that run have nothing left to do, or until ctx ends: no feed and
// no page is due, changed watches have been applied to what is stored, the outbox is published, every message has ended, and no delivery waits, but
// for those that need a person first. Polls and visits that are due later do not count.
// Measurements and tests ask it, once Run has called Started.
func (a *App) Drained(ctx context.Context) error {
	running := a.running()
	if slices.Contains(running, RoleCrawl) {
		if err := a.crawler.Drained(ctx); err != nil {
			return err
		}
	}
	if slices.Contains(running, RoleAnalyze) {
		if err := a.awaitNone(ctx, "backfill of changed watches goes on", a.unasked); err != nil {
			return err
		}
	}
	// Before the consumers, so that they have all of it; after them, for the rows that they add.
	if err := a.awaitNone(ctx, "messages wait to be published", a.unpublished); err != nil {
		return err
	}
	if err := a.stream.Drained(ctx, consumersOf(running)...); err != nil {
		return err
	}
	if err := a.awaitNone(ctx, "messages wait to be published", a.unpublished); err != nil {
		return err
	}
	if !slices.Contains(running, RoleAlert) {
		return nil
	}
	return a.awaitNone(ctx, "deliveries wait", a.undelivered)
}

// consumersOf names the consumers that the roles run.
func consumersOf(roles []string) []string {
	var consumers []string
	for role, consumer := range map[string]string{
		RoleAnalyze: consumerAnalyzer, RoleIndex: consumerIndexer, RoleAlert: consumerAlerter,
	} {
		if slices.Contains(roles, role) {
			consumers = append(consumers, consumer)
		}
	}
	return consumers
}

func (a *App) unpublished(ctx context.Context) (int, error) {
	n, _, err := outbox.Backlog(ctx, a.db.Read())
	if n > 0 {
		a.relay.Wake() // it looks by itself, but not as often
	}
	return n, err
}

// undelivered counts what waits to be sent by a channel that is set up to somebody who can be
// reached by it.
func (a *App) undelivered(ctx context.Context) (n int, err error) {
	queues, err := deliveries.Stats(ctx, a.db.Read(), time.Now())
	for _, q := range queues {
		n += q.Waiting - q.Causes[alerter.CauseNotConfigured] - q.Causes[alerter.CauseNoAddress]
	}
	return n, err
}

// awaitNone waits until left counts nothing.
func (a *App) awaitNone(ctx context.Context, what string, left func(context.Context) (int, error)) error {
	tick := time.NewTicker(drainedPause)
	defer tick.Stop()
	for {
		n, err := left(ctx)
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d %s: %w", n, what, ctx.Err())
		case <-tick.C:
		}
	}
}
