package pages

import (
	"context"
	"errors"
	"slices"
	"time"

	"lamro/internal/news"
	"lamro/internal/records/articles"
	"lamro/internal/web"
)

const (
	previewBudget  = 3 * time.Second // what a person waits for while a page is made
	previewSamples = 5
)

// errEnough ends a preview whose time is over.
var errEnough = errors.New("enough")

// Preview reads the stored texts day by day from today back, and leaves out the day in which the
// time was over.
func (p standing) Preview(ctx context.Context, q web.WatchQuery) (web.Preview, error) {
	parsed, err := parseWatch(q)
	if err != nil {
		return web.Preview{}, err
	}
	find := p.Find(parsed)
	now := time.Now()
	end, oldest := now.Add(previewBudget), now.Add(-p.Window)
	var out web.Preview
	n := p.names()
	for at := day(now); at.AddDate(0, 0, 1).After(oldest); at = at.AddDate(0, 0, -1) {
		one, err := p.previewDay(ctx, at, oldest, end, find)
		if errors.Is(err, errEnough) {
			return out, nil
		}
		if err != nil {
			return web.Preview{}, err
		}
		if err := p.addDay(ctx, n, &out, at, one); err != nil {
			return web.Preview{}, err
		}
	}
	if out.Whole = true; out.Articles == 0 {
		out.Days = nil // nothing was stored on any of them
	}
	return out, nil
}

// previewed is what was found on one day.
type previewed struct {
	articles, matched, certain int
	samples                    []sample // oldest first
}

type sample struct {
	art news.Article
	m   news.Mention
}

func (p standing) previewDay(ctx context.Context, at, oldest, end time.Time, find func(news.Article) []news.Mention) (previewed, error) {
	var d previewed
	from := at
	if from.Before(oldest) {
		from = oldest
	}
	err := articles.Each(ctx, p.DB.Read(), from, at.AddDate(0, 0, 1), func(art news.Article) error {
		if time.Now().After(end) {
			return errEnough
		}
		d.articles++
		for _, m := range find(art) {
			d.matched++
			if m.Certain {
				d.certain++
			}
			if d.samples = append(d.samples, sample{art, m}); len(d.samples) > previewSamples {
				d.samples = d.samples[1:]
			}
		}
		return nil
	})
	return d, err
}

func (p standing) addDay(ctx context.Context, n *names, out *web.Preview, at time.Time, d previewed) error {
	out.Days = slices.Insert(out.Days, 0, web.DayCount{Day: at, Articles: d.matched})
	out.Articles += d.articles
	out.Matched += d.matched
	out.Certain += d.certain
	for _, s := range slices.Backward(d.samples) {
		if len(out.Samples) == previewSamples {
			break
		}
		h, err := p.mentionHit(ctx, n, s.art, s.m)
		if err != nil {
			return err
		}
		out.Samples = append(out.Samples, h)
	}
	return nil
}

// mentionHit shows an article with what one watch finds in it.
func (p *pages) mentionHit(ctx context.Context, n *names, art news.Article, m news.Mention) (web.Hit, error) {
	src, err := n.source(ctx, art.Source)
	if err != nil {
		return web.Hit{}, err
	}
	texts := fields(art)
	return web.Hit{
		Article: art.ID, Title: texts[news.FieldTitle], TitleMarks: readMatches(m.Spans, texts).marks[news.FieldTitle],
		Source: art.Source, SourceName: src.Name, Tier: src.Tier, PublishedAt: art.PublishedAt, FirstSeen: art.FirstSeen,
		Places: p.places(m.Places, placesMost), Class: m.Class, Certain: m.Certain,
	}, nil
}
