package pages

import (
	"context"
	"slices"
	"strconv"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records/mentions"
	"lamro/internal/search"
	"lamro/internal/web"
)

type found struct{ *pages }

// facets are what results are counted by, in the order of the page.
var facets = []index.Facet{index.ByPlace, index.ByWatch, index.BySource, index.ByClass, index.ByTier}

func (p found) Search(ctx context.Context, r web.SearchRequest) (web.SearchPage, error) {
	resp, err := p.Deps.Search.Search(ctx, search.Request{
		Text: r.Text, Mode: query.Mode(r.Mode), From: r.From, To: r.To, Source: r.Source, Place: r.Place, Watch: r.Watch,
		Class: r.Class, Tier: r.Tier, Articles: r.Articles, Limit: r.Limit, After: r.After, Sort: index.Sort(r.Sort),
		Facets:    facets,
		Histogram: !r.From.IsZero() || !r.To.IsZero(),
	})
	if err != nil {
		return web.SearchPage{}, queryError(err)
	}
	page := web.SearchPage{Stories: resp.Stories, Articles: resp.Articles, Capped: resp.Capped, Next: resp.Next}
	if resp.Asked != nil {
		if page.Echo, err = p.echo(ctx, resp.Asked); err != nil {
			return page, err
		}
	}
	n := p.names()
	for _, s := range resp.Found {
		hit := web.StoryHit{More: s.Articles - len(s.Shown)}
		for i, a := range s.Shown {
			h, err := p.hit(ctx, n, a)
			if err != nil {
				return page, err
			}
			if i == 0 {
				hit.Hit = h
			} else {
				hit.Copies = append(hit.Copies, h)
			}
		}
		page.Hits = append(page.Hits, hit)
	}
	if page.Facets, err = p.facets(ctx, n, resp.Facets); err != nil {
		return page, err
	}
	page.Histogram, err = histogram(resp.Histogram, r.From, r.To, time.Now())
	return page, err
}

// maxBars is how many days a histogram draws.
const maxBars = 400

// histogram adds the days at both ends that were asked for and have no article, those to come
// left out.
func histogram(days []index.Day, from, to, now time.Time) ([]web.DayCount, error) {
	var out []web.DayCount
	for _, d := range days {
		at, err := time.ParseInLocation(time.DateOnly, d.Day, news.Zone())
		if err != nil {
			return nil, err
		}
		out = append(out, web.DayCount{Day: at, Articles: d.Articles})
	}
	if len(out) == 0 {
		return nil, nil
	}
	if !from.IsZero() {
		var before []web.DayCount
		for at := day(from); at.Before(out[0].Day) && len(before) < maxBars; at = at.AddDate(0, 0, 1) {
			before = append(before, web.DayCount{Day: at})
		}
		out = append(before, out...)
	}
	end := day(now)
	if !to.IsZero() && to.Before(now) {
		end = day(to.Add(-time.Nanosecond))
	}
	for at := out[len(out)-1].Day.AddDate(0, 0, 1); !at.After(end) && len(out) < 2*maxBars; at = at.AddDate(0, 0, 1) {
		out = append(out, web.DayCount{Day: at})
	}
	return out[max(0, len(out)-maxBars):], nil
}

func (p found) hit(ctx context.Context, n *names, a search.Article) (web.Hit, error) {
	s, err := n.source(ctx, a.Source)
	if err != nil {
		return web.Hit{}, err
	}
	h := web.Hit{
		Article: a.ID, Title: a.Title, TitleMarks: found{}.marks(a.TitleMarks), Snippet: a.Snippet.Text,
		SnippetMarks: found{}.marks(a.Snippet.Marks), Source: a.Source, SourceName: s.Name, Tier: a.Tier,
		PublishedAt: a.PublishedAt, FirstSeen: a.FirstSeen,
	}
	mentioned, _, _, err := mentions.ForArticle(ctx, p.DB.Read(), a.ID)
	if err != nil {
		return web.Hit{}, err
	}
	h.Places, h.Class, h.Certain = p.summary(mentioned)
	return h, nil
}

func (found) marks(in []search.Mark) []web.Mark {
	out := make([]web.Mark, len(in))
	for i, m := range in {
		out[i] = web.Mark{Start: m.Start, End: m.End, Term: m.Term}
	}
	return out
}

// summary is the best of an article's mentions: certain before uncertain, exact before folded.
func (p *pages) summary(all []news.Mention) (placeNames []string, class news.Class, certain bool) {
	rank := map[news.Class]int{news.Exact: 3, news.Canonical: 2, news.Folded: 1}
	var codes []string
	for _, m := range all {
		codes = append(codes, m.Places...)
		if rank[m.Class] > rank[class] {
			class = m.Class
		}
		certain = certain || m.Certain
	}
	slices.Sort(codes)
	return p.places(slices.Compact(codes), placesMost), class, certain
}

func (p found) facets(ctx context.Context, n *names, in map[index.Facet][]index.Value) ([]web.Facet, error) {
	var out []web.Facet
	for _, kind := range facets {
		f := web.Facet{Field: string(kind)}
		for _, v := range in[kind] {
			label, err := p.label(ctx, n, kind, v.Value)
			if err != nil {
				return nil, err
			}
			if label != "" {
				f.Values = append(f.Values, web.FacetValue{Value: v.Value, Label: label, Articles: v.Articles})
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func (p found) label(ctx context.Context, n *names, kind index.Facet, value string) (string, error) {
	switch kind {
	case index.BySource:
		s, err := n.source(ctx, value)
		return s.Name, err
	case index.ByWatch:
		return n.watch(ctx, value)
	case index.ByPlace:
		return p.PlaceName(value), nil
	case index.ByTier:
		if _, err := strconv.Atoi(value); err != nil {
			return "", nil //nolint:nilerr // a value without a meaning is not shown
		}
	}
	return value, nil
}
