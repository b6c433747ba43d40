package mentions

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"lamro/internal/records"
)

// A Backfill is the one job that applies changed watches to what is stored: how far it came. A
// pass goes once through the window, from the newest article to the oldest, for all watches that
// changed before it began; those that change meanwhile get a pass of their own. Its row is
// written with what it finds, so that it goes on where a process ended.
type Backfill struct {
	Done      int64     `json:"done"` // this set, or a newer one, decided about everything in the window
	Goal      int64     `json:"goal"` // what Done will be after this pass; equal while none runs
	Since     time.Time `json:"since,omitzero"`
	At        Position  `json:"-"`
	Articles  int       `json:"articles"` // that the pass has to look at
	Looked    int       `json:"looked"`
	Changed   int       `json:"changed"` // whose mentions became others
	Failed    int       `json:"failed"`  // that could not be read or matched, and stay as they were
	StartedAt time.Time `json:"started_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
}

// Running says whether a pass has begun and not ended.
func (b Backfill) Running() bool { return b.Goal > b.Done }

// How far a watch was applied to what is stored.
const (
	BackfillWaits = "waiting" // for the pass that runs, or for an analyzer
	BackfillRuns  = "running"
	BackfillDone  = "done"
)

// State says how far a watch came that asks what it asks since a revision of the set.
func (b Backfill) State(set int64) string {
	switch {
	case set <= b.Done:
		return BackfillDone
	case set <= b.Goal:
		return BackfillRuns
	}
	return BackfillWaits
}

// A Position is an article in the order of first sight.
type Position struct {
	Seen    int64 // milliseconds
	Article string
}

// Newest is the position before every article.
func Newest() Position { return Position{Seen: math.MaxInt64} }

// ReadBackfill reads how far the job came; the zero Backfill where it never ran.
func ReadBackfill(ctx context.Context, q records.Querier) (Backfill, error) {
	var b Backfill
	var since, started, updated int64
	err := q.QueryRowContext(ctx, `SELECT done_set, goal, since, at_seen, at_article, articles, looked, changed, failed,
		started_at, updated_at FROM backfill WHERE id = 1`).Scan(&b.Done, &b.Goal, &since, &b.At.Seen, &b.At.Article,
		&b.Articles, &b.Looked, &b.Changed, &b.Failed, &started, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return Backfill{}, nil
	}
	if err != nil {
		return Backfill{}, fmt.Errorf("read backfill: %w", err)
	}
	b.Since, b.StartedAt, b.UpdatedAt = records.Time(since), records.Time(started), records.Time(updated)
	return b, nil
}

// SaveBackfill writes how far the job came.
func SaveBackfill(ctx context.Context, tx *records.Tx, b Backfill) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO backfill (id, done_set, goal, since, at_seen, at_article, articles, looked,
			changed, failed, started_at, updated_at)
		VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE SET done_set = excluded.done_set, goal = excluded.goal, since = excluded.since,
			at_seen = excluded.at_seen, at_article = excluded.at_article, articles = excluded.articles,
			looked = excluded.looked, changed = excluded.changed, failed = excluded.failed,
			started_at = excluded.started_at, updated_at = excluded.updated_at`,
		b.Done, b.Goal, records.Millis(b.Since), b.At.Seen, b.At.Article, b.Articles, b.Looked, b.Changed, b.Failed,
		records.Millis(b.StartedAt), records.Millis(b.UpdatedAt))
	if err != nil {
		return fmt.Errorf("write backfill: %w", err)
	}
	return nil
}

// An Outdated is an article whose last analysis was by an older set.
type Outdated struct {
	Article string
	N       int // the version that was analyzed
	At      Position
}

// outdated is what a pass has to look at. Articles that nobody analyzed are left to the stream:
// only there a new version may alert.
const outdated = ` FROM articles a JOIN analyses y ON y.article = a.id
	WHERE (a.first_seen, a.id) < ($1, $2) AND a.first_seen >= $3 AND a.deleted_at = 0 AND a.forgotten_at = 0 AND y.set_rev < $4`

// NextOutdated returns up to limit articles after the position of b, newest first, that a set
// older than its goal decided about.
func NextOutdated(ctx context.Context, q records.Querier, b Backfill, limit int) (out []Outdated, err error) {
	rows, err := q.QueryContext(ctx, `SELECT a.id, y.n, a.first_seen`+outdated+` ORDER BY a.first_seen DESC, a.id DESC LIMIT $5`,
		b.At.Seen, b.At.Article, records.Millis(b.Since), b.Goal, limit)
	if err != nil {
		return nil, fmt.Errorf("read articles to match again: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var o Outdated
		if err := rows.Scan(&o.Article, &o.N, &o.At.Seen); err != nil {
			return nil, fmt.Errorf("read articles to match again: %w", err)
		}
		o.At.Article = o.Article
		out = append(out, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read articles to match again: %w", err)
	}
	return out, nil
}

// CountOutdated counts what NextOutdated would return without a limit.
func CountOutdated(ctx context.Context, q records.Querier, b Backfill) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*)`+outdated, b.At.Seen, b.At.Article, records.Millis(b.Since), b.Goal).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count articles to match again: %w", err)
	}
	return n, nil
}
