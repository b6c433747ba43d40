package app

import (
	"cmp"
	"context"
	"errors"
	"time"

	"lamro/internal/control"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/audit"
	"lamro/internal/records/mentions"
	"lamro/internal/records/watches"
)

// ID names one thing.
type ID struct {
	ID string `json:"id"`
}

// NewWatch is `lamro watch add`.
type NewWatch struct {
	ID       string        `json:"id"`
	Name     string        `json:"name,omitempty"` // "" is the id
	Query    string        `json:"query"`
	Mode     string        `json:"mode,omitempty"`
	IY       bool          `json:"iy,omitempty"`
	Severity news.Severity `json:"severity"`
	Silent   bool          `json:"silent,omitempty"` // listed, never alerted
	Note     string        `json:"note,omitempty"`
}

// AddedWatch is a new watch as its query was understood.
type AddedWatch struct {
	watches.Watch
	Canonical string   `json:"canonical"`
	Warnings  []string `json:"warnings"`
}

// WatchState is a watch with how far it was applied to what is stored.
type WatchState struct {
	watches.Watch
	Backfill Backfill `json:"backfill"`
}

// Backfill says how far a watch was applied to what is stored.
type Backfill struct {
	State    string `json:"state"`              // see package mentions; "" for a watch that is paused
	Articles int    `json:"articles,omitempty"` // of the pass that runs
	Looked   int    `json:"looked,omitempty"`
}

func backfillOf(w watches.Watch, b mentions.Backfill) Backfill {
	if !w.Enabled {
		return Backfill{}
	}
	out := Backfill{State: b.State(w.QuerySet)}
	if out.State == mentions.BackfillRuns {
		out.Articles, out.Looked = b.Articles, b.Looked
	}
	return out
}

// WatchInfo is a watch with its history, newest first.
type WatchInfo struct {
	WatchState
	History []watches.Watch `json:"history"`
}

func (a *App) watchCalls(m *control.Mux) {
	control.Register(m, "watch.list", func(ctx context.Context, _ None) ([]WatchState, error) { return a.listWatches(ctx) })
	control.Register(m, "watch.show", a.showWatch)
	control.Register(m, "watch.add", a.addWatch)
	control.Register(m, "watch.backtest", a.backtest)
	control.Register(m, "watch.backtest.progress", a.backtests.progress)
	control.Register(m, "explain", a.explain)
}

func (a *App) listWatches(ctx context.Context) ([]WatchState, error) {
	all, err := watches.List(ctx, a.db.Read())
	if err != nil {
		return nil, err
	}
	b, err := mentions.ReadBackfill(ctx, a.db.Read())
	out := make([]WatchState, len(all))
	for i, w := range all {
		out[i] = WatchState{w, backfillOf(w, b)}
	}
	return out, err
}

func (a *App) showWatch(ctx context.Context, in ID) (WatchInfo, error) {
	w, err := watches.Get(ctx, a.db.Read(), in.ID)
	if err != nil {
		return WatchInfo{}, refuse(err, "watch "+in.ID)
	}
	b, err := mentions.ReadBackfill(ctx, a.db.Read())
	if err != nil {
		return WatchInfo{}, err
	}
	history, err := watches.History(ctx, a.db.Read(), in.ID)
	return WatchInfo{WatchState{w, backfillOf(w, b)}, history}, err
}

func (a *App) addWatch(ctx context.Context, in NewWatch) (AddedWatch, error) {
	q, err := parseQuery(in.Query, query.Options{Mode: query.Mode(in.Mode), IY: in.IY})
	if err == nil {
		err = refuse(q.ValidateWatch(), "")
	}
	if err != nil {
		return AddedWatch{}, err
	}
	added := AddedWatch{Canonical: q.String(), Warnings: Warnings(q, q.Explain(a.names(ctx)))}
	err = a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if _, err := watches.Get(ctx, tx, in.ID); !errors.Is(err, records.ErrNotFound) {
			return errors.Join(err, control.Invalid("there is a watch %s already", in.ID))
		}
		now := time.Now()
		var err error
		added.Watch, err = watches.Save(ctx, tx, watches.Watch{
			ID: in.ID, Name: cmp.Or(in.Name, in.ID), Query: in.Query, Mode: query.Mode(in.Mode), IY: in.IY, Severity: in.Severity,
			Enabled: true, Alert: !in.Silent, Owner: Operator, Note: in.Note,
		}, Operator, now)
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: now, Actor: Operator, Action: "watch.add", Subject: in.ID,
			Detail: map[string]string{"query": added.Query}})
	})
	if errors.Is(err, watches.ErrInvalid) {
		return added, control.Invalid("%v", err)
	}
	if err == nil {
		a.watchesChanged()
	}
	return added, err
}
