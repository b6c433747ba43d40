package frontier

import (
	"context"
	"fmt"
	"time"

	"lamro/internal/records"
)

// The kinds of requests.
const (
	FetchFeed   = "feed"
	FetchPage   = "page"
	FetchProbe  = "probe"
	FetchRobots = "robots"
)

// Fetch is the row that every request leaves.
type Fetch struct {
	At     time.Time
	Kind   string
	Source string
	Feed   string // id, "" where none
	Page   string // URL key, "" where none
	URL    string
	Host   string
	Status int    // 0 when there was no answer
	Robots string // the decision about robots.txt, "" when it came to none
	Rule   string // the line that decided
	Bytes  int64  // as received
	Took   time.Duration
	Code   string // of the error, "" for none
}

// LogFetch adds a row.
func LogFetch(ctx context.Context, tx *records.Tx, f Fetch) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fetches (at, kind, source, feed, page, url, host, status, robots, rule, bytes, ms, code)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		records.Millis(f.At), f.Kind, f.Source, f.Feed, f.Page, f.URL, f.Host, f.Status, f.Robots, f.Rule, f.Bytes, f.Took.Milliseconds(), f.Code)
	if err != nil {
		return fmt.Errorf("log fetch of %s: %w", f.URL, err)
	}
	return nil
}

// SetRobots keeps the last decision about a source's own addresses with it.
func SetRobots(ctx context.Context, tx *records.Tx, source, decision, rule string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE sources SET robots = $1, robots_rule = $2 WHERE id = $3 AND (robots <> $1 OR robots_rule <> $2)`,
		decision, rule, source); err != nil {
		return fmt.Errorf("source %s: %w", source, err)
	}
	return nil
}

// Fetches reads the last requests of a source, newest first; of all sources when it is "".
func Fetches(ctx context.Context, q records.Querier, source string, limit int) ([]Fetch, error) {
	return collect(ctx, q, func(row scanner) (f Fetch, err error) {
		var at, ms int64
		err = row.Scan(&at, &f.Kind, &f.Source, &f.Feed, &f.Page, &f.URL, &f.Host, &f.Status, &f.Robots, &f.Rule, &f.Bytes, &ms, &f.Code)
		f.At, f.Took = records.Time(at), time.Duration(ms)*time.Millisecond
		return f, err
	}, `SELECT at, kind, source, feed, page, url, host, status, robots, rule, bytes, ms, code FROM fetches
		WHERE $1 = '' OR source = $1 ORDER BY at DESC LIMIT $2`, source, limit)
}

// PruneFetches deletes rows from before a time, at most limit of them, and tells how many went.
func PruneFetches(ctx context.Context, tx *records.Tx, before time.Time, limit int) (int64, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM fetches WHERE at < $1 AND at <= COALESCE(
		(SELECT at FROM fetches WHERE at < $1 ORDER BY at LIMIT 1 OFFSET $2), $1)`, records.Millis(before), limit)
	if err != nil {
		return 0, fmt.Errorf("prune fetches: %w", err)
	}
	return res.RowsAffected()
}
