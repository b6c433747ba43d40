package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
)

// Session reads the data and the end of the session with the hashed token; records.ErrNotFound
// when there is none or it ended before at.
func Session(ctx context.Context, q records.Querier, tokenHash string, at time.Time) (string, time.Time, error) {
	var (
		data    string
		expires int64
	)
	err := q.QueryRowContext(ctx, `SELECT data, expires_at FROM sessions WHERE token_hash = $1 AND expires_at > $2`,
		tokenHash, records.Millis(at)).Scan(&data, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, fmt.Errorf("session: %w", records.ErrNotFound)
	}
	if err != nil {
		return "", time.Time{}, fmt.Errorf("read session: %w", err)
	}
	return data, records.Time(expires), nil
}

// PutSession writes a session, replacing an older state of it.
func PutSession(ctx context.Context, tx *records.Tx, tokenHash, data string, expires time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO sessions (token_hash, data, expires_at) VALUES ($1, $2, $3)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`,
		tokenHash, data, records.Millis(expires))
	if err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	return nil
}

// DeleteSession ends one session; one that is not there is no error.
func DeleteSession(ctx context.Context, tx *records.Tx, tokenHash string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE token_hash = $1`, tokenHash); err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// SweepSessions deletes the sessions that ended before at and says how many there were.
func SweepSessions(ctx context.Context, tx *records.Tx, at time.Time) (int64, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at <= $1`, records.Millis(at))
	if err != nil {
		return 0, fmt.Errorf("sweep sessions: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("sweep sessions: %w", err)
	}
	return n, nil
}
