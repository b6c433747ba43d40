package crawler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"lamro/crawler/fetch"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
)

// The codes of feeds, beside those of package fetch.
const (
	CodeFeedIsHTML  = "feed-is-html"    // a page came where a feed should be
	CodeFeedEmpty   = "feed-empty"      // a feed that lists nothing
	CodeFeedInvalid = "feed-unreadable" // neither feed nor sitemap nor page
	CodeListEmpty   = "list-empty"      // a list page on which the selectors find nothing
	CodeNoFeed      = "no-feed"         // a probe found no feed at the site
	CodePanic       = "panic"           // reading it broke our own code
)

// codedError is a failure that a code tells.
type codedError struct {
	code string
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

// readError is an error of reading what was fetched: it is about the document, not about us.
type readError struct{ err error }

func (e *readError) Error() string { return "read: " + e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// fetch gets a document. That our own limit of time ran out is a timeout like any other.
func (c *Crawler) fetch(ctx context.Context, req fetch.Request) (fetch.Result, error) {
	res, err := c.fetcher.Fetch(ctx, req)
	if errors.Is(err, context.DeadlineExceeded) && fetch.CodeOf(err) == "" {
		err = &fetch.Error{Code: fetch.CodeTimeout, URL: req.URL, Words: "took too long altogether", Err: err}
	}
	return res, err
}

// codeOf is the code of an error of reading or fetching, otherwise where it has none.
func codeOf(err error, otherwise string) string {
	if e, ok := errors.AsType[*codedError](err); ok {
		return e.code
	}
	if errors.Is(err, errPanic) {
		return CodePanic
	}
	if code := fetch.CodeOf(err); code != "" {
		return code
	}
	return otherwise
}

// poll reads a feed and queues what is new. An error is about our own machine.
func (c *Crawler) poll(ctx context.Context, f frontier.FeedWork) error {
	req := fetch.Request{URL: f.URL, Kind: fetch.KindFeed, Pace: f.Pace, AllowPrivate: f.AllowPrivate}
	full := f.First || f.FullPolls+1 >= fullEvery
	if !full {
		req.Validators = fetch.Validators(f.Validators)
	}
	res, err := c.fetch(ctx, req)
	if err != nil {
		return c.pollFailed(ctx, f, res, err)
	}
	c.at("fetch")
	seen := time.Now()
	var l Listing
	if !res.NotModified {
		l, err = c.readFeed(f.Kind, f.Selectors, res, seen)
		if err != nil {
			return c.pollFailed(ctx, f, res, err)
		}
	}
	var fresh int
	err = c.write(ctx, func(ctx context.Context, tx *records.Tx) (err error) {
		if fresh, err = c.keepPoll(ctx, tx, f, res, l, full, seen); err != nil {
			return err
		}
		c.at("records")
		return nil
	})
	if err != nil {
		return fmt.Errorf("poll of %s: %w", f.URL, err)
	}
	c.emit(Event{Kind: FeedPolled, At: seen, Source: f.Source, Name: f.Name, URL: f.URL, New: fresh})
	c.wake.broadcast()
	return nil
}

// readFeed reads a feed and tells what it should not have been.
func (c *Crawler) readFeed(kind string, selectors frontier.Selectors, res fetch.Result, seen time.Time) (Listing, error) {
	l, err := guarded(c.deps.ParseFeed, FeedInput{
		URL: res.URL, ContentType: res.Header.Get("Content-Type"), Body: res.Body,
		Kind: kind, Selectors: selectors, SeenAt: seen,
	})
	switch {
	case err != nil:
		return Listing{}, &readError{err}
	case l.Kind == ListingHTML && kind != frontier.KindList && kind != "":
		return Listing{}, &codedError{CodeFeedIsHTML, errors.New("the feed is an HTML page")}
	}
	return l, nil
}

// keepPoll writes everything that came of a poll, and returns how many pages are new.
func (c *Crawler) keepPoll(ctx context.Context, tx *records.Tx, f frontier.FeedWork, res fetch.Result, l Listing, full bool, seen time.Time) (int, error) {
	items := c.items(f.Kind, l)
	if l.Kind == ListingSitemapIndex {
		if _, err := frontier.AddFound(ctx, tx, f.Source, newestSitemaps(l), !f.First, seen); err != nil {
			return 0, err
		}
		items = nil
	}
	fresh, _, err := frontier.Enqueue(ctx, tx, f, items, seen)
	if err != nil {
		return 0, err
	}
	p := frontier.Poll{At: seen, New: fresh, Full: full, PerHour: f.PerHour, Validators: frontier.Validators(res.Validators)}
	crowded := false
	if f.First {
		p.PerHour = firstRate(f.Tier)
	} else {
		elapsed := time.Duration(float64(seen.Sub(f.LastSuccess)) * c.cfg.Scale)
		p.PerHour = rate(f.PerHour, fresh, elapsed)
		crowded = fresh*3 > len(items)*2
	}
	p.Next = seen.Add(c.scaled(min(jitter(interval(f.Tier, p.PerHour, crowded)), between[min(max(f.Tier, 1), 3)][1])))
	if len(l.Items) == 0 && !res.NotModified {
		p.Code, p.Text = CodeFeedEmpty, "the feed lists nothing"
		if f.Kind == frontier.KindList {
			p.Code, p.Text = CodeListEmpty, "the selectors find nothing on the list page"
		}
	}
	if err := frontier.PollDone(ctx, tx, f, p); err != nil {
		return 0, err
	}
	if err := frontier.HostWorks(ctx, tx, hostKey(f.URL)); err != nil {
		return 0, err
	}
	return fresh, logFetches(ctx, tx, frontier.Fetch{Kind: frontier.FetchFeed, Source: f.Source, Feed: f.ID, URL: f.URL}, res, nil)
}

// maxSitemaps of an index are read: the newest hold what is new.
const maxSitemaps = 3

func newestSitemaps(l Listing) []frontier.Feed {
	var feeds []frontier.Feed
	for _, it := range l.Items[:min(len(l.Items), maxSitemaps)] {
		feeds = append(feeds, frontier.Feed{URL: it.URL, Kind: frontier.KindSitemap})
	}
	return feeds
}

// items are the entries of a listing that have an address, each page once.
func (c *Crawler) items(kind string, l Listing) []frontier.Item {
	seen := map[string]bool{}
	var items []frontier.Item
	for _, e := range l.Items {
		key, err := c.deps.Key(e.URL)
		if err != nil || seen[key] {
			continue
		}
		seen[key] = true
		it := frontier.Item{
			Key: key, URL: e.URL, Title: e.Title, Hash: entryHash(kind, e),
			PublishedAt: e.PublishedAt, PublishedDay: e.PublishedDay, PublishedFrom: news.FromFeed,
		}
		if l.Kind == ListingSitemap || l.Kind == ListingNewsSitemap {
			it.PublishedFrom = news.FromSitemap
			if it.PublishedAt.IsZero() {
				it.PublishedAt = e.UpdatedAt // it was published no later
			}
		}
		if it.PublishedAt.IsZero() {
			it.PublishedFrom = ""
		}
		items = append(items, it)
	}
	return items
}

// entryHash is of what tells an edit: the title, and the date of the change. The dates of list
// pages ("2 giờ trước") change by themselves.
func entryHash(kind string, e Entry) string {
	when := e.UpdatedAt
	if when.IsZero() {
		when = e.PublishedAt
	}
	if kind == frontier.KindList {
		when = time.Time{}
	}
	if e.Title == "" && when.IsZero() {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", e.Title, records.Millis(when)))
	return hex.EncodeToString(sum[:8])
}

// pollFailed writes why a feed brought nothing. An error is about our own machine, err included
// where it is.
func (c *Crawler) pollFailed(ctx context.Context, f frontier.FeedWork, res fetch.Result, err error) error {
	if ours(err) {
		return err
	}
	code := codeOf(err, CodeFeedInvalid)
	now := time.Now()
	row := frontier.Fetch{Kind: frontier.FetchFeed, Source: f.Source, Feed: f.ID, URL: f.URL}
	fail := frontier.Failure{At: now, Code: code, Text: err.Error()}
	switch code {
	case fetch.CodeLater, fetch.CodeBackingOff:
		return c.write(ctx, func(ctx context.Context, tx *records.Tx) error {
			if err := frontier.Postpone(ctx, tx, f, retryOf(err, now.Add(c.scaled(ourRetry)))); err != nil {
				return err
			}
			return logFetches(ctx, tx, row, res, err)
		})
	case fetch.CodeNoContact, fetch.CodeScaledPace:
		fail.TakeBack = true
		fail.Next = now.Add(c.scaled(ourRetry))
	default:
		fail.Next = later(now.Add(c.scaled(jitter(backoff(f.Tier, f.Failures, code)))), retryOf(err, now))
	}
	e := Event{Kind: FeedFailed, At: now, Source: f.Source, Name: f.Name, URL: f.URL, Code: code, Err: err}
	return c.writeAndTell(ctx, e, func(ctx context.Context, tx *records.Tx) error {
		if err := frontier.PollFailed(ctx, tx, f, fail); err != nil {
			return err
		}
		return logFetches(ctx, tx, row, res, err)
	})
}

// ours tells the errors that no host is to blame for: stopping, and records that cannot be
// written. Errors of reading come from ParseFeed and Extract and are about what was read.
func ours(err error) bool {
	if errors.Is(err, context.Canceled) {
		return true
	}
	_, fetched := errors.AsType[*fetch.Error](err)
	_, coded := errors.AsType[*codedError](err)
	_, read := errors.AsType[*readError](err)
	return !fetched && !coded && !read && !errors.Is(err, errPanic)
}

// retryOf is when an error says that it is worth asking again, otherwise where it does not say.
func retryOf(err error, otherwise time.Time) time.Time {
	if e, ok := errors.AsType[*fetch.Error](err); ok && !e.Retry.IsZero() {
		return e.Retry
	}
	return otherwise
}
