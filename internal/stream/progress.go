package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lamro/internal/records/outbox"
)

// Progress is how far one consumer has come, by sequences of its stream: counts of waiting
// messages are zero for a moment while a consumer starts, sequences are not.
type Progress struct {
	Stream      string
	Consumer    string // such as "analyzer-live"
	Last        uint64 // sequence of the newest message for it, 0 is none
	Acked       uint64 // all up to here are done or in quarantine
	Waiting     uint64 // not handed out yet
	InFlight    int    // handed out, not ended
	Redelivered int    // of those, how many more than once
}

// Done tells whether nothing is left for the consumer.
func (p Progress) Done() bool { return p.Acked >= p.Last }

// Progress returns how far each consumer has come that was ever started.
func (s *Stream) Progress(ctx context.Context) ([]Progress, error) {
	var out []Progress
	for _, name := range []string{outbox.Articles, outbox.Mentions} {
		st, err := s.js.Stream(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("progress of %s: %w", name, err)
		}
		all := st.ListConsumers(ctx)
		for info := range all.Info() {
			if info.Config.Durable == "" {
				continue // an erasure reads the stream
			}
			p, err := progress(ctx, st, info)
			if err != nil {
				return nil, fmt.Errorf("progress of %s: %w", info.Name, err)
			}
			out = append(out, p)
		}
		if err := all.Err(); err != nil {
			return nil, fmt.Errorf("progress of %s: %w", name, err)
		}
	}
	slices.SortFunc(out, func(a, b Progress) int { return strings.Compare(a.Consumer, b.Consumer) })
	return out, nil
}

func progress(ctx context.Context, st jetstream.Stream, info *jetstream.ConsumerInfo) (Progress, error) {
	p := Progress{
		Stream: info.Stream, Consumer: info.Name, Acked: info.AckFloor.Stream,
		Waiting: info.NumPending, InFlight: info.NumAckPending, Redelivered: info.NumRedelivered,
	}
	last, err := st.GetLastMsgForSubject(ctx, info.Config.FilterSubject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return p, nil
	}
	if err != nil {
		return Progress{}, err
	}
	p.Last = last.Sequence
	return p, nil
}

// Drained waits until the named consumers, such as "analyzer", have ended every message of both
// lanes, or until ctx ends. One that was never started is waited for.
func (s *Stream) Drained(ctx context.Context, consumers ...string) error {
	err := s.await(ctx, func(ctx context.Context) (bool, error) {
		all, err := s.Progress(ctx)
		if err != nil {
			return false, err
		}
		done := 0
		for _, p := range all {
			role := p.Consumer[:max(strings.LastIndexByte(p.Consumer, '-'), 0)]
			if slices.Contains(consumers, role) && p.Done() {
				done++
			}
		}
		return done == len(consumers)*len(lanes), nil
	})
	if err != nil {
		return fmt.Errorf("wait for %s: %w", strings.Join(consumers, ", "), err)
	}
	return nil
}

// Health is the state of one stream, for people who look after the installation.
type Health struct {
	Stream   string
	Messages uint64
	Bytes    uint64
	MaxBytes int64
	Oldest   time.Time // of the oldest message, the zero time while there is none
	LastSeq  uint64
}

// Health returns the state of the streams, and as an error what is wrong with the server.
func (s *Stream) Health(ctx context.Context) ([]Health, error) {
	if err := s.Check(ctx); err != nil {
		return nil, err
	}
	var out []Health
	for _, name := range []string{outbox.Articles, outbox.Mentions} {
		st, err := s.js.Stream(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("health of %s: %w", name, err)
		}
		info := st.CachedInfo()
		h := Health{
			Stream: name, Messages: info.State.Msgs, Bytes: info.State.Bytes,
			MaxBytes: info.Config.MaxBytes, LastSeq: info.State.LastSeq,
		}
		if h.Messages > 0 {
			h.Oldest = info.State.FirstTime
		}
		out = append(out, h)
	}
	return out, nil
}

// LastSeq is the newest sequence of a stream: the outbox compares what it published with it.
func (s *Stream) LastSeq(ctx context.Context, stream string) (uint64, error) {
	st, err := s.js.Stream(ctx, stream)
	if err != nil {
		return 0, fmt.Errorf("last message of %s: %w", stream, err)
	}
	return st.CachedInfo().State.LastSeq, nil
}
