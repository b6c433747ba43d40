package records

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrBusy is returned by Scrub when readers kept the log in use until ctx ended.
var ErrBusy = errors.New("records in use")

// scrubRetry is the pause between two tries to empty the log.
const scrubRetry = 20 * time.Millisecond

// Scrub makes deletions of committed transactions final: what they removed is in the file no
// more, nor in the log beside it. SQLite overwrites deleted bytes itself (secure_delete); Scrub
// moves the log into the file, cuts it to nothing and gives free pages back. It waits for
// readers; called twice it has nothing to do.
func (db *DB) Scrub(ctx context.Context) error {
	if err := db.checkpoint(ctx); err != nil {
		return err
	}
	// Each row of the pragma's result frees one page, so the rows must be read.
	rows, err := db.write.QueryContext(ctx, `PRAGMA incremental_vacuum`)
	if err != nil {
		return fmt.Errorf("scrub records: %w", err)
	}
	for rows.Next() {
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil { //nolint:sqlclosecheck // closed before the checkpoint needs the connection
		return fmt.Errorf("scrub records: %w", err)
	}
	return db.checkpoint(ctx)
}

// checkpoint copies the log into the file and truncates it.
func (db *DB) checkpoint(ctx context.Context) error {
	for {
		done, err := db.tryCheckpoint(ctx)
		if err != nil {
			return fmt.Errorf("scrub records: %w", err)
		}
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("scrub records: %w: %w", ErrBusy, ctx.Err())
		case <-time.After(scrubRetry):
		}
	}
}

// tryCheckpoint tries once. It hardly waits for readers: there is one connection that writes, and
// everybody else who wants to write waits for it.
func (db *DB) tryCheckpoint(ctx context.Context) (done bool, err error) {
	c, err := db.write.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `PRAGMA busy_timeout = 50`); err != nil {
		return false, err
	}
	defer func() {
		_, rerr := c.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf(`PRAGMA busy_timeout = %d`, busyTimeout))
		err = errors.Join(err, rerr)
	}()
	var busy, frames, copied int
	err = c.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &copied)
	return busy == 0, err
}
