package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"lamro/internal/news"
)

// errNeverReturned is the cause of a message whose handler was started too often without an end.
var errNeverReturned = errors.New("the process ended while it was handled, each time")

// smallBatch is the size of batches of events that were started on once before.
const smallBatch = 16

// decode reads a message. One that this program cannot read is permanent: it waits in
// quarantine for a program that can.
func decode[T any](data []byte) (v T, err error) {
	var head struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return v, Permanent(fmt.Errorf("read message: %w", err))
	}
	if head.Schema < max(1, news.Schema-1) || head.Schema > news.Schema {
		return v, Permanent(fmt.Errorf("read message: schema %d is not known here", head.Schema))
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return v, Permanent(fmt.Errorf("read message: %w", err))
	}
	return v, nil
}

// decoded is handle over the bytes of a message.
func decoded[T any](_ Topic[T], handle func(context.Context, T) error) func(context.Context, []byte) error {
	return func(ctx context.Context, data []byte) error {
		v, err := decode[T](data)
		if err != nil {
			return err
		}
		return handle(ctx, v)
	}
}

// decodedBatch is handle over the bytes of messages; the unreadable ones never reach it.
func decodedBatch[T any](_ Topic[T], handle func(context.Context, []T) []error) func(context.Context, [][]byte) []error {
	return func(ctx context.Context, data [][]byte) []error {
		results := make([]error, len(data))
		var vs []T
		var at []int
		for i, d := range data {
			v, err := decode[T](d)
			if results[i] = err; err == nil {
				vs, at = append(vs, v), append(at, i)
			}
		}
		if len(vs) == 0 {
			return results
		}
		errs := handle(ctx, vs)
		if errs != nil && len(errs) != len(vs) {
			panic(fmt.Sprintf("batch handler returned %d results for %d events", len(errs), len(vs)))
		}
		for i, err := range errs {
			results[at[i]] = err
		}
		return results
	}
}

// runSingle works with n workers on one message at a time each.
func (l *lane) runSingle(ctx context.Context, n int, handle func(context.Context, []byte) error) error {
	return l.session(ctx, func(running context.Context, queue <-chan *delivery) {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				for d := range queue {
					if ctx.Err() != nil {
						l.giveBack(d)
						continue
					}
					l.single(running, d, handle)
				}
			})
		}
		wg.Wait()
	})
}

func (l *lane) single(running context.Context, d *delivery, handle func(context.Context, []byte) error) {
	before, err := l.starts(running, d)
	var todo []*delivery
	if err == nil {
		defer l.turn(d, before)()
		todo, err = l.begin(running, []*delivery{d})
	}
	if err != nil {
		l.log.Warn("attempt not counted", "message", d.id, "err", err)
		l.again(d, l.c.Delay(0))
		return
	}
	for _, d := range todo {
		l.end(running, d, l.call(running, func(ctx context.Context) error { return handle(ctx, d.msg.Data()) }))
	}
}

// call runs a handler with its deadline and turns a panic into an error.
func (l *lane) call(running context.Context, handle func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(running, l.c.Timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			l.log.Error("handler panicked", "err", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return handle(ctx)
}

// runBatch gathers messages and works on them together.
func (l *lane) runBatch(ctx context.Context, handle func(context.Context, [][]byte) []error) error {
	return l.session(ctx, func(running context.Context, queue <-chan *delivery) {
		for {
			batch := gather(ctx, queue)
			if len(batch) == 0 {
				return
			}
			if ctx.Err() != nil {
				for _, d := range batch {
					l.giveBack(d)
				}
				continue
			}
			l.batch(running, batch, handle)
		}
	})
}

// gather returns up to BatchSize messages, BatchLinger after the first at the latest; none when
// the queue has ended.
func gather(ctx context.Context, queue <-chan *delivery) []*delivery {
	first, ok := <-queue
	if !ok {
		return nil
	}
	batch := []*delivery{first}
	linger := time.NewTimer(BatchLinger)
	defer linger.Stop()
	for len(batch) < BatchSize {
		select {
		case d, ok := <-queue:
			if !ok {
				return batch
			}
			batch = append(batch, d)
		case <-linger.C:
			return batch
		case <-ctx.Done():
			return batch
		}
	}
	return batch
}

// batch splits what it is given by how often it was started on, and works on each part. A start
// counts when its own part begins: what waits behind others was not started on if they end the
// process.
func (l *lane) batch(running context.Context, ds []*delivery, handle func(context.Context, [][]byte) []error) {
	var fresh, second []*delivery
	for _, d := range ds {
		before, err := l.starts(running, d)
		switch {
		case err != nil:
			l.log.Warn("attempts not read", "message", d.id, "err", err)
			l.again(d, l.c.Delay(0))
		case before == 0:
			fresh = append(fresh, d)
		case before == 1:
			second = append(second, d)
		default:
			l.part(running, []*delivery{d}, l.turn(d, before), handle)
		}
	}
	for len(second) > 0 {
		n := min(len(second), smallBatch)
		l.part(running, second[:n], l.together(), handle)
		second = second[n:]
	}
	if len(fresh) > 0 {
		l.part(running, fresh, l.together(), handle)
	}
}

// part works on messages together, and ends their turn.
func (l *lane) part(running context.Context, ds []*delivery, end func(), handle func(context.Context, [][]byte) []error) {
	defer end()
	todo, err := l.begin(running, ds)
	if err != nil {
		l.log.Warn("attempts not counted", "err", err)
		for _, d := range ds {
			l.again(d, l.c.Delay(0))
		}
		return
	}
	if len(todo) == 0 {
		return
	}
	data := make([][]byte, len(todo))
	for i, d := range todo {
		data[i] = d.msg.Data()
	}
	var results []error
	err = l.call(running, func(ctx context.Context) error {
		results = handle(ctx, data)
		return nil
	})
	for i, d := range todo {
		switch {
		case err != nil:
			l.end(running, d, err)
		case results != nil:
			l.end(running, d, results[i])
		default:
			l.end(running, d, nil)
		}
	}
}

// splitID takes article and number out of a message id. A replay's id has a third part.
func splitID(id string) (article string, n int64) {
	article, rest, _ := strings.Cut(id, ":")
	number, _, _ := strings.Cut(rest, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return article, 0
	}
	return article, n
}
