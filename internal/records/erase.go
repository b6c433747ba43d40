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
		var busy, frames, copied int
		err := db.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &copied)
		if err != nil {
			return fmt.Errorf("scrub records: %w", err)
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("scrub records: %w: %w", ErrBusy, ctx.Err())
		case <-time.After(scrubRetry):
		}
	}
}
