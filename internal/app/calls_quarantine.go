package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"lamro/internal/control"
	"lamro/internal/records"
	"lamro/internal/records/audit"
	"lamro/internal/records/frontier"
	"lamro/internal/records/quarantine"
)

// GivenUp is something that could not be processed: a message of a stream, or a page.
type GivenUp struct {
	ID       string    `json:"id"`
	What     string    `json:"what"` // the consumer that gave up, or "page"
	Article  string    `json:"article,omitempty"`
	Source   string    `json:"source,omitempty"`
	URL      string    `json:"url,omitempty"`
	Cause    string    `json:"cause"`
	Attempts int       `json:"attempts"`
	At       time.Time `json:"at"`
}

// Dropping is `lamro quarantine drop`.
type Dropping struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

const quarantineMost = 1000

func (a *App) quarantineCalls(m *control.Mux) {
	control.Register(m, "quarantine.list", func(ctx context.Context, _ None) ([]GivenUp, error) { return a.givenUp(ctx) })
	control.Register(m, "quarantine.show", func(ctx context.Context, in ID) (GivenUp, error) { return a.oneGivenUp(ctx, in.ID) })
	control.Register(m, "quarantine.replay", func(ctx context.Context, in ID) (None, error) {
		g, err := a.oneGivenUp(ctx, in.ID)
		if err != nil {
			return None{}, err
		}
		return None{}, a.replay(ctx, g)
	})
	control.Register(m, "quarantine.drop", func(ctx context.Context, in Dropping) (None, error) {
		g, err := a.oneGivenUp(ctx, in.ID)
		if err != nil {
			return None{}, err
		}
		if in.Reason == "" {
			return None{}, control.Invalid("say why with --reason: it goes into the audit trail")
		}
		return None{}, a.drop(ctx, g, in.Reason)
	})
}

// givenUp lists messages and pages together, newest first.
func (a *App) givenUp(ctx context.Context) ([]GivenUp, error) {
	rows, err := quarantine.List(ctx, a.db.Read(), quarantineMost)
	if err != nil {
		return nil, err
	}
	out := []GivenUp{}
	for _, r := range rows {
		out = append(out, GivenUp{ID: r.ID, What: r.Consumer, Article: r.Article, Cause: r.Cause, Attempts: r.Attempts, At: r.At})
	}
	held, err := frontier.HeldPages(ctx, a.db.Read(), frontier.Quarantined, quarantineMost)
	if err != nil {
		return nil, err
	}
	for _, p := range held {
		out = append(out, GivenUp{ID: p.Key, What: "page", Source: p.Source, URL: p.URL, Cause: cmp.Or(p.Text, p.Code),
			Attempts: p.Attempts, At: p.Since})
	}
	slices.SortStableFunc(out, func(x, y GivenUp) int { return y.At.Compare(x.At) })
	return out, nil
}

func (a *App) oneGivenUp(ctx context.Context, id string) (GivenUp, error) {
	all, err := a.givenUp(ctx)
	if err != nil {
		return GivenUp{}, err
	}
	i := slices.IndexFunc(all, func(g GivenUp) bool { return g.ID == id })
	if i < 0 {
		return GivenUp{}, control.NotFound("nothing in quarantine has the id %s; `lamro quarantine list` shows what is there", id)
	}
	return all[i], nil
}

func (a *App) replay(ctx context.Context, g GivenUp) error {
	if g.What != "page" {
		err := a.archive.Replay(ctx, g.ID)
		if errors.Is(err, records.ErrNotFound) {
			return control.NotFound("the message is in no stream any more, and cannot be built again: %v", err)
		}
		return err
	}
	err := a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error { return frontier.Replay(ctx, tx, g.ID, time.Now()) })
	if err == nil {
		a.crawler.Wake()
	}
	return err
}

func (a *App) drop(ctx context.Context, g GivenUp, reason string) error {
	return a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		remove := quarantine.Remove
		if g.What == "page" {
			remove = frontier.Drop
		}
		if err := remove(ctx, tx, g.ID); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: time.Now(), Actor: Operator, Action: "quarantine.drop", Subject: g.What,
			Detail: map[string]string{"id": g.ID, "article": g.Article, "reason": reason}})
	})
}
