package alerter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
	"unicode/utf8"

	"lamro/internal/records"
	"lamro/internal/records/deliveries"
)

const (
	firstDelay    = 15 * time.Second // before the second try
	longestDelay  = 30 * time.Minute
	refusals      = 3                // tries that may be refused for good before the delivery has failed
	poll          = 30 * time.Second // the queue is looked at this often, whatever wakes it
	addressDelay  = 10 * time.Minute // until a person without an address is looked up again
	recordsDelay  = 5 * time.Second  // after the records could not be read
	marks         = 6                // times that an outcome is tried to be written
	longestDetail = 300              // bytes of what the other side said
)

// Run works the deliveries until ctx ends, then finishes what is being sent and returns nil.
// What an earlier process left half sent is put right first.
func (a *Alerter) Run(ctx context.Context) error {
	if err := a.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	var running sync.WaitGroup
	for channel, n := range a.deps.Notifiers {
		wake := make(chan struct{}, 1)
		a.mu.Lock()
		a.wake[channel] = wake
		a.mu.Unlock()
		running.Go(func() { a.work(ctx, channel, n, wake) })
	}
	<-ctx.Done()
	running.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.wake)
	return nil
}

// prepare puts right what a dead process left, and notes which channels are set up.
func (a *Alerter) prepare(ctx context.Context) error {
	var recovered int64
	err := a.deps.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) (err error) {
		if recovered, err = deliveries.Recover(ctx, tx, time.Now()); err != nil {
			return err
		}
		channels, err := deliveries.Channels(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range channels {
			old, cause := "", CauseNotConfigured
			if a.deps.Notifiers[c] != nil {
				old, cause = cause, old
			}
			if err := deliveries.Explain(ctx, tx, c, old, cause); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("prepare deliveries: %w", err)
	}
	if recovered > 0 {
		a.deps.Log.Info("deliveries were under way when the last process ended", "deliveries", recovered)
	}
	return nil
}

// work sends what is due by one channel, a bounded number at once, until ctx ends.
func (a *Alerter) work(ctx context.Context, channel string, n Notifier, wake <-chan struct{}) {
	slots := make(chan struct{}, a.cfg.Workers)
	var sending sync.WaitGroup
	defer sending.Wait()
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		d, err := a.claim(ctx, channel)
		if err != nil {
			<-slots
			if !a.pause(ctx, channel, err, wake) {
				return
			}
			continue
		}
		sending.Go(func() {
			defer func() { <-slots }()
			a.send(ctx, n, d)
			a.wakeUp(channel) // it may be due again sooner than anything that waited meanwhile
		})
	}
}

func (a *Alerter) claim(ctx context.Context, channel string) (d deliveries.Delivery, err error) {
	err = a.deps.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) (err error) {
		d, err = deliveries.Claim(ctx, tx, channel, time.Now())
		return err
	})
	return d, err
}

// pause waits until something may be due after err, and tells whether to go on.
func (a *Alerter) pause(ctx context.Context, channel string, err error, wake <-chan struct{}) bool {
	if ctx.Err() != nil {
		return false
	}
	wait := recordsDelay
	if errors.Is(err, records.ErrNotFound) {
		wait = a.untilDue(ctx, channel)
	} else {
		a.deps.Log.Warn("the queue of deliveries cannot be read", "channel", channel, "err", err)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-wake:
	case <-timer.C:
	}
	return true
}

func (a *Alerter) untilDue(ctx context.Context, channel string) time.Duration {
	next, err := deliveries.NextDue(ctx, a.deps.DB.Read(), channel)
	if err != nil || next.IsZero() {
		return poll
	}
	return min(max(time.Until(next), time.Millisecond), poll)
}

// send makes one try of a claimed delivery and writes down how it went. It finishes although ctx
// ends: what was begun is neither cut off nor left in doubt.
func (a *Alerter) send(ctx context.Context, n Notifier, d deliveries.Delivery) {
	ctx = context.WithoutCancel(ctx)
	m, stop := a.message(ctx, d)
	if stop != nil {
		a.finish(ctx, d, stop)
		return
	}
	handed := false
	m.HandOver = func(ctx context.Context) error {
		err := a.deps.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
			return deliveries.HandOver(ctx, tx, d.ID, time.Now())
		})
		handed = err == nil
		return err
	}
	limited, cancel := context.WithTimeout(ctx, a.cfg.SendTimeout)
	defer cancel()
	err := n.Notify(limited, m)
	if err == nil {
		a.at("send")
		a.finish(ctx, d, func(ctx context.Context, tx *records.Tx) error {
			return deliveries.MarkSent(ctx, tx, d.ID, time.Now())
		})
		return
	}
	a.failed(ctx, d, asFailure(err), handed)
}

// failed decides what follows a try that went wrong. handed says that the message may have left.
func (a *Alerter) failed(ctx context.Context, d deliveries.Delivery, f *Failure, handed bool) {
	uncertain := handed && !f.Answered
	wait := max(a.delay(d.Attempts), f.RetryAfter)
	now := time.Now()
	log := a.deps.Log.With("delivery", d.ID, "channel", d.Channel, "attempt", d.Attempts, "err", f)
	if f.Permanent && d.Attempts >= refusals || now.Add(wait).Sub(d.CreatedAt) > a.cfg.RetryFor {
		log.Error("delivery given up")
		a.finish(ctx, d, func(ctx context.Context, tx *records.Tx) error {
			return deliveries.Fail(ctx, tx, d.ID, f.Code, detail(f.Err))
		})
		return
	}
	log.Warn("delivery will be tried again", "wait", wait)
	a.finish(ctx, d, func(ctx context.Context, tx *records.Tx) error {
		return deliveries.Again(ctx, tx, d.ID, now.Add(wait), f.Code, detail(f.Err), uncertain)
	})
}

// delay doubles from try to try, with a fifth of chance so that messages which failed together do
// not come back together.
func (a *Alerter) delay(attempt int) time.Duration {
	d := longestDelay
	if attempt < 8 {
		d = min(firstDelay<<(attempt-1), longestDelay)
	}
	d = time.Duration(float64(d) / a.cfg.Scale)
	return d + time.Duration((rand.Float64()-0.5)*0.4*float64(d)) // #nosec G404 -- no secret
}

// detail is what the other side said, cut to what a row should hold.
func detail(err error) string {
	if err == nil {
		return ""
	}
	s := err.Error()
	if len(s) <= longestDetail {
		return s
	}
	s = s[:longestDetail]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// finish writes down how a try ended. The message may be out, so the records are asked again
// while they refuse; where they never take it, the next start treats the try as unanswered.
func (a *Alerter) finish(ctx context.Context, d deliveries.Delivery, write func(context.Context, *records.Tx) error) {
	wait := 200 * time.Millisecond
	for attempt := 1; ; attempt++ {
		err := a.deps.DB.Tx(ctx, write)
		if err == nil {
			return
		}
		if attempt == marks || errors.Is(err, records.ErrNotFound) {
			a.deps.Log.Error("outcome of a delivery not written", "delivery", d.ID, "channel", d.Channel, "err", err)
			return
		}
		time.Sleep(wait)
		wait *= 2
	}
}
