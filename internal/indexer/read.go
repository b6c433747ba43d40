package indexer

import (
	"context"
	"errors"
	"slices"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/privacy"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/frontier"
	"lamro/internal/records/indexstate"
	"lamro/internal/records/mentions"
)

// change is what the index must do so that it shows an article as the records have it.
type change struct {
	op        index.Op
	takenDown bool // by a person: no byte may stay
}

// state is what the index holds after the change.
func (c change) state() indexstate.State {
	return indexstate.State{
		Article: c.op.ID, Month: c.op.Month, Rev: c.op.Rev, Live: c.op.Put != nil, ChangedAt: time.Now(),
	}
}

// reader reads articles for one batch; sources are read once.
type reader struct {
	q       records.Querier
	sources map[string]frontier.Source
}

func (x *Indexer) reader() *reader {
	return &reader{x.records.Read(), map[string]frontier.Source{}}
}

// change reads an article, records.ErrNotFound where there is none.
func (r *reader) change(ctx context.Context, id string) (change, error) {
	// The revision is read before anything else: what is read after it is of that revision or
	// newer, and a newer one is announced by an event of its own.
	a, err := articles.Get(ctx, r.q, id)
	if err != nil {
		return change{}, err
	}
	remove := change{op: index.Delete(id, a.Rev, a.Month), takenDown: !a.DeletedAt.IsZero()}
	if remove.takenDown {
		return remove, nil
	}
	found, n, _, err := mentions.ForArticle(ctx, r.q, id)
	if err != nil {
		return change{}, err
	}
	if len(found) == 0 {
		return remove, nil
	}
	v, err := articles.GetVersion(ctx, r.q, id, n)
	if err != nil {
		return change{}, err
	}
	if !v.ErasedAt.IsZero() {
		return remove, nil
	}
	s, err := r.source(ctx, v.Source)
	if err != nil {
		return change{}, err
	}
	return change{op: index.Put(document(a, v, s, found))}, nil
}

// source reads a source; one that is not known any more has no class and no tier.
func (r *reader) source(ctx context.Context, id string) (frontier.Source, error) {
	if s, ok := r.sources[id]; ok {
		return s, nil
	}
	s, err := frontier.GetSource(ctx, r.q, id)
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		return frontier.Source{}, err
	}
	r.sources[id] = s.Source
	return s.Source, nil
}

// document is what the index shows of a version: masked, so that what is private is neither
// found nor read there.
func document(a articles.Article, v articles.Version, s frontier.Source, found []news.Mention) *index.Document {
	d := &index.Document{
		ID: a.ID, Rev: a.Rev, Month: a.Month, N: v.N,
		Source: v.Source, Class: s.Class, Tier: s.Tier, URL: v.URL,
		Title: privacy.Mask(v.Title), Lead: privacy.Mask(v.Lead), Body: privacy.Mask(v.Body),
		Language: v.Language, PublishedAt: v.PublishedAt, FirstSeen: a.FirstSeen,
	}
	for _, m := range found {
		d.Watches = append(d.Watches, m.Watch)
		d.Places = append(d.Places, m.Places...)
	}
	d.Watches, d.Places = set(d.Watches), set(d.Places)
	return d
}

func set(values []string) []string {
	slices.Sort(values)
	return slices.Compact(values)
}
