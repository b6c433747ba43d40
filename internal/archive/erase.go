package archive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/outbox"
	"lamro/internal/records/quarantine"
	"lamro/internal/stream"
)

// Delete takes an article down for good: out of the records, the captures and the streams. The
// index hears of it through MENTIONS. When the transaction is through, the deletion holds;
// where the rest fails, the error says so and FinishErasures ends it later. also runs in the
// transaction and may be nil. who and reason go into the audit trail.
func (a *Archive) Delete(ctx context.Context, id, who, reason string, also func(context.Context, *records.Tx) error) error {
	var e articles.Erasure
	err := a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		var err error
		if e, err = articles.Delete(ctx, tx, id, who, reason); err != nil || also == nil {
			return err
		}
		return also(ctx, tx)
	})
	if err != nil {
		return err
	}
	a.wake()
	return errors.Join(a.erase(ctx, e), a.db.Scrub(ctx))
}

// Forget drops texts and captures of up to limit articles first seen before t that no watch ever
// matched; it returns how many. Their messages have left the streams by their age.
func (a *Archive) Forget(ctx context.Context, t time.Time, limit int) (int, error) {
	ids, err := articles.Unmatched(ctx, a.db.Read(), t, limit)
	if err != nil {
		return 0, err
	}
	for n, id := range ids {
		var e articles.Erasure
		err := a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
			var err error
			e, err = articles.Forget(ctx, tx, id)
			return err
		})
		if err == nil {
			err = a.eraseFiles(ctx, e)
		}
		if err != nil {
			return n, err
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	return len(ids), a.db.Scrub(ctx)
}

// FinishErasures ends what a deletion could not: a file that was in use, a stream that was away.
func (a *Archive) FinishErasures(ctx context.Context) error {
	pending, err := articles.Erasures(ctx, a.db.Read())
	if err != nil || len(pending) == 0 {
		return err
	}
	for _, e := range pending {
		if err := a.erase(ctx, e); err != nil {
			return err
		}
	}
	return a.db.Scrub(ctx)
}

func (a *Archive) erase(ctx context.Context, e articles.Erasure) error {
	if _, err := a.stream.Erase(ctx, e.Article, e.Rev); err != nil {
		return err
	}
	return a.eraseFiles(ctx, e)
}

func (a *Archive) eraseFiles(ctx context.Context, e articles.Erasure) error {
	for _, path := range e.Captures {
		if err := a.captures.Erase(path); err != nil {
			return fmt.Errorf("erase article %s: %w", e.Article, err)
		}
	}
	return a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return articles.Erased(ctx, tx, e.Article)
	})
}

// Replay sends a quarantined message through its stream once more and takes it out of the
// quarantine. Where the stream no longer has it, an article is built from the records; a change
// of mentions is records.ErrNotFound then: the article must be analyzed again.
func (a *Archive) Replay(ctx context.Context, id string) error {
	row, err := quarantine.Get(ctx, a.db.Read(), id)
	if err != nil {
		return err
	}
	now := time.Now()
	if row.Topic == outbox.Mentions {
		again := fmt.Sprintf("%s:replay-%d", outbox.MessageID(row.Article, row.N), now.UnixMilli())
		err = a.stream.Repeat(ctx, row.Topic, row.Seq, row.Message, again)
		if errors.Is(err, stream.ErrGone) {
			return fmt.Errorf("replay %s: its message has left the stream: %w", id, records.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("replay %s: %w", id, err)
		}
	}
	err = a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if row.Topic == outbox.Articles {
			if err := articles.Republish(ctx, tx, row.Article, int(row.N), now); err != nil {
				return err
			}
		}
		return quarantine.Remove(ctx, tx, id)
	})
	if err != nil {
		return fmt.Errorf("replay %s: %w", id, err)
	}
	a.wake()
	return nil
}
