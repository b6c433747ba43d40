// Package people keeps who works with an installation: login, roles, language and the hash of
// the password. What a role may do, how a password is hashed and how one signs in is package
// account's business.
package people

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lamro/internal/records"
)

// A Role is what a person does in the office. Routes name roles, not people.
type Role string

// The nine roles.
const (
	Officer  Role = "officer"  // triages, opens cases, drafts
	Analyst  Role = "analyst"  // searches, makes watches
	Verifier Role = "verifier" // proposes verdicts
	Approver Role = "approver" // approves verdicts and responses
	Leader   Role = "leader"   // reads everything
	Contact  Role = "contact"  // answers requests to their own body
	Operator Role = "operator" // runs the system, sees no cases
	Auditor  Role = "auditor"  // reads the audit trail
	Admin    Role = "admin"    // manages people
)

// Roles lists the nine roles in the order in which people read them.
func Roles() []Role {
	return []Role{Officer, Analyst, Verifier, Approver, Leader, Contact, Operator, Auditor, Admin}
}

// Valid says whether r is one of the nine.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// ErrTaken is returned by Add when another person, also a disabled one, has the login.
var ErrTaken = errors.New("login is taken")

// A Person works with the installation. The hash of the password is not part of it, so that
// nothing that prints a Person shows one.
type Person struct {
	ID         int64     `json:"id"`
	Login      string    `json:"login"` // lower case
	Name       string    `json:"name"`
	Email      string    `json:"email,omitempty"`
	Roles      []Role    `json:"roles"`    // in the order of Roles
	Language   string    `json:"language"` // "vi" or "en"
	MustChange bool      `json:"must_change"`
	Epoch      int64     `json:"-"` // a session opened under a smaller number is over
	CreatedAt  time.Time `json:"created_at"`
	ChangedAt  time.Time `json:"password_changed_at"`
	SignedInAt time.Time `json:"signed_in_at,omitzero"`
	DisabledAt time.Time `json:"disabled_at,omitzero"`
}

// Disabled says whether the person may no longer sign in or receive anything.
func (p Person) Disabled() bool { return !p.DisabledAt.IsZero() }

// Has says whether the person holds role.
func (p Person) Has(role Role) bool { return slices.Contains(p.Roles, role) }

const columns = `p.id, p.login, p.name, p.email, p.language, p.must_change, p.sessions_epoch,
	p.created_at, p.password_changed_at, p.signed_in_at, p.disabled_at`

// Get reads one person, disabled or not; records.ErrNotFound when there is none.
func Get(ctx context.Context, q records.Querier, id int64) (Person, error) {
	return one(ctx, q, fmt.Sprintf("person %d", id), `WHERE p.id = $1`, id)
}

// ByLogin reads the person of a login in any letter case; records.ErrNotFound when there is
// none.
func ByLogin(ctx context.Context, q records.Querier, login string) (Person, error) {
	login = Login(login)
	return one(ctx, q, "person "+login, `WHERE p.login = $1`, login)
}

// List reads everybody, the disabled too, by login.
func List(ctx context.Context, q records.Querier) ([]Person, error) {
	return query(ctx, q, ``)
}

// WithRole reads those who hold role and are not disabled, by login. An empty result is no
// error: whoever routes to a role has to say that nobody holds it.
func WithRole(ctx context.Context, q records.Querier, role Role) ([]Person, error) {
	return query(ctx, q, `WHERE p.disabled_at = 0
		AND EXISTS (SELECT 1 FROM person_roles r WHERE r.person = p.id AND r.role = $1)`, string(role))
}

// Count is the number of people, the disabled too: 0 before the first administrator is made.
func Count(ctx context.Context, q records.Querier) (int, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM people`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}

// Password reads the hash of a person's password as it was set.
func Password(ctx context.Context, q records.Querier, id int64) (string, error) {
	var hash string
	err := q.QueryRowContext(ctx, `SELECT password FROM people WHERE id = $1`, id).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("password of person %d: %w", id, records.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("password of person %d: %w", id, err)
	}
	return hash, nil
}

// Login is the form in which a login is kept and compared.
func Login(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func one(ctx context.Context, q records.Querier, what, where string, arg any) (Person, error) {
	found, err := query(ctx, q, where, arg)
	if err != nil {
		return Person{}, err
	}
	if len(found) == 0 {
		return Person{}, fmt.Errorf("%s: %w", what, records.ErrNotFound)
	}
	return found[0], nil
}

func query(ctx context.Context, q records.Querier, where string, args ...any) ([]Person, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+`, r.role FROM people p
		LEFT JOIN person_roles r ON r.person = p.id `+where+` ORDER BY p.login, p.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	defer rows.Close()
	var found []Person
	for rows.Next() {
		var (
			p                                   Person
			mustChange                          int
			created, changed, signedIn, removed int64
			role                                sql.NullString
		)
		if err := rows.Scan(&p.ID, &p.Login, &p.Name, &p.Email, &p.Language, &mustChange, &p.Epoch,
			&created, &changed, &signedIn, &removed, &role); err != nil {
			return nil, fmt.Errorf("read people: %w", err)
		}
		if n := len(found); n == 0 || found[n-1].ID != p.ID {
			p.MustChange = mustChange != 0
			p.CreatedAt, p.ChangedAt = records.Time(created), records.Time(changed)
			p.SignedInAt, p.DisabledAt = records.Time(signedIn), records.Time(removed)
			found = append(found, p)
		}
		if role.Valid {
			last := &found[len(found)-1]
			last.Roles = append(last.Roles, Role(role.String))
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	for i := range found {
		found[i].Roles = inOrder(found[i].Roles)
	}
	return found, nil
}

// inOrder sorts roles as Roles lists them and drops what is there twice.
func inOrder(roles []Role) []Role {
	order := Roles()
	roles = slices.Clone(roles)
	slices.SortFunc(roles, func(a, b Role) int { return slices.Index(order, a) - slices.Index(order, b) })
	return slices.Compact(roles)
}
