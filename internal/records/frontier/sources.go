package frontier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
)

// A Revision is a source as someone left it.
type Revision struct {
	Source
	Rev       int64
	ChangedBy string
	ChangedAt time.Time
}

// GetSource reads a source as it is now, or records.ErrNotFound.
func GetSource(ctx context.Context, q records.Querier, id string) (Revision, error) {
	row := q.QueryRowContext(ctx, `SELECT r.rev, r.changed_by, r.changed_at, r.doc FROM sources s
		JOIN source_revisions r ON r.source = s.id AND r.rev = s.rev WHERE s.id = $1`, id)
	r, err := scanRevision(row)
	if err != nil {
		return Revision{}, fmt.Errorf("source %s: %w", id, notFound(err))
	}
	return r, nil
}

// ListSources reads all sources as they are now, by id.
func ListSources(ctx context.Context, q records.Querier) ([]Revision, error) {
	return revisions(ctx, q, `SELECT r.rev, r.changed_by, r.changed_at, r.doc FROM sources s
		JOIN source_revisions r ON r.source = s.id AND r.rev = s.rev ORDER BY s.id`)
}

// History reads all revisions of a source, newest first.
func History(ctx context.Context, q records.Querier, id string) ([]Revision, error) {
	return revisions(ctx, q, `SELECT rev, changed_by, changed_at, doc FROM source_revisions
		WHERE source = $1 ORDER BY rev DESC`, id)
}

func revisions(ctx context.Context, q records.Querier, query string, args ...any) ([]Revision, error) {
	return collect(ctx, q, scanRevision, query, args...)
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q records.Querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read frontier: %w", err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read frontier: %w", err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read frontier: %w", err)
	}
	return all, nil
}

// scanner is a row, alone or among others.
type scanner interface{ Scan(dest ...any) error }

func scanRevision(row scanner) (Revision, error) {
	var r Revision
	var at int64
	var doc string
	if err := row.Scan(&r.Rev, &r.ChangedBy, &at, &doc); err != nil {
		return Revision{}, err
	}
	r.ChangedAt = records.Time(at)
	if err := json.Unmarshal([]byte(doc), &r.Source); err != nil {
		return Revision{}, fmt.Errorf("revision %d: %w", r.Rev, err)
	}
	return r, nil
}

// SaveSource makes s the truth about its source and returns its revision. Who is a login, or
// BySettings. The same again is no new revision. Feeds that s no longer lists are not polled any
// more; what they found stays. A feed that is new gets a first poll, also at a source that is
// long known.
func SaveSource(ctx context.Context, tx *records.Tx, s Source, who string, at time.Time) (int64, error) {
	if err := s.Validate(); err != nil {
		return 0, err
	}
	old, err := GetSource(ctx, tx, s.ID)
	switch {
	case errors.Is(err, records.ErrNotFound):
	case err != nil:
		return 0, err
	case len(old.same(s)) == 0:
		return old.Rev, nil
	}
	rev := old.Rev + 1
	if err := writeSource(ctx, tx, s, rev, who, at); err != nil {
		return 0, fmt.Errorf("save source %s: %w", s.ID, err)
	}
	if err := writeFeeds(ctx, tx, s, at); err != nil {
		return 0, fmt.Errorf("save feeds of source %s: %w", s.ID, err)
	}
	doc, err := s.doc()
	if err != nil {
		return 0, fmt.Errorf("save source %s: %w", s.ID, err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO source_revisions (source, rev, changed_by, changed_at, doc)
		VALUES ($1, $2, $3, $4, $5)`, s.ID, rev, who, records.Millis(at), doc); err != nil {
		return 0, fmt.Errorf("save source %s: %w", s.ID, err)
	}
	return rev, wakeSource(ctx, tx, s.ID)
}

func writeSource(ctx context.Context, tx *records.Tx, s Source, rev int64, who string, at time.Time) error {
	host, err := hostOf(s.Home)
	if err != nil {
		return err
	}
	// What a probe found out stays, unless the feeds became ones that nobody has tried.
	_, err = tx.ExecContext(ctx, `INSERT INTO sources (id, rev, name, home_url, host, class, tier, grade, place,
			pace_ms, language, enabled, allow_private, changed_by, changed_at, verified, probe_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $15)
		ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, name = excluded.name, home_url = excluded.home_url,
			host = excluded.host, class = excluded.class, tier = excluded.tier, grade = excluded.grade,
			place = excluded.place, pace_ms = excluded.pace_ms, language = excluded.language,
			enabled = excluded.enabled, allow_private = excluded.allow_private,
			changed_by = excluded.changed_by, changed_at = excluded.changed_at,
			verified = CASE WHEN excluded.verified = 1 THEN 1 ELSE sources.verified END,
			probe_at = excluded.probe_at`,
		s.ID, rev, s.Name, s.Home, host, s.Class, s.Tier, s.Grade, s.Place, s.Pace.Milliseconds(), s.Language,
		flag(s.Enabled), flag(s.AllowPrivate), who, records.Millis(at), flag(s.Trusted()))
	return err
}

func writeFeeds(ctx context.Context, tx *records.Tx, s Source, at time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE feeds SET enabled = 0 WHERE source = $1 AND found = 0`, s.ID); err != nil {
		return err
	}
	for _, f := range s.Feeds {
		host, err := hostOf(f.URL)
		if err != nil {
			return err
		}
		selectors := ""
		if f.Selectors != (Selectors{}) {
			b, err := json.Marshal(f.Selectors)
			if err != nil {
				return err
			}
			selectors = string(b)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO feeds (id, source, url, host, kind, selectors, enabled, next_at)
			VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
			ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, selectors = excluded.selectors, enabled = 1, found = 0`,
			FeedID(s.ID, f.URL), s.ID, f.URL, host, f.Kind, selectors, records.Millis(at)); err != nil {
			return err
		}
	}
	return nil
}

// wakeSource makes the hosts of a source due as its probe, feeds and pages say.
func wakeSource(ctx context.Context, tx *records.Tx, id string) error {
	hosts, err := collect(ctx, tx, func(row scanner) (h string, err error) { return h, row.Scan(&h) },
		`SELECT host FROM sources WHERE id = $1 UNION SELECT host FROM feeds WHERE source = $1
		UNION SELECT DISTINCT host FROM pages WHERE source = $1 AND state = 'pending'`, id)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		if _, err := tx.ExecContext(ctx, `INSERT INTO hosts (host, due_at) VALUES ($1, $2) ON CONFLICT (host) DO NOTHING`, h, never); err != nil {
			return fmt.Errorf("host %s: %w", h, err)
		}
		if err := recompute(ctx, tx, h); err != nil {
			return err
		}
	}
	return nil
}

// notFound says records.ErrNotFound for a row that is not there.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return records.ErrNotFound
	}
	return err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
