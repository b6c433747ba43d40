package deliveries

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
)

// A View is one matter that people see: the head alert of an article with the others that stand
// under it. Titles and names are not here; they belong to the articles, watches and sources.
type View struct {
	ID             int64
	Article        string
	N              int // version that alerted
	Source         string
	Route          string
	Severity       news.Severity
	Mention        news.Mention // of the head
	Also           []Also       // the other watches, most severe first
	SeenAt         time.Time    // when the version was seen
	CreatedAt      time.Time    // when it was alerted
	Sent           State        // how far the messages got, the bell aside; "" when only the bell was asked for
	SentAt         time.Time    // of the first message that was accepted
	Cause          string       // why it waits or failed
	Seen           bool         // by the person of the filter
	AcknowledgedBy int64        // a person, 0 when nobody did
	AcknowledgedAt time.Time
}

// Also is a further watch of a matter.
type Also struct {
	Alert    int64
	Watch    string
	Severity news.Severity
}

// Filter narrows a list of alerts. The zero value lists all.
type Filter struct {
	Person   int64         // whose bell and reads count
	Unseen   bool          // only what the person's bell told and the person has not seen
	Open     bool          // only what nobody has acknowledged
	Severity news.Severity // of the head
	Watch    string        // of any alert of the matter
	Article  string
	From, To time.Time // alerted in [From, To)
	State    State     // any delivery of the matter, the bell aside, is in it
	Before   int64     // only smaller ids; 0 starts at the newest
	Limit    int       // 0 is 50, at most 500
}

// List reads matters, newest first.
func List(ctx context.Context, q records.Querier, f Filter) ([]View, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	where, args := f.where(true)
	args = append(args, f.Person, min(limit, 500))
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`SELECT a.id, a.article, a.n, a.source, a.route, a.severity, a.watch, a.watch_rev,
			a.class, a.places, a.spans, a.why, a.seen_at, a.created_at, a.acknowledged_by, a.acknowledged_at,
			EXISTS (SELECT 1 FROM alert_reads r WHERE r.alert = a.id AND r.person = $%d)
		FROM alerts a WHERE %s ORDER BY a.id DESC LIMIT $%d`, len(args)-1, where, len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	defer rows.Close()
	var list []View
	for rows.Next() {
		v, err := scanView(rows)
		if err != nil {
			return nil, fmt.Errorf("list alerts: %w", err)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	return list, complete(ctx, q, list)
}

// Get reads the matter that an alert stands under, as a person sees it, or records.ErrNotFound.
func Get(ctx context.Context, q records.Querier, alert, person int64) (View, error) {
	head, err := headOf(ctx, q, alert)
	if err != nil {
		return View{}, err
	}
	list, err := List(ctx, q, Filter{Person: person, Before: head + 1, Limit: 1})
	if err != nil {
		return View{}, err
	}
	if len(list) == 0 || list[0].ID != head {
		return View{}, fmt.Errorf("alert %d: %w", alert, records.ErrNotFound)
	}
	return list[0], nil
}

func headOf(ctx context.Context, q records.Querier, alert int64) (int64, error) {
	var head int64
	err := q.QueryRowContext(ctx, `SELECT head FROM alerts WHERE id = $1`, alert).Scan(&head)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("alert %d: %w", alert, records.ErrNotFound)
	}
	if err != nil {
		return 0, fmt.Errorf("alert %d: %w", alert, err)
	}
	return head, nil
}

func scanView(rows *sql.Rows) (View, error) {
	var v View
	var m news.Mention
	var severity, class, places, spans string
	var seenAt, createdAt, acknowledgedAt int64
	err := rows.Scan(&v.ID, &v.Article, &v.N, &v.Source, &v.Route, &severity, &m.Watch, &m.WatchRev,
		&class, &places, &spans, &m.Why, &seenAt, &createdAt, &v.AcknowledgedBy, &acknowledgedAt, &v.Seen)
	if err != nil {
		return View{}, err
	}
	if err := json.Unmarshal([]byte(places), &m.Places); err != nil {
		return View{}, fmt.Errorf("places of alert %d: %w", v.ID, err)
	}
	if err := json.Unmarshal([]byte(spans), &m.Spans); err != nil {
		return View{}, fmt.Errorf("spans of alert %d: %w", v.ID, err)
	}
	v.Severity, m.Severity, m.Class, m.Certain = news.Severity(severity), news.Severity(severity), news.Class(class), true
	v.Mention = m
	v.SeenAt, v.CreatedAt, v.AcknowledgedAt = records.Time(seenAt), records.Time(createdAt), records.Time(acknowledgedAt)
	return v, nil
}

// where is the condition of the filter over alerts a that are heads, with its arguments. page
// says whether Before counts.
func (f Filter) where(page bool) (string, []any) {
	parts, args := []string{"a.id = a.head"}, []any{}
	add := func(condition string, values ...any) {
		numbers := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			numbers[i] = len(args)
		}
		parts = append(parts, fmt.Sprintf(condition, numbers...))
	}
	if f.Unseen {
		add(unseen, f.Person, f.Person)
	}
	if f.Open {
		add("a.acknowledged_at = 0")
	}
	if f.Severity != "" {
		add("a.severity = $%d", string(f.Severity))
	}
	if f.Watch != "" {
		add("EXISTS (SELECT 1 FROM alerts w WHERE w.head = a.id AND w.watch = $%d)", f.Watch)
	}
	if f.Article != "" {
		add("a.article = $%d", f.Article)
	}
	if !f.From.IsZero() {
		add("a.created_at >= $%d", records.Millis(f.From))
	}
	if !f.To.IsZero() {
		add("a.created_at < $%d", records.Millis(f.To))
	}
	if f.State != "" {
		add(`EXISTS (SELECT 1 FROM deliveries d JOIN alerts s ON s.id = d.alert
			WHERE s.head = a.id AND d.state = $%d AND d.channel <> 'bell')`, string(f.State))
	}
	if page && f.Before != 0 {
		add("a.id < $%d", f.Before)
	}
	return strings.Join(parts, " AND "), args
}

// unseen holds for a head that the person's bell told and the person has not seen.
const unseen = `EXISTS (SELECT 1 FROM deliveries d JOIN alerts b ON b.id = d.alert
		WHERE b.head = a.id AND d.person = $%d AND d.channel = 'bell')
	AND NOT EXISTS (SELECT 1 FROM alert_reads r WHERE r.alert = a.id AND r.person = $%d)`

// complete adds to each matter its further watches and how far its messages got.
func complete(ctx context.Context, q records.Querier, list []View) error {
	for i := range list {
		if err := addAlso(ctx, q, &list[i]); err != nil {
			return err
		}
		if err := addSent(ctx, q, &list[i]); err != nil {
			return err
		}
	}
	return nil
}

func addAlso(ctx context.Context, q records.Querier, v *View) error {
	rows, err := q.QueryContext(ctx, `SELECT id, watch, severity FROM alerts WHERE head = $1 AND id <> $1
		ORDER BY rank DESC, id`, v.ID)
	if err != nil {
		return fmt.Errorf("alerts under %d: %w", v.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var a Also
		var severity string
		if err := rows.Scan(&a.Alert, &a.Watch, &severity); err != nil {
			return fmt.Errorf("alerts under %d: %w", v.ID, err)
		}
		a.Severity = news.Severity(severity)
		v.Also = append(v.Also, a)
	}
	return rows.Err()
}

// addSent sums up the deliveries of a matter: what went wrong stands before what waits, that
// before what is done, and "reaches nobody" only where no watch of the matter reached anybody.
func addSent(ctx context.Context, q records.Querier, v *View) error {
	rows, err := q.QueryContext(ctx, `SELECT d.state, d.channel, d.cause, MIN(CASE WHEN d.sent_at > 0 THEN d.sent_at END)
		FROM deliveries d JOIN alerts a ON a.id = d.alert WHERE a.head = $1 GROUP BY d.state, d.channel, d.cause`, v.ID)
	if err != nil {
		return fmt.Errorf("deliveries of alert %d: %w", v.ID, err)
	}
	defer rows.Close()
	best := 0
	for rows.Next() {
		var state, channel, cause string
		var sentAt sql.NullInt64
		if err := rows.Scan(&state, &channel, &cause, &sentAt); err != nil {
			return fmt.Errorf("deliveries of alert %d: %w", v.ID, err)
		}
		if channel == Bell {
			state, cause, sentAt.Valid = "", "", false
		}
		if w := weight(State(state)); w > best {
			best, v.Sent, v.Cause = w, State(state), cause
		}
		if at := records.Time(sentAt.Int64); sentAt.Valid && (v.SentAt.IsZero() || at.Before(v.SentAt)) {
			v.SentAt = at
		}
	}
	return rows.Err()
}

func weight(s State) int {
	switch s {
	case Failed:
		return 6
	case Pending, Sending:
		return 5
	case Sent:
		return 4
	case Bundled:
		return 3
	case NoRecipient:
		return 1
	}
	return 2 // the bell
}

// A Try is one delivery of a matter, for whoever wants to know who was told how.
type Try struct {
	ID          int64     `json:"id"`
	Alert       int64     `json:"alert"`
	Watch       string    `json:"watch"`
	Person      int64     `json:"person"` // 0: nobody in particular
	Channel     string    `json:"channel"`
	State       State     `json:"state"`
	Attempts    int       `json:"attempts"`
	NextAt      time.Time `json:"next_at,omitzero"` // when it is tried next, where it waits
	MaybeRepeat bool      `json:"maybe_repeat"`
	MessageID   string    `json:"message_id"`
	Cause       string    `json:"cause"`
	Detail      string    `json:"detail"`
	SentAt      time.Time `json:"sent_at,omitzero"`
}

// Tries lists the deliveries of the matter that an alert stands under.
func Tries(ctx context.Context, q records.Querier, alert int64) ([]Try, error) {
	rows, err := q.QueryContext(ctx, `SELECT d.id, d.alert, a.watch, d.person, d.channel, d.state, d.attempts, d.next_at,
			d.maybe_repeat, d.message_id, d.cause, d.detail, d.sent_at
		FROM deliveries d JOIN alerts a ON a.id = d.alert
		WHERE a.head = (SELECT head FROM alerts WHERE id = $1) ORDER BY d.id`, alert)
	if err != nil {
		return nil, fmt.Errorf("deliveries of alert %d: %w", alert, err)
	}
	defer rows.Close()
	var list []Try
	for rows.Next() {
		var t Try
		var nextAt, sentAt int64
		if err := rows.Scan(&t.ID, &t.Alert, &t.Watch, &t.Person, &t.Channel, (*string)(&t.State), &t.Attempts, &nextAt,
			&t.MaybeRepeat, &t.MessageID, &t.Cause, &t.Detail, &sentAt); err != nil {
			return nil, fmt.Errorf("deliveries of alert %d: %w", alert, err)
		}
		if t.State == Pending {
			t.NextAt = records.Time(nextAt)
		}
		t.SentAt = records.Time(sentAt)
		list = append(list, t)
	}
	return list, rows.Err()
}

// Group reads the mentions of the matter that an alert stands under, most severe first: what one
// message lists.
func Group(ctx context.Context, q records.Querier, alert int64) ([]View, error) {
	rows, err := q.QueryContext(ctx, `SELECT a.id, a.article, a.n, a.source, a.route, a.severity, a.watch, a.watch_rev,
			a.class, a.places, a.spans, a.why, a.seen_at, a.created_at, a.acknowledged_by, a.acknowledged_at, 1 = 0
		FROM alerts a WHERE a.head = (SELECT head FROM alerts WHERE id = $1) ORDER BY a.rank DESC, a.id`, alert)
	if err != nil {
		return nil, fmt.Errorf("alerts with %d: %w", alert, err)
	}
	defer rows.Close()
	var list []View
	for rows.Next() {
		v, err := scanView(rows)
		if err != nil {
			return nil, fmt.Errorf("alerts with %d: %w", alert, err)
		}
		list = append(list, v)
	}
	return list, rows.Err()
}
