package stream

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lamro/internal/records"
	"lamro/internal/records/quarantine"
)

// endTimeout is for writing down how a message ended, also while stopping.
const endTimeout = 5 * time.Second

// lane is one durable consumer: one topic, one lane, one role.
type lane struct {
	s      *Stream
	c      Consumer
	topic  string
	name   string
	filter string
	ahead  int // messages that may be out at once
	log    *slog.Logger

	mu       sync.Mutex
	out      map[*delivery]struct{} // handed to us and not ended: kept alive on the server
	suspects int                    // messages still counted at their first delivery after a sudden end
}

// delivery is one message on its way through a handler.
type delivery struct {
	msg     jetstream.Msg
	id      string
	seq     uint64
	n       int // which start this is, 1 where nothing was counted
	before  int // what the count was before this start, 0 where there was none
	counted bool
	suspect bool // among the first after a sudden end
}

// session connects the lane to the server and calls work with a channel of messages, until ctx
// ends or the connection breaks. It returns when work has; messages nobody started on go back.
func (l *lane) session(ctx context.Context, work func(running context.Context, queue <-chan *delivery)) error {
	cons, err := l.consumer(ctx)
	if err != nil {
		return err
	}
	it, err := cons.Messages(jetstream.PullMaxMessages(l.ahead), jetstream.PullExpiry(10*time.Second))
	if err != nil {
		return fmt.Errorf("consumer %s: %w", l.name, err)
	}
	stop := context.AfterFunc(ctx, it.Stop)
	defer stop()
	running, cancel := l.graceful(ctx)
	defer cancel()

	l.mu.Lock()
	l.out = make(map[*delivery]struct{})
	l.mu.Unlock()
	var wg sync.WaitGroup
	alive, quiet := context.WithCancel(context.WithoutCancel(ctx))
	wg.Go(func() { l.keepAlive(alive) })
	// The channel holds all that the server lets out, so that what waits in it is kept alive.
	queue := make(chan *delivery, l.ahead)
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		work(running, queue)
	}()
	err = l.receive(ctx, it, queue)
	it.Stop()
	close(queue)
	<-worked
	for d := range queue {
		l.giveBack(d)
	}
	quiet()
	wg.Wait()
	return err
}

// graceful is ctx that lives on for a while after its end, for work that has started.
func (l *lane) graceful(ctx context.Context) (context.Context, context.CancelFunc) {
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var timer *time.Timer
	var mu sync.Mutex
	stop := context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		timer = time.AfterFunc(l.c.Grace, cancel)
	})
	return running, func() {
		stop()
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
		cancel()
	}
}

func (l *lane) receive(ctx context.Context, it jetstream.MessagesContext, queue chan<- *delivery) error {
	for {
		msg, err := it.Next()
		if err != nil {
			return err
		}
		d := &delivery{msg: msg, id: msg.Headers().Get(jetstream.MsgIDHeader)}
		meta, err := msg.Metadata()
		if err != nil {
			return err
		}
		d.seq = meta.Sequence.Stream
		if d.id == "" {
			d.id = fmt.Sprintf("%s:%d", l.topic, d.seq)
		}
		d.suspect = l.isSuspect()
		d.counted = d.suspect || meta.NumDelivered > 1
		l.mu.Lock()
		l.out[d] = struct{}{}
		l.mu.Unlock()
		select {
		case queue <- d:
		case <-ctx.Done():
			l.giveBack(d)
			return nil
		}
	}
}

// isSuspect tells whether a message is among the first after a sudden end. A start on a delivery
// is written down where the server says that it is not the first; these are counted all the same,
// for the server may have forgotten deliveries.
func (l *lane) isSuspect() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.suspects == 0 {
		return false
	}
	l.suspects--
	return true
}

// turn waits until a message may be worked on, and returns what ends its turn. One that was
// there when processes died twice is worked on alone among all lanes of the process, so that what
// it does to the process is not held against those beside it, nor what they do against it.
func (l *lane) turn(d *delivery, before int) (end func()) {
	if d.suspect && before > 1 {
		l.s.alone.Lock()
		return l.s.alone.Unlock
	}
	return l.together()
}

// together is the turn of messages that may be worked on beside others.
func (l *lane) together() (end func()) {
	l.s.alone.RLock()
	return l.s.alone.RUnlock
}

// keepAlive tells the server that what it handed out is still being worked on.
func (l *lane) keepAlive(ctx context.Context) {
	tick := time.NewTicker(l.c.AckWait / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		l.mu.Lock()
		for d := range l.out {
			if err := d.msg.InProgress(); err != nil {
				l.log.Debug("message not kept alive", "message", d.id, "err", err)
			}
		}
		l.mu.Unlock()
	}
}

// begin writes down the starts that are counted, in one transaction, and returns the deliveries
// to work on: those with too many starts behind them go to quarantine instead.
func (l *lane) begin(ctx context.Context, ds []*delivery) ([]*delivery, error) {
	counted := false
	for _, d := range ds {
		d.n = 1
		counted = counted || d.counted
	}
	if !counted {
		return ds, nil
	}
	now := time.Now()
	err := l.s.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		for _, d := range ds {
			if !d.counted {
				continue
			}
			before, err := l.startsIn(ctx, tx, d)
			if err != nil {
				return err
			}
			d.before, d.n = before, before+1
			if d.n > MaxAttempts {
				continue
			}
			if err := quarantine.SetAttempts(ctx, tx, l.name, d.id, d.n, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var todo []*delivery
	for _, d := range ds {
		if d.n > MaxAttempts {
			d.n = MaxAttempts
			l.quarantine(ctx, d, errNeverReturned)
			continue
		}
		todo = append(todo, d)
	}
	return todo, nil
}

// starts is how often a message was started on before this delivery.
func (l *lane) starts(ctx context.Context, d *delivery) (int, error) {
	if !d.counted {
		return 0, nil
	}
	return l.startsIn(ctx, l.s.cfg.DB.Read(), d)
}

func (l *lane) startsIn(ctx context.Context, q records.Querier, d *delivery) (int, error) {
	n, known, err := quarantine.Attempts(ctx, q, l.name, d.id)
	if err == nil && !known {
		n = 1 // the first delivery, which was not counted
	}
	return n, err
}

// end settles a delivery by what its handler returned. It works while the lane is stopping:
// finished work is acknowledged.
func (l *lane) end(running context.Context, d *delivery, result error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(running), endTimeout)
	defer cancel()
	switch {
	case result == nil:
		l.done(ctx, d)
	case IsPermanent(result):
		l.quarantine(ctx, d, result)
	case running.Err() != nil:
		// Stopped in the middle is no failure of the message.
		l.takeBack(ctx, d)
		l.giveBack(d)
	case IsInfrastructure(result):
		l.log.Warn("message waits for what it needs", "message", d.id, "err", result)
		l.takeBack(ctx, d)
		l.again(d, l.c.Delay(0))
	case d.n >= MaxAttempts:
		l.quarantine(ctx, d, result)
	default:
		l.log.Warn("message failed", "message", d.id, "attempt", d.n, "err", result)
		l.again(d, l.c.Delay(d.n))
	}
}

func (l *lane) done(ctx context.Context, d *delivery) {
	l.forget(d)
	if err := d.msg.Ack(); err != nil {
		l.log.Warn("message done, not acknowledged", "message", d.id, "err", err)
	}
	if !d.counted {
		return
	}
	err := l.s.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return quarantine.EndAttempts(ctx, tx, l.name, d.id)
	})
	if err != nil {
		l.log.Warn("attempts not ended", "message", d.id, "err", err)
	}
}

// takeBack makes this start not count. A first start gets a count of nothing, so that the next
// delivery is the first one again.
func (l *lane) takeBack(ctx context.Context, d *delivery) {
	err := l.s.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return quarantine.SetAttempts(ctx, tx, l.name, d.id, d.before, time.Now())
	})
	if err != nil {
		l.log.Warn("attempt not taken back", "message", d.id, "err", err)
	}
}

// quarantine writes the row first: a message ends only when it is to be found there.
func (l *lane) quarantine(ctx context.Context, d *delivery, cause error) {
	article, n := splitID(d.id)
	err := l.s.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return quarantine.Put(ctx, tx, quarantine.Row{
			Topic: l.topic, Consumer: l.name, Message: d.id, Seq: d.seq, Article: article, N: n,
			Cause: cause.Error(), Attempts: d.n, At: time.Now(),
		})
	})
	if err != nil {
		l.log.Warn("message not quarantined yet", "message", d.id, "err", err)
		l.again(d, l.c.Delay(0))
		return
	}
	l.log.Error("message quarantined", "message", d.id, "article", article, "attempts", d.n, "err", cause)
	l.forget(d)
	if err := d.msg.TermWithReason("quarantined"); err != nil {
		l.log.Warn("quarantined message not ended", "message", d.id, "err", err)
	}
}

func (l *lane) again(d *delivery, after time.Duration) {
	l.forget(d)
	if err := d.msg.NakWithDelay(after); err != nil {
		l.log.Warn("message not handed back", "message", d.id, "err", err)
	}
}

// giveBack returns a message at once, for the next start of this lane.
func (l *lane) giveBack(d *delivery) {
	l.forget(d)
	if err := d.msg.Nak(); err != nil {
		l.log.Warn("message not handed back", "message", d.id, "err", err)
	}
}

func (l *lane) forget(d *delivery) {
	l.mu.Lock()
	delete(l.out, d)
	l.mu.Unlock()
}
