package articles

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/audit"
	"lamro/internal/records/captures"
	"lamro/internal/records/outbox"
	"lamro/internal/records/quarantine"
)

// An Erasure is what must still go after the transaction that took the text out of the rows:
// files, messages, and the log of the database. Erased ends it.
type Erasure struct {
	Article  string
	Rev      int64    // mention events of this revision and later stay in the stream
	Captures []string // files below the captures directory
}

// Delete takes an article down for good: texts and addresses leave the rows, hashes and counts
// stay, and the index hears of it. Pages of it that come in later leave nothing. who and reason
// go into the audit trail, which cannot be changed: they must not repeat the text. Deleted again
// it returns the same erasure, so that one that was interrupted can be finished.
func Delete(ctx context.Context, tx *records.Tx, id, who, reason string) (Erasure, error) {
	a, err := Get(ctx, tx, id)
	if err != nil {
		return Erasure{}, err
	}
	if !a.DeletedAt.IsZero() {
		return erasure(ctx, tx, a)
	}
	now := time.Now()
	e, err := strip(ctx, tx, a, now, true)
	if err != nil {
		return Erasure{}, err
	}
	if err := hideAddresses(ctx, tx, id); err != nil {
		return Erasure{}, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE articles SET url = '', deleted_at = $1 WHERE id = $2`, records.Millis(now), id)
	if err != nil {
		return Erasure{}, fmt.Errorf("delete article %s: %w", id, err)
	}
	return e, audit.Append(ctx, tx, audit.Entry{
		At: now, Actor: who, Action: "article.delete", Subject: id,
		Detail: map[string]any{"reason": reason, "versions": a.Latest, "captures": len(e.Captures)},
	})
}

// Unmatched returns up to limit articles first seen before t that no watch ever matched and
// whose text is still there.
func Unmatched(ctx context.Context, q records.Querier, t time.Time, limit int) ([]string, error) {
	return ids(ctx, q, `SELECT id FROM articles WHERE ever_mentioned = 0 AND deleted_at = 0 AND forgotten_at = 0
		AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.article = articles.id)
		AND first_seen < $1 ORDER BY first_seen LIMIT $2`, records.Millis(t), limit)
}

// Forget drops the text of an article that never matched, after the back-test window. Hashes,
// counts and addresses stay, and a later change of the page is a new version.
func Forget(ctx context.Context, tx *records.Tx, id string) (Erasure, error) {
	a, err := Get(ctx, tx, id)
	if err != nil {
		return Erasure{}, err
	}
	if a.EverMentioned {
		return Erasure{}, fmt.Errorf("forget article %s: a watch matched it", id)
	}
	now := time.Now()
	e, err := strip(ctx, tx, a, now, false) // what never matched is not in the index
	if err != nil {
		return Erasure{}, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE articles SET forgotten_at = $1 WHERE id = $2`, records.Millis(now), id)
	if err != nil {
		return Erasure{}, fmt.Errorf("forget article %s: %w", id, err)
	}
	return e, nil
}

// Erasures returns what deletions have not finished.
func Erasures(ctx context.Context, q records.Querier) ([]Erasure, error) {
	pending, err := ids(ctx, q, `SELECT id FROM articles WHERE erase_pending = 1 ORDER BY id`)
	if err != nil {
		return nil, err
	}
	out := make([]Erasure, 0, len(pending))
	for _, id := range pending {
		a, err := Get(ctx, q, id)
		if err != nil {
			return nil, err
		}
		e, err := erasure(ctx, q, a)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Erased notes that files and messages of an article are gone.
func Erased(ctx context.Context, tx *records.Tx, id string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE articles SET erase_pending = 0 WHERE id = $1`, id); err != nil {
		return fmt.Errorf("finish erasing %s: %w", id, err)
	}
	return nil
}

// EraseAgain notes that a message of an erased article was published after its erasure.
func EraseAgain(ctx context.Context, tx *records.Tx, id string) (Erasure, error) {
	a, err := Get(ctx, tx, id)
	if err != nil {
		return Erasure{}, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE articles SET erase_pending = 1 WHERE id = $1`, id); err != nil {
		return Erasure{}, fmt.Errorf("erase article %s: %w", id, err)
	}
	return erasure(ctx, tx, a)
}

// strip takes the texts out of the rows and, where announce is set, tells the index.
func strip(ctx context.Context, tx *records.Tx, a Article, now time.Time, announce bool) (Erasure, error) {
	rev, err := RaiseRev(ctx, tx, a.ID)
	if err != nil {
		return Erasure{}, err
	}
	a.Rev = rev
	_, err = tx.ExecContext(ctx, `UPDATE versions SET url = '', title = '', lead = '', body = '', erased_at = $1
		WHERE article = $2 AND erased_at = 0`, records.Millis(now), a.ID)
	if err != nil {
		return Erasure{}, fmt.Errorf("erase versions of %s: %w", a.ID, err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE articles SET erase_pending = 1 WHERE id = $1`, a.ID)
	if err != nil {
		return Erasure{}, fmt.Errorf("erase article %s: %w", a.ID, err)
	}
	if err := captures.Erase(ctx, tx, a.ID, now); err != nil {
		return Erasure{}, err
	}
	if err := quarantine.Forget(ctx, tx, a.ID); err != nil {
		return Erasure{}, err
	}
	if err := outbox.Drop(ctx, tx, a.ID, rev); err != nil {
		return Erasure{}, err
	}
	if announce {
		err := outbox.AddMentions(ctx, tx, news.MentionEvent{
			Schema: news.Schema, Article: a.ID, Rev: rev, N: a.Latest, Source: a.Source, Lane: news.Live, SeenAt: now,
		}, now)
		if err != nil {
			return Erasure{}, err
		}
	}
	return erasure(ctx, tx, a)
}

// hideAddresses replaces the keys of an article by their hashes: a slug often repeats the title.
func hideAddresses(ctx context.Context, tx *records.Tx, id string) error {
	keys, err := ids(ctx, tx, `SELECT key FROM url_keys WHERE article = $1`, id)
	if err != nil {
		return err
	}
	for _, key := range keys {
		_, err := tx.ExecContext(ctx, `UPDATE url_keys SET key = $1 WHERE key = $2`, hiddenKey(key), key)
		if err != nil {
			return fmt.Errorf("hide addresses of %s: %w", id, err)
		}
	}
	return nil
}

func erasure(ctx context.Context, q records.Querier, a Article) (Erasure, error) {
	e := Erasure{Article: a.ID, Rev: a.Rev}
	kept, err := captures.ForArticle(ctx, q, a.ID)
	if err != nil {
		return Erasure{}, err
	}
	for _, c := range kept {
		if !c.ErasedAt.IsZero() {
			e.Captures = append(e.Captures, c.Path)
		}
	}
	return e, nil
}

func ids(ctx context.Context, q records.Querier, query string, args ...any) (out []string, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read articles: %w", err)
		}
		out = append(out, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	return out, nil
}
