package records

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// Check asks the database whether its file is sound. It reads the whole file.
func (db *DB) Check(ctx context.Context) error {
	var answer string
	if err := db.read.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&answer); err != nil {
		return fmt.Errorf("check the records: %w", err)
	}
	if answer != "ok" {
		return fmt.Errorf("the file of the records is damaged: %s", answer)
	}
	return nil
}

// sqliteFull is the primary result code by which SQLite says that the disk has no room
// (https://www.sqlite.org/rescode.html#full).
const sqliteFull = 13

// Result codes that say something of the machine or the moment, not of a statement
// (https://www.sqlite.org/rescode.html): busy, locked, I/O error, cannot open, full.
var passing = map[int]bool{5: true, 6: true, 10: true, 14: true, sqliteFull: true}

// IsPassing tells whether err may go away by itself: the disk is full, the file is in use, time
// ran out. Anything else comes back on another try.
func IsPassing(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var e *sqlite.Error
	return errors.As(err, &e) && passing[e.Code()&0xff]
}

// IsFull tells whether err says that the records have no room on the disk.
func IsFull(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqliteFull
}
