package pages

import (
	"context"
	"errors"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/deliveries"
	"lamro/internal/web"
)

type alerts struct{ *pages }

func (p alerts) List(ctx context.Context, f web.AlertFilter) (web.AlertPage, error) {
	filter := deliveries.Filter{
		Person: f.Person, Unseen: f.State == web.AlertsUnseen, Open: f.State == web.AlertsOpen,
		Severity: f.Severity, Watch: f.Watch, Before: f.Before, Limit: f.Limit,
	}
	q := p.DB.Read()
	views, err := deliveries.List(ctx, q, filter)
	if err != nil {
		return web.AlertPage{}, err
	}
	counts, err := deliveries.Count(ctx, q, filter)
	if err != nil {
		return web.AlertPage{}, err
	}
	page := web.AlertPage{Unseen: counts.Unseen, Open: counts.Open, All: counts.All}
	if page.Alerts, err = p.show(ctx, views, f.Person); err != nil {
		return web.AlertPage{}, err
	}
	if f.Limit > 0 && len(views) == f.Limit {
		page.Next = views[len(views)-1].ID
	}
	return page, nil
}

func (p alerts) MarkSeen(ctx context.Context, person int64, ids []int64) error {
	return p.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		for _, id := range ids {
			if err := deliveries.MarkSeen(ctx, tx, person, id, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p alerts) Acknowledge(ctx context.Context, person, id int64) (web.Alert, error) {
	err := p.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return deliveries.Acknowledge(ctx, tx, person, id, time.Now())
	})
	if err != nil {
		return web.Alert{}, err
	}
	v, err := deliveries.Get(ctx, p.DB.Read(), id, person)
	if err != nil {
		return web.Alert{}, err
	}
	all, err := p.show(ctx, []deliveries.View{v}, person)
	if err != nil {
		return web.Alert{}, err
	}
	return all[0], nil
}

// show puts names and texts to matters.
func (p *pages) show(ctx context.Context, views []deliveries.View, person int64) ([]web.Alert, error) {
	n := p.names()
	out := make([]web.Alert, 0, len(views))
	for _, v := range views {
		a, err := p.alert(ctx, n, v, person)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (p *pages) alert(ctx context.Context, n *names, v deliveries.View, person int64) (web.Alert, error) {
	art, err := articles.Message(ctx, p.DB.Read(), v.Article, v.N)
	if err != nil && !errors.Is(err, articles.ErrErased) && !errors.Is(err, records.ErrNotFound) {
		return web.Alert{}, err
	}
	texts := fields(art)
	a := web.Alert{
		ID: v.ID, Severity: v.Severity, Watch: v.Mention.Watch, Article: v.Article, Title: texts[news.FieldTitle],
		Class: v.Mention.Class, Reasons: p.reasons(v.Mention, texts), Why: v.Mention.Why, Source: v.Source, Places: p.places(v.Mention.Places, placesMost), PublishedAt: art.PublishedAt,
		FirstSeen: v.SeenAt, SentAt: v.SentAt, Sent: sent(v.Sent), Seen: v.Seen,
		AcknowledgedAt: v.AcknowledgedAt, AcknowledgeMine: v.AcknowledgedBy != 0 && v.AcknowledgedBy == person,
	}
	found := readMatches(v.Mention.Spans, texts)
	a.Marks, a.Matched = found.marks[news.FieldTitle], found.words
	if a.WatchName, err = n.watch(ctx, v.Mention.Watch); err != nil {
		return web.Alert{}, err
	}
	src, err := n.source(ctx, v.Source)
	if err != nil {
		return web.Alert{}, err
	}
	a.SourceName, a.Tier = src.Name, src.Tier
	a.AcknowledgedBy, err = n.person(ctx, v.AcknowledgedBy)
	return a, err
}

func sent(s deliveries.State) string {
	switch s {
	case deliveries.Sent:
		return web.SentDone
	case deliveries.Pending, deliveries.Sending:
		return web.SentWaiting
	case deliveries.Failed:
		return web.SentFailed
	case deliveries.Bundled:
		return web.SentBundled
	case deliveries.NoRecipient:
		return web.SentNoRecipient
	}
	return ""
}
