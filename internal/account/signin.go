package account

import (
	"context"
	"errors"

	"lamro/internal/records"
	"lamro/internal/records/people"
)

// SignIn lets a person in by login and password. The answer is ErrWrong, or a *ThrottledError
// after five tries in a minute of one login from one address; remote is the peer's address with
// or without port. Each sign-in and each refusal of a known login is audited.
func (a *Accounts) SignIn(ctx context.Context, login, password, remote string) (people.Person, error) {
	login = people.Login(login)
	addr := network(remote)
	if err := a.throttle.take(login, addr); err != nil {
		return people.Person{}, err
	}
	p, err := people.ByLogin(ctx, a.cfg.DB.Read(), login)
	if errors.Is(err, records.ErrNotFound) {
		// What was typed as login is not written down: it may be a password.
		if _, _, err := a.hasher.verify(ctx, a.decoy, password); err != nil {
			return people.Person{}, err
		}
		return people.Person{}, ErrWrong
	}
	if err != nil {
		return people.Person{}, err
	}
	hash, err := people.Password(ctx, a.cfg.DB.Read(), p.ID)
	if err != nil {
		return people.Person{}, err
	}
	ok, outdated, err := a.hasher.verify(ctx, hash, password)
	if err != nil {
		return people.Person{}, err
	}
	if !ok || p.Disabled() {
		err := a.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
			return a.audit(ctx, tx, System, "sign-in-refused", p.ID, map[string]any{"address": addr})
		})
		if err != nil {
			return people.Person{}, err
		}
		return people.Person{}, ErrWrong
	}
	var rehashed string
	if outdated {
		if rehashed, err = a.hasher.hash(ctx, password); err != nil {
			return people.Person{}, err
		}
	}
	err = a.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if rehashed != "" {
			if err := people.Rehash(ctx, tx, p.ID, rehashed); err != nil {
				return err
			}
		}
		if err := people.SignedIn(ctx, tx, p.ID, a.cfg.Now()); err != nil {
			return err
		}
		return a.audit(ctx, tx, Actor(p.ID), "sign-in", p.ID, map[string]any{"address": addr})
	})
	if err != nil {
		return people.Person{}, err
	}
	a.throttle.forget(login, addr)
	return p, nil
}

// ChangePassword replaces a person's password by one of their own choice and ends all their
// sessions; the returned person is for opening the next one. The old password is asked for
// again, at the pace of sign-in. Errors: ErrWrong, ErrTooShort, ErrTooLong, ErrTooEasy,
// ErrUnchanged, *ThrottledError.
func (a *Accounts) ChangePassword(ctx context.Context, id int64, old, password, remote string) (people.Person, error) {
	p, err := people.Get(ctx, a.cfg.DB.Read(), id)
	if err != nil {
		return people.Person{}, err
	}
	if err := check(p.Login, password); err != nil {
		return people.Person{}, err
	}
	addr := network(remote)
	if err := a.throttle.take(p.Login, addr); err != nil {
		return people.Person{}, err
	}
	was, err := people.Password(ctx, a.cfg.DB.Read(), id)
	if err != nil {
		return people.Person{}, err
	}
	if ok, _, err := a.hasher.verify(ctx, was, old); err != nil {
		return people.Person{}, err
	} else if !ok {
		return people.Person{}, ErrWrong
	}
	if same, _, err := a.hasher.verify(ctx, was, password); err != nil {
		return people.Person{}, err
	} else if same {
		return people.Person{}, ErrUnchanged
	}
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return people.Person{}, err
	}
	err = a.cfg.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if err := people.SetPassword(ctx, tx, id, hash, false, a.cfg.Now()); err != nil {
			return err
		}
		if err := a.audit(ctx, tx, Actor(id), "person-password-change", id, nil); err != nil {
			return err
		}
		p, err = people.Get(ctx, tx, id)
		return err
	})
	if err != nil {
		return people.Person{}, err
	}
	a.throttle.forget(p.Login, addr)
	return p, nil
}
