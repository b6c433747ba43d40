package frontier

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"lamro/internal/records"
)

// A Held page is one that was given up: why, when, how often it was tried.
type Held struct {
	Key      string
	URL      string
	Source   string
	Title    string
	State    string
	Attempts int
	Code     string
	Text     string
	Since    time.Time
}

// HeldPages reads the pages in a state such as Quarantined, newest first.
func HeldPages(ctx context.Context, q records.Querier, state string, limit int) ([]Held, error) {
	return collect(ctx, q, func(row scanner) (h Held, err error) {
		var since int64
		err = row.Scan(&h.Key, &h.URL, &h.Source, &h.Title, &h.State, &h.Attempts, &h.Code, &h.Text, &since)
		h.Since = records.Time(since)
		return h, err
	}, `SELECT key, url, source, title, state, attempts, error_code, error_text, done_at FROM pages
		WHERE state = $1 ORDER BY done_at DESC LIMIT $2`, state, limit)
}

// Replay queues a page that was given up once more, as if it had never been tried. A page that is
// not held is records.ErrNotFound.
func Replay(ctx context.Context, tx *records.Tx, key string, now time.Time) error {
	var host string
	err := tx.QueryRowContext(ctx, `UPDATE pages SET state = 'pending', attempts = 0, next_at = $1, error_code = '', error_text = ''
		WHERE key = $2 AND state IN ('quarantined', 'refused', 'gone', 'dropped') RETURNING host`, records.Millis(now), key).Scan(&host)
	if err != nil {
		return fmt.Errorf("replay page %s: %w", key, notFound(err))
	}
	return due(ctx, tx, host, records.Millis(now))
}

// Drop takes a page out of quarantine for good; what was the matter with it stays with it.
func Drop(ctx context.Context, tx *records.Tx, key string) error {
	res, err := tx.ExecContext(ctx, `UPDATE pages SET state = 'dropped' WHERE key = $1 AND state = 'quarantined'`, key)
	if err != nil {
		return fmt.Errorf("drop page %s: %w", key, err)
	}
	if err := touched(res); err != nil {
		return fmt.Errorf("drop page %s: %w", key, err)
	}
	return nil
}

// touched is records.ErrNotFound for a change that met no row.
func touched(res sql.Result) error {
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = records.ErrNotFound
	}
	return err
}

// Forget takes a deleted article out of the queue and the log of requests, addresses too: a slug
// often repeats the title. What stays is a hash of each key, so that the next poll does not bring
// the pages back.
func Forget(ctx context.Context, tx *records.Tx, article string) error {
	keys, err := collect(ctx, tx, func(row scanner) (key string, err error) { return key, row.Scan(&key) },
		`SELECT key FROM pages WHERE article = $1 AND url <> ''`, article)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if _, err := tx.ExecContext(ctx, `UPDATE fetches SET url = '', page = '' WHERE page = $1`, key); err != nil {
			return fmt.Errorf("forget requests for article %s: %w", article, err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE pages SET key = $1, state = $2, url = '', title = '', error_text = '',
				validators_url = '' WHERE key = $3`, hiddenKey(key), Dropped, key); err != nil {
			return fmt.Errorf("forget the pages of article %s: %w", article, err)
		}
	}
	return nil
}

// hiddenKey stands for the key of a page that was forgotten.
func hiddenKey(key string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(key))) }
