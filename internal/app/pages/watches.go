package pages

import (
	"context"
	"errors"
	"time"

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
	b, err := mentions.ReadBackfill(ctx, p.DB.Read())
	if err != nil {
		return nil, err
	}
	out := make([]web.Watch, 0, len(all))
	for _, w := range all {
		v, err := p.view(ctx, w, b)
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
	b, err := mentions.ReadBackfill(ctx, p.DB.Read())
	if err != nil {
		return web.Watch{}, err
	}
	return p.view(ctx, w, b)
}

// view is a watch with its days, how far it was applied to what is stored, and the names of
// those who own and changed it.
func (p standing) view(ctx context.Context, w watches.Watch, b mentions.Backfill) (web.Watch, error) {
	v, err := p.revision(ctx, w)
	if err != nil {
		return v, err
	}
	if w.Enabled {
		v.Backfill = web.Backfill{State: b.State(w.QuerySet), Looked: b.Looked, Articles: b.Articles}
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
		ID: w.ID, Name: w.Name, Query: w.Query, Mode: string(w.Mode), IY: w.IY, Severity: w.Severity, Alert: w.Alert,
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
		h, err := p.mentionHit(ctx, n, art, s.Mention)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

func (p standing) Check(ctx context.Context, q web.WatchQuery) (web.QueryEcho, error) {
	parsed, err := parseWatch(q)
	if err != nil {
		return web.QueryEcho{}, err
	}
	return p.echo(ctx, parsed)
}

// parseWatch reads a query that a watch may have, or answers a *web.QueryError.
func parseWatch(q web.WatchQuery) (*query.Query, error) {
	parsed, err := query.ParseWith(q.Query, query.Options{Mode: query.Mode(q.Mode), IY: q.IY})
	if err == nil {
		err = parsed.ValidateWatch()
	}
	return parsed, queryError(err)
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
	if _, err := parseWatch(web.WatchQuery{Query: d.Query, Mode: d.Mode, IY: d.IY}); err != nil {
		return web.Watch{}, err
	}
	var saved watches.Watch
	err := p.change(ctx, person, action, d.ID, "", func(ctx context.Context, tx *records.Tx, who string) error {
		w, err := base(ctx, tx)
		if err != nil {
			return err
		}
		w.Name, w.Query, w.Mode, w.IY, w.Severity = d.Name, d.Query, query.Mode(d.Mode), d.IY, d.Severity
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
	return p.Get(ctx, saved.ID)
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
