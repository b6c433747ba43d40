package watches

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
)

const setFact = "watches.set"

// SetRevision is the revision of the set of all watches: it is raised with every change of one.
// Every analysis names the set that decided.
func SetRevision(ctx context.Context, q records.Querier) (int64, error) {
	v, err := records.Fact(ctx, q, setFact)
	if err != nil || v == "" {
		return 0, err
	}
	return setNumber(v)
}

func setNumber(v string) (int64, error) {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("revision of the set of watches: %w", err)
	}
	return n, nil
}

func raiseSet(ctx context.Context, tx *records.Tx) (int64, error) {
	n, err := SetRevision(ctx, tx)
	if err != nil {
		return 0, err
	}
	return n + 1, records.SetFact(ctx, tx, setFact, strconv.FormatInt(n+1, 10))
}

// A Standing is what matching needs of a watch that is enabled.
type Standing struct {
	ID       string
	Revision int
	Query    string
	Severity news.Severity
	query.Options
}

// Parsed is the query, parsed with its options.
func (s Standing) Parsed() (*query.Query, error) { return query.ParseWith(s.Query, s.Options) }

// Enabled returns the watches that are to be matched, in the order of their ids, and the revision
// of the set that they are. Both are of one moment, and others read and write meanwhile.
func Enabled(ctx context.Context, q records.Querier) (set int64, all []Standing, err error) {
	// The number stands in every row: two statements could see two states.
	rows, err := q.QueryContext(ctx, `SELECT f.value, COALESCE(w.id, ''), COALESCE(w.revision, 0), COALESCE(w.query, ''),
			COALESCE(w.mode, ''), COALESCE(w.iy, 0), COALESCE(w.severity, '')
		FROM facts f LEFT JOIN watches w ON w.enabled = 1 WHERE f.name = $1 ORDER BY w.id`, setFact)
	if err != nil {
		return 0, nil, fmt.Errorf("read watches: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var number string
		var iy int
		var s Standing
		if err := rows.Scan(&number, &s.ID, &s.Revision, &s.Query, &s.Mode, &iy, &s.Severity); err != nil {
			return 0, nil, fmt.Errorf("read watches: %w", err)
		}
		if set, err = setNumber(number); err != nil {
			return 0, nil, err
		}
		if s.IY = iy != 0; s.ID != "" {
			all = append(all, s)
		}
	}
	if err := rows.Err(); err != nil {
		return 0, nil, fmt.Errorf("read watches: %w", err)
	}
	return set, all, nil
}

// QuerySet is the newest set in which an enabled watch began to ask something else: what older
// sets decided has to be decided again.
func QuerySet(ctx context.Context, q records.Querier) (set int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(query_set), 0) FROM watches WHERE enabled = 1`).Scan(&set)
	if err != nil {
		return 0, fmt.Errorf("read watches: %w", err)
	}
	return set, nil
}
