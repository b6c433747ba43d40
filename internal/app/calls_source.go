package app

import (
	"context"
	"time"

	"lamro/internal/control"
	"lamro/internal/records"
	"lamro/internal/records/audit"
	"lamro/internal/records/frontier"
)

// NewSource is `lamro source add`.
type NewSource struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Home  string   `json:"home"`
	Class string   `json:"class"`
	Tier  int      `json:"tier"`
	Place string   `json:"place,omitempty"`
	Feeds []string `json:"feeds,omitempty"`
}

func (a *App) sourceCalls(m *control.Mux) {
	control.Register(m, "source.list", func(ctx context.Context, _ None) ([]frontier.SourceHealth, error) {
		return frontier.Sources(ctx, a.db.Read())
	})
	control.Register(m, "source.add", a.addSource)
	control.Register(m, "source.check", func(ctx context.Context, in ID) (None, error) {
		err := a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
			return frontier.ProbeNow(ctx, tx, in.ID, time.Now())
		})
		if err == nil {
			a.crawler.Wake()
		}
		return None{}, refuse(err, "source "+in.ID)
	})
}

// addSource adds a source that is probed before its feeds are polled.
func (a *App) addSource(ctx context.Context, in NewSource) (frontier.Source, error) {
	s := frontier.Source{ID: in.ID, Name: in.Name, Home: in.Home, Class: in.Class, Tier: in.Tier, Grade: "C", Place: in.Place,
		Language: "vi", Enabled: true, AllowPrivate: a.allowPrivate()}
	for _, url := range in.Feeds {
		s.Feeds = append(s.Feeds, frontier.Feed{URL: url, Kind: frontier.KindFeed})
	}
	if err := s.Validate(); err != nil {
		return s, control.Invalid("%v", err)
	}
	err := a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if _, err := frontier.GetSource(ctx, tx, in.ID); err == nil {
			return control.Invalid("there is a source %s already", in.ID)
		}
		now := time.Now()
		if _, err := frontier.SaveSource(ctx, tx, s, Operator, now); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: now, Actor: Operator, Action: "source.add", Subject: in.ID,
			Detail: map[string]string{"home": in.Home}})
	})
	if err != nil {
		return s, err
	}
	a.crawler.Wake()
	return s, a.loadOutlets(ctx)
}
