package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/outbox"
	"lamro/internal/records/quarantine"
	"lamro/internal/stream"
)

const (
	relaySlice = 64              // rows marked in one transaction
	relayPoll  = 5 * time.Second // between looks without a call of Wake
	relayRetry = 2 * time.Second // after an error
	pruneEvery = time.Hour
	keepOutbox = stream.Retention + 24*time.Hour // a row must outlive its message
	relayName  = "relay"
	atPublish  = "publish" // the place of Relay.At
)

// Relay publishes the outbox in order. A row is marked after the stream has its message on disk:
// a process that dies in between publishes it again under the same id, which is harmless.
type Relay struct {
	// At is called between publishing and marking, for tests that end the process there; may be nil.
	At func(place string)

	db     *records.DB
	stream *stream.Stream
	log    *slog.Logger
	signal chan struct{}
}

// NewRelay returns a relay that does nothing until Run.
func NewRelay(db *records.DB, s *stream.Stream, log *slog.Logger) *Relay {
	return &Relay{db: db, stream: s, log: log, signal: make(chan struct{}, 1)}
}

// Wake makes a running relay look now. It never blocks.
func (r *Relay) Wake() {
	select {
	case r.signal <- struct{}{}:
	default:
	}
}

// Run publishes what waits until ctx ends, and returns nil then. It first lets wait again what
// the streams lack: rows beyond their last message, after a backup was put back.
func (r *Relay) Run(ctx context.Context) error {
	compared, pruned := false, time.Time{}
	for ctx.Err() == nil {
		err := r.once(ctx, &compared, &pruned)
		pause := relayPoll
		if err != nil && ctx.Err() == nil {
			pause = relayRetry
			r.log.Warn("outbox waits", "err", err)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.signalUnless(err):
		}
		timer.Stop()
	}
	return nil
}

// signalUnless keeps a failing relay from being woken into the same failure again and again.
func (r *Relay) signalUnless(err error) <-chan struct{} {
	if err != nil {
		return nil
	}
	return r.signal
}

func (r *Relay) once(ctx context.Context, compared *bool, pruned *time.Time) error {
	if !*compared {
		if err := r.compare(ctx); err != nil {
			return err
		}
		*compared = true
	}
	if now := time.Now(); now.Sub(*pruned) >= pruneEvery {
		if err := r.prune(ctx, now); err != nil {
			return err
		}
		*pruned = now
	}
	return r.Drain(ctx)
}

// compare finds rows that were published beyond the end of their stream.
func (r *Relay) compare(ctx context.Context) error {
	for _, topic := range []string{outbox.Articles, outbox.Mentions} {
		last, err := r.stream.LastSeq(ctx, topic)
		if err != nil {
			return err
		}
		var n int64
		err = r.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) (err error) {
			n, err = outbox.Refill(ctx, tx, topic, last)
			return err
		})
		if err != nil {
			return err
		}
		if n > 0 {
			r.log.Warn("stream lacks messages, publishing them again", "stream", topic, "messages", n)
		}
	}
	return nil
}

func (r *Relay) prune(ctx context.Context, now time.Time) error {
	return r.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if _, err := outbox.Prune(ctx, tx, now.Add(-keepOutbox)); err != nil {
			return err
		}
		return quarantine.PruneAttempts(ctx, tx, now.Add(-keepOutbox))
	})
}

// Drain publishes everything that waits and returns.
func (r *Relay) Drain(ctx context.Context) error {
	for {
		rows, err := outbox.Waiting(ctx, r.db.Read(), relaySlice)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := r.publishSlice(ctx, rows); err != nil {
			return err
		}
	}
}

// publishSlice publishes rows up to the first that must wait, and marks those that went.
func (r *Relay) publishSlice(ctx context.Context, rows []outbox.Row) error {
	receipts := make([]outbox.Receipt, 0, len(rows))
	var failed error
	for _, row := range rows {
		seq, err := r.publish(ctx, row)
		if err != nil {
			failed = err
			break
		}
		receipts = append(receipts, outbox.Receipt{Seq: row.Seq, StreamSeq: seq})
	}
	if len(receipts) == 0 {
		return failed
	}
	if r.At != nil {
		r.At(atPublish)
	}
	// What went is marked also while stopping.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), relayPoll)
	defer cancel()
	return errors.Join(failed, r.mark(ctx, rows, receipts))
}

// mark writes the receipts. A row that is gone was dropped by a deletion while its message was
// on the way: the message must go as well.
func (r *Relay) mark(ctx context.Context, rows []outbox.Row, receipts []outbox.Receipt) error {
	var late []articles.Erasure
	err := r.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		gone, err := outbox.Published(ctx, tx, receipts, time.Now())
		if err != nil {
			return err
		}
		for _, row := range rows[:len(receipts)] {
			if !slices.Contains(gone, row.Seq) {
				continue
			}
			e, err := articles.EraseAgain(ctx, tx, row.Article)
			if err != nil {
				return err
			}
			late = append(late, e)
		}
		return nil
	})
	for _, e := range late {
		if err != nil {
			break
		}
		if _, err = r.stream.Erase(ctx, e.Article, e.Rev); err == nil {
			err = r.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
				return articles.Erased(ctx, tx, e.Article)
			})
		}
	}
	return err
}

// publish returns the sequence of a row's message, 0 for a row that has none any more: its text
// was erased, or its message can never be published and is in quarantine.
func (r *Relay) publish(ctx context.Context, row outbox.Row) (uint64, error) {
	seq, err := r.send(ctx, row)
	switch {
	case err == nil:
		return seq, nil
	case errors.Is(err, articles.ErrErased), errors.Is(err, records.ErrNotFound):
		return 0, nil
	case !stream.IsPermanent(err):
		return 0, err
	}
	r.log.Error("message quarantined", "message", row.Message, "article", row.Article, "err", err)
	err = r.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return quarantine.Put(ctx, tx, quarantine.Row{
			Topic: row.Topic, Consumer: relayName, Message: row.Message, Article: row.Article, N: row.N,
			Cause: err.Error(), Attempts: 1, At: time.Now(),
		})
	})
	return 0, err
}

func (r *Relay) send(ctx context.Context, row outbox.Row) (uint64, error) {
	payload := row.Payload
	if row.Topic == outbox.Articles {
		a, err := articles.Message(ctx, r.db.Read(), row.Article, int(row.N))
		if err != nil {
			return 0, err
		}
		if payload, err = stream.Encode(a); err != nil {
			return 0, stream.Permanent(fmt.Errorf("publish %s: %w", row.Message, err))
		}
	}
	return r.stream.Publish(ctx, row.Topic, row.Subject, row.Message, payload)
}
