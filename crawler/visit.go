package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"lamro/crawler/fetch"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
)

// The codes of pages, beside those of package fetch and the problems that Extract names.
const (
	CodeCrashed    = "crashed"    // the process ended while it worked on the page, five times
	CodeUnreadable = "unreadable" // extraction failed
	CodeNotKept    = "not-kept"   // the archive did not take it
	CodeMoved      = "moved-home" // the address now leads to the front page
	CodeHostAway   = "host-away"  // the host could not be reached for a week
)

// visit fetches a page, has it read and archived. An error is about our own machine.
func (c *Crawler) visit(ctx context.Context, p frontier.PageWork) error {
	if p.Attempts >= maxStarts {
		return c.pageEnded(ctx, p, fetch.Result{}, frontier.Quarantined,
			&codedError{CodeCrashed, fmt.Errorf("started %d times and never came to an end", p.Attempts)})
	}
	// The start is counted before the work: a page that kills the process ends here, too.
	err := c.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) (err error) {
		p.Attempts, err = frontier.StartPage(ctx, tx, p.Key, time.Now().Add(c.scaled(jitter(linear(pageRetry, pageRetry, p.Attempts)))))
		return err
	})
	if errors.Is(err, records.ErrNotFound) {
		return nil // it ended meanwhile
	}
	if err != nil {
		return err
	}
	res, err := c.fetch(ctx, fetch.Request{
		URL: p.URL, Kind: fetch.KindPage, Validators: fetch.Validators(p.Validators), Pace: p.Pace, AllowPrivate: p.AllowPrivate,
	})
	if err == nil {
		c.at("fetch")
		// What was fetched is kept, also while stopping.
		finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterward)
		defer cancel()
		err = c.keep(finish, p, res)
	}
	if err != nil {
		return c.pageFailed(ctx, p, res, err)
	}
	return nil
}

// keep reads a fetched page and archives it, in one transaction with the end of its work.
func (c *Crawler) keep(ctx context.Context, p frontier.PageWork, res fetch.Result) error {
	done := func(ctx context.Context, tx *records.Tx, article string) error {
		v := frontier.Visit{At: time.Now(), Article: article, Validators: frontier.Validators(res.Validators), Scale: c.cfg.Scale}
		if err := frontier.PageDone(ctx, tx, p.Key, v); err != nil {
			return err
		}
		if err := frontier.HostWorks(ctx, tx, p.Host); err != nil {
			return err
		}
		if err := logFetches(ctx, tx, fetchRow(p), res, nil); err != nil {
			return err
		}
		c.at("records")
		return nil
	}
	if res.NotModified {
		err := c.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error { return done(ctx, tx, "") })
		if err == nil {
			c.emit(Event{Kind: PageUnchanged, Source: p.Source, Name: p.Name, URL: p.URL, Article: p.Article})
		}
		return err
	}
	page, err := c.read(p, res)
	if err != nil {
		return err
	}
	var article string
	err = c.archive(ctx, page, func(ctx context.Context, tx *records.Tx, id string) error {
		article = id
		return done(ctx, tx, id)
	})
	if err != nil {
		return err
	}
	c.emit(Event{Kind: PageArchived, Source: p.Source, Name: p.Name, URL: p.URL, Article: article})
	return nil
}

// read extracts the article and decides about its date and whether it is news.
func (c *Crawler) read(p frontier.PageWork, res fetch.Result) (Page, error) {
	if movedHome(p.URL, res.URL) {
		return Page{}, &codedError{CodeMoved, errors.New("the address leads to the front page")}
	}
	seen := res.Raw.FetchedAt
	r, err := guarded(c.deps.Extract, PageInput{
		Source: p.Source, URL: res.URL, ContentType: res.Header.Get("Content-Type"), Body: res.Body, FetchedAt: seen,
	})
	switch {
	case errors.Is(err, errPanic):
		return Page{}, err
	case err != nil:
		return Page{}, &codedError{CodeUnreadable, fmt.Errorf("extract: %w", err)}
	case r.Problem != "":
		return Page{}, &codedError{r.Problem, fmt.Errorf("the page is no article: %s", r.Problem)}
	}
	if r.Title == "" {
		r.Title = p.Title
	}
	d := publishedAt(p, r, seen)
	r.PublishedAt, r.PublishedDay, r.PublishedFrom = d.at, d.day, d.from
	return Page{
		Reading: r, DateClamped: d.clamped, Source: p.Source, Feed: p.Feed, Key: p.Key, Aliases: c.aliases(p, res, r),
		URL: res.URL, Exchange: res.Raw, Robots: res.Robots, FirstSeen: p.FirstSeen, SeenAt: seen,
		Lane: p.Lane, NotNews: notNews(p, d, c.cfg.NewsAge),
	}, nil
}

// aliases are the keys of the addresses that the page itself calls its own: where it redirects to
// and what it names as canonical.
func (c *Crawler) aliases(p frontier.PageWork, res fetch.Result, r Reading) []string {
	var keys []string
	add := func(from, to string) {
		if to == "" || to == from {
			return
		}
		if key, ok := c.deps.Join(from, to); ok && key != p.Key {
			keys = append(keys, key)
		}
	}
	add(p.URL, res.URL)
	add(res.URL, r.Canonical)
	return keys
}

// movedHome tells that an article's address ended at the front page: the article is gone.
func movedHome(from, to string) bool {
	a, errA := url.Parse(from)
	b, errB := url.Parse(to)
	if errA != nil || errB != nil {
		return false
	}
	home := func(u *url.URL) bool { return (u.Path == "" || u.Path == "/") && u.RawQuery == "" }
	return home(b) && !home(a)
}

// archive calls the archive and says of its errors whose fault they are.
func (c *Crawler) archive(ctx context.Context, page Page, also func(context.Context, *records.Tx, string) error) error {
	_, err := guarded(func(page Page) (struct{}, error) { return struct{}{}, c.deps.Archive(ctx, page, also) }, page)
	if err == nil || errors.Is(err, errPanic) || c.deps.Infrastructure(err) {
		return err
	}
	return &codedError{CodeNotKept, err}
}

func fetchRow(p frontier.PageWork) frontier.Fetch {
	return frontier.Fetch{Kind: frontier.FetchPage, Source: p.Source, Feed: p.Feed, Page: p.Key, URL: p.URL}
}

// pageFailed decides what becomes of a page that could not be read or kept. It returns an error
// where our own machine is at fault: then nothing is held against the page.
func (c *Crawler) pageFailed(ctx context.Context, p frontier.PageWork, res fetch.Result, err error) error {
	if ours(err) {
		back := frontier.Failure{At: time.Now(), Next: time.Now().Add(c.scaled(trouble)), Code: "", Text: err.Error(), TakeBack: true}
		return errors.Join(err, c.write(ctx, func(ctx context.Context, tx *records.Tx) error {
			return frontier.PageFailed(ctx, tx, p.Key, back)
		}))
	}
	code := codeOf(err, CodeUnreadable)
	switch code {
	case fetch.CodeLater, fetch.CodeBackingOff, fetch.CodeNoContact, fetch.CodeScaledPace,
		fetch.CodeUnreachable, fetch.CodeCertificate, fetch.CodeRobotsUnreachable, fetch.CodeTooMany:
		return c.hostFailed(ctx, p, res, code, err)
	case fetch.CodeRobotsDisallowed, fetch.CodeWrongType, fetch.CodeBadURL:
		return c.pageEnded(ctx, p, res, frontier.Refused, err)
	case fetch.CodeGone:
		return c.pageEnded(ctx, p, res, frontier.Gone, err)
	case fetch.CodeTooLarge, fetch.CodeBadEncoding:
		// It would be the same next time, and it was expensive.
		return c.pageEnded(ctx, p, res, frontier.Quarantined, err)
	case fetch.CodeNotFound, CodeMoved, "soft-404":
		if p.Attempts >= maxMissing {
			return c.pageEnded(ctx, p, res, frontier.Gone, err)
		}
	}
	if p.Attempts >= maxStarts {
		return c.pageEnded(ctx, p, res, frontier.Quarantined, err)
	}
	now := time.Now()
	next := later(now.Add(c.scaled(jitter(linear(pageRetry, pageRetry, p.Attempts-1)))), retryOf(err, now))
	return c.pageAgain(ctx, p, res, frontier.Failure{At: now, Code: code, Text: err.Error(), Next: next}, err)
}

// hostFailed keeps away from a host that cannot be visited now. That is not the page's fault,
// unless it lasts for a week.
func (c *Crawler) hostFailed(ctx context.Context, p frontier.PageWork, res fetch.Result, code string, err error) error {
	now := time.Now()
	if now.Sub(p.FirstSeen) > c.scaled(giveUp) && p.Visits == 0 {
		return c.pageEnded(ctx, p, res, frontier.Quarantined, &codedError{CodeHostAway, err})
	}
	failures, readErr := frontier.HostFailures(ctx, c.db.Read(), p.Host)
	if readErr != nil {
		return readErr
	}
	next := later(now.Add(c.scaled(jitter(linear(hostRetry, hostRetry, failures)))), retryOf(err, now))
	switch code {
	case fetch.CodeLater, fetch.CodeBackingOff:
		next = retryOf(err, next)
	case fetch.CodeNoContact, fetch.CodeScaledPace:
		next = now.Add(c.scaled(ourRetry))
	}
	fail := frontier.Failure{At: now, Code: code, Text: err.Error(), Next: next, TakeBack: true}
	switch code {
	case fetch.CodeLater, fetch.CodeNoContact, fetch.CodeScaledPace:
		return c.pageAgain(ctx, p, res, fail, err) // nothing is the matter with the host
	}
	return errors.Join(c.pageAgain(ctx, p, res, fail, err), c.write(ctx, func(ctx context.Context, tx *records.Tx) error {
		return frontier.HostFailed(ctx, tx, p.Host, next)
	}))
}

// pageAgain keeps a page for another try.
func (c *Crawler) pageAgain(ctx context.Context, p frontier.PageWork, res fetch.Result, fail frontier.Failure, err error) error {
	e := Event{Kind: PageFailed, At: fail.At, Source: p.Source, Name: p.Name, URL: p.URL, Article: p.Article, Code: fail.Code, Err: err}
	return c.writeAndTell(ctx, e, func(ctx context.Context, tx *records.Tx) error {
		if err := frontier.PageFailed(ctx, tx, p.Key, fail); err != nil {
			return err
		}
		return logFetches(ctx, tx, fetchRow(p), res, err)
	})
}

// pageEnded gives a page up, where people can see why.
func (c *Crawler) pageEnded(ctx context.Context, p frontier.PageWork, res fetch.Result, state string, err error) error {
	fail := frontier.Failure{At: time.Now(), Code: codeOf(err, CodeUnreadable), Text: err.Error()}
	kind := map[string]string{frontier.Refused: PageRefused, frontier.Gone: PageGone, frontier.Quarantined: PageQuarantined}[state]
	if state == frontier.Quarantined {
		c.log.Error("page is in quarantine", "source", p.Source, "url", redact(p.URL), "code", fail.Code, "attempts", p.Attempts, "err", err)
	}
	e := Event{Kind: kind, At: fail.At, Source: p.Source, Name: p.Name, URL: p.URL, Article: p.Article, Code: fail.Code, Err: err}
	return c.writeAndTell(ctx, e, func(ctx context.Context, tx *records.Tx) error {
		if err := frontier.PageEnded(ctx, tx, p.Key, state, fail); err != nil {
			return err
		}
		return logFetches(ctx, tx, fetchRow(p), res, err)
	})
}

// redact is an address for the log, without query and user.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}
