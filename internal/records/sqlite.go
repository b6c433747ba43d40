package records

import (
	"context"
	"database/sql"
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

// sqliteEngine keeps the records in one file. Its transactions are immediate and share one
// connection, so they are serial by themselves.
type sqliteEngine struct{}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := prepare(ctx, path); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open records %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write, goose.DialectSQLite3); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate records %s: %w", path, err), write.Close())
	}
	// Readers have a pool of their own: an immediate transaction would take the write lock.
	read, err := sql.Open("sqlite", dsn(path, "_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open records %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(4)
	return &DB{engine: sqliteEngine{}, write: write, read: read}, nil
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

func (sqliteEngine) begin(context.Context, *sql.Tx) error { return nil }

func (sqliteEngine) check(ctx context.Context, db *DB) error {
	var answer string
	if err := db.read.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&answer); err != nil {
		return fmt.Errorf("check the records: %w", err)
	}
	if answer != "ok" {
		return fmt.Errorf("the file of the records is damaged: %s", answer)
	}
	return nil
}

// scrubRetry is the pause between two tries to empty the log.
const scrubRetry = 20 * time.Millisecond

// scrub relies on SQLite overwriting deleted bytes itself (secure_delete): it moves the log into
// the file, cuts it to nothing and gives free pages back.
func (sqliteEngine) scrub(ctx context.Context, db *DB) error {
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
