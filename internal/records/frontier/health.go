package frontier

import (
	"context"
	"fmt"
	"time"

	"lamro/internal/records"
)

// SourceHealth is how a source is doing, for the page of sources and for doctor.
type SourceHealth struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	URL         string        `json:"url"`
	Class       string        `json:"class"`
	Tier        int           `json:"tier"`
	Grade       string        `json:"grade"`
	Place       string        `json:"place"`
	Enabled     bool          `json:"enabled"`
	Verified    bool          `json:"verified"`
	ChangedBy   string        `json:"changed_by"`
	ChangedAt   time.Time     `json:"changed_at,omitzero"`
	LastTry     time.Time     `json:"last_try,omitzero"`
	LastSuccess time.Time     `json:"last_success,omitzero"`
	LastNew     time.Time     `json:"last_new,omitzero"`
	UsualGap    time.Duration `json:"usual_gap"` // between two new pages, 0 when not known
	Robots      string        `json:"robots"`    // the last decision
	RobotsRule  string        `json:"robots_rule"`
	LastError   string        `json:"last_error"` // code of the last try, "" when it succeeded
	ErrorText   string        `json:"error_text"`
	Waiting     int           `json:"waiting"` // pages in the queue
	Quarantined int           `json:"quarantined"`
	Feeds       []FeedHealth  `json:"feeds"`
}

// FeedHealth is how one feed of a source is doing.
type FeedHealth struct {
	ID          string    `json:"id"`
	URL         string    `json:"url"`
	Kind        string    `json:"kind"`
	Next        time.Time `json:"next,omitzero"`
	Polls       int       `json:"polls"`
	FirstPolled time.Time `json:"first_polled,omitzero"`
	LastTry     time.Time `json:"last_try,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastNew     time.Time `json:"last_new,omitzero"`
	PerHour     float64   `json:"per_hour"`
	Failures    int       `json:"failures"`
	LastError   string    `json:"last_error"`
	ErrorText   string    `json:"error_text"`
}

// Sources reads the health of all sources, by id.
func Sources(ctx context.Context, q records.Querier) ([]SourceHealth, error) {
	all, err := collect(ctx, q, scanHealth, `SELECT s.id, s.name, s.home_url, s.class, s.tier, s.grade, s.place, s.enabled, s.verified,
			s.changed_by, s.changed_at, s.last_try_at, s.last_success_at, s.last_new_at, s.robots, s.robots_rule, s.error_code, s.error_text,
			(SELECT COUNT(*) FROM pages p WHERE p.source = s.id AND p.state = 'pending'),
			(SELECT COUNT(*) FROM pages p WHERE p.source = s.id AND p.state = 'quarantined')
		FROM sources s ORDER BY s.id`)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(all))
	for i, s := range all {
		at[s.ID] = i
	}
	type owned struct {
		FeedHealth
		source string
	}
	feeds, err := collect(ctx, q, func(row scanner) (o owned, err error) {
		var next, first, try, success, fresh int64
		err = row.Scan(&o.source, &o.ID, &o.URL, &o.Kind, &next, &o.Polls, &first, &try, &success, &fresh, &o.PerHour, &o.Failures, &o.LastError, &o.ErrorText)
		o.Next, o.FirstPolled, o.LastTry = records.Time(next), records.Time(first), records.Time(try)
		o.LastSuccess, o.LastNew = records.Time(success), records.Time(fresh)
		return o, err
	}, `SELECT source, id, url, kind, next_at, polls, first_polled_at, last_try_at, last_success_at, last_new_at, per_hour, failures, error_code, error_text
		FROM feeds WHERE enabled = 1 ORDER BY source, url`)
	if err != nil {
		return nil, err
	}
	for _, f := range feeds {
		s := &all[at[f.source]]
		s.Feeds = append(s.Feeds, f.FeedHealth)
	}
	for i := range all {
		all[i].UsualGap = usualGap(all[i].Feeds)
	}
	return all, nil
}

func scanHealth(row scanner) (s SourceHealth, err error) {
	var changed, try, success, fresh int64
	err = row.Scan(&s.ID, &s.Name, &s.URL, &s.Class, &s.Tier, &s.Grade, &s.Place, &s.Enabled, &s.Verified,
		&s.ChangedBy, &changed, &try, &success, &fresh, &s.Robots, &s.RobotsRule, &s.LastError, &s.ErrorText,
		&s.Waiting, &s.Quarantined)
	s.ChangedAt, s.LastTry = records.Time(changed), records.Time(try)
	s.LastSuccess, s.LastNew = records.Time(success), records.Time(fresh)
	return s, err
}

func usualGap(feeds []FeedHealth) time.Duration {
	rate := 0.0
	for _, f := range feeds {
		rate += f.PerHour
	}
	if rate <= 0 {
		return 0
	}
	return min(time.Duration(float64(time.Hour)/rate), 365*24*time.Hour)
}

// Progress counts what is to be done.
type Progress struct {
	DueFeeds  int // feeds to poll and sources to probe now
	DuePages  int // pages to fetch now
	Leased    int // hosts that are being visited
	Waiting   int // pages in the queue that have to wait
	Unread    int // feeds that were never read
	ByState   map[string]int
	OldestDue time.Time // when the page that waits the longest became due; zero for none
}

// Drained tells that nothing is due and nobody is at work.
func (p Progress) Drained() bool { return p.DueFeeds+p.DuePages+p.Leased == 0 }

// ReadProgress counts what is to be done at now. What waits at a host that is given a rest is not
// due.
func ReadProgress(ctx context.Context, q records.Querier, now time.Time) (Progress, error) {
	p := Progress{ByState: map[string]int{}}
	ms := records.Millis(now)
	var oldest int64
	err := q.QueryRowContext(ctx, `SELECT
			(SELECT COUNT(*) FROM feeds f JOIN sources s ON s.id = f.source WHERE f.enabled = 1 AND s.enabled = 1 AND s.verified = 1 AND f.next_at <= $1
				AND f.host NOT IN (SELECT host FROM hosts WHERE rest_until > $1))
			+ (SELECT COUNT(*) FROM sources WHERE enabled = 1 AND verified = 0 AND probe_at <= $1 AND host NOT IN (SELECT host FROM hosts WHERE rest_until > $1)),
			(SELECT COUNT(*) FROM pages p JOIN sources s ON s.id = p.source WHERE p.state = 'pending' AND s.enabled = 1 AND p.next_at <= $1
				AND p.host NOT IN (SELECT host FROM hosts WHERE rest_until > $1)),
			(SELECT COUNT(*) FROM pages p JOIN sources s ON s.id = p.source WHERE p.state = 'pending' AND s.enabled = 1
				AND (p.next_at > $1 OR p.host IN (SELECT host FROM hosts WHERE rest_until > $1))),
			(SELECT COUNT(*) FROM hosts WHERE lease_end > $1),
			(SELECT COUNT(*) FROM feeds f JOIN sources s ON s.id = f.source WHERE f.enabled = 1 AND s.enabled = 1 AND f.first_polled_at = 0),
			COALESCE((SELECT MIN(p.next_at) FROM pages p JOIN sources s ON s.id = p.source WHERE p.state = 'pending' AND s.enabled = 1 AND p.next_at <= $1), 0)`, ms).
		Scan(&p.DueFeeds, &p.DuePages, &p.Waiting, &p.Leased, &p.Unread, &oldest)
	if err != nil {
		return p, fmt.Errorf("count work: %w", err)
	}
	p.OldestDue = records.Time(oldest)
	type count struct {
		state string
		n     int
	}
	counts, err := collect(ctx, q, func(row scanner) (c count, err error) { return c, row.Scan(&c.state, &c.n) },
		`SELECT state, COUNT(*) FROM pages GROUP BY state`)
	for _, c := range counts {
		p.ByState[c.state] = c.n
	}
	return p, err
}
