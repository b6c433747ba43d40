package pages

import (
	"context"
	"errors"
	"slices"
	"time"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/mentions"
	"lamro/internal/records/people"
	"lamro/internal/records/watches"
	"lamro/internal/web"
)

type standing struct{ *pages }

func (p standing) List(ctx context.Context) ([]web.Watch, error) {
	all, err := watches.List(ctx, p.DB.Read())
	if err != nil {
		return nil, err
	}
	out := make([]web.Watch, 0, len(all))
	for _, w := range all {
		v, err := p.view(ctx, w)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (p standing) Get(ctx context.Context, id string) (web.Watch, error) {
	w, err := watches.Get(ctx, p.DB.Read(), id)
	if err != nil {
		return web.Watch{}, err
	}
	return p.view(ctx, w)
}

// view is a watch with its days and the names of those who own and changed it.
func (p standing) view(ctx context.Context, w watches.Watch) (web.Watch, error) {
	v, err := p.revision(ctx, w)
	if err != nil {
		return v, err
	}
	since, err := p.since(ctx, w)
	if err == nil {
		v.Days, err = p.daily(ctx, w.ID, since, time.Now())
	}
	return v, err
}

// since is when a watch began: the days before tell nothing of what is usual.
func (p standing) since(ctx context.Context, w watches.Watch) (time.Time, error) {
	if w.Revision == 1 {
		return w.ChangedAt, nil
	}
	all, err := watches.History(ctx, p.DB.Read(), w.ID)
	if err != nil || len(all) == 0 {
		return w.ChangedAt, err
	}
	return all[len(all)-1].ChangedAt, nil
}

func (p standing) revision(ctx context.Context, w watches.Watch) (web.Watch, error) {
	owner, err := p.who(ctx, w.Owner)
	if err != nil {
		return web.Watch{}, err
	}
	by, err := p.who(ctx, w.ChangedBy)
	return web.Watch{
		ID: w.ID, Name: w.Name, Query: w.Query, Mode: string(w.Mode), Severity: w.Severity, Alert: w.Alert,
		Enabled: w.Enabled, Owner: owner, Note: w.Note, Revision: w.Revision, Changed: w.ChangedAt, By: by,
	}, err
}

// who is the name of a login; the settings, and people who are gone, stand as they are.
func (p standing) who(ctx context.Context, login string) (string, error) {
	someone, err := people.ByLogin(ctx, p.DB.Read(), login)
	if errors.Is(err, records.ErrNotFound) {
		return login, nil
	}
	return someone.Name, err
}

func (p standing) History(ctx context.Context, id string) ([]web.WatchRevision, error) {
	all, err := watches.History(ctx, p.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	var out []web.WatchRevision
	for _, w := range all {
		v, err := p.revision(ctx, w)
		if err != nil {
			return nil, err
		}
		out = append(out, web.WatchRevision{Watch: v, Reason: w.Reason})
	}
	return out, nil
}

func (p standing) Recent(ctx context.Context, id string, limit int) ([]web.Hit, error) {
	q := p.DB.Read()
	seen, err := mentions.Recent(ctx, q, id, limit)
	if err != nil {
		return nil, err
	}
	n := p.names()
	var out []web.Hit
	for _, s := range seen {
		art, err := articles.Message(ctx, q, s.Article, s.N)
		if errors.Is(err, articles.ErrErased) {
			continue
		}
		if err != nil {
			return nil, err
		}
		src, err := n.source(ctx, art.Source)
		if err != nil {
			return nil, err
		}
		texts := fields(art)
		out = append(out, web.Hit{
			Article: s.Article, Title: texts[news.FieldTitle], TitleMarks: readMatches(s.Mention.Spans, texts).marks[news.FieldTitle],
			Source: art.Source, SourceName: src.Name, Tier: src.Tier, PublishedAt: art.PublishedAt, FirstSeen: art.FirstSeen,
			Places: p.places(s.Mention.Places, placesMost), Class: s.Mention.Class, Certain: s.Mention.Certain,
		})
	}
	return out, nil
}

func (p standing) Check(_ context.Context, text, mode string) (web.QueryEcho, error) {
	q, err := query.ParseMode(text, query.Mode(mode))
	if err == nil {
		err = q.ValidateWatch()
	}
	if err != nil {
		return web.QueryEcho{}, queryError(err)
	}
	echo := web.QueryEcho{Canonical: q.String(), Terms: terms(q.Root)}
	for _, code := range placesOf(q.Root, nil) {
		if name := p.PlaceName(code); name != "" {
			echo.Places = append(echo.Places, web.PlaceEcho{Term: placeTerm + code, Name: name})
		} else if !slices.Contains(echo.Warnings, "unknown-place") {
			echo.Warnings = append(echo.Warnings, "unknown-place")
		}
	}
	return echo, nil
}

// placesOf are the codes that a query asks for, each once.
func placesOf(n query.Node, found []string) []string {
	switch n := n.(type) {
	case query.And:
		for _, sub := range n.Nodes {
			found = placesOf(sub, found)
		}
	case query.Or:
		for _, sub := range n.Nodes {
			found = placesOf(sub, found)
		}
	case query.Not:
		found = placesOf(n.Node, found)
	case query.Place:
		if !slices.Contains(found, n.Code) {
			found = append(found, n.Code)
		}
	}
	return found
}

func (p standing) Add(ctx context.Context, person int64, d web.WatchDraft) (web.Watch, error) {
	return p.save(ctx, person, "watch.add", d, func(ctx context.Context, tx *records.Tx) (watches.Watch, error) {
		if _, err := watches.Get(ctx, tx, d.ID); !errors.Is(err, records.ErrNotFound) {
			return watches.Watch{}, errors.Join(err, web.ErrTaken)
		}
		return watches.Watch{ID: d.ID, Enabled: true}, nil
	})
}

func (p standing) Change(ctx context.Context, person int64, d web.WatchDraft) (web.Watch, error) {
	return p.save(ctx, person, "watch.change", d, func(ctx context.Context, tx *records.Tx) (watches.Watch, error) {
		w, err := watches.Get(ctx, tx, d.ID)
		if err == nil && w.Revision != d.Revision {
			err = web.ErrStale
		}
		return w, err
	})
}

// save writes a draft over the watch that base gives.
func (p standing) save(ctx context.Context, person int64, action string, d web.WatchDraft, base func(context.Context, *records.Tx) (watches.Watch, error)) (web.Watch, error) {
	if _, err := p.Check(ctx, d.Query, d.Mode); err != nil {
		return web.Watch{}, err
	}
	var saved watches.Watch
	err := p.change(ctx, person, action, d.ID, "", func(ctx context.Context, tx *records.Tx, who string) error {
		w, err := base(ctx, tx)
		if err != nil {
			return err
		}
		w.Name, w.Query, w.Mode, w.Severity = d.Name, d.Query, query.Mode(d.Mode), d.Severity
		w.Alert, w.Note, w.Reason = d.Alert, d.Note, ""
		if w.Owner == "" {
			w.Owner = who
		}
		saved, err = watches.Save(ctx, tx, w, who, time.Now())
		return err
	})
	switch {
	case errors.Is(err, watches.ErrStale):
		return web.Watch{}, web.ErrStale
	case errors.Is(err, watches.ErrTaken):
		return web.Watch{}, web.ErrTaken
	case err != nil:
		return web.Watch{}, err
	}
	p.WatchesChanged()
	return p.view(ctx, saved)
}

func (p standing) Pause(ctx context.Context, person int64, id, reason string) error {
	return p.enable(ctx, person, "watch.pause", id, reason, false)
}

func (p standing) Resume(ctx context.Context, person int64, id string) error {
	return p.enable(ctx, person, "watch.resume", id, "", true)
}

func (p standing) enable(ctx context.Context, person int64, action, id, reason string, on bool) error {
	err := p.change(ctx, person, action, id, reason, func(ctx context.Context, tx *records.Tx, who string) error {
		w, err := watches.Get(ctx, tx, id)
		if err != nil || w.Enabled == on {
			return err
		}
		w.Enabled, w.Reason = on, reason
		_, err = watches.Save(ctx, tx, w, who, time.Now())
		return err
	})
	if err == nil {
		p.WatchesChanged()
	}
	return err
}

// terms are the phrases of a query as they were typed.
func terms(n query.Node) []string {
	var out []string
	switch n := n.(type) {
	case query.And:
		for _, sub := range n.Nodes {
			out = append(out, terms(sub)...)
		}
	case query.Or:
		for _, sub := range n.Nodes {
			out = append(out, terms(sub)...)
		}
	case query.Not:
		out = terms(n.Node)
	case *query.Phrase:
		out = []string{n.Text}
	}
	return out
}
