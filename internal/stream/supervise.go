package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"lamro/internal/records/outbox"
)

const (
	checkEvery  = 10 * time.Second
	askAgain    = time.Second
	checkFailed = 3 // checks that must fail in a row without a word from the server
)

// ErrNoSpace is returned by Restart while the disk has too little room for it to help.
var ErrNoSpace = errors.New("too little free disk space")

// Supervise checks the embedded server until ctx ends, and restarts it in this process where it
// is frozen and the disk has room again. With a server elsewhere it only waits.
func (s *Stream) Supervise(ctx context.Context) error {
	if s.embedded == nil {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	silent := 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		frozen := s.embedded.frozen()
		if err := s.probe(ctx); err == nil && frozen == nil {
			silent = 0
			continue
		}
		if silent++; ctx.Err() != nil || frozen == nil && silent < checkFailed {
			continue
		}
		silent = 0
		s.cfg.Log.Error("stream server is frozen", "err", frozen)
		if err := s.Restart(ctx); err != nil {
			s.cfg.Log.Error("stream server not restarted", "err", err)
		}
	}
}

// Check publishes a probe and asks the server about its streams. An error says what is wrong in
// words for the operator.
func (s *Stream) Check(ctx context.Context) error {
	if s.embedded != nil {
		if err := s.embedded.frozen(); err != nil {
			return err
		}
	}
	return s.probe(ctx)
}

func (s *Stream) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	if _, err := s.js.Publish(ctx, "probe", nil, jetstream.WithExpectStream(probeName)); err != nil {
		return fmt.Errorf("probe the stream server: %w", err)
	}
	return nil
}

// Restart replaces the embedded server by a new one over the same files, which is the only thing
// that frees a stream that met a write error. Consumers and publishers find the new one by
// themselves; what was not acknowledged comes again. ErrNoSpace: it would not help yet.
func (s *Stream) Restart(ctx context.Context) error {
	if s.embedded == nil {
		return errors.New("restart stream server: it is not ours")
	}
	_, free, err := diskSpace(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("restart stream server: %w", err)
	}
	if free < s.cfg.MinFree {
		return fmt.Errorf("restart stream server: %w: %d bytes, %d needed", ErrNoSpace, free, s.cfg.MinFree)
	}
	if err := s.embedded.restart(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for _, name := range []string{outbox.Articles, outbox.Mentions} {
		// The client may need a moment to notice that its server has changed, and what it asked
		// the old one is never answered: ask again soon.
		err := s.await(ctx, func(ctx context.Context) (bool, error) {
			ctx, cancel := context.WithTimeout(ctx, askAgain)
			defer cancel()
			_, err := s.js.Stream(ctx, name)
			return err == nil, nil
		})
		if err != nil {
			return fmt.Errorf("restart stream server: stream %s: %w", name, err)
		}
	}
	s.cfg.Log.Warn("stream server restarted")
	return nil
}

// await asks until done says so or ctx ends.
func (s *Stream) await(ctx context.Context, done func(context.Context) (bool, error)) error {
	const pause = 20 * time.Millisecond
	for {
		ok, err := done(ctx)
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
