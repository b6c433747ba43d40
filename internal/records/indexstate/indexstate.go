// Package indexstate notes what the search index holds of each article, and lists what it should
// hold: enough to tell when an article was first found, how far the index is behind, and which
// months must be built anew. Writing the index is the indexer's.
package indexstate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
)

// State is what the index holds of an article.
type State struct {
	Article   string
	Month     string
	Rev       int64
	Live      bool      // false: removed
	IndexedAt time.Time // first found by a search, zero is never
	ChangedAt time.Time // when this revision was written
}

// Mark notes what the index holds now. Of an article that is noted at the same or a newer
// revision nothing changes, so that marking twice, or late, is harmless. IndexedAt is kept from
// the first time; what States give for it is not read.
func Mark(ctx context.Context, tx *records.Tx, states []State) error {
	for _, s := range states {
		at, live := records.Millis(s.ChangedAt), 0
		indexedAt := int64(0)
		if s.Live {
			live, indexedAt = 1, at
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO index_articles (article, month, rev, live, indexed_at, changed_at)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (article) DO UPDATE SET rev = excluded.rev, live = excluded.live, changed_at = excluded.changed_at,
				indexed_at = CASE WHEN index_articles.indexed_at = 0 THEN excluded.indexed_at ELSE index_articles.indexed_at END
			WHERE excluded.rev > index_articles.rev`, s.Article, s.Month, s.Rev, live, indexedAt, at)
		if err != nil {
			return fmt.Errorf("note what the index holds of %s: %w", s.Article, err)
		}
	}
	return nil
}

// Get reads what the index holds of an article, or records.ErrNotFound.
func Get(ctx context.Context, q records.Querier, article string) (State, error) {
	s := State{Article: article}
	var live int
	var indexed, changed int64
	err := q.QueryRowContext(ctx, `SELECT month, rev, live, indexed_at, changed_at FROM index_articles WHERE article = $1`, article).
		Scan(&s.Month, &s.Rev, &live, &indexed, &changed)
	if errors.Is(err, sql.ErrNoRows) {
		err = records.ErrNotFound
	}
	if err != nil {
		return State{}, fmt.Errorf("what the index holds of %s: %w", article, err)
	}
	s.Live, s.IndexedAt, s.ChangedAt = live != 0, records.Time(indexed), records.Time(changed)
	return s, nil
}

// Held counts the articles that the index was told to hold, by month.
func Held(ctx context.Context, q records.Querier) (map[string]int, error) {
	return byMonth(ctx, q, `SELECT month, COUNT(*) FROM index_articles WHERE live = 1 GROUP BY month`)
}

// Wanted counts the articles that a watch ever matched, by month: what the index is built from.
func Wanted(ctx context.Context, q records.Querier) (map[string]int, error) {
	return byMonth(ctx, q, `SELECT month, COUNT(*) FROM articles WHERE ever_mentioned = 1 GROUP BY month`)
}

func byMonth(ctx context.Context, q records.Querier, query string) (out map[string]int, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("months of the index: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = map[string]int{}
	for rows.Next() {
		var month string
		var n int
		if err := rows.Scan(&month, &n); err != nil {
			return nil, fmt.Errorf("months of the index: %w", err)
		}
		out[month] = n
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("months of the index: %w", err)
	}
	return out, nil
}

// Mentioned lists up to limit articles of a month that a watch ever matched, by id, after one.
func Mentioned(ctx context.Context, q records.Querier, month, after string, limit int) (out []string, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id FROM articles WHERE ever_mentioned = 1 AND month = $1 AND id > $2
		ORDER BY id LIMIT $3`, month, after, limit)
	if err != nil {
		return nil, fmt.Errorf("articles of %s: %w", month, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("articles of %s: %w", month, err)
		}
		out = append(out, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("articles of %s: %w", month, err)
	}
	return out, nil
}

// Behind counts the articles whose newest revision the index does not hold yet. It reads every
// article that was ever mentioned: for people who ask, not for each second.
func Behind(ctx context.Context, q records.Querier) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM articles a LEFT JOIN index_articles i ON i.article = a.id
		WHERE a.ever_mentioned = 1 AND (i.rev IS NULL OR i.rev < a.rev)`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("how far the index is behind: %w", err)
	}
	return n, nil
}
