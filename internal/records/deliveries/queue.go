package deliveries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
)

// A Delivery is one message to one person by one channel, as the sender sees it.
type Delivery struct {
	ID          int64
	Alert       int64
	Article     string
	Person      int64
	Channel     string
	Attempts    int       // tries begun, this one included
	MaybeRepeat bool      // an earlier try may have arrived
	MessageID   string    // the same for every try
	CreatedAt   time.Time // when it was to be told
}

// Claim takes the most severe, then oldest, delivery of a channel that is due, and makes it
// Sending before anything leaves, so that a process that dies here is noticed. records.ErrNotFound
// means that nothing is due.
func Claim(ctx context.Context, tx *records.Tx, channel string, now time.Time) (Delivery, error) {
	var d Delivery
	var repeat int
	var created int64
	err := tx.QueryRowContext(ctx, `UPDATE deliveries SET state = $1, attempts = attempts + 1, sending_since = $2, handed_at = 0
		WHERE id = (SELECT id FROM deliveries WHERE channel = $3 AND state = 'pending' AND next_at <= $2
			ORDER BY rank DESC, id LIMIT 1)
		RETURNING id, alert, article, person, channel, attempts, maybe_repeat, message_id, created_at`,
		string(Sending), records.Millis(now), channel).
		Scan(&d.ID, &d.Alert, &d.Article, &d.Person, &d.Channel, &d.Attempts, &repeat, &d.MessageID, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return Delivery{}, fmt.Errorf("due delivery by %s: %w", channel, records.ErrNotFound)
	}
	if err != nil {
		return Delivery{}, fmt.Errorf("claim delivery by %s: %w", channel, err)
	}
	d.MaybeRepeat, d.CreatedAt = repeat != 0, records.Time(created)
	return d, nil
}

// NextDue is when the next delivery of a channel is due, the zero time when none waits.
func NextDue(ctx context.Context, q records.Querier, channel string) (time.Time, error) {
	var at int64
	err := q.QueryRowContext(ctx, `SELECT COALESCE(MIN(next_at), 0) FROM deliveries WHERE channel = $1 AND state = 'pending'`,
		channel).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("next delivery by %s: %w", channel, err)
	}
	return records.Time(at), nil
}

// HandOver notes that from here on the try may arrive although nobody answers. It must be on
// disk before the last byte leaves.
func HandOver(ctx context.Context, tx *records.Tx, id int64, now time.Time) error {
	return update(ctx, tx, id, `UPDATE deliveries SET handed_at = $2 WHERE id = $1 AND state = 'sending'`, records.Millis(now))
}

// MarkSent notes that the other side accepted the message.
func MarkSent(ctx context.Context, tx *records.Tx, id int64, now time.Time) error {
	return update(ctx, tx, id, `UPDATE deliveries SET state = 'sent', sent_at = $2, cause = '', detail = ''
		WHERE id = $1 AND state = 'sending'`, records.Millis(now))
}

// Again lets the delivery be tried again from next on. uncertain says that this try was handed
// over and never answered: then the next one is marked as a possible repeat, and where this one
// already was, there is no other and the delivery counts as sent, unconfirmed.
func Again(ctx context.Context, tx *records.Tx, id int64, next time.Time, cause, detail string, uncertain bool) error {
	if !uncertain {
		return update(ctx, tx, id, `UPDATE deliveries SET state = 'pending', next_at = $2, cause = $3, detail = $4
			WHERE id = $1 AND state = 'sending'`, records.Millis(next), cause, detail)
	}
	return update(ctx, tx, id, `UPDATE deliveries SET next_at = $2, detail = $4,
			state = CASE maybe_repeat WHEN 0 THEN 'pending' ELSE 'sent' END,
			cause = CASE maybe_repeat WHEN 0 THEN $3 ELSE $5 END,
			sent_at = CASE maybe_repeat WHEN 0 THEN 0 ELSE handed_at END,
			maybe_repeat = 1
		WHERE id = $1 AND state = 'sending'`, records.Millis(next), cause, detail, CauseUnconfirmed)
}

// Postpone puts a delivery back that could not be tried at all, as when the person has no
// address. It does not count as a try.
func Postpone(ctx context.Context, tx *records.Tx, id int64, next time.Time, cause string) error {
	return update(ctx, tx, id, `UPDATE deliveries SET state = 'pending', next_at = $2, cause = $3, detail = '', attempts = attempts - 1
		WHERE id = $1 AND state = 'sending'`, records.Millis(next), cause)
}

// Fail gives a delivery up, with the reason.
func Fail(ctx context.Context, tx *records.Tx, id int64, cause, detail string) error {
	return update(ctx, tx, id, `UPDATE deliveries SET state = 'failed', cause = $2, detail = $3
		WHERE id = $1 AND state = 'sending'`, cause, detail)
}

// Retry lets a person put a failed delivery back into the queue; its tries start anew.
func Retry(ctx context.Context, tx *records.Tx, id int64, now time.Time) error {
	return update(ctx, tx, id, `UPDATE deliveries SET state = 'pending', next_at = $2, created_at = $2, attempts = 0, cause = '', detail = ''
		WHERE id = $1 AND state = 'failed'`, records.Millis(now))
}

func update(ctx context.Context, tx *records.Tx, id int64, query string, args ...any) error {
	res, err := tx.ExecContext(ctx, query, append([]any{id}, args...)...)
	if err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return fmt.Errorf("delivery %d: %w", id, err)
	} else if n == 0 {
		return fmt.Errorf("delivery %d in the state that this needs: %w", id, records.ErrNotFound)
	}
	return nil
}

// Recover puts right what a process left Sending when it died: a try that was not handed over
// is simply due again; one that was is repeated once, marked; a second such one counts as sent,
// unconfirmed, because it went out whole twice. It returns how many there were. Call it before the first
// Claim, when nobody else sends.
func Recover(ctx context.Context, tx *records.Tx, now time.Time) (int64, error) {
	res, err := tx.ExecContext(ctx, `UPDATE deliveries SET
			state = CASE WHEN handed_at > 0 AND maybe_repeat = 1 THEN 'sent' ELSE 'pending' END,
			cause = CASE WHEN handed_at > 0 AND maybe_repeat = 1 THEN $2 ELSE cause END,
			sent_at = CASE WHEN handed_at > 0 AND maybe_repeat = 1 THEN handed_at ELSE 0 END,
			maybe_repeat = CASE WHEN handed_at > 0 THEN 1 ELSE maybe_repeat END,
			next_at = $1
		WHERE state = 'sending'`, records.Millis(now), CauseUnconfirmed)
	if err != nil {
		return 0, fmt.Errorf("recover deliveries: %w", err)
	}
	return res.RowsAffected()
}

// Explain notes at waiting deliveries of a channel why they cannot go out, or with "" that now
// they can. Deliveries whose own reason is another keep it.
func Explain(ctx context.Context, tx *records.Tx, channel, old, cause string) error {
	_, err := tx.ExecContext(ctx, `UPDATE deliveries SET cause = $1 WHERE channel = $2 AND state = 'pending' AND cause = $3`,
		cause, channel, old)
	if err != nil {
		return fmt.Errorf("explain deliveries by %s: %w", channel, err)
	}
	return nil
}

// Channels lists the channels by which anything waits.
func Channels(ctx context.Context, q records.Querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT DISTINCT channel FROM deliveries WHERE state = 'pending' ORDER BY channel`)
	if err != nil {
		return nil, fmt.Errorf("waiting channels: %w", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			return nil, fmt.Errorf("waiting channels: %w", err)
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Queue is the state of one channel, for the operator.
type Queue struct {
	Channel string
	Waiting int
	Oldest  time.Time // when the oldest that waits was to be told, zero when none waits
	Failed  int
	Sent    int
	Causes  map[string]int // why they wait or failed, by code
}

// Stats tells for each channel what waits, and what was sent or failed since a time.
func Stats(ctx context.Context, q records.Querier, since time.Time) ([]Queue, error) {
	rows, err := q.QueryContext(ctx, `SELECT channel, state, cause, COUNT(*), MIN(created_at) FROM deliveries
		WHERE state IN ('pending', 'sending') OR (state IN ('sent', 'failed') AND created_at >= $1)
		GROUP BY channel, state, cause ORDER BY channel, state, cause`, records.Millis(since))
	if err != nil {
		return nil, fmt.Errorf("delivery queues: %w", err)
	}
	defer rows.Close()
	var list []Queue
	for rows.Next() {
		var channel, state, cause string
		var n int
		var oldest int64
		if err := rows.Scan(&channel, &state, &cause, &n, &oldest); err != nil {
			return nil, fmt.Errorf("delivery queues: %w", err)
		}
		if len(list) == 0 || list[len(list)-1].Channel != channel {
			list = append(list, Queue{Channel: channel, Causes: map[string]int{}})
		}
		list[len(list)-1].add(State(state), cause, n, records.Time(oldest))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("delivery queues: %w", err)
	}
	return list, nil
}

func (s *Queue) add(state State, cause string, n int, oldest time.Time) {
	switch state {
	case Failed:
		s.Failed += n
	case Sent:
		s.Sent += n
	default:
		s.Waiting += n
		if s.Oldest.IsZero() || oldest.Before(s.Oldest) {
			s.Oldest = oldest
		}
	}
	if cause != "" {
		s.Causes[cause] += n
	}
}
