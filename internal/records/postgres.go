package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// postgresEngine keeps the records in a database that several processes share.
type postgresEngine struct{}

// Connections of one process. One writes at a time anyway; a second one waits for its turn in
// the database instead of in the pool.
const (
	postgresWriters = 2
	postgresReaders = 8
)

// writersLock is the advisory lock that a transaction holds until it ends: "lamro" in letters.
// The packages below read a row and write what follows from it, as on SQLite; with one writer at
// a time they need no other isolation, and no transaction fails to be tried again.
const writersLock = 0x6c616d726f

func openPostgres(ctx context.Context, address string) (*DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("open records: %w", err) // pgx leaves the password out
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "lamro"
	}
	write := stdlib.OpenDB(*config)
	write.SetMaxOpenConns(postgresWriters)
	if err := migratePostgres(ctx, write); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate records on %s: %w", config.Host, err), write.Close())
	}
	readers := config.Copy()
	readers.RuntimeParams["default_transaction_read_only"] = "on"
	read := stdlib.OpenDB(*readers)
	read.SetMaxOpenConns(postgresReaders)
	return &DB{engine: postgresEngine{}, write: write, read: read}, nil
}

// migratePostgres lets one process at a time migrate.
func migratePostgres(ctx context.Context, db *sql.DB) error {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	return migrate(ctx, db, goose.DialectPostgres, goose.WithSessionLocker(locker))
}

func (postgresEngine) begin(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(writersLock))
	return err
}

// check asks the server whether it answers. PostgreSQL finds damaged pages by itself where its
// checksums are on.
func (postgresEngine) check(ctx context.Context, db *DB) error {
	var version string
	if err := db.read.QueryRowContext(ctx, `SHOW server_version`).Scan(&version); err != nil {
		return fmt.Errorf("check the records: %w", err)
	}
	return nil
}

// scrub writes the tables anew, since a plain VACUUM leaves deleted bytes in their pages.
func (postgresEngine) scrub(ctx context.Context, db *DB) error {
	if _, err := db.write.ExecContext(ctx, `VACUUM (FULL)`); err != nil {
		return fmt.Errorf("scrub records: %w", err)
	}
	return nil
}
