package records

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Check asks the database whether it is sound. It reads the whole file of SQLite.
func (db *DB) Check(ctx context.Context) error { return db.engine.check(ctx, db) }

// sqliteFull is the primary result code by which SQLite says that the disk has no room
// (https://www.sqlite.org/rescode.html#full), postgresFull the code of PostgreSQL
// (https://www.postgresql.org/docs/15/errcodes-appendix.html).
const (
	sqliteFull   = 13
	postgresFull = "53100"
)

// Result codes of SQLite that say something of the machine or the moment, not of a statement
// (https://www.sqlite.org/rescode.html): busy, locked, I/O error, cannot open, full.
var passing = map[int]bool{5: true, 6: true, 10: true, 14: true, sqliteFull: true}

// Classes of PostgreSQL's codes that do the same: connection, rollback to be tried again, lack of
// resources, object in use, operator's intervention, system error.
var passingClass = map[string]bool{"08": true, "40": true, "53": true, "55": true, "57": true, "58": true}

// IsPassing tells whether err may go away by itself: the disk is full, the file is in use, the
// server is away, time ran out. Anything else comes back on another try.
func IsPassing(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var s *sqlite.Error
	if errors.As(err, &s) {
		return passing[s.Code()&0xff]
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return passingClass[p.Code[:2]]
	}
	var refused *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &refused) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || err != nil && strings.Contains(err.Error(), "conn closed")
}

// IsFull tells whether err says that the records have no room on the disk.
func IsFull(err error) bool {
	var s *sqlite.Error
	if errors.As(err, &s) {
		return s.Code()&0xff == sqliteFull
	}
	var p *pgconn.PgError
	return errors.As(err, &p) && p.Code == postgresFull
}
