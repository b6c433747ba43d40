package deliveries

import (
	"context"
	"fmt"
	"time"

	"lamro/internal/records"
)

// Counts is how many matters a filter finds in each state.
type Counts struct{ Unseen, Open, All int }

// Count counts the matters of a filter; its Unseen, Open, Before and Limit do not matter.
func Count(ctx context.Context, q records.Querier, f Filter) (Counts, error) {
	var c Counts
	for _, one := range []struct {
		unseen, open bool
		into         *int
	}{{false, false, &c.All}, {false, true, &c.Open}, {true, false, &c.Unseen}} {
		f.Unseen, f.Open = one.unseen, one.open
		where, args := f.where(false)
		if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM alerts a WHERE `+where, args...).Scan(one.into); err != nil {
			return Counts{}, fmt.Errorf("count alerts: %w", err)
		}
	}
	return c, nil
}

// Unseen counts the matters that the person's bell told and the person has not seen.
func Unseen(ctx context.Context, q records.Querier, person int64) (int, error) {
	where, args := Filter{Person: person, Unseen: true}.where(false)
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM alerts a WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("unseen alerts of person %d: %w", person, err)
	}
	return n, nil
}

// MarkSeen notes that a person has seen the matter of an alert. Twice is no error, the first
// time stays.
func MarkSeen(ctx context.Context, tx *records.Tx, person, alert int64, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO alert_reads (person, alert, seen_at)
		SELECT $1, head, $2 FROM alerts WHERE id = $3 ON CONFLICT DO NOTHING`, person, records.Millis(at), alert)
	if err != nil {
		return fmt.Errorf("mark alert %d seen: %w", alert, err)
	}
	return nil
}

// Acknowledge notes that a person takes care of the matter of an alert, and has seen it. Who was
// first stays. records.ErrNotFound means that there is no such alert.
func Acknowledge(ctx context.Context, tx *records.Tx, person, alert int64, at time.Time) error {
	head, err := headOf(ctx, tx, alert)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE alerts SET acknowledged_by = $1, acknowledged_at = $2
		WHERE head = $3 AND acknowledged_at = 0`, person, records.Millis(at), head)
	if err != nil {
		return fmt.Errorf("acknowledge alert %d: %w", alert, err)
	}
	return MarkSeen(ctx, tx, person, head, at)
}

// WithoutRecipient counts the matters alerted since a time that reached nobody, under no watch.
func WithoutRecipient(ctx context.Context, q records.Querier, since time.Time) (int, error) {
	var n int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM alerts a WHERE a.id = a.head AND a.created_at >= $1
		AND EXISTS (SELECT 1 FROM deliveries d JOIN alerts s ON s.id = d.alert WHERE s.head = a.id AND d.state = 'no-recipient')
		AND NOT EXISTS (SELECT 1 FROM deliveries d JOIN alerts s ON s.id = d.alert WHERE s.head = a.id AND d.state <> 'no-recipient')`,
		records.Millis(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("alerts without recipient: %w", err)
	}
	return n, nil
}

// NotAlerted counts the articles of [from, to) that matched and alerted no watch, by reason. An
// article with several reasons counts under each.
func NotAlerted(ctx context.Context, q records.Querier, from, to time.Time) (map[string]int, error) {
	rows, err := q.QueryContext(ctx, `SELECT u.reason, COUNT(DISTINCT u.article) FROM unalerted u
		WHERE u.at >= $1 AND u.at < $2 AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.article = u.article)
		GROUP BY u.reason`, records.Millis(from), records.Millis(to))
	if err != nil {
		return nil, fmt.Errorf("count what was not alerted: %w", err)
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var reason string
		var n int
		if err := rows.Scan(&reason, &n); err != nil {
			return nil, fmt.Errorf("count what was not alerted: %w", err)
		}
		counts[reason] = n
	}
	return counts, rows.Err()
}

// PruneUnalerted drops the notes older than a time and returns how many. Alerts are never pruned.
func PruneUnalerted(ctx context.Context, tx *records.Tx, before time.Time) (int64, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM unalerted WHERE at < $1`, records.Millis(before))
	if err != nil {
		return 0, fmt.Errorf("prune what was not alerted: %w", err)
	}
	return res.RowsAffected()
}
