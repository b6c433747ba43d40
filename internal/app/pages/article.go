package pages

import (
	"context"
	"errors"
	"slices"

	"lamro/internal/news"
	"lamro/internal/privacy"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/captures"
	"lamro/internal/records/indexstate"
	"lamro/internal/records/mentions"
	"lamro/internal/web"
)

type article struct{ *pages }

func (p article) Article(ctx context.Context, id string) (web.Article, error) {
	q := p.DB.Read()
	a, err := articles.Get(ctx, q, id)
	if err != nil {
		return web.Article{}, err
	}
	src, err := p.names().source(ctx, a.Source)
	if err != nil {
		return web.Article{}, err
	}
	out := web.Article{
		ID: a.ID, URL: a.URL, Source: a.Source, SourceName: src.Name, Tier: src.Tier, PublishedAt: a.PublishedAt,
		PublishedFrom: a.PublishedFrom, FirstSeen: a.FirstSeen, DeletedAt: a.DeletedAt,
	}
	state, err := indexstate.Get(ctx, q, id)
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		return out, err
	}
	if state.Live {
		out.IndexedAt = state.ChangedAt
	}
	if err := p.versions(ctx, id, &out); err != nil {
		return out, err
	}
	if err := p.mentions(ctx, &out); err != nil {
		return out, err
	}
	out.Captures, err = p.captures(ctx, id)
	return out, err
}

func (p article) versions(ctx context.Context, id string, out *web.Article) error {
	all, err := articles.Versions(ctx, p.DB.Read(), id)
	if err != nil {
		return err
	}
	for _, v := range all {
		out.NotNews, out.Language = v.NotNews, v.Language
		if !v.ErasedAt.IsZero() {
			continue
		}
		out.Versions = append(out.Versions, web.Version{
			N: v.N, Title: privacy.Mask(v.Title), Lead: privacy.Mask(v.Lead), Body: privacy.Mask(v.Body),
			Truncated: v.Truncated, SeenAt: v.SeenAt, Cause: v.Cause,
		})
	}
	return nil
}

// mentions adds who is waiting for the newest version, the most severe first, and the places in it.
func (p article) mentions(ctx context.Context, out *web.Article) error {
	found, _, _, err := mentions.ForArticle(ctx, p.DB.Read(), out.ID)
	if err != nil {
		return err
	}
	texts := map[string]string{}
	if n := len(out.Versions); n > 0 {
		v := out.Versions[n-1]
		texts = map[string]string{news.FieldTitle: v.Title, news.FieldLead: v.Lead, news.FieldBody: v.Body}
	}
	n := p.names()
	var codes []string
	for _, m := range found {
		name, err := n.watch(ctx, m.Watch)
		if err != nil {
			return err
		}
		out.Mentions = append(out.Mentions, web.Mention{Mention: m, WatchName: name, Reasons: p.reasons(m, texts)})
		codes = append(codes, m.Places...)
	}
	slices.SortStableFunc(out.Mentions, func(a, b web.Mention) int { return b.Severity.Rank() - a.Severity.Rank() })
	slices.Sort(codes)
	out.Places = p.places(slices.Compact(codes), 0)
	return nil
}

func (p article) captures(ctx context.Context, id string) ([]web.Capture, error) {
	q := p.DB.Read()
	all, err := captures.ForArticle(ctx, q, id)
	if err != nil {
		return nil, err
	}
	var out []web.Capture
	for _, c := range all {
		again, err := captures.Observations(ctx, q, c.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, web.Capture{At: c.FetchedAt, SHA256: c.SHA256, PayloadSHA256: c.PayloadDigest, Bytes: c.Bytes, Observations: 1 + len(again)})
	}
	slices.Reverse(out)
	return out, nil
}
