// Package quarantine holds what could not be processed, with its cause and how often it was
// tried, and counts the attempts that lead there. People list, replay and drop its rows; it
// keeps ids and causes, never a text.
package quarantine

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"lamro/internal/records"
)

// maxCause is the longest cause that is kept, in bytes.
const maxCause = 1000

// A Row is one message that one consumer gave up.
type Row struct {
	ID       string // short, for people to type
	Topic    string // stream that carried it
	Consumer string
	Message  string // id of the message
	Seq      uint64 // its sequence in the stream, 0 where it never got there
	Article  string
	N        int64 // version, or revision of a mention event
	Cause    string
	Attempts int
	At       time.Time
}

// Put writes a row and ends the count of attempts. A message that is given up again replaces
// its row.
func Put(ctx context.Context, tx *records.Tx, r Row) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO quarantine (id, topic, consumer, message, seq, article, n, cause, attempts, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (consumer, message) DO UPDATE SET seq = excluded.seq, cause = excluded.cause,
		attempts = excluded.attempts, at = excluded.at`,
		rowID(r.Consumer, r.Message), r.Topic, r.Consumer, r.Message, int64(r.Seq), // #nosec G115 -- far below 2^63
		r.Article, r.N, cut(r.Cause), r.Attempts, records.Millis(r.At))
	if err != nil {
		return fmt.Errorf("quarantine %s: %w", r.Message, err)
	}
	return EndAttempts(ctx, tx, r.Consumer, r.Message)
}

// Get reads a row by its id, or records.ErrNotFound.
func Get(ctx context.Context, q records.Querier, id string) (Row, error) {
	rows, err := read(ctx, q, `WHERE id = $1`, id)
	if err != nil {
		return Row{}, err
	}
	if len(rows) == 0 {
		return Row{}, fmt.Errorf("quarantine %s: %w", id, records.ErrNotFound)
	}
	return rows[0], nil
}

// List returns rows, newest first, at most limit.
func List(ctx context.Context, q records.Querier, limit int) ([]Row, error) {
	return read(ctx, q, `ORDER BY at DESC, id LIMIT $1`, limit)
}

// Count is the number of rows.
func Count(ctx context.Context, q records.Querier) (int, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM quarantine`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count quarantine: %w", err)
	}
	return n, nil
}

// Remove takes a row out, after a replay or because a person dropped it; records.ErrNotFound
// where there is none.
func Remove(ctx context.Context, tx *records.Tx, id string) error {
	res, err := tx.ExecContext(ctx, `DELETE FROM quarantine WHERE id = $1`, id)
	if err != nil {
		return fmt.Errorf("remove quarantine %s: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fmt.Errorf("remove quarantine %s: %w", id, records.ErrNotFound), err)
	}
	return nil
}

// Forget removes all rows of an article: a cause may quote its text.
func Forget(ctx context.Context, tx *records.Tx, article string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM quarantine WHERE article = $1`, article); err != nil {
		return fmt.Errorf("forget quarantine of %s: %w", article, err)
	}
	return nil
}

// Attempts is how often the consumer started on the message as far as it was counted, and
// whether it was counted at all.
func Attempts(ctx context.Context, q records.Querier, consumer, message string) (n int, counted bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT n FROM attempts WHERE consumer = $1 AND message = $2`, consumer, message).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("read attempts at %s: %w", message, err)
	}
	return n, true, nil
}

// SetAttempts writes the count.
func SetAttempts(ctx context.Context, tx *records.Tx, consumer, message string, n int, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO attempts (consumer, message, n, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (consumer, message) DO UPDATE SET n = excluded.n, at = excluded.at`,
		consumer, message, n, records.Millis(at))
	if err != nil {
		return fmt.Errorf("count attempt at %s: %w", message, err)
	}
	return nil
}

// EndAttempts removes the count: the message is done.
func EndAttempts(ctx context.Context, tx *records.Tx, consumer, message string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM attempts WHERE consumer = $1 AND message = $2`, consumer, message)
	if err != nil {
		return fmt.Errorf("end attempts at %s: %w", message, err)
	}
	return nil
}

// PruneAttempts removes counts older than t, left by messages that a stream no longer holds.
func PruneAttempts(ctx context.Context, tx *records.Tx, t time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM attempts WHERE at < $1`, records.Millis(t)); err != nil {
		return fmt.Errorf("prune attempts: %w", err)
	}
	return nil
}

func read(ctx context.Context, q records.Querier, tail string, args ...any) ([]Row, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, topic, consumer, message, seq, article, n, cause, attempts, at
		FROM quarantine `+tail, args...) // #nosec G202 -- tail is one of this package's constants
	if err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	defer rows.Close()
	var out []Row
	for rows.Next() {
		var (
			r  Row
			at int64
		)
		err := rows.Scan(&r.ID, &r.Topic, &r.Consumer, &r.Message, &r.Seq, &r.Article, &r.N, &r.Cause, &r.Attempts, &at)
		if err != nil {
			return nil, fmt.Errorf("read quarantine: %w", err)
		}
		r.At = records.Time(at)
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	return out, nil
}

func rowID(consumer, message string) string {
	sum := sha256.Sum256([]byte(consumer + "\x00" + message))
	return hex.EncodeToString(sum[:6])
}

func cut(cause string) string {
	if len(cause) > maxCause {
		cause = cause[:maxCause]
	}
	return strings.ToValidUTF8(cause, "")
}
