package frontier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
)

// The states of a page. Pending also means: done before, and to be visited again.
const (
	Pending     = "pending"
	Done        = "done"
	Refused     = "refused"     // robots.txt does not want it read
	Gone        = "gone"        // the host has it no more
	Quarantined = "quarantined" // given up, for people to see and replay
	Dropped     = "dropped"     // a person took it out of quarantine for good
)

// An Item is what a feed says about a page.
type Item struct {
	Key           string // URL key
	URL           string
	Title         string
	Hash          string // of what the feed says, "" where it says nothing
	PublishedAt   time.Time
	PublishedFrom string
	PublishedDay  bool
}

// Enqueue queues the pages of a feed that nobody knows yet, and those for which the feed now says
// something else than before: an edit. On the feed's first poll new pages are backlog. The same
// items again change nothing. Items whose address is none are passed over.
func Enqueue(ctx context.Context, tx *records.Tx, f FeedWork, items []Item, now time.Time) (fresh, edited int, err error) {
	hosts := map[string]bool{}
	for _, it := range items {
		host, err := hostOf(it.URL)
		if err != nil {
			continue
		}
		isNew, isEdit, err := enqueue(ctx, tx, f, it, host, now)
		if err != nil {
			return 0, 0, fmt.Errorf("queue page %s: %w", it.URL, err)
		}
		if isNew {
			fresh++
		}
		if isEdit {
			edited++
		}
		if isNew || isEdit {
			hosts[host] = true
		}
	}
	for host := range hosts {
		if err := due(ctx, tx, host, records.Millis(now)); err != nil {
			return 0, 0, err
		}
	}
	return fresh, edited, nil
}

func enqueue(ctx context.Context, tx *records.Tx, f FeedWork, it Item, host string, now time.Time) (isNew, isEdit bool, err error) {
	var hash, feed, state string
	err = tx.QueryRowContext(ctx, `SELECT item_hash, feed, state FROM pages WHERE key IN ($1, $2)`, it.Key, hiddenKey(it.Key)).Scan(&hash, &feed, &state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		lane := news.Live
		if f.First {
			lane = news.Backfill
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO pages (key, url, host, source, feed, state, lane, first_poll, title, item_hash,
				published_at, published_from, published_day, first_seen, next_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)`,
			it.Key, it.URL, host, f.Source, f.ID, Pending, string(lane), flag(f.First), it.Title, it.Hash,
			records.Millis(it.PublishedAt), it.PublishedFrom, flag(it.PublishedDay), records.Millis(now))
		return err == nil, false, err
	case err != nil:
		return false, false, err
	// Another feed may word the same page differently: only the one that brought it can tell an edit.
	case feed != f.ID || hash == it.Hash || it.Hash == "" || state == Dropped:
		return false, false, nil
	}
	again := hash != "" && (state == Done || state == Gone || state == Pending)
	_, err = tx.ExecContext(ctx, `UPDATE pages SET item_hash = $1, title = $2,
			state = CASE WHEN $3 = 1 THEN 'pending' ELSE state END,
			next_at = CASE WHEN $3 = 1 AND (state <> 'pending' OR visits > 0) THEN $4 ELSE next_at END
		WHERE key = $5`, it.Hash, it.Title, flag(again), records.Millis(now), it.Key)
	return false, again && err == nil, err
}

// StartPage counts a start of a page before the work begins, and puts the page off until again:
// whoever comes back after the process was killed does not meet the same page first. It returns
// the starts since the last success, this one among them.
func StartPage(ctx context.Context, tx *records.Tx, key string, again time.Time) (attempts int, err error) {
	err = tx.QueryRowContext(ctx, `UPDATE pages SET attempts = attempts + 1, next_at = $1 WHERE key = $2 AND state = 'pending' RETURNING attempts`,
		records.Millis(again), key).Scan(&attempts)
	if err != nil {
		return 0, fmt.Errorf("start page %s: %w", key, notFound(err))
	}
	return attempts, nil
}

// A Visit is a page that was fetched and archived.
type Visit struct {
	At         time.Time
	Article    string // "" where the page was unchanged
	Validators Validators
	Scale      float64 // of the clock, for the next visit
}

// PageDone marks a page as archived. It belongs into the transaction that archives it: until that
// is committed the page stays pending. One that is no longer pending stays as it is. A page that a watch matched is due again as Revisit says.
func PageDone(ctx context.Context, tx *records.Tx, key string, v Visit) error {
	var matched bool
	var seen int64
	err := tx.QueryRowContext(ctx, `UPDATE pages SET state = 'done', attempts = 0, visits = visits + 1, done_at = $1,
			article = CASE WHEN $2 = '' THEN article ELSE $2 END, error_code = '', error_text = '',
			validators_url = $3, etag = $4, last_modified = $5
		WHERE key = $6 AND state = 'pending' RETURNING matched, first_seen`, records.Millis(v.At), v.Article,
		v.Validators.URL, v.Validators.ETag, v.Validators.LastModified, key).Scan(&matched, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // a person took the article down, or the page out, while it was fetched
	}
	if err != nil {
		return fmt.Errorf("page %s: %w", key, err)
	}
	if !matched {
		return nil
	}
	return revisit(ctx, tx, key, records.Time(seen), v.At, v.Scale)
}

// PageFailed keeps a page for another try.
func PageFailed(ctx context.Context, tx *records.Tx, key string, f Failure) error {
	_, err := tx.ExecContext(ctx, `UPDATE pages SET next_at = $1, error_code = $2, error_text = $3,
			attempts = CASE WHEN $4 = 1 AND attempts > 0 THEN attempts - 1 ELSE attempts END
		WHERE key = $5 AND state = 'pending'`, records.Millis(f.Next), f.Code, f.text(), flag(f.TakeBack), key)
	if err != nil {
		return fmt.Errorf("page %s: %w", key, err)
	}
	return nil
}

// PageEnded gives a page up, in one of the states Refused, Gone or Quarantined.
func PageEnded(ctx context.Context, tx *records.Tx, key, state string, f Failure) error {
	_, err := tx.ExecContext(ctx, `UPDATE pages SET state = $1, error_code = $2, error_text = $3, done_at = $4
		WHERE key = $5 AND state = 'pending'`, state, f.Code, f.text(), records.Millis(f.At), key)
	if err != nil {
		return fmt.Errorf("page %s: %w", key, err)
	}
	return nil
}

// revisits are the ages at which a page that a watch matched is visited again.
var revisits = [...]time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour, 72 * time.Hour, 7 * 24 * time.Hour}

// Revisit is when a page first seen at seen is visited next after now, on a clock compressed by
// scale; false when it is too old.
func Revisit(seen, now time.Time, scale float64) (time.Time, bool) {
	for _, age := range revisits {
		if at := seen.Add(time.Duration(float64(age) / max(scale, 1))); at.After(now) {
			return at, true
		}
	}
	return time.Time{}, false
}

func revisit(ctx context.Context, tx *records.Tx, key string, seen, now time.Time, scale float64) error {
	at, ok := Revisit(seen, now, scale)
	if !ok {
		return nil
	}
	var host string
	err := tx.QueryRowContext(ctx, `UPDATE pages SET state = 'pending', next_at = $1 WHERE key = $2 AND state = 'done' RETURNING host`,
		records.Millis(at), key).Scan(&host)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("page %s: %w", key, err)
	}
	return due(ctx, tx, host, records.Millis(at))
}

// MarkMatched plans the visits of an article's pages for edits, once a watch matched it. It may be
// called any number of times.
func MarkMatched(ctx context.Context, tx *records.Tx, article string, now time.Time, scale float64) error {
	type page struct {
		key  string
		seen int64
	}
	pages, err := collect(ctx, tx, func(row scanner) (p page, err error) { return p, row.Scan(&p.key, &p.seen) },
		`UPDATE pages SET matched = 1 WHERE article = $1 AND article <> '' AND matched = 0 RETURNING key, first_seen`, article)
	if err != nil {
		return err
	}
	for _, p := range pages {
		if err := revisit(ctx, tx, p.key, records.Time(p.seen), now, scale); err != nil {
			return err
		}
	}
	return nil
}
