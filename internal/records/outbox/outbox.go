// Package outbox remembers what must still be published: a row is written in the transaction
// that changed something, and the relay publishes it afterwards. It also says which subject and
// message id an article or a change of mentions has; publishing itself is the relay's work.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
)

// The streams that rows go to.
const (
	Articles = "ARTICLES"
	Mentions = "MENTIONS"
)

// A Row is one message to publish.
type Row struct {
	Seq     int64 // order of publication, given by Add
	Topic   string
	Subject string
	Message string // id: published twice it is stored once
	Article string
	N       int64  // version of an article, revision of a mention event
	Payload []byte // nil where the message is built from the records when it is published
	AddedAt time.Time
}

// A Receipt says where a row lies in its stream. StreamSeq 0 is nowhere: it had to be dropped.
type Receipt struct {
	Seq       int64
	StreamSeq uint64
}

// ArticleSubject is the subject of an article's version in ARTICLES.
func ArticleSubject(lane news.Lane, source string) string {
	return "articles." + string(lane) + "." + source
}

// MentionSubject is the subject of an event in MENTIONS: its last token is the highest severity.
func MentionSubject(e news.MentionEvent) string {
	return "mentions." + string(e.Lane) + "." + string(e.Highest())
}

// MessageID is the id of version n, or of revision n, of an article.
func MessageID(article string, n int64) string { return article + ":" + strconv.FormatInt(n, 10) }

// Add writes a row. A message that has a row already is left as it is.
func Add(ctx context.Context, tx *records.Tx, r Row) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO outbox (topic, subject, message, article, n, payload, added_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (topic, message) DO NOTHING`,
		r.Topic, r.Subject, r.Message, r.Article, r.N, string(r.Payload), records.Millis(r.AddedAt))
	if err != nil {
		return fmt.Errorf("outbox %s %s: %w", r.Topic, r.Message, err)
	}
	return nil
}

// AddArticle writes the row of version n. Its text is read from the records when it is published.
func AddArticle(ctx context.Context, tx *records.Tx, article string, n int, lane news.Lane, source string, at time.Time) error {
	return Add(ctx, tx, Row{
		Topic: Articles, Subject: ArticleSubject(lane, source), Message: MessageID(article, int64(n)),
		Article: article, N: int64(n), AddedAt: at,
	})
}

// AddMentions writes the row of a change of what the index shows.
func AddMentions(ctx context.Context, tx *records.Tx, e news.MentionEvent, at time.Time) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("outbox mentions of %s: %w", e.Article, err)
	}
	return Add(ctx, tx, Row{
		Topic: Mentions, Subject: MentionSubject(e), Message: MessageID(e.Article, e.Rev),
		Article: e.Article, N: e.Rev, Payload: payload, AddedAt: at,
	})
}

// Waiting returns rows that are not published, oldest first.
func Waiting(ctx context.Context, q records.Querier, limit int) ([]Row, error) {
	rows, err := q.QueryContext(ctx, `SELECT seq, topic, subject, message, article, n, payload, added_at
		FROM outbox WHERE published_at = 0 ORDER BY seq LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer rows.Close()
	var out []Row
	for rows.Next() {
		var (
			r       Row
			payload string
			at      int64
		)
		if err := rows.Scan(&r.Seq, &r.Topic, &r.Subject, &r.Message, &r.Article, &r.N, &payload, &at); err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		if payload != "" {
			r.Payload = []byte(payload)
		}
		r.AddedAt = records.Time(at)
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return out, nil
}

// Published marks rows as done. Marked again, the newer receipt counts. It returns the numbers of
// rows that are not there any more: they were dropped while they were being published.
func Published(ctx context.Context, tx *records.Tx, receipts []Receipt, at time.Time) (gone []int64, err error) {
	for _, r := range receipts {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET published_at = $1, published_seq = $2 WHERE seq = $3`,
			records.Millis(at), int64(r.StreamSeq), r.Seq) // #nosec G115 -- a stream's sequence stays far below 2^63
		if err != nil {
			return nil, fmt.Errorf("mark outbox row %d: %w", r.Seq, err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return nil, fmt.Errorf("mark outbox row %d: %w", r.Seq, err)
		}
		if n == 0 {
			gone = append(gone, r.Seq)
		}
	}
	return gone, nil
}

// Refill makes rows of a topic wait again whose place in the stream lies beyond its last
// sequence; 0 is every row that was published. It returns how many.
func Refill(ctx context.Context, tx *records.Tx, topic string, last uint64) (int64, error) {
	res, err := tx.ExecContext(ctx, `UPDATE outbox SET published_at = 0, published_seq = 0
		WHERE topic = $1 AND published_seq > $2`, topic, int64(last)) // #nosec G115 -- see Published
	if err != nil {
		return 0, fmt.Errorf("refill %s from the outbox: %w", topic, err)
	}
	return res.RowsAffected()
}

// Backlog says how many rows wait and since when the oldest does.
func Backlog(ctx context.Context, q records.Querier) (rows int, oldest time.Time, err error) {
	var at int64
	err = q.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(added_at), 0) FROM outbox WHERE published_at = 0`).
		Scan(&rows, &at)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("read outbox: %w", err)
	}
	return rows, records.Time(at), nil
}

// Drop removes the article's rows of ARTICLES and the mention events older than revision rev:
// what is deleted is published no more. The event of the deletion itself stays.
func Drop(ctx context.Context, tx *records.Tx, article string, rev int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM outbox WHERE article = $1 AND (topic = $2 OR topic = $3 AND n < $4)`,
		article, Articles, Mentions, rev)
	if err != nil {
		return fmt.Errorf("drop outbox rows of %s: %w", article, err)
	}
	return nil
}

// Prune removes rows published before t, when no stream keeps their messages any more.
func Prune(ctx context.Context, tx *records.Tx, t time.Time) (int64, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM outbox WHERE published_at > 0 AND published_at < $1`, records.Millis(t))
	if err != nil {
		return 0, fmt.Errorf("prune outbox: %w", err)
	}
	return res.RowsAffected()
}
