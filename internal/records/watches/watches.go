// Package watches holds the standing queries of the office: as they are, as they were, and who
// changed them. Settings files are a seed that never overwrites what a person changed; matching
// itself is the analyzer's.
package watches

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
)

var (
	// ErrTaken is returned where a new watch has the id of an existing one.
	ErrTaken = errors.New("id is taken")
	// ErrStale is returned where somebody else changed the watch meanwhile.
	ErrStale = errors.New("changed by somebody else meanwhile")
	// ErrInvalid is returned where a watch has a field that makes no sense.
	ErrInvalid = errors.New("not a watch")
)

// Settings is who changes watches when settings files are applied.
const Settings = "settings"

// Watch is a standing query with its policy, as one revision has it.
type Watch struct {
	ID        string        `json:"id"`
	Revision  int           `json:"revision"` // from 1
	Name      string        `json:"name"`
	NameEn    string        `json:"name_en"`
	Query     string        `json:"query"`
	Mode      query.Mode    `json:"mode"`
	IY        bool          `json:"iy"` // y and i count as one; see query.Options
	Severity  news.Severity `json:"severity"`
	Enabled   bool          `json:"enabled"`
	Alert     bool          `json:"alert"` // what it finds is alerted, not only listed
	Owner     string        `json:"owner"`
	Note      string        `json:"note"`
	Reason    string        `json:"reason"` // of this revision
	ChangedAt time.Time     `json:"changed_at,omitzero"`
	ChangedBy string        `json:"changed_by"` // a login, or Settings

	// QuerySet is the revision of the set since which the watch asks what it asks: articles that
	// an older set decided about have not been asked. Save keeps it; History does not know it.
	QuerySet int64 `json:"-"`
}

// Parsed is the query of w, parsed with its options.
func (w Watch) Parsed() (*query.Query, error) { return query.ParseWith(w.Query, w.options()) }

func (w Watch) options() query.Options { return query.Options{Mode: w.Mode, IY: w.IY} }

// asks says whether w must be asked of articles that before was asked of, or was not.
func (w Watch) asks(before Watch) bool {
	return w.Enabled && (!before.Enabled || w.Query != before.Query || w.options() != before.options())
}

// same says whether two revisions differ in nothing that matters.
func (w Watch) same(o Watch) bool {
	return w.Name == o.Name && w.NameEn == o.NameEn && w.Query == o.Query && w.options() == o.options() &&
		w.Severity == o.Severity && w.Enabled == o.Enabled && w.Alert == o.Alert && w.Owner == o.Owner && w.Note == o.Note
}

var idForm = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// check says why w cannot be kept. A query that does not parse gives a *query.SyntaxError, one
// that makes no watch one of package query's reasons.
func (w Watch) check() error {
	switch {
	case !idForm.MatchString(w.ID):
		return fmt.Errorf("watch %q: %w: an id is 1 to 40 small letters, digits and hyphens", w.ID, ErrInvalid)
	case w.Name == "":
		return fmt.Errorf("watch %s: %w: it has no name", w.ID, ErrInvalid)
	case w.Severity.Rank() == 0:
		return fmt.Errorf("watch %s: %w: severity %q", w.ID, ErrInvalid, w.Severity)
	}
	q, err := w.Parsed()
	if err == nil {
		err = q.ValidateWatch()
	}
	if err != nil {
		return fmt.Errorf("watch %s: %w", w.ID, err)
	}
	return nil
}

const columns = `id, revision, name, name_en, query, mode, iy, severity, enabled, alert, owner, note, reason, changed_at, changed_by`

const current = `SELECT ` + columns + `, query_set FROM watches `

// List returns all watches, in the order of their ids.
func List(ctx context.Context, q records.Querier) ([]Watch, error) {
	return read(ctx, q, current+`ORDER BY id`)
}

// Get reads a watch, or records.ErrNotFound.
func Get(ctx context.Context, q records.Querier, id string) (Watch, error) {
	w, err := scan(q.QueryRowContext(ctx, current+`WHERE id = $1`, id))
	if err != nil {
		return Watch{}, fmt.Errorf("watch %s: %w", id, err)
	}
	return w, nil
}

// History returns every revision of a watch, newest first; none for an unknown id.
func History(ctx context.Context, q records.Querier, id string) ([]Watch, error) {
	return read(ctx, q, `SELECT `+columns+`, 0 FROM watch_revisions WHERE id = $1 ORDER BY revision DESC`, id)
}

// Save keeps w as a new revision, made by who at the given time, and returns it as kept. A new
// watch comes with revision 0 (ErrTaken where the id exists), a changed one with the revision it
// was read at (ErrStale where that is no longer the newest). The same content makes no revision.
func Save(ctx context.Context, tx *records.Tx, w Watch, who string, at time.Time) (Watch, error) {
	if w.Mode == "" {
		w.Mode = query.Auto
	}
	if err := w.check(); err != nil {
		return Watch{}, err
	}
	before, err := Get(ctx, tx, w.ID)
	switch {
	case err != nil && !errors.Is(err, records.ErrNotFound):
		return Watch{}, err
	case err != nil && w.Revision > 0:
		return Watch{}, err
	case err == nil && w.Revision == 0:
		return Watch{}, fmt.Errorf("watch %s: %w", w.ID, ErrTaken)
	case err == nil && w.Revision != before.Revision:
		return Watch{}, fmt.Errorf("watch %s: %w", w.ID, ErrStale)
	case err == nil && w.same(before):
		return before, nil
	}
	w.Revision, w.ChangedAt, w.ChangedBy, w.QuerySet = before.Revision+1, at, who, before.QuerySet
	set, err := raiseSet(ctx, tx)
	if err != nil {
		return Watch{}, err
	}
	if w.asks(before) {
		w.QuerySet = set
	}
	return w, write(ctx, tx, w)
}

func write(ctx context.Context, tx *records.Tx, w Watch) error {
	values := []any{
		w.ID, w.Revision, w.Name, w.NameEn, w.Query, w.Mode, flag(w.IY), w.Severity, flag(w.Enabled), flag(w.Alert), w.Owner,
		w.Note, w.Reason, records.Millis(w.ChangedAt), w.ChangedBy,
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO watches (`+columns+`, query_set)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, name = excluded.name, name_en = excluded.name_en,
			query = excluded.query, mode = excluded.mode, iy = excluded.iy, severity = excluded.severity,
			enabled = excluded.enabled, alert = excluded.alert, owner = excluded.owner, note = excluded.note,
			reason = excluded.reason, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
			query_set = excluded.query_set`, append(values, w.QuerySet)...)
	if err != nil {
		return fmt.Errorf("save watch %s: %w", w.ID, err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO watch_revisions (`+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, values...)
	if err != nil {
		return fmt.Errorf("save revision %d of watch %s: %w", w.Revision, w.ID, err)
	}
	return nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func read(ctx context.Context, q records.Querier, stmt string, args ...any) (out []Watch, err error) {
	rows, err := q.QueryContext(ctx, stmt, args...)
	if err != nil {
		return nil, fmt.Errorf("read watches: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		w, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read watches: %w", err)
		}
		out = append(out, w)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read watches: %w", err)
	}
	return out, nil
}

func scan(r interface{ Scan(...any) error }) (Watch, error) {
	var (
		w                  Watch
		iy, enabled, alert int
		at                 int64
	)
	err := r.Scan(&w.ID, &w.Revision, &w.Name, &w.NameEn, &w.Query, &w.Mode, &iy, &w.Severity, &enabled, &alert, &w.Owner,
		&w.Note, &w.Reason, &at, &w.ChangedBy, &w.QuerySet)
	if errors.Is(err, sql.ErrNoRows) {
		return Watch{}, records.ErrNotFound
	}
	if err != nil {
		return Watch{}, err
	}
	w.IY, w.Enabled, w.Alert, w.ChangedAt = iy != 0, enabled != 0, alert != 0, records.Time(at)
	return w, nil
}
