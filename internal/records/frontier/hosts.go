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

// never is due after everything that will ever be due.
const never = int64(1) << 62

// A Lease is the right of one worker to visit a host, until it ends. Its token tells it from the
// leases before and after it.
type Lease struct {
	Host  string
	Owner string
	Token int64
	End   time.Time
}

// ErrLeaseLost is returned where a lease ended and the host went to another worker.
var ErrLeaseLost = errors.New("the lease of the host was lost")

// Claim leases the host whose work has been due the longest and whose pace allows a start, until
// now plus length. It returns false when there is none.
func Claim(ctx context.Context, tx *records.Tx, owner string, now time.Time, length time.Duration) (Lease, bool, error) {
	l := Lease{Owner: owner, End: now.Add(length)}
	err := tx.QueryRowContext(ctx, `UPDATE hosts SET owner = $1, token = token + 1, lease_end = $2
		WHERE host = (SELECT host FROM hosts WHERE due_at <= $3 AND ready_at <= $3 AND rest_until <= $3 AND lease_end <= $3
			ORDER BY due_at LIMIT 1) AND lease_end <= $3
		RETURNING host, token`, owner, records.Millis(l.End), records.Millis(now)).Scan(&l.Host, &l.Token)
	if errors.Is(err, sql.ErrNoRows) {
		return Lease{}, false, nil
	}
	if err != nil {
		return Lease{}, false, fmt.Errorf("claim a host: %w", err)
	}
	return l, true, nil
}

// Release gives a host back. It is not claimed again before ready, whatever is due. A lease that
// was lost meanwhile is ErrLeaseLost.
func Release(ctx context.Context, tx *records.Tx, l Lease, ready time.Time) error {
	res, err := tx.ExecContext(ctx, `UPDATE hosts SET owner = '', lease_end = 0, ready_at = $1
		WHERE host = $2 AND token = $3`, records.Millis(ready), l.Host, l.Token)
	if err != nil {
		return fmt.Errorf("release host %s: %w", l.Host, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrLeaseLost, err)
	}
	return recompute(ctx, tx, l.Host)
}

// ForgetLeases ends all leases. It is for the start of the only process of an installation: who
// held them is dead.
func ForgetLeases(ctx context.Context, tx *records.Tx) error {
	if _, err := tx.ExecContext(ctx, `UPDATE hosts SET owner = '', lease_end = 0 WHERE lease_end > 0`); err != nil {
		return fmt.Errorf("end leases: %w", err)
	}
	return nil
}

// HostFailed counts a failure to reach a host at all and keeps away from it until then.
func HostFailed(ctx context.Context, tx *records.Tx, host string, until time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE hosts SET failures = failures + 1, rest_until = CASE WHEN rest_until > $1 THEN rest_until ELSE $1 END
		WHERE host = $2`, records.Millis(until), host); err != nil {
		return fmt.Errorf("host %s: %w", host, err)
	}
	return nil
}

// HostWorks forgets the failures of a host.
func HostWorks(ctx context.Context, tx *records.Tx, host string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE hosts SET failures = 0 WHERE host = $1 AND failures > 0`, host); err != nil {
		return fmt.Errorf("host %s: %w", host, err)
	}
	return nil
}

// HostFailures is how often in a row a host could not be reached.
func HostFailures(ctx context.Context, q records.Querier, host string) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT failures FROM hosts WHERE host = $1`, host).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("host %s: %w", host, err)
	}
	return n, nil
}

// NextClaim is when a host can be claimed next, counting out the hosts that are leased; false
// when nothing is waiting.
func NextClaim(ctx context.Context, q records.Querier) (time.Time, bool, error) {
	var at sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT MIN(CASE WHEN due_at >= ready_at AND due_at >= rest_until THEN due_at
			WHEN ready_at >= rest_until THEN ready_at ELSE rest_until END)
		FROM hosts WHERE due_at < $1 AND lease_end = 0`, never).Scan(&at)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("next host: %w", err)
	}
	return time.UnixMilli(at.Int64), at.Valid, nil
}

// Expired tells whether a lease ended without being given back, at a host where something is due.
func Expired(ctx context.Context, q records.Querier, now time.Time) (expired bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) > 0 FROM hosts WHERE lease_end > 0 AND lease_end <= $1 AND due_at <= $1
		AND ready_at <= $1 AND rest_until <= $1`, records.Millis(now)).Scan(&expired)
	if err != nil {
		return false, fmt.Errorf("ended leases: %w", err)
	}
	return expired, nil
}

// Pace is what has to be known about a host to go on politely after a restart.
type Pace struct {
	Last       time.Time
	CrawlDelay time.Duration
	Until      time.Time
}

// HostPace reads the pace of a host, zero for one that is new.
func HostPace(ctx context.Context, q records.Querier, host string) (Pace, error) {
	var last, delay, until int64
	err := q.QueryRowContext(ctx, `SELECT last_start_at, crawl_delay_ms, rest_until FROM hosts WHERE host = $1`, host).Scan(&last, &delay, &until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Pace{}, fmt.Errorf("pace of %s: %w", host, err)
	}
	return Pace{Last: records.Time(last), CrawlDelay: time.Duration(delay) * time.Millisecond, Until: records.Time(until)}, nil
}

// SetHostPace writes the pace of a host. The times are rounded up to the millisecond, so that
// reading them back never lets a request start early. A rest is never made shorter.
func SetHostPace(ctx context.Context, tx *records.Tx, host string, p Pace) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO hosts (host, due_at, last_start_at, crawl_delay_ms, rest_until) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (host) DO UPDATE SET last_start_at = excluded.last_start_at, crawl_delay_ms = excluded.crawl_delay_ms,
			rest_until = CASE WHEN hosts.rest_until > excluded.rest_until THEN hosts.rest_until ELSE excluded.rest_until END`,
		host, never, ceil(p.Last), p.CrawlDelay.Milliseconds(), ceil(p.Until))
	if err != nil {
		return fmt.Errorf("pace of %s: %w", host, err)
	}
	return nil
}

func ceil(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return records.Millis(t.Add(time.Millisecond - time.Nanosecond))
}

// due makes a host due at the latest at at.
func due(ctx context.Context, tx *records.Tx, host string, at int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO hosts (host, due_at) VALUES ($1, $2)
		ON CONFLICT (host) DO UPDATE SET due_at = excluded.due_at WHERE excluded.due_at < hosts.due_at`, host, at)
	if err != nil {
		return fmt.Errorf("host %s: %w", host, err)
	}
	return nil
}

// recompute sets when a host is due from what waits there. A page of each lane is looked up by
// itself, so that the index gives the first at once.
func recompute(ctx context.Context, tx *records.Tx, host string) error {
	_, err := tx.ExecContext(ctx, `UPDATE hosts SET due_at = COALESCE((SELECT MIN(w.at) FROM (
			SELECT MIN(s.probe_at) AS at FROM sources s WHERE s.host = $1 AND s.enabled = 1 AND s.verified = 0
			UNION ALL SELECT MIN(f.next_at) FROM feeds f JOIN sources s ON s.id = f.source
				WHERE f.host = $1 AND f.enabled = 1 AND s.enabled = 1 AND s.verified = 1
			UNION ALL SELECT (SELECT p.next_at FROM pages p JOIN sources s ON s.id = p.source
				WHERE p.host = $1 AND p.state = 'pending' AND p.lane = $2 AND s.enabled = 1 ORDER BY p.next_at LIMIT 1)
			UNION ALL SELECT (SELECT p.next_at FROM pages p JOIN sources s ON s.id = p.source
				WHERE p.host = $1 AND p.state = 'pending' AND p.lane = $3 AND s.enabled = 1 ORDER BY p.next_at LIMIT 1)) w), $4)
		WHERE host = $1`, host, string(news.Live), string(news.Backfill), never)
	if err != nil {
		return fmt.Errorf("host %s: %w", host, err)
	}
	return nil
}
