package mentions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
)

// A DayCount is how many stories a watch found that were first seen on a day of the office's
// time. A story is an article until stories exist.
type DayCount struct {
	Day     string // such as "2026-11-24"
	Stories int
}

// Daily counts the stories of a watch for each day from the one of from to the one of to, both
// included, oldest first and without holes.
func Daily(ctx context.Context, q records.Querier, watch string, from, to time.Time) (out []DayCount, err error) {
	first, last := from.In(news.Zone()), to.In(news.Zone()).Format(time.DateOnly)
	rows, err := q.QueryContext(ctx, `SELECT day, COUNT(DISTINCT article) FROM mentions
		WHERE watch = $1 AND day >= $2 AND day <= $3 GROUP BY day`, watch, first.Format(time.DateOnly), last)
	if err != nil {
		return nil, fmt.Errorf("count mentions of %s: %w", watch, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	counts := map[string]int{}
	for rows.Next() {
		var day string
		var n int
		if err := rows.Scan(&day, &n); err != nil {
			return nil, fmt.Errorf("count mentions of %s: %w", watch, err)
		}
		counts[day] = n
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count mentions of %s: %w", watch, err)
	}
	for d := first; d.Format(time.DateOnly) <= last; d = d.AddDate(0, 0, 1) {
		day := d.Format(time.DateOnly)
		out = append(out, DayCount{Day: day, Stories: counts[day]})
	}
	return out, nil
}

// Uncertain is the reason of NotAlerted for articles whose mentions are all uncertain.
const Uncertain = "uncertain"

// NotAlerted counts the articles with mentions seen in [from, to) that give no alert by
// themselves, by reason: why the version is not news, or Uncertain.
func NotAlerted(ctx context.Context, q records.Querier, from, to time.Time) (out map[string]int, err error) {
	// A mention that a backfill added to a version that is news takes nothing from the others.
	rows, err := q.QueryContext(ctx, `SELECT reason, COUNT(*) FROM (
			SELECT article, n, CASE WHEN MIN(not_news) <> '' THEN MIN(not_news)
				WHEN MAX(CASE WHEN not_news = '' THEN certain ELSE 0 END) = 0 THEN 'uncertain' ELSE '' END AS reason
			FROM mentions WHERE seen_at >= $1 AND seen_at < $2 GROUP BY article, n) AS versions
		WHERE reason <> '' GROUP BY reason`, records.Millis(from), records.Millis(to))
	if err != nil {
		return nil, fmt.Errorf("count mentions without alert: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = map[string]int{}
	for rows.Next() {
		var reason string
		var n int
		if err := rows.Scan(&reason, &n); err != nil {
			return nil, fmt.Errorf("count mentions without alert: %w", err)
		}
		out[reason] = n
	}
	return out, rows.Err()
}
