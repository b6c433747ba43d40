package frontier

import (
	"context"
	"fmt"
	"time"

	"lamro/internal/records"
)

// A Poll is what came of reading a feed.
type Poll struct {
	At         time.Time
	New        int // pages that nobody knew
	Full       bool
	PerHour    float64 // new pages an hour, smoothed
	Validators Validators
	Next       time.Time
	Code, Text string // what is odd about it although it succeeded, "" for nothing
}

// PollDone writes a poll that succeeded, in the transaction that queued its pages. Done twice, it
// counts twice and loses nothing.
func PollDone(ctx context.Context, tx *records.Tx, f FeedWork, p Poll) error {
	at, fresh := records.Millis(p.At), int64(0)
	if p.New > 0 {
		fresh = at
	}
	full := f.FullPolls + 1
	if p.Full {
		full = 0
	}
	_, err := tx.ExecContext(ctx, `UPDATE feeds SET next_at = $1, polls = polls + 1, full_polls = $2,
			first_polled_at = CASE WHEN first_polled_at = 0 THEN $3 ELSE first_polled_at END,
			last_try_at = $3, last_success_at = $3, last_new_at = CASE WHEN $4 > last_new_at THEN $4 ELSE last_new_at END,
			per_hour = $5, failures = 0, error_code = $6, error_text = $7,
			validators_url = $8, etag = $9, last_modified = $10 WHERE id = $11`,
		records.Millis(p.Next), full, at, fresh, p.PerHour, p.Code, p.Text,
		p.Validators.URL, p.Validators.ETag, p.Validators.LastModified, f.ID)
	if err != nil {
		return fmt.Errorf("feed %s: %w", f.URL, err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE sources SET last_try_at = $1, last_success_at = $1,
			last_new_at = CASE WHEN $2 > last_new_at THEN $2 ELSE last_new_at END,
			error_code = COALESCE((SELECT MAX(error_code) FROM feeds WHERE source = $3 AND enabled = 1), ''),
			error_text = COALESCE((SELECT MAX(error_text) FROM feeds WHERE source = $3 AND enabled = 1), '')
		WHERE id = $3`, at, fresh, f.Source)
	if err != nil {
		return fmt.Errorf("source %s: %w", f.Source, err)
	}
	return nil
}

// A Failure is why something brought nothing: a code for people's words, and words for logs.
type Failure struct {
	At   time.Time
	Code string
	Text string
	Next time.Time // when to try again
	// TakeBack says that the failure is not the fault of what was tried (the host is away, the disk
	// is full), so that it does not count towards giving up.
	TakeBack bool
}

// maxText bounds what is kept of an error, in bytes.
const maxText = 500

func (f Failure) text() string { return f.Text[:min(len(f.Text), maxText)] }

// PollFailed writes a poll that failed. The validators go: what they stood for was not read.
func PollFailed(ctx context.Context, tx *records.Tx, f FeedWork, fail Failure) error {
	_, err := tx.ExecContext(ctx, `UPDATE feeds SET next_at = $1, last_try_at = $2, failures = failures + $3,
			error_code = $4, error_text = $5, validators_url = '', etag = '', last_modified = '' WHERE id = $6`,
		records.Millis(fail.Next), records.Millis(fail.At), flag(!fail.TakeBack), fail.Code, fail.text(), f.ID)
	if err != nil {
		return fmt.Errorf("feed %s: %w", f.URL, err)
	}
	return sourceFailed(ctx, tx, f.Source, fail)
}

func sourceFailed(ctx context.Context, tx *records.Tx, source string, fail Failure) error {
	_, err := tx.ExecContext(ctx, `UPDATE sources SET last_try_at = $1, error_code = $2, error_text = $3 WHERE id = $4`,
		records.Millis(fail.At), fail.Code, fail.text(), source)
	if err != nil {
		return fmt.Errorf("source %s: %w", source, err)
	}
	return nil
}

// Postpone moves a feed without counting anything: the pace of its host asks for it.
func Postpone(ctx context.Context, tx *records.Tx, f FeedWork, next time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE feeds SET next_at = $1 WHERE id = $2`, records.Millis(next), f.ID); err != nil {
		return fmt.Errorf("feed %s: %w", f.URL, err)
	}
	return nil
}

// Verified marks a source whose feeds were found working: from now on they are polled.
func Verified(ctx context.Context, tx *records.Tx, source string, at time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE sources SET verified = 1, probe_failures = 0, last_try_at = $1, last_success_at = $1,
		error_code = '', error_text = '' WHERE id = $2`, records.Millis(at), source); err != nil {
		return fmt.Errorf("source %s: %w", source, err)
	}
	return wakeSource(ctx, tx, source)
}

// AddFound lists feeds that the crawler found at a source, unless they are listed already. They
// are no part of a revision and stay when settings change. With known what they list now is news
// (the next sitemap of an index that was read before), otherwise it is backlog.
func AddFound(ctx context.Context, tx *records.Tx, source string, feeds []Feed, known bool, at time.Time) (added int, err error) {
	first := int64(0)
	if known {
		first = records.Millis(at)
	}
	for _, f := range feeds {
		host, err := hostOf(f.URL)
		if err != nil {
			continue // a page may name anything
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO feeds (id, source, url, host, kind, enabled, found, first_polled_at, next_at)
			VALUES ($1, $2, $3, $4, $5, 1, 1, $6, $7) ON CONFLICT (id) DO NOTHING`,
			FeedID(source, f.URL), source, f.URL, host, f.Kind, first, records.Millis(at))
		if err != nil {
			return added, fmt.Errorf("feed %s: %w", f.URL, err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return added, fmt.Errorf("feed %s: %w", f.URL, err)
		}
		added += int(n)
	}
	if added == 0 {
		return 0, nil
	}
	return added, wakeSource(ctx, tx, source)
}

// ProbeFailed writes a probe that found no working feed.
func ProbeFailed(ctx context.Context, tx *records.Tx, p Probe, fail Failure) error {
	if _, err := tx.ExecContext(ctx, `UPDATE sources SET probe_at = $1, probe_failures = probe_failures + $2 WHERE id = $3`,
		records.Millis(fail.Next), flag(!fail.TakeBack), p.Source); err != nil {
		return fmt.Errorf("source %s: %w", p.Source, err)
	}
	return sourceFailed(ctx, tx, p.Source, fail)
}

// ProbeNow makes the probe of a source due, or the polls of its feeds where it was verified: what
// `source probe` asks for.
func ProbeNow(ctx context.Context, tx *records.Tx, source string, at time.Time) error {
	res, err := tx.ExecContext(ctx, `UPDATE sources SET probe_at = $1 WHERE id = $2`, records.Millis(at), source)
	if err != nil {
		return fmt.Errorf("source %s: %w", source, err)
	}
	if err := touched(res); err != nil {
		return fmt.Errorf("source %s: %w", source, err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE feeds SET next_at = $1 WHERE source = $2 AND enabled = 1`, records.Millis(at), source); err != nil {
		return fmt.Errorf("source %s: %w", source, err)
	}
	return wakeSource(ctx, tx, source)
}

// Reconsider makes due what failed for one of the codes: the settings that it failed for may have
// changed.
func Reconsider(ctx context.Context, tx *records.Tx, at time.Time, codes ...string) error {
	for _, code := range codes {
		sources, err := collect(ctx, tx, func(row scanner) (id string, err error) { return id, row.Scan(&id) },
			`SELECT id FROM sources WHERE error_code = $1 UNION SELECT source FROM feeds WHERE error_code = $1
			UNION SELECT source FROM pages WHERE error_code = $1 AND state = 'pending'`, code)
		if err != nil {
			return err
		}
		for _, change := range []string{
			`UPDATE sources SET probe_at = $1 WHERE error_code = $2`,
			`UPDATE feeds SET next_at = $1 WHERE error_code = $2`,
			`UPDATE pages SET next_at = $1 WHERE error_code = $2 AND state = 'pending'`,
		} {
			if _, err := tx.ExecContext(ctx, change, records.Millis(at), code); err != nil {
				return fmt.Errorf("try again what failed for %s: %w", code, err)
			}
		}
		for _, s := range sources {
			if err := wakeSource(ctx, tx, s); err != nil {
				return err
			}
		}
	}
	return nil
}
