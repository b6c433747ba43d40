package app

import (
	"context"
	"errors"
	"fmt"

	"lamro/crawler"
	"lamro/crawler/extract"
	"lamro/crawler/feed"
	"lamro/crawler/fetch"
	"lamro/crawler/urlkey"
	"lamro/internal/archive"
	"lamro/internal/captures"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/frontier"
)

// joinCrawler makes the crawler and joins it to reading and archiving.
func (a *App) joinCrawler(context.Context) error {
	contact := a.cfg.Office.Contact
	if !a.cfg.Office.Identified() {
		contact = "" // the settings decide what counts as one
	}
	fetcher, err := fetch.New(fetch.Config{
		Version: a.opt.Version, Contact: contact,
		AllowPrivate: a.allowPrivate(), Scale: a.cfg.Pace.Scale, Pace: a.cfg.Crawl.Pace.Std(),
		PerAddress: a.cfg.Crawl.PerAddress, MaxBody: int64(a.cfg.Crawl.MaxPage), Timeout: a.cfg.Crawl.Timeout.Std(),
		Paces: crawler.Paces{DB: a.db},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errSettings, err)
	}
	a.closing(func() error { fetcher.Close(); return nil })
	c, err := crawler.New(crawler.Config{
		Owner: a.owner, Alone: true, Workers: a.cfg.Crawl.Workers, Scale: a.cfg.Pace.Scale,
		NewsAge: a.cfg.Alert.NewsMaxAge.Std(), Keep: a.cfg.Retention.Unmatched.Std(),
	}, a.db, fetcher, crawler.Deps{
		Key: urlkey.Key, Join: urlkey.Canonical, ParseFeed: readFeed, Extract: readPage, Archive: a.keep,
		Infrastructure: func(err error) bool { return errors.Is(err, archive.ErrDiskFull) },
	}, a.log)
	if err != nil {
		return err
	}
	c.Events = a.crawlEvent
	c.At = a.at
	a.crawler = c
	return nil
}

// readFeed reads a feed, or a list page by the selectors of its source.
func readFeed(in crawler.FeedInput) (crawler.Listing, error) {
	var f feed.Feed
	var err error
	if in.Kind == frontier.KindList {
		f, err = feed.ParseList(in.URL, in.ContentType, in.Body, feed.Selectors(in.Selectors), in.SeenAt)
	} else {
		f, err = feed.Parse(in.URL, in.ContentType, in.Body)
	}
	if err != nil {
		return crawler.Listing{}, &fetch.Error{Code: feed.Code(err), URL: in.URL, Words: "the feed cannot be read", Err: err}
	}
	out := crawler.Listing{Kind: string(f.Kind)}
	if in.Kind == frontier.KindList {
		// By its selectors a list page is a feed like any other, not a page in a feed's place.
		out.Kind = frontier.KindList
	}
	for _, l := range f.Links {
		out.Links = append(out.Links, l.URL)
	}
	for _, i := range f.Items {
		out.Items = append(out.Items, crawler.Entry{
			URL: i.URL, Title: i.Title, PublishedAt: i.PublishedAt, PublishedDay: i.PublishedDay, UpdatedAt: i.UpdatedAt,
		})
	}
	return out, nil
}

func readPage(in crawler.PageInput) (crawler.Reading, error) {
	p, err := extract.Extract(extract.Input{URL: in.URL, ContentType: in.ContentType, Body: in.Body, FetchedAt: in.FetchedAt})
	if err != nil {
		return crawler.Reading{}, &fetch.Error{Code: extract.Code(err), URL: in.URL, Words: "the page cannot be read", Err: err}
	}
	return crawler.Reading{
		Title: p.Title, Lead: p.Lead, Body: p.Body, Language: p.Language, Canonical: p.Canonical,
		PublishedAt: p.PublishedAt, PublishedDay: p.PublishedDay, PublishedFrom: p.PublishedFrom,
		Truncated: p.Truncated, Problem: string(p.Problem), Extractor: fmt.Sprintf("lamro-%d", extract.Version),
	}, nil
}

// keep archives a page together with what the crawler notes about it.
func (a *App) keep(ctx context.Context, p crawler.Page, also func(context.Context, *records.Tx, string) error) error {
	_, err := a.archive.Keep(ctx, archive.Page{
		Exchange: captures.Exchange{
			URL: p.Exchange.URL, Method: p.Exchange.Method, RequestHeader: p.Exchange.RequestHeader,
			Status: p.Exchange.Status, Proto: p.Exchange.Proto, ResponseHeader: p.Exchange.ResponseHeader,
			Body: p.Exchange.Body, FetchedAt: p.Exchange.FetchedAt, RemoteIP: p.Exchange.RemoteIP,
			Robots: p.Robots.Verdict, Truncated: p.Exchange.Truncated,
		},
		Version: articles.NewVersion{
			URLKey: p.Key, Aliases: p.Aliases, KeyRule: urlkey.Rule, URL: p.URL, Source: p.Source, Feed: p.Feed,
			Title: p.Title, Lead: p.Lead, Body: p.Body, Truncated: p.Truncated, Language: p.Language,
			PublishedAt: p.PublishedAt, PublishedFrom: p.PublishedFrom, DateClamped: p.DateClamped,
			SeenAt: p.SeenAt, Cause: news.Seen, Extractor: p.Extractor, Lane: p.Lane, NotNews: p.NotNews,
		},
	}, func(ctx context.Context, tx *records.Tx, r articles.Result) error {
		return also(ctx, tx, r.ID)
	})
	return err
}

// crawlEvent tells of what the crawler met. A source that cannot be reached is told once, until
// it works again.
func (a *App) crawlEvent(e crawler.Event) {
	switch e.Kind {
	case crawler.PageArchived:
		a.seen.resumed()
		a.emit(Event{Kind: "article", At: e.At, Source: e.Source, Article: e.Article, URL: e.URL})
	case crawler.FeedPolled, crawler.SourceVerified:
		a.seen.resumed()
		a.seen.works(e.Source)
	case crawler.FeedFailed, crawler.ProbeFailed:
		if a.seen.failed(e.Source, e.Code) {
			a.emit(Event{Kind: "source-failed", At: e.At, Source: e.Source, URL: e.URL, Code: e.Code, Text: words(e)})
		}
	case crawler.PageQuarantined:
		a.emit(Event{Kind: "quarantine", At: e.At, Source: e.Source, URL: e.URL, Code: e.Code, Text: words(e)})
	case crawler.Paused:
		a.paused(e)
	}
}

// paused tells once, until something works again, that our own machine keeps the crawler from
// going on.
func (a *App) paused(e crawler.Event) {
	code, text := codeTrouble, words(e)
	if errors.Is(e.Err, archive.ErrDiskFull) || records.IsFull(e.Err) {
		code, text = captures.CodeDiskFull, "the disk of the data directory is full: crawling goes on by itself once there is room, nothing is lost"
	}
	if a.seen.paused(code) {
		a.emit(Event{Kind: "crawl-paused", At: e.At, Code: code, Text: text})
	}
}

// codeTrouble is the code of a pause for another reason than a full disk.
const codeTrouble = "trouble"

// words is what happened, as the fetch says it.
func words(e crawler.Event) string {
	var f *fetch.Error
	if errors.As(e.Err, &f) {
		return f.Words
	}
	if e.Err != nil {
		return e.Err.Error()
	}
	return e.Code
}
