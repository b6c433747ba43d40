package app

import (
	"context"
	"errors"

	"lamro/internal/account"
	"lamro/internal/control"
	"lamro/internal/records/people"
)

// NewPerson is `lamro user add`.
type NewPerson struct {
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Email    string   `json:"email,omitempty"`
	Roles    []string `json:"roles"`
	Language string   `json:"language,omitempty"`
}

// Login names a person.
type Login struct {
	Login string `json:"login"`
}

// OneTime is a person with the password of their next sign-in.
type OneTime struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

func (a *App) peopleCalls(m *control.Mux) {
	control.Register(m, "user.list", func(ctx context.Context, _ None) ([]people.Person, error) {
		return people.List(ctx, a.db.Read())
	})
	control.Register(m, "user.add", func(ctx context.Context, in NewPerson) (OneTime, error) {
		n := account.NewPerson{Login: in.Login, Name: in.Name, Email: in.Email, Language: in.Language}
		for _, r := range in.Roles {
			n.Roles = append(n.Roles, people.Role(r))
		}
		p, password, err := a.accounts.Add(ctx, Operator, n)
		return OneTime{p.Login, password}, refusePerson(err, in.Login)
	})
	control.Register(m, "user.passwd", func(ctx context.Context, in Login) (OneTime, error) {
		p, err := people.ByLogin(ctx, a.db.Read(), in.Login)
		if err != nil {
			return OneTime{}, refusePerson(err, in.Login)
		}
		password, err := a.accounts.Reset(ctx, Operator, p.ID)
		return OneTime{p.Login, password}, refusePerson(err, in.Login)
	})
	control.Register(m, "user.disable", func(ctx context.Context, in Login) (None, error) {
		p, err := people.ByLogin(ctx, a.db.Read(), in.Login)
		if err == nil {
			err = a.accounts.Disable(ctx, Operator, p.ID)
		}
		return None{}, refusePerson(err, in.Login)
	})
}

func refusePerson(err error, login string) error {
	for _, known := range []error{people.ErrTaken, account.ErrLogin, account.ErrRole, account.ErrLanguage, account.ErrLastAdmin} {
		if errors.Is(err, known) {
			return control.Invalid("%v", err)
		}
	}
	return refuse(err, "person with the login "+login)
}
