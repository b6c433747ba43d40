package app

import (
	"context"
	"errors"
	"fmt"

	"lamro/internal/control"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
	"lamro/internal/records/people"
	"lamro/internal/records/watches"
)

// Operator is who commands act as: whoever may open the data directory.
const Operator = "operator"

// What calls answer with. Commands know the names that stand here, not the rooms they come from.
type (
	Watch  = watches.Watch
	Source = frontier.Source
	Health = frontier.SourceHealth
	Person = people.Person
)

// RoleNames lists what a person may do in the office, as `lamro user add --role` takes it.
func RoleNames() []string {
	var names []string
	for _, r := range people.Roles() {
		names = append(names, string(r))
	}
	return names
}

// None is the question or the answer of a call that has none.
type None struct{}

// Calls are the calls that commands make, to a running process or to one that they open
// themselves: the same handlers both ways.
func (a *App) Calls() *control.Mux {
	m := control.NewMux()
	a.searchCalls(m)
	a.watchCalls(m)
	a.sourceCalls(m)
	a.peopleCalls(m)
	a.articleCalls(m)
	a.quarantineCalls(m)
	a.systemCalls(m)
	return m
}

// Connect makes calls to the process that serves the data directory, or opens the directory
// itself when none does. done closes what was opened.
func Connect(ctx context.Context, open func() (Options, error), data string) (c *control.Client, done func() error, err error) {
	c, err = control.Dial(ctx, data)
	if err == nil {
		return c, func() error { return nil }, nil
	}
	if !errors.Is(err, control.ErrNotRunning) {
		return nil, nil, err
	}
	opt, err := open()
	if err != nil {
		return nil, nil, err
	}
	a, err := Open(ctx, opt)
	if err != nil {
		var busy *control.Error
		if errors.As(err, &busy) && busy.Code == "conflict" {
			// The lock is taken and nobody answers: the other process is starting or stopping.
			return nil, nil, fmt.Errorf("%w; it does not answer commands yet or any more, so try again in a moment", busy)
		}
		return nil, nil, err
	}
	return control.Direct(a.Calls()), a.Close, nil
}

// parseQuery reads a query of a caller; what is wrong with it is an answer for people.
func parseQuery(text string, o query.Options) (*query.Query, error) {
	q, err := query.ParseWith(text, o)
	if err != nil && query.IsSyntax(err) == nil {
		return nil, control.Invalid("%v", err) // the mode
	}
	return q, refuse(err, "")
}

// refuse turns what a caller did wrong into an answer for people.
func refuse(err error, what string) error {
	if s := query.IsSyntax(err); s != nil {
		pos := s.Pos
		return &control.Error{Code: "invalid", Message: s.Error(), Pos: &pos}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, query.ErrLoneSyllable), errors.Is(err, query.ErrShortPrefix), errors.Is(err, query.ErrNothingPositive):
		return control.Invalid("%v", err)
	case errors.Is(err, records.ErrNotFound):
		return control.NotFound("there is no %s", what)
	}
	return err
}
