package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"lamro/internal/records/outbox"
)

// Erase overwrites every message about an article, whatever its id: all of ARTICLES, and of
// MENTIONS those older than revision keep, so that the event of a deletion still arrives. It
// reads the streams' headers once. Called again it finds nothing; it returns how many it found.
func (s *Stream) Erase(ctx context.Context, article string, keep int64) (int, error) {
	erased := 0
	for _, name := range []string{outbox.Articles, outbox.Mentions} {
		seqs, err := s.about(ctx, name, article, keep)
		if err != nil {
			return erased, fmt.Errorf("erase %s from %s: %w", article, name, err)
		}
		st, err := s.js.Stream(ctx, name)
		if err != nil {
			return erased, fmt.Errorf("erase %s from %s: %w", article, name, err)
		}
		for _, seq := range seqs {
			err := st.SecureDeleteMsg(ctx, seq)
			if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
				return erased, fmt.Errorf("erase %s from %s: message %d: %w", article, name, seq, err)
			}
			erased++
		}
	}
	return erased, nil
}

// about returns the sequences of an article's messages.
func (s *Stream) about(ctx context.Context, name, article string, keep int64) ([]uint64, error) {
	st, err := s.js.Stream(ctx, name)
	if err != nil {
		return nil, err
	}
	state := st.CachedInfo().State
	if state.Msgs == 0 {
		return nil, nil
	}
	cons, err := st.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{HeadersOnly: true})
	if err != nil {
		return nil, err
	}
	it, err := cons.Messages()
	if err != nil {
		return nil, err
	}
	defer it.Stop()
	stop := context.AfterFunc(ctx, it.Stop)
	defer stop()
	var seqs []uint64
	for {
		msg, err := it.Next(jetstream.NextMaxWait(requestTimeout))
		if errors.Is(err, nats.ErrTimeout) {
			// The last messages may have gone by their age meanwhile.
			if info, err := st.Info(ctx); err == nil && info.State.Msgs == 0 {
				return seqs, nil
			}
		}
		if err != nil {
			return nil, Infrastructure(errors.Join(ctx.Err(), err))
		}
		meta, err := msg.Metadata()
		if err != nil {
			return nil, err
		}
		id := msg.Headers().Get(jetstream.MsgIDHeader)
		if strings.HasPrefix(id, article+":") {
			if _, n := splitID(id); name == outbox.Articles || n < keep {
				seqs = append(seqs, meta.Sequence.Stream)
			}
		}
		if meta.NumPending == 0 {
			return seqs, nil
		}
	}
}

// Repeat publishes a message of a stream once more, under the id given, for the replay of one
// that was quarantined. It returns ErrGone where the stream no longer has it.
func (s *Stream) Repeat(ctx context.Context, stream string, seq uint64, message, id string) error {
	st, err := s.js.Stream(ctx, stream)
	if err != nil {
		return Infrastructure(fmt.Errorf("repeat %s: %w", message, err))
	}
	raw, err := st.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && raw.Header.Get(jetstream.MsgIDHeader) != message {
		return fmt.Errorf("repeat %s: %w", message, ErrGone)
	}
	if err != nil {
		return Infrastructure(fmt.Errorf("repeat %s: %w", message, err))
	}
	_, err = s.Publish(ctx, stream, raw.Subject, id, raw.Data)
	return err
}
