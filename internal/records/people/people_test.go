package people_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/people"
	"lamro/internal/records/recordstest"
)

var at = time.Date(2026, 11, 22, 6, 52, 0, 0, time.UTC)

func write(t *testing.T, db *records.DB, fn func(ctx context.Context, tx *records.Tx) error) error {
	t.Helper()
	return db.Tx(t.Context(), fn)
}

func add(t *testing.T, db *records.DB, n people.New) people.Person {
	t.Helper()
	var p people.Person
	err := write(t, db, func(ctx context.Context, tx *records.Tx) (err error) {
		p, err = people.Add(ctx, tx, n)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAddedPersonReadsBackTheSame(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	want := add(t, db, people.New{
		Login: " CanBo.1 ", Name: "Cán bộ báo chí 1", Email: "canbo1@press.example", Password: "hash", MustChange: true, At: at,
		Roles: []people.Role{people.Operator, people.Officer, people.Officer},
	})
	if want.Login != "canbo.1" || want.Language != "vi" || !slices.Equal(want.Roles, []people.Role{people.Officer, people.Operator}) {
		t.Fatalf("Add = %+v, want login canbo.1, language vi, roles officer and operator", want)
	}
	for name, read := range map[string]func() (people.Person, error){
		"Get":     func() (people.Person, error) { return people.Get(t.Context(), db.Read(), want.ID) },
		"ByLogin": func() (people.Person, error) { return people.ByLogin(t.Context(), db.Read(), "CANBO.1") },
	} {
		got, err := read()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.ID != want.ID || got.Login != want.Login || got.Email != want.Email || !got.MustChange ||
			!got.CreatedAt.Equal(at) || got.Disabled() || !slices.Equal(got.Roles, want.Roles) {
			t.Errorf("%s = %+v, want %+v", name, got, want)
		}
	}
	if hash, err := people.Password(t.Context(), db.Read(), want.ID); err != nil || hash != "hash" {
		t.Errorf("Password = %q, %v; want hash", hash, err)
	}
}

func TestLoginIsTakenInAnyLetterCase(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	add(t, db, people.New{Login: "truc", At: at})
	err := write(t, db, func(ctx context.Context, tx *records.Tx) error {
		_, err := people.Add(ctx, tx, people.New{Login: "TRUC", At: at})
		return err
	})
	if !errors.Is(err, people.ErrTaken) {
		t.Fatalf("Add of a taken login = %v, want ErrTaken", err)
	}
}

func TestWithRoleLeavesOutTheDisabled(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	one := add(t, db, people.New{Login: "mot", Roles: []people.Role{people.Officer}, At: at})
	two := add(t, db, people.New{Login: "hai", Roles: []people.Role{people.Officer, people.Analyst}, At: at})
	add(t, db, people.New{Login: "ba", Roles: []people.Role{people.Analyst}, At: at})
	if err := write(t, db, func(ctx context.Context, tx *records.Tx) error { return people.Disable(ctx, tx, one.ID, at) }); err != nil {
		t.Fatal(err)
	}
	got, err := people.WithRole(t.Context(), db.Read(), people.Officer)
	if err != nil || len(got) != 1 || got[0].ID != two.ID {
		t.Fatalf("WithRole(officer) = %+v, %v; want only hai", got, err)
	}
	if !slices.Equal(got[0].Roles, []people.Role{people.Officer, people.Analyst}) {
		t.Errorf("roles of hai = %v, want officer and analyst", got[0].Roles)
	}
	if all, err := people.List(t.Context(), db.Read()); err != nil || len(all) != 3 {
		t.Errorf("List = %d people, %v; want 3", len(all), err)
	}
	if none, err := people.WithRole(t.Context(), db.Read(), people.Leader); err != nil || len(none) != 0 {
		t.Errorf("WithRole(leader) = %v, %v; want nobody", none, err)
	}
}

func TestWhatEndsSessionsRaisesTheEpoch(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	p := add(t, db, people.New{Login: "mot", At: at})
	steps := []struct {
		name   string
		do     func(ctx context.Context, tx *records.Tx) error
		raises bool
	}{
		{"set password", func(ctx context.Context, tx *records.Tx) error {
			return people.SetPassword(ctx, tx, p.ID, "new", false, at)
		}, true},
		{"rehash", func(ctx context.Context, tx *records.Tx) error { return people.Rehash(ctx, tx, p.ID, "new2") }, false},
		{"language", func(ctx context.Context, tx *records.Tx) error { return people.SetLanguage(ctx, tx, p.ID, "en") }, false},
		{"signed in", func(ctx context.Context, tx *records.Tx) error { return people.SignedIn(ctx, tx, p.ID, at) }, false},
		{"disable", func(ctx context.Context, tx *records.Tx) error { return people.Disable(ctx, tx, p.ID, at) }, true},
		{"disable again", func(ctx context.Context, tx *records.Tx) error {
			return people.Disable(ctx, tx, p.ID, at.Add(time.Hour))
		}, true},
		{"enable", func(ctx context.Context, tx *records.Tx) error { return people.Enable(ctx, tx, p.ID) }, false},
	}
	before := p.Epoch
	for _, s := range steps {
		if err := write(t, db, s.do); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		got, err := people.Get(t.Context(), db.Read(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if raised := got.Epoch > before; raised != s.raises {
			t.Errorf("%s raised the epoch: %v, want %v", s.name, raised, s.raises)
		}
		if s.name == "disable again" && !got.DisabledAt.Equal(at) {
			t.Errorf("disabled twice, at = %v, want the first time %v", got.DisabledAt, at)
		}
		before = got.Epoch
	}
}

func TestUnknownPersonIsNotFound(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	if _, err := people.Get(t.Context(), db.Read(), 7); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("Get = %v, want ErrNotFound", err)
	}
	if _, err := people.Password(t.Context(), db.Read(), 7); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("Password = %v, want ErrNotFound", err)
	}
	err := write(t, db, func(ctx context.Context, tx *records.Tx) error { return people.Disable(ctx, tx, 7, at) })
	if !errors.Is(err, records.ErrNotFound) {
		t.Errorf("Disable = %v, want ErrNotFound", err)
	}
}

func TestUnknownRoleIsRefusedWhole(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	p := add(t, db, people.New{Login: "mot", Roles: []people.Role{people.Leader}, At: at})
	err := write(t, db, func(ctx context.Context, tx *records.Tx) error {
		return people.SetRoles(ctx, tx, p.ID, []people.Role{people.Officer, "chief"})
	})
	if err == nil {
		t.Fatal("SetRoles with an unknown role = nil, want an error")
	}
	got, err := people.Get(t.Context(), db.Read(), p.ID)
	if err != nil || !slices.Equal(got.Roles, []people.Role{people.Leader}) {
		t.Errorf("roles after a refused change = %v, %v; want leader", got.Roles, err)
	}
}
