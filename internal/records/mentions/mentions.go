// Package mentions holds what watches found: one row for each version of an article and watch
// that matched it, and which version the analyzer last looked at. Deciding is the analyzer's;
// alerts and the index read from here.
package mentions

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
)

// An Analysis is what the analyzer made of one version of an article.
type Analysis struct {
	Article   string
	N         int
	Set       int64     // revision of the set of watches that decided
	Rev       int64     // of the event that told of it, 0 where nobody had to hear
	Lane      news.Lane // of that event; "" is Live
	FirstSeen time.Time
	SeenAt    time.Time
	NotNews   string // why a mention that is new is not news, "" where it is
	At        time.Time
	Mentions  []news.Mention
}

// Last is the newest analysis of an article: N, Set, Rev, Lane and At of it. It returns
// records.ErrNotFound where the article was never analyzed.
func Last(ctx context.Context, q records.Querier, article string) (Analysis, error) {
	a := Analysis{Article: article}
	var at int64
	err := q.QueryRowContext(ctx, `SELECT n, set_rev, rev, lane, analyzed_at FROM analyses WHERE article = $1`, article).
		Scan(&a.N, &a.Set, &a.Rev, &a.Lane, &at)
	if errors.Is(err, sql.ErrNoRows) {
		err = records.ErrNotFound
	}
	if err != nil {
		return Analysis{}, fmt.Errorf("analysis of %s: %w", article, err)
	}
	a.At = records.Time(at)
	return a, nil
}

// Put writes an analysis in place of an older one. Of the same version, rows that no longer hold
// go, and those that were there keep why they are no news; rows of earlier versions stay as
// history. An analysis of an older version than the last, or of the same by an older set, writes
// nothing.
func Put(ctx context.Context, tx *records.Tx, a Analysis) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO past_analyses (article, n, set_rev, analyzed_at)
		SELECT article, n, set_rev, analyzed_at FROM analyses WHERE article = $1 AND n < $2
		ON CONFLICT (article, n) DO NOTHING`, a.Article, a.N)
	if err != nil {
		return fmt.Errorf("put analysis of %s: %w", a.Article, err)
	}
	done, err := affects(tx.ExecContext(ctx, `INSERT INTO analyses (article, n, set_rev, rev, lane, analyzed_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (article) DO UPDATE SET n = excluded.n, set_rev = excluded.set_rev, rev = excluded.rev,
			lane = excluded.lane, analyzed_at = excluded.analyzed_at
			WHERE excluded.n > analyses.n OR excluded.n = analyses.n AND excluded.set_rev >= analyses.set_rev`,
		a.Article, a.N, a.Set, a.Rev, cmp.Or(a.Lane, news.Live), records.Millis(a.At)))
	if err != nil {
		return fmt.Errorf("put analysis of %s: %w", a.Article, err)
	}
	if !done {
		return nil
	}
	known, err := reasons(ctx, tx, a.Article, a.N)
	if err != nil {
		return fmt.Errorf("put mentions of %s: %w", a.Article, err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM mentions WHERE article = $1 AND n = $2`, a.Article, a.N); err != nil {
		return fmt.Errorf("put mentions of %s: %w", a.Article, err)
	}
	return insertAll(ctx, tx, a, known)
}

// Confirm notes that a newer set found in a version what was found before.
func Confirm(ctx context.Context, tx *records.Tx, article string, n int, set int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE analyses SET set_rev = $3 WHERE article = $1 AND n = $2 AND set_rev < $3`,
		article, n, set)
	if err != nil {
		return fmt.Errorf("confirm analysis of %s: %w", article, err)
	}
	return nil
}

// PutPast writes the analysis of a version after a newer one was analyzed: its mentions are
// history, and what holds of the article stays as it is. A version that was analyzed before is
// left alone.
func PutPast(ctx context.Context, tx *records.Tx, a Analysis) error {
	done, err := affects(tx.ExecContext(ctx, `INSERT INTO past_analyses (article, n, set_rev, analyzed_at)
		VALUES ($1, $2, $3, $4) ON CONFLICT (article, n) DO NOTHING`, a.Article, a.N, a.Set, records.Millis(a.At)))
	if err != nil {
		return fmt.Errorf("put past analysis of %s: %w", a.Article, err)
	}
	if !done {
		return nil
	}
	return insertAll(ctx, tx, a, nil)
}

// IsPast says whether a version was analyzed that is not the newest analyzed one.
func IsPast(ctx context.Context, q records.Querier, article string, n int) (bool, error) {
	var count int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM past_analyses WHERE article = $1 AND n = $2`, article, n).Scan(&count)
	if err != nil {
		return false, fmt.Errorf("past analysis of %s: %w", article, err)
	}
	return count > 0, nil
}

// affects says whether a statement changed a row.
func affects(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// reasons are why the mentions of a version are no news, by watch.
func reasons(ctx context.Context, tx *records.Tx, article string, n int) (out map[string]string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT watch, not_news FROM mentions WHERE article = $1 AND n = $2`, article, n)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = map[string]string{}
	for rows.Next() {
		var watch, reason string
		if err := rows.Scan(&watch, &reason); err != nil {
			return nil, err
		}
		out[watch] = reason
	}
	return out, rows.Err()
}

// insertAll writes the mentions of an analysis; known are the reasons of those that were there.
func insertAll(ctx context.Context, tx *records.Tx, a Analysis, known map[string]string) error {
	for _, m := range a.Mentions {
		reason, ok := known[m.Watch]
		if !ok {
			reason = a.NotNews
		}
		if err := insert(ctx, tx, a, m, reason); err != nil {
			return fmt.Errorf("put mention of %s by %s: %w", a.Article, m.Watch, err)
		}
	}
	return nil
}

func insert(ctx context.Context, tx *records.Tx, a Analysis, m news.Mention, notNews string) error {
	places, err := json.Marshal(m.Places)
	if err != nil {
		return err
	}
	spans, err := json.Marshal(m.Spans)
	if err != nil {
		return err
	}
	certain := 0
	if m.Certain {
		certain = 1
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO mentions (article, n, watch, watch_rev, severity, class, certain, places,
			spans, why, not_news, seen_at, day)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		a.Article, a.N, m.Watch, m.WatchRev, m.Severity, m.Class, certain, string(places), string(spans), m.Why,
		notNews, records.Millis(a.SeenAt), a.FirstSeen.In(news.Zone()).Format(time.DateOnly))
	return err
}

const columns = `m.watch, m.watch_rev, m.severity, m.class, m.certain, m.places, m.spans, m.why`

// ForArticle returns the mentions of the version that was analyzed last, in the order of their
// watches, with its number and the article's revision as it is now. n is 0 where the article was
// never analyzed; an unknown article is records.ErrNotFound.
func ForArticle(ctx context.Context, q records.Querier, article string) (found []news.Mention, n int, rev int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(y.n, 0), a.rev FROM articles a LEFT JOIN analyses y ON y.article = a.id
		WHERE a.id = $1`, article).Scan(&n, &rev)
	if errors.Is(err, sql.ErrNoRows) {
		err = records.ErrNotFound
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("mentions of %s: %w", article, err)
	}
	found, err = ForVersion(ctx, q, article, n)
	return found, n, rev, err
}

// ForVersion returns the mentions of one version, in the order of their watches.
func ForVersion(ctx context.Context, q records.Querier, article string, n int) (found []news.Mention, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM mentions m WHERE m.article = $1 AND m.n = $2 ORDER BY m.watch`,
		article, n)
	if err != nil {
		return nil, fmt.Errorf("mentions of %s: %w", article, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var m news.Mention
		if err := scan(rows, &m); err != nil {
			return nil, fmt.Errorf("mentions of %s: %w", article, err)
		}
		found = append(found, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("mentions of %s: %w", article, err)
	}
	return found, nil
}

func scan(rows *sql.Rows, m *news.Mention, more ...any) error {
	var certain int
	var places, spans string
	err := rows.Scan(append([]any{&m.Watch, &m.WatchRev, &m.Severity, &m.Class, &certain, &places, &spans, &m.Why}, more...)...)
	if err != nil {
		return err
	}
	m.Certain = certain != 0
	return errors.Join(json.Unmarshal([]byte(places), &m.Places), json.Unmarshal([]byte(spans), &m.Spans))
}

// A Sighting is one article that a watch found.
type Sighting struct {
	Article string
	N       int
	SeenAt  time.Time
	NotNews string
	Mention news.Mention
}

// Recent returns what a watch finds in the articles as they are now, the last seen first.
func Recent(ctx context.Context, q records.Querier, watch string, limit int) (out []Sighting, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+`, m.article, m.n, m.seen_at, m.not_news
		FROM mentions m JOIN analyses y ON y.article = m.article AND y.n = m.n
		WHERE m.watch = $1 ORDER BY m.seen_at DESC, m.article LIMIT $2`, watch, limit)
	if err != nil {
		return nil, fmt.Errorf("recent mentions of %s: %w", watch, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s Sighting
		var at int64
		if err := scan(rows, &s.Mention, &s.Article, &s.N, &at, &s.NotNews); err != nil {
			return nil, fmt.Errorf("recent mentions of %s: %w", watch, err)
		}
		s.SeenAt = records.Time(at)
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("recent mentions of %s: %w", watch, err)
	}
	return out, nil
}
