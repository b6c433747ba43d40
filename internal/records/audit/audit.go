// Package audit is the append-only trail of who did what: rows bound to each other by hashes, so
// that a change behind the program's back is found. Texts and secrets have no place in it, since
// nothing can be taken out again; it holds ids, hashes, counts and logins.
package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
)

// ErrBroken is returned by Verify when the chain does not hold; the error names the row.
var ErrBroken = errors.New("audit chain broken")

// An Entry is what the caller knows of a row. Detail is encoded as JSON; nil is none.
type Entry struct {
	At      time.Time
	Actor   string // login, or the part of the program that acted: "crawler", "settings"
	Action  string // such as "capture.write" or "article.delete"
	Subject string // id of what was acted on
	Detail  any
}

// A Row is an entry as it stands in the chain.
type Row struct {
	Seq     int64
	At      time.Time
	Actor   string
	Action  string
	Subject string
	Detail  json.RawMessage
	Prev    string // hash of the row before, "" for the first
	Hash    string
}

// A Head names the end of the chain. A copy kept elsewhere proves later that nothing before it
// was changed or cut off.
type Head struct {
	Seq  int64
	Hash string
}

// Append writes e at the end of the chain, in the transaction of the change it tells of.
func Append(ctx context.Context, tx *records.Tx, e Entry) error {
	detail := []byte("{}")
	if e.Detail != nil {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("audit %s %s: %w", e.Action, e.Subject, err)
		}
	}
	head, err := ReadHead(ctx, tx)
	if err != nil {
		return err
	}
	r := Row{
		Seq: head.Seq + 1, At: records.Time(records.Millis(e.At)), Actor: e.Actor, Action: e.Action,
		Subject: e.Subject, Detail: detail, Prev: head.Hash,
	}
	hash, err := r.sum()
	if err != nil {
		return fmt.Errorf("audit %s %s: %w", e.Action, e.Subject, err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO audit (seq, at, actor, action, subject, detail, prev, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.Seq, records.Millis(r.At), r.Actor, r.Action, r.Subject, string(r.Detail), r.Prev, hash)
	if err != nil {
		return fmt.Errorf("audit %s %s: %w", e.Action, e.Subject, err)
	}
	return nil
}

// ReadHead is the end of the chain, the zero Head while it is empty.
func ReadHead(ctx context.Context, q records.Querier) (Head, error) {
	var h Head
	err := q.QueryRowContext(ctx, `SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).Scan(&h.Seq, &h.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Head{}, fmt.Errorf("read audit head: %w", err)
	}
	return h, nil
}

// Verify walks the whole chain and returns its head. Where a known head is given, the chain must
// also still contain it: rows cut off at the end are found no other way.
func Verify(ctx context.Context, q records.Querier, known ...Head) (Head, error) {
	var head Head
	missing := make(map[Head]bool, len(known))
	for _, k := range known {
		missing[k] = k != Head{}
	}
	err := each(ctx, q, `SELECT seq, at, actor, action, subject, detail, prev, hash FROM audit ORDER BY seq`, nil,
		func(r Row) error {
			sum, err := r.sum()
			switch {
			case err != nil:
				return fmt.Errorf("%w at row %d: %w", ErrBroken, r.Seq, err)
			case r.Seq != head.Seq+1:
				return fmt.Errorf("%w: row %d follows row %d", ErrBroken, r.Seq, head.Seq)
			case r.Prev != head.Hash:
				return fmt.Errorf("%w: row %d does not continue row %d", ErrBroken, r.Seq, head.Seq)
			case r.Hash != sum:
				return fmt.Errorf("%w: row %d was changed", ErrBroken, r.Seq)
			}
			head = Head{Seq: r.Seq, Hash: r.Hash}
			delete(missing, head)
			return nil
		})
	if err != nil {
		return Head{}, err
	}
	for k, wanted := range missing {
		if wanted {
			return Head{}, fmt.Errorf("%w: row %d with the hash known elsewhere is not there", ErrBroken, k.Seq)
		}
	}
	return head, nil
}

// A Filter chooses rows to show. Empty fields choose all.
type Filter struct {
	Actor   string
	Subject string
	Action  string
	Before  int64 // only rows with a smaller number; 0 is from the end
	Limit   int   // at most this many; 0 is 100
}

// List returns the chosen rows, newest first.
func List(ctx context.Context, q records.Querier, f Filter) ([]Row, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	var rows []Row
	err := each(ctx, q, `SELECT seq, at, actor, action, subject, detail, prev, hash FROM audit
		WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR subject = $2) AND ($3 = '' OR action = $3)
		AND ($4 = 0 OR seq < $4) ORDER BY seq DESC LIMIT $5`,
		[]any{f.Actor, f.Subject, f.Action, f.Before, f.Limit},
		func(r Row) error { rows = append(rows, r); return nil })
	return rows, err
}

func each(ctx context.Context, q records.Querier, query string, args []any, fn func(Row) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read audit: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			r      Row
			at     int64
			detail string
		)
		if err := rows.Scan(&r.Seq, &at, &r.Actor, &r.Action, &r.Subject, &detail, &r.Prev, &r.Hash); err != nil {
			return fmt.Errorf("read audit: %w", err)
		}
		r.At, r.Detail = records.Time(at), json.RawMessage(detail)
		if err := fn(r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read audit: %w", err)
	}
	return nil
}

// sum binds the row to the one before it. Detail enters as the text that is stored, so that no
// later JSON encoder can change an old row's hash.
func (r Row) sum() (string, error) {
	text, err := json.Marshal(struct {
		Seq     int64  `json:"seq"`
		At      int64  `json:"at"`
		Actor   string `json:"actor"`
		Action  string `json:"action"`
		Subject string `json:"subject"`
		Detail  string `json:"detail"`
	}{r.Seq, records.Millis(r.At), r.Actor, r.Action, r.Subject, string(r.Detail)})
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write([]byte(r.Prev))
	h.Write(text)
	return hex.EncodeToString(h.Sum(nil)), nil
}
