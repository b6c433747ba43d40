package stream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"lamro/internal/news"
)

// MaxAttempts is how often a handler starts on a message before it goes to quarantine.
const MaxAttempts = 5

// BatchSize is the most events that a batch handler gets at once, and BatchLinger how long the
// first of them waits for company.
const (
	BatchSize   = 500
	BatchLinger = time.Second
)

// singleAhead is how many messages may be out at once. Those that wait to be tried again are
// among them, so it must leave room for the healthy ones.
const singleAhead = 128

// A Consumer is one reader of a topic. Its place in the topic outlives the process.
type Consumer struct {
	Name    string                          // role, such as "analyzer": the server knows "analyzer-live" and "analyzer-backfill"
	Workers int                             // handlers at once for live messages, half of them for backfill; 0 is 2
	AckWait time.Duration                   // how long a message waits for a process that died; 0 is 30 s
	Timeout time.Duration                   // for one call of the handler; 0 is 5 min
	Grace   time.Duration                   // for handlers to finish after the context ended; 0 is 10 s
	Delay   func(attempt int) time.Duration // before a failed message comes again, 0 is after Infrastructure; nil is 5 s, 1 s, 5 s, 30 s, 2 min
}

func (c Consumer) withDefaults() Consumer {
	c.Workers = cmp.Or(c.Workers, 2)
	c.AckWait = cmp.Or(c.AckWait, 30*time.Second)
	c.Timeout = cmp.Or(c.Timeout, 5*time.Minute)
	c.Grace = cmp.Or(c.Grace, 10*time.Second)
	if c.Delay == nil {
		c.Delay = retryDelay
	}
	return c
}

func retryDelay(attempt int) time.Duration {
	delays := [...]time.Duration{5 * time.Second, time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute}
	return delays[min(attempt, len(delays)-1)]
}

var lanes = []news.Lane{news.Live, news.Backfill}

// Consume hands each message to handle, at least once, until ctx ends; then it lets running
// handlers finish, acknowledges what they did, and returns nil. Live messages never wait behind
// backfill: each lane has workers of its own. What handle returns decides:
//
//	nil                 done
//	Permanent(err)      quarantined now
//	Infrastructure(err) comes again until it succeeds, not counted
//	any other error     comes again, quarantined after MaxAttempts; so do panics
//
// A message that ends the process counts as well: a start is written down before the work where
// the message was met before. After ctx ended the handler's own context lives on for Grace.
func (t Topic[T]) Consume(ctx context.Context, c Consumer, handle func(context.Context, T) error) error {
	c = c.withDefaults()
	return t.consume(ctx, c, func(l *lane, n int) func(context.Context) error {
		return func(ctx context.Context) error { return l.runSingle(ctx, n, decoded(t, handle)) }
	}, max(singleAhead, c.Workers*4))
}

// ConsumeBatch is Consume for handlers that work on many events at once. handle returns one
// result for each event, in order, with the meanings above; nil for the whole is done. Events
// that were started on before come in smaller batches and at last alone, so that one that ends
// the process takes no others with it.
func (t Topic[T]) ConsumeBatch(ctx context.Context, c Consumer, handle func(context.Context, []T) []error) error {
	c = c.withDefaults()
	return t.consume(ctx, c, func(l *lane, _ int) func(context.Context) error {
		return func(ctx context.Context) error { return l.runBatch(ctx, decodedBatch(t, handle)) }
	}, BatchSize*2)
}

// consume runs both lanes until ctx ends.
func (t Topic[T]) consume(ctx context.Context, c Consumer, run func(*lane, int) func(context.Context) error, ahead int) error {
	if c.Name == "" {
		return errors.New("consume: a consumer needs a name")
	}
	t.s.started()
	defer t.s.ended()
	var g errgroup.Group
	for _, name := range lanes {
		workers := c.Workers
		if name == news.Backfill {
			workers = max(1, workers/2)
		}
		l := &lane{
			s: t.s, c: c, topic: t.name, name: c.Name + "-" + string(name),
			filter: t.prefix + "." + string(name) + ".>", ahead: ahead,
			log: t.s.cfg.Log.With("consumer", c.Name+"-"+string(name)),
		}
		if t.s.unclean {
			l.suspects = max(256, ahead*2)
		}
		loop := run(l, workers)
		g.Go(func() error { return l.keepRunning(ctx, loop) })
	}
	return g.Wait()
}

// keepRunning starts the lane again where its connection to the server broke.
func (l *lane) keepRunning(ctx context.Context, run func(context.Context) error) error {
	const pause = time.Second
	for {
		err := run(ctx)
		// Errors of a lane that is being set up while the context ends are the context's.
		if ctx.Err() != nil {
			return nil //nolint:nilerr // stopping is not failing
		}
		if err != nil {
			l.log.Warn("consumer interrupted", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// consumer finds or makes the durable consumer, and changes it only where it differs.
func (l *lane) consumer(ctx context.Context) (jetstream.Consumer, error) {
	want := jetstream.ConsumerConfig{
		Durable: l.name, FilterSubject: l.filter, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: l.c.AckWait, MaxAckPending: l.ahead, MaxDeliver: -1, DeliverPolicy: jetstream.DeliverAllPolicy,
	}
	cons, err := l.s.js.Consumer(ctx, l.topic, l.name)
	if err == nil {
		have := cons.CachedInfo().Config
		if have.FilterSubject == want.FilterSubject && have.AckWait == want.AckWait && have.MaxAckPending == want.MaxAckPending {
			return cons, nil
		}
	} else if !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, fmt.Errorf("consumer %s: %w", l.name, err)
	}
	cons, err = l.s.js.CreateOrUpdateConsumer(ctx, l.topic, want)
	if err != nil {
		return nil, fmt.Errorf("consumer %s: %w", l.name, err)
	}
	return cons, nil
}
