package crawler

import (
	"context"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
)

const (
	everySecond = "* * * * * *"
	every15     = "*/15 * * * * *"
	pruneEvery  = time.Hour
	pruneAtOnce = 10_000
)

// startClock starts the one tick. Cron is the clock and not the schedule: what is due stands in
// the records.
func (c *Crawler) startClock(ctx context.Context) (stop func(), err error) {
	spec := every15
	if c.cfg.Scale > 1 {
		spec = everySecond
	}
	return every(spec, func() { c.tick(ctx) }, c.log)
}

// every runs a job by the clock of the office until stop, which waits for it. SkipIfStillRunning
// stands outside of Recover: inside, the job would never run again after one panic.
func every(spec string, job func(), to *slog.Logger) (stop func(), err error) {
	log := cronLog{to}
	clock := cron.New(cron.WithSeconds(), cron.WithLocation(news.Zone()), cron.WithLogger(log),
		cron.WithChain(cron.SkipIfStillRunning(log), cron.Recover(log)))
	if _, err := clock.AddFunc(spec, job); err != nil {
		return nil, err
	}
	clock.Start()
	return func() { <-clock.Stop().Done() }, nil
}

// tick lets the workers look for what has become due, such as hosts whose lease ended, and now
// and then removes old rows of requests.
func (c *Crawler) tick(ctx context.Context) {
	c.wake.broadcast()
	c.changed.broadcast()
	now := time.Now()
	if ctx.Err() != nil || now.Sub(c.pruned) < pruneEvery {
		return
	}
	c.pruned = now
	err := c.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		_, err := frontier.PruneFetches(ctx, tx, now.Add(-c.cfg.Keep), pruneAtOnce)
		return err
	})
	if err != nil && ctx.Err() == nil {
		c.log.Warn("old requests stay", "err", err)
	}
}

// cronLog brings what cron has to say to our log.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, args ...any) {
	l.log.Debug("cron", append([]any{"says", msg}, args...)...)
}

func (l cronLog) Error(err error, msg string, args ...any) {
	l.log.Error("cron", append([]any{"says", msg, "err", err}, args...)...)
}
