package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/analyzer"
	"lamro/analyzer/match"
	"lamro/internal/control"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/audit"
	"lamro/internal/records/watches"
	"lamro/internal/vietnamese"
)

// ID names one thing.
type ID struct {
	ID string `json:"id"`
}

// NewWatch is `lamro watch add`.
type NewWatch struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Query    string        `json:"query"`
	Mode     string        `json:"mode,omitempty"`
	Severity news.Severity `json:"severity"`
	Silent   bool          `json:"silent,omitempty"` // listed, never alerted
	Note     string        `json:"note,omitempty"`
}

// WatchInfo is a watch with its history, newest first.
type WatchInfo struct {
	watches.Watch
	History []watches.Watch `json:"history"`
}

// Backtest is `lamro watch backtest`: what a query would have matched in the texts of the last
// days, matched or not at the time.
type Backtest struct {
	ID    string `json:"id,omitempty"`    // of a watch, or
	Query string `json:"query,omitempty"` // a query
	Mode  string `json:"mode,omitempty"`
	Days  int    `json:"days"`
}

// BacktestResult counts by day and shows some of what was found.
type BacktestResult struct {
	Query    string          `json:"query"`
	Articles int             `json:"articles"` // that were read
	Matched  int             `json:"matched"`
	Certain  int             `json:"certain"`
	Days     []BacktestDay   `json:"days"`
	Samples  []BacktestMatch `json:"samples"`
}

// BacktestDay is one day in the office's zone.
type BacktestDay struct {
	Day     string `json:"day"`
	Matched int    `json:"matched"`
}

// BacktestMatch is one article that was found.
type BacktestMatch struct {
	Article string `json:"article"`
	Title   string `json:"title"`
	URL     string `json:"url"`
	Certain bool   `json:"certain"`
	Why     string `json:"why"`
}

const backtestSamples = 10

func (a *App) watchCalls(m *control.Mux) {
	control.Register(m, "watch.list", func(ctx context.Context, _ None) ([]watches.Watch, error) {
		return watches.List(ctx, a.db.Read())
	})
	control.Register(m, "watch.show", func(ctx context.Context, in ID) (WatchInfo, error) {
		w, err := watches.Get(ctx, a.db.Read(), in.ID)
		if err != nil {
			return WatchInfo{}, refuse(err, "watch "+in.ID)
		}
		history, err := watches.History(ctx, a.db.Read(), in.ID)
		return WatchInfo{w, history}, err
	})
	control.Register(m, "watch.add", a.addWatch)
	control.Register(m, "watch.backtest", a.backtest)
}

func (a *App) addWatch(ctx context.Context, in NewWatch) (watches.Watch, error) {
	q, err := query.ParseMode(in.Query, query.Mode(in.Mode))
	if err == nil {
		err = q.ValidateWatch()
	}
	if err != nil {
		return watches.Watch{}, refuse(err, "")
	}
	var saved watches.Watch
	err = a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		if _, err := watches.Get(ctx, tx, in.ID); !errors.Is(err, records.ErrNotFound) {
			return errors.Join(err, control.Invalid("there is a watch %s already", in.ID))
		}
		now := time.Now()
		var err error
		saved, err = watches.Save(ctx, tx, watches.Watch{
			ID: in.ID, Name: in.Name, Query: in.Query, Mode: query.Mode(in.Mode), Severity: in.Severity,
			Enabled: true, Alert: !in.Silent, Owner: Operator, Note: in.Note,
		}, Operator, now)
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{At: now, Actor: Operator, Action: "watch.add", Subject: in.ID,
			Detail: map[string]string{"query": saved.Query}})
	})
	if errors.Is(err, watches.ErrInvalid) {
		return saved, control.Invalid("%v", err)
	}
	if err != nil {
		return saved, err
	}
	return saved, a.reload(ctx)
}

// backtest reads the stored texts of the last days and matches one query. It writes nothing.
func (a *App) backtest(ctx context.Context, in Backtest) (BacktestResult, error) {
	q, severity, err := a.backtestQuery(ctx, in)
	if err != nil {
		return BacktestResult{}, err
	}
	if in.Days < 1 {
		return BacktestResult{}, control.Invalid("--days must be 1 or more")
	}
	set := match.Compile(0, []match.Watch{{ID: "backtest", Query: q, Severity: severity}})
	now := time.Now()
	r := BacktestResult{Query: q.String(), Days: []BacktestDay{}, Samples: []BacktestMatch{}}
	err = articles.Each(ctx, a.db.Read(), now.AddDate(0, 0, -in.Days), now.Add(time.Minute), func(art news.Article) error {
		r.Articles++
		fields := []query.Field{
			{Name: news.FieldTitle, Text: vietnamese.Read(art.Title)},
			{Name: news.FieldLead, Text: vietnamese.Read(art.Lead)},
			{Name: news.FieldBody, Text: vietnamese.Read(art.Body)},
		}
		at := art.PublishedAt
		if at.IsZero() {
			at = art.FirstSeen
		}
		for _, m := range set.Match(analyzer.Document(a.gazetteer, fields, art.Source, a.homes.of(art.Source), at)) {
			r.add(art, m)
		}
		return nil
	})
	return r, err
}

func (r *BacktestResult) add(art news.Article, m news.Mention) {
	r.Matched++
	if m.Certain {
		r.Certain++
	}
	day := art.FirstSeen.In(news.Zone()).Format(time.DateOnly)
	if n := len(r.Days); n == 0 || r.Days[n-1].Day != day {
		r.Days = append(r.Days, BacktestDay{Day: day})
	}
	r.Days[len(r.Days)-1].Matched++
	if len(r.Samples) < backtestSamples {
		r.Samples = append(r.Samples, BacktestMatch{Article: art.ID, Title: art.Title, URL: art.URL, Certain: m.Certain, Why: m.Why})
	}
}

func (a *App) backtestQuery(ctx context.Context, in Backtest) (*query.Query, news.Severity, error) {
	if in.ID == "" {
		q, err := query.ParseMode(in.Query, query.Mode(in.Mode))
		return q, news.Normal, refuse(err, "")
	}
	w, err := watches.Get(ctx, a.db.Read(), in.ID)
	if err != nil {
		return nil, "", refuse(err, "watch "+in.ID)
	}
	q, err := w.Parsed()
	if err != nil {
		return nil, "", fmt.Errorf("watch %s: %w", in.ID, err)
	}
	return q, w.Severity, nil
}
