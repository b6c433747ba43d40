package frontier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
)

// Work is one thing to do at a host: exactly one of its parts is set.
type Work struct {
	Probe *Probe
	Feed  *FeedWork
	Page  *PageWork
}

// Site is what a source asks for when its addresses are fetched.
type Site struct {
	Source       string
	Name         string
	Tier         int
	Pace         time.Duration
	AllowPrivate bool
	Language     string
}

// Probe asks whether the feeds of a source work, before they are polled.
type Probe struct {
	Site
	Home     string
	Failures int
}

// Validators let a host say that nothing has changed.
type Validators struct{ URL, ETag, LastModified string }

// FeedWork is a feed that is due.
type FeedWork struct {
	Site
	ID          string
	URL         string
	Kind        string
	Selectors   Selectors
	First       bool // it was never read: what it lists is backlog
	FullPolls   int  // polls since the last one without validators
	PerHour     float64
	Failures    int
	LastSuccess time.Time
	Validators  Validators
}

// PageWork is a page that is due.
type PageWork struct {
	Site
	Key           string
	URL           string
	Host          string
	Feed          string
	Selectors     Selectors
	Lane          news.Lane
	FirstPoll     bool
	Title         string // as the feed gives it
	PublishedAt   time.Time
	PublishedFrom string
	PublishedDay  bool
	FirstSeen     time.Time
	Attempts      int // starts so far
	Visits        int // successes so far
	Article       string
	Validators    Validators
}

const siteColumns = `s.id, s.name, s.tier, s.pace_ms, s.allow_private, s.language`

func (s *Site) dest(pace *int64) []any {
	return []any{&s.Source, &s.Name, &s.Tier, pace, &s.AllowPrivate, &s.Language}
}

// Next is what is due at a host at now: probes first, then feeds, then pages, live before backlog.
// It returns false when nothing is.
func Next(ctx context.Context, q records.Querier, host string, now time.Time) (Work, bool, error) {
	ms := records.Millis(now)
	probe, err := one(scanProbe, q.QueryRowContext(ctx, `SELECT `+siteColumns+`, s.home_url, s.probe_failures FROM sources s
		WHERE s.host = $1 AND s.enabled = 1 AND s.verified = 0 AND s.probe_at <= $2 ORDER BY s.probe_at LIMIT 1`, host, ms))
	if err != nil || probe != nil {
		return Work{Probe: probe}, probe != nil, wrapHost(host, err)
	}
	feed, err := one(scanFeed, q.QueryRowContext(ctx, `SELECT `+feedColumns+` FROM feeds f JOIN sources s ON s.id = f.source
		WHERE f.host = $1 AND f.enabled = 1 AND s.enabled = 1 AND s.verified = 1 AND f.next_at <= $2 ORDER BY f.next_at LIMIT 1`, host, ms))
	if err != nil || feed != nil {
		return Work{Feed: feed}, feed != nil, wrapHost(host, err)
	}
	for _, lane := range []news.Lane{news.Live, news.Backfill} {
		page, err := one(scanPage, q.QueryRowContext(ctx, `SELECT `+pageColumns+` FROM pages p JOIN sources s ON s.id = p.source
			LEFT JOIN feeds f ON f.id = p.feed
			WHERE p.host = $1 AND p.state = 'pending' AND p.lane = $2 AND s.enabled = 1 AND p.next_at <= $3 ORDER BY p.next_at LIMIT 1`,
			host, string(lane), ms))
		if err != nil || page != nil {
			return Work{Page: page}, page != nil, wrapHost(host, err)
		}
	}
	return Work{}, false, nil
}

func wrapHost(host string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("work at %s: %w", host, err)
}

// one scans a row that may not be there.
func one[T any](scan func(scanner) (T, error), row *sql.Row) (*T, error) {
	v, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

func scanProbe(row scanner) (Probe, error) {
	var p Probe
	var pace int64
	err := row.Scan(append(p.dest(&pace), &p.Home, &p.Failures)...)
	p.Pace = time.Duration(pace) * time.Millisecond
	return p, err
}

const feedColumns = siteColumns + `, f.id, f.url, f.kind, f.selectors, f.first_polled_at, f.full_polls, f.per_hour,
	f.failures, f.last_success_at, f.validators_url, f.etag, f.last_modified`

func scanFeed(row scanner) (FeedWork, error) {
	var f FeedWork
	var pace, first, success int64
	var selectors string
	err := row.Scan(append(f.dest(&pace), &f.ID, &f.URL, &f.Kind, &selectors, &first, &f.FullPolls, &f.PerHour,
		&f.Failures, &success, &f.Validators.URL, &f.Validators.ETag, &f.Validators.LastModified)...)
	if err != nil {
		return FeedWork{}, err
	}
	f.Pace = time.Duration(pace) * time.Millisecond
	f.First = first == 0
	f.LastSuccess = records.Time(success)
	f.Selectors, err = parseSelectors(selectors)
	return f, err
}

func parseSelectors(s string) (Selectors, error) {
	var out Selectors
	if s == "" {
		return out, nil
	}
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		return out, fmt.Errorf("selectors: %w", err)
	}
	return out, nil
}

const pageColumns = siteColumns + `, p.key, p.url, p.host, p.feed, COALESCE(f.selectors, ''), p.lane, p.first_poll, p.title,
	p.published_at, p.published_from, p.published_day, p.first_seen, p.attempts, p.visits, p.article,
	p.validators_url, p.etag, p.last_modified`

func scanPage(row scanner) (PageWork, error) {
	var p PageWork
	var pace, published, seen int64
	var selectors, lane string
	err := row.Scan(append(p.dest(&pace), &p.Key, &p.URL, &p.Host, &p.Feed, &selectors, &lane, &p.FirstPoll, &p.Title,
		&published, &p.PublishedFrom, &p.PublishedDay, &seen, &p.Attempts, &p.Visits, &p.Article,
		&p.Validators.URL, &p.Validators.ETag, &p.Validators.LastModified)...)
	if err != nil {
		return PageWork{}, err
	}
	p.Pace = time.Duration(pace) * time.Millisecond
	p.Lane = news.Lane(lane)
	p.PublishedAt, p.FirstSeen = records.Time(published), records.Time(seen)
	p.Selectors, err = parseSelectors(selectors)
	return p, err
}

// FeedsOf are the feeds of a source that are listed, as work, whether due or not.
func FeedsOf(ctx context.Context, q records.Querier, source string) ([]FeedWork, error) {
	return collect(ctx, q, scanFeed, `SELECT `+feedColumns+` FROM feeds f JOIN sources s ON s.id = f.source
		WHERE f.source = $1 AND f.enabled = 1 ORDER BY f.url`, source)
}
