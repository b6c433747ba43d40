package crawler

import (
	"context"
	"errors"
	"time"

	"lamro/crawler/fetch"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
)

// maxProbed is how many feeds of a source a probe tries.
const maxProbed = 5

// probe finds out whether a source has a feed that works, before any is polled: the feeds it is
// set up with, or those that its front page and its robots.txt name. An error is about our own
// machine.
func (c *Crawler) probe(ctx context.Context, p frontier.Probe) error {
	feeds, err := frontier.FeedsOf(ctx, c.db.Read(), p.Source)
	if err != nil {
		return err
	}
	if len(feeds) == 0 {
		if err := c.discover(ctx, p); err != nil {
			return c.probeFailed(ctx, p, err)
		}
		if feeds, err = frontier.FeedsOf(ctx, c.db.Read(), p.Source); err != nil {
			return err
		}
	}
	err = &codedError{CodeNoFeed, errors.New("the site names no feed")}
	for _, f := range feeds[:min(len(feeds), maxProbed)] {
		if err = c.try(ctx, f); err == nil {
			return c.verified(ctx, p)
		}
		if ours(err) || isPostponed(err) {
			break
		}
	}
	return c.probeFailed(ctx, p, err)
}

// discover looks for feeds at the front page, and lists what it finds.
func (c *Crawler) discover(ctx context.Context, p frontier.Probe) error {
	res, err := c.fetch(ctx, fetch.Request{URL: p.Home, Kind: fetch.KindPage, Pace: p.Pace, AllowPrivate: p.AllowPrivate})
	if logErr := c.logProbe(ctx, p.Source, "", p.Home, res, err); logErr != nil && err == nil {
		return logErr
	}
	if err != nil {
		return err
	}
	now := time.Now()
	// A front page that cannot be read names no feed, but robots.txt may name a sitemap.
	l, _ := c.readFeed("", frontier.Selectors{}, res, now)
	var found []frontier.Feed
	for _, link := range l.Links {
		found = append(found, frontier.Feed{URL: link, Kind: frontier.KindFeed})
	}
	for _, sitemap := range res.Sitemaps {
		found = append(found, frontier.Feed{URL: sitemap, Kind: frontier.KindSitemap})
	}
	if len(found) == 0 {
		return &codedError{CodeNoFeed, errors.New("the front page and robots.txt name no feed")}
	}
	return c.write(ctx, func(ctx context.Context, tx *records.Tx) error {
		_, err := frontier.AddFound(ctx, tx, p.Source, found[:min(len(found), maxProbed)], false, now)
		return err
	})
}

// try fetches a feed and tells what is wrong with it, nil for one that works.
func (c *Crawler) try(ctx context.Context, f frontier.FeedWork) error {
	res, err := c.fetch(ctx, fetch.Request{URL: f.URL, Kind: fetch.KindFeed, Pace: f.Pace, AllowPrivate: f.AllowPrivate})
	if logErr := c.logProbe(ctx, f.Source, f.ID, f.URL, res, err); logErr != nil && err == nil {
		return logErr
	}
	if err != nil {
		return err
	}
	l, err := c.readFeed(f.Kind, f.Selectors, res, time.Now())
	switch {
	case err != nil:
		return err
	case len(l.Items) == 0:
		return &codedError{CodeFeedEmpty, errors.New("the feed lists nothing")}
	}
	return nil
}

func (c *Crawler) logProbe(ctx context.Context, source, feed, url string, res fetch.Result, err error) error {
	return c.write(ctx, func(ctx context.Context, tx *records.Tx) error {
		return logFetches(ctx, tx, frontier.Fetch{Kind: frontier.FetchProbe, Source: source, Feed: feed, URL: url}, res, err)
	})
}

func (c *Crawler) verified(ctx context.Context, p frontier.Probe) error {
	now := time.Now()
	err := c.write(ctx, func(ctx context.Context, tx *records.Tx) error { return frontier.Verified(ctx, tx, p.Source, now) })
	if err != nil {
		return err
	}
	c.emit(Event{Kind: SourceVerified, At: now, Source: p.Source, Name: p.Name, URL: p.Home})
	c.wake.broadcast()
	return nil
}

func isPostponed(err error) bool {
	switch fetch.CodeOf(err) {
	case fetch.CodeLater, fetch.CodeBackingOff, fetch.CodeNoContact, fetch.CodeScaledPace:
		return true
	}
	return false
}

// probeFailed writes why a probe found nothing, and when to probe again: linear, at most a day.
func (c *Crawler) probeFailed(ctx context.Context, p frontier.Probe, err error) error {
	if ours(err) {
		return err
	}
	now := time.Now()
	fail := frontier.Failure{
		At: now, Code: codeOf(err, CodeFeedInvalid), Text: err.Error(),
		Next: later(now.Add(c.scaled(jitter(linear(probeRetry, probeRetry, p.Failures)))), retryOf(err, now)),
	}
	if isPostponed(err) {
		fail.TakeBack = true
		fail.Next = retryOf(err, now.Add(c.scaled(ourRetry)))
	}
	e := Event{Kind: ProbeFailed, At: now, Source: p.Source, Name: p.Name, URL: p.Home, Code: fail.Code, Err: err}
	return c.writeAndTell(ctx, e, func(ctx context.Context, tx *records.Tx) error { return frontier.ProbeFailed(ctx, tx, p, fail) })
}
