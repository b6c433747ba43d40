package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
)

// New is a person to be added. Password is a hash; package account makes one.
type New struct {
	Login, Name, Email string
	Roles              []Role
	Language           string // "vi" when empty
	Password           string
	MustChange         bool // the password has to be changed at the next sign-in
	At                 time.Time
}

// Add adds a person and returns the row. ErrTaken when the login is in use, whatever its letter
// case.
func Add(ctx context.Context, tx *records.Tx, n New) (Person, error) {
	p := Person{
		Login: Login(n.Login), Name: n.Name, Email: n.Email, Roles: inOrder(n.Roles), Language: n.Language,
		MustChange: n.MustChange, Epoch: 1, CreatedAt: n.At, ChangedAt: n.At,
	}
	if p.Language == "" {
		p.Language = "vi"
	}
	// People are never deleted, so the next number was never anybody else's.
	err := tx.QueryRowContext(ctx, `INSERT INTO people (id, login, name, email, language, password,
			must_change, sessions_epoch, created_at, password_changed_at, signed_in_at, disabled_at)
		VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM people), $1, $2, $3, $4, $5, $6, 1, $7, $7, 0, 0)
		ON CONFLICT (login) DO NOTHING RETURNING id`,
		p.Login, p.Name, p.Email, p.Language, n.Password, flag(n.MustChange), records.Millis(n.At)).Scan(&p.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, fmt.Errorf("add person %s: %w", p.Login, ErrTaken)
	}
	if err != nil {
		return Person{}, fmt.Errorf("add person %s: %w", p.Login, err)
	}
	if err := SetRoles(ctx, tx, p.ID, p.Roles); err != nil {
		return Person{}, err
	}
	return p, nil
}

// SetPassword replaces the hash of a person's password and ends all their sessions.
func SetPassword(ctx context.Context, tx *records.Tx, id int64, hash string, mustChange bool, at time.Time) error {
	return update(ctx, tx, id, "set password of", `UPDATE people SET password = $2, must_change = $3,
		password_changed_at = $4, sessions_epoch = sessions_epoch + 1 WHERE id = $1`,
		id, hash, flag(mustChange), records.Millis(at))
}

// Rehash replaces the hash of an unchanged password, as when its cost parameters were raised.
// Sessions go on.
func Rehash(ctx context.Context, tx *records.Tx, id int64, hash string) error {
	return update(ctx, tx, id, "rehash password of", `UPDATE people SET password = $2 WHERE id = $1`, id, hash)
}

// Disable ends all sessions of a person and everything that is sent to them. A second call
// keeps the first time.
func Disable(ctx context.Context, tx *records.Tx, id int64, at time.Time) error {
	return update(ctx, tx, id, "disable", `UPDATE people SET sessions_epoch = sessions_epoch + 1,
		disabled_at = CASE WHEN disabled_at = 0 THEN $2 ELSE disabled_at END WHERE id = $1`, id, records.Millis(at))
}

// Enable takes Disable back; sessions that were open then stay closed.
func Enable(ctx context.Context, tx *records.Tx, id int64) error {
	return update(ctx, tx, id, "enable", `UPDATE people SET disabled_at = 0 WHERE id = $1`, id)
}

// SetRoles replaces the roles of a person; they count from the person's next request on.
func SetRoles(ctx context.Context, tx *records.Tx, id int64, roles []Role) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM person_roles WHERE person = $1`, id); err != nil {
		return fmt.Errorf("set roles of person %d: %w", id, err)
	}
	for _, r := range inOrder(roles) {
		if !r.Valid() {
			return fmt.Errorf("set roles of person %d: no role %q", id, r)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO person_roles (person, role) VALUES ($1, $2)`, id, string(r)); err != nil {
			return fmt.Errorf("set roles of person %d: %w", id, err)
		}
	}
	return nil
}

// SetLanguage sets the language of a person's pages and messages.
func SetLanguage(ctx context.Context, tx *records.Tx, id int64, language string) error {
	return update(ctx, tx, id, "set language of", `UPDATE people SET language = $2 WHERE id = $1`, id, language)
}

// SignedIn notes the time of a person's latest sign-in.
func SignedIn(ctx context.Context, tx *records.Tx, id int64, at time.Time) error {
	return update(ctx, tx, id, "note sign-in of", `UPDATE people SET signed_in_at = $2 WHERE id = $1`, id, records.Millis(at))
}

func update(ctx context.Context, tx *records.Tx, id int64, what, query string, args ...any) error {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s person %d: %w", what, id, err)
	}
	if n, err := res.RowsAffected(); err != nil {
		return fmt.Errorf("%s person %d: %w", what, id, err)
	} else if n == 0 {
		return fmt.Errorf("%s person %d: %w", what, id, records.ErrNotFound)
	}
	return nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
