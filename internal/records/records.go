// Package records is the memory of an installation: what was seen, what matched, who was told,
// who did what. It opens the database, migrates it, runs transactions and keeps the outbox;
// the packages below it hold one noun each, in SQL that SQLite and PostgreSQL both understand.
package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// DB is an open database. Writes go one at a time through Tx, also those of several processes
// on one PostgreSQL; reads have their own connections and never wait for a writer.
type DB struct {
	engine engine
	write  *sql.DB
	read   *sql.DB
}

// engine is what SQLite and PostgreSQL do each in their own way.
type engine interface {
	// begin lets no other transaction write until tx ends.
	begin(ctx context.Context, tx *sql.Tx) error
	scrub(ctx context.Context, db *DB) error
	check(ctx context.Context, db *DB) error
}

// Querier is what a read needs: the pool of readers or an open transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is an open write transaction. A package below takes one where its rows belong to a larger
// change, so that all of it is there or nothing.
type Tx struct{ *sql.Tx }

// ErrNotFound is returned by the packages below where a named row does not exist.
var ErrNotFound = errors.New("not found")

// Open opens the records and brings their schema up to date: a PostgreSQL database where the
// place is a postgres:// address, else the SQLite file of that path, which is created where it is
// missing and of whose directory the caller holds the lock.
func Open(ctx context.Context, place string) (*DB, error) {
	if IsServer(place) {
		return openPostgres(ctx, place)
	}
	return openSQLite(ctx, place)
}

// IsServer says whether a place is the address of a database server.
func IsServer(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

// Close waits for what is running and closes the database.
func (db *DB) Close() error { return errors.Join(db.read.Close(), db.write.Close()) }

// Read is the pool of readers.
func (db *DB) Read() Querier { return db.read }

// Tx runs fn in one durable transaction: when Tx returns nil, all of fn's writes are on disk.
// An error of fn, or a panic, leaves nothing of it.
func (db *DB) Tx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing left to roll back
	if err := db.engine.begin(ctx, tx); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(ctx, &Tx{tx}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Millis is t as it is stored: milliseconds UTC, 0 for the zero time.
func Millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Time is the time that Millis stored.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
