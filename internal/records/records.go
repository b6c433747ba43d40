// Package records is the memory of an installation: what was seen, what matched, who was told,
// who did what. It opens the database, migrates it, runs transactions and keeps the outbox;
// the packages below it hold one noun each, in SQL that SQLite and PostgreSQL both understand.
package records

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open database. Writes go one at a time through Tx; reads have their own connections
// and never wait for a writer.
type DB struct {
	write *sql.DB
	read  *sql.DB
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

// Open opens or creates the SQLite file at path and brings its schema up to date. The caller
// holds the lock of the data directory.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := prepare(ctx, path); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open records %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate records %s: %w", path, err), write.Close())
	}
	// Readers have a pool of their own: an immediate transaction would take the write lock.
	read, err := sql.Open("sqlite", dsn(path, "_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open records %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(4)
	return &DB{write: write, read: read}, nil
}

// prepare creates the file with the one setting that must stand before the first table, and
// readable by its owner only.
func prepare(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create records directory: %w", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- the operator's own data directory
	if err != nil {
		return fmt.Errorf("create records: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("create records: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		return fmt.Errorf("create records: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "PRAGMA auto_vacuum=INCREMENTAL; VACUUM"); err != nil {
		return fmt.Errorf("create records: %w", err)
	}
	return nil
}

// busyTimeout is how long a connection waits for a lock, in milliseconds.
const busyTimeout = 10_000

func dsn(path, extra string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		fmt.Sprintf("?_pragma=busy_timeout(%d)", busyTimeout) + "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&" + extra
}

func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Close waits for what is running and closes the file.
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
