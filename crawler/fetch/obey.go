package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"lamro/crawler/fetch/robots"
)

// The verdicts about robots.txt.
const (
	RobotsAllowed     = "allowed"     // the file lets us in
	RobotsNoFile      = "no-file"     // there is no file (4xx): everything is allowed
	RobotsDisallowed  = "disallowed"  // the file says no
	RobotsUnreachable = "unreachable" // the file could not be read: nothing is allowed for now
)

// A Decision is what robots.txt meant for an address, "" when it was not asked.
type Decision struct {
	Verdict string
	Rule    string // the line that decided, "" when none did
}

// A RobotsFetch is one request for a robots.txt that a visit made, for the log of fetches.
type RobotsFetch struct {
	URL    string
	Host   string // HostKey
	At     time.Time
	Took   time.Duration
	Status int
	Bytes  int
	Code   string // of the error, "" when there was an answer
}

const (
	robotsTTL     = 24 * time.Hour
	robotsRetry   = 10 * time.Minute
	robotsTimeout = 30 * time.Second // without the waiting that pace asks for
	robotsHops    = 5
	robotsOrigins = 10_000
)

// robotsCache holds one robots.txt for each origin. Whoever comes while a file is on its way
// waits for it.
type robotsCache struct {
	ttl, retry time.Duration

	mu      sync.Mutex
	entries map[string]*robotsEntry
}

type robotsEntry struct {
	done    chan struct{} // closed when the rest is set
	file    *robots.Robots
	verdict string
	err     error // for RobotsUnreachable
	expires time.Time
}

func newRobotsCache(scale float64) *robotsCache {
	return &robotsCache{
		ttl:     scaled(robotsTTL, scale),
		retry:   scaled(robotsRetry, scale),
		entries: map[string]*robotsEntry{},
	}
}

// obeyRobots lets a request pass as the robots.txt of its origin allows, asking for the file where
// it is not known. The decision is left on the visit either way.
func (f *Fetcher) obeyRobots(v *visit) policy {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			e, err := f.robotsFor(r.Context(), v, r.URL)
			if err != nil {
				return nil, v.internal(err)
			}
			v.robots = Decision{Verdict: e.verdict}
			if e.verdict == RobotsUnreachable {
				return nil, e.err
			}
			v.sitemaps = e.file.Sitemaps()
			v.crawlDelay = e.file.Delay(product)
			allowed, rule := e.file.Allowed(product, r.URL.String())
			v.robots.Rule = rule
			if !allowed {
				v.robots.Verdict = RobotsDisallowed
				return nil, &Error{Code: CodeRobotsDisallowed, URL: r.URL.String(), Words: fmt.Sprintf("robots.txt disallows it by %q", rule)}
			}
			return next.RoundTrip(r)
		})
	}
}

// robotsFor is the robots.txt for u, from memory or from its host. An error is about us (no
// contact, an address we do not visit, stopping) and says nothing about the file.
func (f *Fetcher) robotsFor(ctx context.Context, v *visit, u *url.URL) (*robotsEntry, error) {
	origin := u.Scheme + "://" + HostKey(u)
	for {
		e, mine := f.robots.claim(origin)
		if mine {
			err := f.loadRobots(ctx, v, origin, e)
			f.robots.settle(origin, e, err)
			return e, err
		}
		select {
		case <-e.done:
			// Empty where the one who asked gave up: then it is our turn.
			if e.verdict != "" {
				return e, nil
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// claim returns the entry of origin, and whether the caller has to load it.
func (c *robotsCache) claim(origin string) (e *robotsEntry, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[origin]; e != nil && (e.expires.IsZero() || time.Now().Before(e.expires)) {
		return e, false
	}
	if len(c.entries) >= robotsOrigins {
		c.drop(time.Now())
	}
	e = &robotsEntry{done: make(chan struct{})}
	c.entries[origin] = e
	return e, true
}

// drop forgets what has expired, and everything that is not on its way when that is not enough.
func (c *robotsCache) drop(now time.Time) {
	for _, all := range []bool{false, true} {
		for origin, e := range c.entries {
			if !e.expires.IsZero() && (all || now.After(e.expires)) {
				delete(c.entries, origin)
			}
		}
		if len(c.entries) < robotsOrigins {
			return
		}
	}
}

// settle publishes a loaded entry, or forgets one that could not be loaded for reasons of ours.
func (c *robotsCache) settle(origin string, e *robotsEntry, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		if c.entries[origin] == e {
			delete(c.entries, origin)
		}
	} else {
		ttl := c.ttl
		if e.verdict == RobotsUnreachable {
			ttl = c.retry
		}
		e.expires = time.Now().Add(ttl)
		if fail, ok := errors.AsType[*Error](e.err); ok {
			fail.Retry = e.expires
		}
	}
	close(e.done)
}

// loadRobots asks the host for its file and fills e. The rules of a file reached through
// redirects are those of the host that was asked.
func (f *Fetcher) loadRobots(ctx context.Context, v *visit, origin string, e *robotsEntry) error {
	at := origin + "/robots.txt"
	for range robotsHops + 1 {
		sub := &visit{req: Request{URL: at, Pace: v.req.Pace, AllowPrivate: v.req.AllowPrivate}, maxBody: robots.MaxSize, cut: true}
		resp, err := f.askRobots(ctx, sub) //nolint:bodyclose // askRobots has read and closed it
		v.robotsFetches = append(v.robotsFetches, robotsFetch(sub, at, err))
		if v.started.IsZero() {
			v.started = sub.started
		}
		if err != nil {
			return e.unreachable(ctx, at, err)
		}
		if loc, err := resp.Location(); err == nil && resp.StatusCode/100 == 3 {
			at = loc.String()
			continue
		}
		switch {
		case resp.StatusCode/100 == 2:
			e.verdict, e.file = RobotsAllowed, robots.Parse(sub.body)
		case resp.StatusCode/100 == 4 && resp.StatusCode != http.StatusTooManyRequests:
			e.verdict, e.file = RobotsNoFile, robots.Parse(nil)
		default:
			e.refuse(CodeRobotsUnreachable, at, fmt.Sprintf("robots.txt answered %d: nothing is fetched until it can be read", resp.StatusCode), nil)
		}
		return nil
	}
	e.refuse(CodeRobotsUnreachable, at, "robots.txt leads from redirect to redirect: nothing is fetched until it can be read", nil)
	return nil
}

func (f *Fetcher) askRobots(ctx context.Context, sub *visit) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, sub.req.URL, nil)
	if err != nil {
		return nil, &Error{Code: CodeBadURL, URL: sub.req.URL, Words: "the address cannot be read", Err: err}
	}
	resp, err := f.robotsChain(sub).RoundTrip(req)
	if err != nil {
		return nil, err
	}
	// The body was read into the visit.
	return resp, resp.Body.Close()
}

// unreachable decides what a failure to read robots.txt means. What is about us goes up as it is:
// "the address is not public" must not be told as "robots.txt says no".
func (e *robotsEntry) unreachable(ctx context.Context, url string, err error) error {
	if ctx.Err() != nil {
		return err
	}
	switch code := CodeOf(err); code {
	case CodeNoContact, CodeNotPublic, CodeScaledPace, CodeBadURL, CodeBackingOff, CodeLater, "":
		return err
	case CodeUnreachable, CodeCertificate:
		e.refuse(code, url, "the host could not be asked for robots.txt", err)
	default:
		e.refuse(CodeRobotsUnreachable, url, "robots.txt could not be read: nothing is fetched until it can", err)
	}
	return nil
}

func (e *robotsEntry) refuse(code, url, words string, cause error) {
	e.verdict = RobotsUnreachable
	e.err = &Error{Code: code, URL: url, Words: words, Err: cause}
}

func robotsFetch(sub *visit, at string, err error) RobotsFetch {
	rf := RobotsFetch{URL: at, At: sub.started, Status: sub.exchange.Status, Bytes: len(sub.exchange.Body), Code: CodeOf(err)}
	if u, err := url.Parse(at); err == nil {
		rf.Host = HostKey(u)
	}
	if rf.At.IsZero() {
		rf.At = time.Now()
	}
	if sub.ended.After(sub.started) {
		rf.Took = sub.ended.Sub(sub.started)
	}
	return rf
}
