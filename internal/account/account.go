package account

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/people"
)

// What sign-in and the management of people answer besides success.
var (
	// ErrWrong is one answer for an unknown login, a wrong password and a disabled person, so
	// that trying tells nobody which logins there are.
	ErrWrong     = errors.New("wrong login or password")
	ErrLogin     = errors.New("a login has 2 to 40 of a-z, 0-9, dot, dash and underscore")
	ErrRole      = errors.New("no such role")
	ErrLanguage  = errors.New("no such language")
	ErrLastAdmin = errors.New("the last administrator cannot be disabled")
)

// System is the actor of what no person did.
const System = "system"

// An Entry tells the audit trail of a change; it is written in the transaction of the change.
type Entry struct {
	At      time.Time
	Actor   string // "person:7", or System
	Action  string // such as "person-add"
	Subject string // "person:7"
	Detail  any    // marshals to JSON; never a password or a hash
}

// Config is what accounts need from outside.
type Config struct {
	DB    *records.DB
	Audit func(ctx context.Context, tx *records.Tx, e Entry) error
	Log   *slog.Logger
	Now   func() time.Time // time.Now when nil
}

// Accounts manages the people of an installation and lets them in.
type Accounts struct {
	cfg      Config
	hasher   hasher
	throttle *throttle
	decoy    string // the hash that an unknown login is checked against, so that it takes as long
}

// New gives the accounts of an installation.
func New(ctx context.Context, cfg Config) (*Accounts, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &Accounts{cfg: cfg, hasher: newHasher(), throttle: newThrottle()}
	var err error
	a.decoy, err = a.hasher.hash(ctx, oneTime())
	return a, err
}

// NewPerson is somebody to be added.
type NewPerson struct {
	Login, Name, Email string
	Roles              []people.Role
	Language           string // "vi" when empty
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

func (n NewPerson) validate() error {
	if !loginForm.MatchString(people.Login(n.Login)) {
		return ErrLogin
	}
	for _, r := range n.Roles {
		if !r.Valid() {
			return fmt.Errorf("%w: %s", ErrRole, r)
		}
	}
	if n.Language != "" && !slices.Contains(Languages(), n.Language) {
		return fmt.Errorf("%w: %s", ErrLanguage, n.Language)
	}
	return nil
}

// Languages lists the languages of the interface, the default first.
func Languages() []string { return []string{"vi", "en"} }

// First makes the first administrator when there is nobody yet, and returns the one-time
// password; with people there it does nothing and returns "". The administrator also is
// officer, analyst and operator until others are.
func (a *Accounts) First(ctx context.Context) (login, password string, err error) {
	n, err := people.Count(ctx, a.cfg.DB.Read())
	if err != nil || n > 0 {
		return "", "", err
	}
	p, password, err := a.Add(ctx, System, NewPerson{
		Login: "admin", Name: "Quản trị viên",
		Roles: []people.Role{people.Admin, people.Officer, people.Analyst, people.Operator},
	})
	if errors.Is(err, people.ErrTaken) {
		return "", "", nil // another process was first
	}
	return p.Login, password, err
}

// Add adds a person with a one-time password, which is returned and kept nowhere.
func (a *Accounts) Add(ctx context.Context, actor string, n NewPerson) (people.Person, string, error) {
	if err := n.validate(); err != nil {
		return people.Person{}, "", err
	}
	password := oneTime()
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return people.Person{}, "", err
	}
	name := strings.TrimSpace(n.Name)
	if name == "" {
		name = people.Login(n.Login)
	}
	var p people.Person
	err = a.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		p, err = people.Add(ctx, tx, people.New{
			Login: n.Login, Name: name, Email: strings.TrimSpace(n.Email), Roles: n.Roles, Language: n.Language,
			Password: hash, MustChange: true, At: a.cfg.Now(),
		})
		if err != nil {
			return err
		}
		return a.audit(ctx, tx, actor, "person-add", p.ID, map[string]any{"login": p.Login, "roles": p.Roles})
	})
	if err != nil {
		return people.Person{}, "", err
	}
	return p, password, nil
}

// Reset gives a person a new one-time password, which is returned, and ends their sessions.
func (a *Accounts) Reset(ctx context.Context, actor string, id int64) (string, error) {
	password := oneTime()
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = a.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if err := people.SetPassword(ctx, tx, id, hash, true, a.cfg.Now()); err != nil {
			return err
		}
		return a.audit(ctx, tx, actor, "person-password-reset", id, nil)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// Disable ends a person's sessions and everything sent to them. ErrLastAdmin when nobody could
// manage people afterwards. A second call changes nothing.
func (a *Accounts) Disable(ctx context.Context, actor string, id int64) error {
	return a.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		admins, err := people.WithRole(ctx, tx, people.Admin)
		if err != nil {
			return err
		}
		if len(admins) == 1 && admins[0].ID == id {
			return ErrLastAdmin
		}
		if err := people.Disable(ctx, tx, id, a.cfg.Now()); err != nil {
			return err
		}
		return a.audit(ctx, tx, actor, "person-disable", id, nil)
	})
}

// Enable takes Disable back, with the password as it was.
func (a *Accounts) Enable(ctx context.Context, actor string, id int64) error {
	return a.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if err := people.Enable(ctx, tx, id); err != nil {
			return err
		}
		return a.audit(ctx, tx, actor, "person-enable", id, nil)
	})
}

// SetLanguage sets the language of a person's pages and messages.
func (a *Accounts) SetLanguage(ctx context.Context, id int64, language string) error {
	if !slices.Contains(Languages(), language) {
		return fmt.Errorf("%w: %s", ErrLanguage, language)
	}
	return a.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return people.SetLanguage(ctx, tx, id, language)
	})
}

// Actor names a person in the audit trail.
func Actor(id int64) string { return "person:" + strconv.FormatInt(id, 10) }

func (a *Accounts) audit(ctx context.Context, tx *records.Tx, actor, action string, subject int64, detail any) error {
	if a.cfg.Audit == nil {
		return nil
	}
	return a.cfg.Audit(ctx, tx, Entry{At: a.cfg.Now(), Actor: actor, Action: action, Subject: Actor(subject), Detail: detail})
}
