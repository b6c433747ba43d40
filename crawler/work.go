package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime/debug"
	"syscall"
	"time"

	"lamro/crawler/fetch"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
)

const (
	// A worker waits at a host for a start that is so near, and otherwise visits another.
	nearEnough = 250 * time.Millisecond
	// A host with much to do gives way to others after so many pieces.
	inARow    = 20
	afterward = 10 * time.Second // for writing down what was done while stopping
	trouble   = 5 * time.Second  // between two tries where our own machine is in trouble
)

// work visits hosts until ctx ends.
func (c *Crawler) work(ctx context.Context) {
	for ctx.Err() == nil {
		wake := c.wake.wait()
		lease, ok, err := c.claim(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			c.inTrouble(ctx, err)
		case ok:
			c.visitHost(ctx, lease)
		default:
			c.idle(ctx, wake)
		}
	}
}

func (c *Crawler) claim(ctx context.Context) (lease frontier.Lease, ok bool, err error) {
	now := time.Now()
	// Looking costs nothing; only a claim is a write.
	next, waiting, err := frontier.NextClaim(ctx, c.db.Read())
	if err != nil {
		return lease, false, err
	}
	expired, err := frontier.Expired(ctx, c.db.Read(), now)
	if err != nil || !expired && (!waiting || next.After(now)) {
		return lease, false, err
	}
	err = c.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) (err error) {
		lease, ok, err = frontier.Claim(ctx, tx, c.cfg.Owner, now, c.cfg.Lease)
		return err
	})
	return lease, ok, err
}

// idle waits until something may be due.
func (c *Crawler) idle(ctx context.Context, wake <-chan struct{}) {
	wait := time.Minute
	if next, ok, err := frontier.NextClaim(ctx, c.db.Read()); err == nil && ok {
		wait = min(max(time.Until(next), time.Millisecond), wait)
	}
	pause(ctx, wait, wake)
}

// pause waits for d, for wake or for the end of ctx.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}

// visitHost does what is due at a host, as long as its pace does not make us wait, and gives it
// back.
func (c *Crawler) visitHost(ctx context.Context, lease frontier.Lease) {
	var ready time.Time
	for n := 0; n < inARow && ctx.Err() == nil && time.Until(lease.End) > c.cfg.Lease/2; n++ {
		w, ok, err := frontier.Next(ctx, c.db.Read(), lease.Host, time.Now())
		if err != nil && ctx.Err() == nil {
			c.inTrouble(ctx, err)
		}
		if err != nil || !ok {
			break
		}
		var site frontier.Site
		// Half of the lease is left for it, so nobody else comes meanwhile.
		limited, cancel := context.WithTimeout(ctx, c.cfg.Lease/2)
		switch {
		case w.Probe != nil:
			site = w.Probe.Site
			err = c.probe(limited, *w.Probe)
		case w.Feed != nil:
			site = w.Feed.Site
			err = c.poll(limited, *w.Feed)
		default:
			site = w.Page.Site
			err = c.visit(limited, *w.Page)
		}
		cancel()
		if err != nil && ctx.Err() == nil {
			c.inTrouble(ctx, err)
			ready = time.Now().Add(c.scaled(trouble))
			break
		}
		c.changed.broadcast()
		if ready = c.fetcher.Ready(lease.Host, site.Pace); time.Until(ready) > nearEnough {
			break
		}
	}
	c.release(ctx, lease, ready)
	c.changed.broadcast()
	c.wake.broadcast()
}

// release gives a host back. Where the records cannot be written it tries until they can: a lease
// that only ended by itself would keep its host waiting after everything else has gone on.
func (c *Crawler) release(ctx context.Context, lease frontier.Lease, ready time.Time) {
	for {
		err := c.write(ctx, func(ctx context.Context, tx *records.Tx) error { return frontier.Release(ctx, tx, lease, ready) })
		if err == nil {
			return
		}
		if errors.Is(err, frontier.ErrLeaseLost) || ctx.Err() != nil || time.Now().After(lease.End) {
			c.log.Warn("host is not given back, its lease ends by itself", "host", lease.Host, "err", err)
			return
		}
		c.inTrouble(ctx, err)
	}
}

// write writes down what was done, also while stopping.
func (c *Crawler) write(ctx context.Context, fn func(context.Context, *records.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterward)
	defer cancel()
	return c.db.Tx(ctx, fn)
}

// writeAndTell tells of an event once it is written down.
func (c *Crawler) writeAndTell(ctx context.Context, e Event, fn func(context.Context, *records.Tx) error) error {
	if err := c.write(ctx, fn); err != nil {
		return err
	}
	c.emit(e)
	return nil
}

// inTrouble tells that our own machine cannot go on, and waits a little.
func (c *Crawler) inTrouble(ctx context.Context, err error) {
	c.log.Warn("crawling pauses", "err", err)
	c.emit(Event{Kind: Paused, Err: err})
	pause(ctx, c.scaled(trouble), nil)
}

// infrastructure knows the errors that are about our own machine.
func infrastructure(err error) bool {
	if records.IsFull(err) {
		return true
	}
	for _, e := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO, syscall.EMFILE, syscall.ENFILE,
		context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// hostKey is the host of an address as leases and paces name it, "" where it has none.
func hostKey(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return fetch.HostKey(u)
}

// errPanic is what a panic in someone else's code becomes.
var errPanic = errors.New("panic")

// guarded calls fn and turns a panic into an error.
func guarded[In, Out any](fn func(In) (Out, error), in In) (out Out, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v\n%s", errPanic, r, debug.Stack())
		}
	}()
	return fn(in)
}

// logFetches writes a row for a request and for those for robots.txt that it made necessary. What
// came to no request and no decision leaves no row.
func logFetches(ctx context.Context, tx *records.Tx, row frontier.Fetch, res fetch.Result, err error) error {
	for _, r := range res.RobotsFetches {
		if err := frontier.LogFetch(ctx, tx, frontier.Fetch{
			At: r.At, Kind: frontier.FetchRobots, Source: row.Source, URL: r.URL, Host: r.Host,
			Status: r.Status, Bytes: int64(r.Bytes), Took: r.Took, Code: r.Code,
		}); err != nil {
			return err
		}
	}
	if res.Started.IsZero() && res.Robots.Verdict == "" {
		return nil
	}
	row.At = res.Started
	if row.At.IsZero() {
		row.At = time.Now()
	}
	row.Host = hostKey(row.URL)
	row.Status = res.Status
	row.Robots, row.Rule = res.Robots.Verdict, res.Robots.Rule
	row.Bytes, row.Took = int64(len(res.Raw.Body)), res.Took
	row.Code = fetch.CodeOf(err)
	if err := frontier.LogFetch(ctx, tx, row); err != nil {
		return err
	}
	if res.Robots.Verdict == "" {
		return nil
	}
	return frontier.SetRobots(ctx, tx, row.Source, res.Robots.Verdict, res.Robots.Rule)
}
