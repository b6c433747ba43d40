// Package deliveries remembers what was alerted, who is to hear of it by which channel, how far
// each message got, and who has seen what. It keeps every promise of "once": the same event may
// come twice and a process may die anywhere. What to tell and how to send it belongs to alerter.
package deliveries

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
)

// A State is how far a delivery got.
type State string

// The states of a delivery.
const (
	Pending     State = "pending"      // waits for its time, or for its channel to be set up (see Cause)
	Sending     State = "sending"      // a try is under way
	Sent        State = "sent"         // the other side accepted it
	Failed      State = "failed"       // given up; Cause and Detail say why
	Bundled     State = "bundled"      // another delivery's message carries it
	NoRecipient State = "no-recipient" // the route reaches nobody
)

// Bell is the channel of the bell in the interface: what is there is told.
const Bell = "bell"

// Causes that this package sets itself; senders set their own.
const (
	CauseUnconfirmed = "unconfirmed" // sent twice up to the last byte, never answered
	CauseExpired     = "expired"     // could not be sent for longer than the settings try
)

// Why a mention was not alerted, besides the reasons of news.NotNews….
const (
	ReasonUncertain = "uncertain" // the match, or its place, is not certain
	ReasonCopy      = "copy"      // the same text was alerted under another address
	ReasonSilent    = "silent"    // the watch only lists
	ReasonMinor     = "minor"     // below the severity that the office wants to hear of
	ReasonRevised   = "revised"   // the text is old, a watch or the reading of it changed
)

// NewAlert is a mention that becomes an alert.
type NewAlert struct {
	Article  string
	N        int
	BodyHash string
	Source   string
	Route    string
	SeenAt   time.Time
	Mention  news.Mention
}

// Outcome is what AddAlert did.
type Outcome string

// The outcomes of AddAlert.
const (
	Added  Outcome = "added"
	Repeat Outcome = "repeat" // the article has alerted this watch before
	Copied Outcome = "copied" // the same text has alerted this watch under another article
)

// AddAlert makes an alert of a mention, once: the same article, or the same text, alerts a watch
// only the first time, whatever is called twice. The first alert of an article is the head that
// people see; a later one stands under the newest head unless it is more severe. The id is 0
// where nothing was added.
func AddAlert(ctx context.Context, tx *records.Tx, a NewAlert, at time.Time) (id int64, outcome Outcome, err error) {
	id, err = nextID(ctx, tx, "alerts")
	if err != nil {
		return 0, "", err
	}
	rank := a.Mention.Severity.Rank()
	head, err := headFor(ctx, tx, a.Article, rank, id)
	if err != nil {
		return 0, "", err
	}
	places, spans, err := encode(a.Mention)
	if err != nil {
		return 0, "", err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO alerts (id, head, article, n, watch, watch_rev, body_hash, severity,
			rank, class, source, route, places, spans, why, seen_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT DO NOTHING`,
		id, head, a.Article, a.N, a.Mention.Watch, a.Mention.WatchRev, a.BodyHash, string(a.Mention.Severity),
		rank, string(a.Mention.Class), a.Source, a.Route, places, spans, a.Mention.Why,
		records.Millis(a.SeenAt), records.Millis(at))
	if err != nil {
		return 0, "", fmt.Errorf("alert %s for %s: %w", a.Article, a.Mention.Watch, err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return 0, "", fmt.Errorf("alert %s for %s: %w", a.Article, a.Mention.Watch, err)
	} else if n == 0 {
		outcome, err := whyNotAdded(ctx, tx, a)
		return 0, outcome, err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM unalerted WHERE article = $1 AND watch = $2`, a.Article, a.Mention.Watch)
	if err != nil {
		return 0, "", fmt.Errorf("alert %s for %s: %w", a.Article, a.Mention.Watch, err)
	}
	return id, Added, nil
}

func whyNotAdded(ctx context.Context, tx *records.Tx, a NewAlert) (Outcome, error) {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM alerts WHERE article = $1 AND watch = $2`,
		a.Article, a.Mention.Watch).Scan(&n)
	if err != nil {
		return "", fmt.Errorf("alert %s for %s: %w", a.Article, a.Mention.Watch, err)
	}
	if n > 0 {
		return Repeat, nil
	}
	return Copied, nil
}

// headFor is the newest head of the article where it is severe enough to stand above an alert
// of rank, else the alert's own id.
func headFor(ctx context.Context, tx *records.Tx, article string, rank int, own int64) (int64, error) {
	var head int64
	err := tx.QueryRowContext(ctx, `SELECT id FROM alerts WHERE article = $1 AND head = id AND rank >= $2
		ORDER BY id DESC LIMIT 1`, article, rank).Scan(&head)
	if errors.Is(err, sql.ErrNoRows) {
		return own, nil
	}
	if err != nil {
		return 0, fmt.Errorf("head alert of %s: %w", article, err)
	}
	return head, nil
}

func encode(m news.Mention) (places, spans string, err error) {
	p, err := json.Marshal(m.Places)
	if err != nil {
		return "", "", fmt.Errorf("places of %s: %w", m.Watch, err)
	}
	s, err := json.Marshal(m.Spans)
	if err != nil {
		return "", "", fmt.Errorf("spans of %s: %w", m.Watch, err)
	}
	return string(p), string(s), nil
}

// nextID numbers rows ourselves: both databases agree on it, and there is one writer.
func nextID(ctx context.Context, tx *records.Tx, table string) (int64, error) {
	var id int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM `+table).Scan(&id); err != nil {
		return 0, fmt.Errorf("next id of %s: %w", table, err)
	}
	return id, nil
}

// Add makes the delivery of an alert to one person (0: nobody in particular) by one channel,
// once. cause says why it cannot go out yet, "" when it can. The bell is told at once. Where the person has, or will have, a message about the
// article by this channel that is at least as severe, the new one is bundled into it; where a
// less severe one still waits, that is bundled into the new one.
func Add(ctx context.Context, tx *records.Tx, alert, person int64, channel, cause string, at time.Time) error {
	var article string
	var rank int
	err := tx.QueryRowContext(ctx, `SELECT article, rank FROM alerts WHERE id = $1`, alert).Scan(&article, &rank)
	if err != nil {
		return fmt.Errorf("delivery of alert %d: %w", alert, err)
	}
	id, err := nextID(ctx, tx, "deliveries")
	if err != nil {
		return err
	}
	state, sentAt := Pending, int64(0)
	if channel == Bell {
		state, sentAt = Sent, records.Millis(at)
	}
	into, err := bundleInto(ctx, tx, article, rank, person, channel)
	if err != nil {
		return err
	}
	if into != 0 {
		state, sentAt, cause = Bundled, 0, ""
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO deliveries (id, alert, article, rank, person, channel, state,
			bundled_into, next_at, message_id, cause, created_at, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
		id, alert, article, rank, person, channel, string(state), into, records.Millis(at),
		strings.ToLower(rand.Text()), cause, records.Millis(at), sentAt)
	if err != nil {
		return fmt.Errorf("delivery of alert %d: %w", alert, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 || into != 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE deliveries SET state = $1, bundled_into = $2
		WHERE article = $3 AND person = $4 AND channel = $5 AND id <> $2 AND (state = $6 OR bundled_into IN
			(SELECT id FROM deliveries WHERE article = $3 AND person = $4 AND channel = $5 AND id <> $2 AND state = $6))`,
		string(Bundled), id, article, person, channel, string(Pending))
	if err != nil {
		return fmt.Errorf("bundle into delivery %d: %w", id, err)
	}
	return nil
}

// bundleInto finds the delivery whose message carries, or carried, the article to the person. One that
// failed carries nothing.
func bundleInto(ctx context.Context, tx *records.Tx, article string, rank int, person int64, channel string) (int64, error) {
	var id int64
	err := tx.QueryRowContext(ctx, `SELECT id FROM deliveries WHERE article = $1 AND person = $2 AND channel = $3
		AND rank >= $4 AND state IN ($5, $6, $7) ORDER BY id DESC LIMIT 1`,
		article, person, channel, rank, string(Pending), string(Sending), string(Sent)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("earlier delivery of %s: %w", article, err)
	}
	return id, nil
}

// AddNoRecipient notes that the route of an alert reaches nobody, once. An alert that stands
// under another head which reached somebody is no matter of its own, but is noted all the same.
func AddNoRecipient(ctx context.Context, tx *records.Tx, alert int64, at time.Time) error {
	id, err := nextID(ctx, tx, "deliveries")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO deliveries (id, alert, article, rank, person, channel, state, next_at, message_id, created_at)
		SELECT $1, id, article, rank, 0, '', $2, 0, '', $3 FROM alerts WHERE id = $4 ON CONFLICT DO NOTHING`,
		id, string(NoRecipient), records.Millis(at), alert)
	if err != nil {
		return fmt.Errorf("alert %d without recipient: %w", alert, err)
	}
	return nil
}

// AddUnalerted notes why a mention was not alerted. The first reason stays; where the pair was
// alerted nothing is noted.
func AddUnalerted(ctx context.Context, tx *records.Tx, article, watch, reason string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO unalerted (article, watch, reason, at)
		SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE article = $1 AND watch = $2)
		ON CONFLICT DO NOTHING`, article, watch, reason, records.Millis(at))
	if err != nil {
		return fmt.Errorf("note %s not alerted: %w", article, err)
	}
	return nil
}

// Forget takes out of the alerts of a deleted article what could repeat its text, and ends the
// deliveries that still wait. The rows stay: who was told of what is no secret of the article.
func Forget(ctx context.Context, tx *records.Tx, article string) error {
	_, err := tx.ExecContext(ctx, `UPDATE alerts SET why = '', spans = 'null' WHERE article = $1`, article)
	if err != nil {
		return fmt.Errorf("forget alerts of %s: %w", article, err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE deliveries SET state = $1, cause = 'deleted' WHERE article = $2 AND state = $3`,
		string(Failed), article, string(Pending))
	if err != nil {
		return fmt.Errorf("forget deliveries of %s: %w", article, err)
	}
	return nil
}
