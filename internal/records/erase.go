package records

import (
	"context"
	"errors"
)

// ErrBusy is returned by Scrub when readers kept the log in use until ctx ended.
var ErrBusy = errors.New("records in use")

// Scrub makes deletions of committed transactions final: what they removed is in the files of the
// tables no more, nor in SQLite's log beside them. It waits for readers; called twice it has
// nothing to do. The write-ahead log and the backups of a PostgreSQL server are its operator's.
func (db *DB) Scrub(ctx context.Context) error { return db.engine.scrub(ctx, db) }
