// Package crawler decides when to visit which source and how: it polls feeds, queues the pages
// they list, fetches them, has them read and archived. What to do lives in the records, so a
// restart loses nothing; how to fetch is package fetch's, how to read feed's and extract's.
package crawler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"lamro/crawler/fetch"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/frontier"
)

// Config is what a Crawler goes by. The zero value of each field means its default.
type Config struct {
	Owner   string        // of leases; unique among the processes of an installation
	Alone   bool          // this is the only process: leases that others left are void
	Workers int           // hosts that are visited at once; 8
	Scale   float64       // divides polls, re-visits and waiting; 1
	NewsAge time.Duration // published longer before it was seen, a page is no news; 24 h
	Lease   time.Duration // of a host; 5 min
	Keep    time.Duration // how long the rows of requests stay; 30 days
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&c.NewsAge, 24*time.Hour)
	def(&c.Lease, 5*time.Minute)
	def(&c.Keep, 30*24*time.Hour)
	if c.Workers == 0 {
		c.Workers = 8
	}
	if c.Scale == 0 {
		c.Scale = 1
	}
	return c
}

// Validate says what in the configuration cannot be meant.
func (c Config) Validate() error {
	var errs []error
	if c.Owner == "" {
		errs = append(errs, errors.New("owner is missing"))
	}
	if c.Scale != 0 && c.Scale < 1 {
		errs = append(errs, fmt.Errorf("pace scale %v: must be 1 or more", c.Scale))
	}
	if c.Workers < 0 || c.NewsAge < 0 || c.Lease < 0 || c.Keep < 0 {
		errs = append(errs, errors.New("a number is negative"))
	}
	return errors.Join(errs...)
}

// Deps are the rooms that a crawler works with.
type Deps struct {
	// Key is the key of an address: two addresses of one page have one key.
	Key func(address string) (string, error)
	// Join is the key of other, an address that page redirects to or calls canonical, and whether
	// it means the same article.
	Join func(page, other string) (key string, join bool)
	// ParseFeed reads a feed, sitemap or list page.
	ParseFeed func(FeedInput) (Listing, error)
	// Extract reads an article out of a page.
	Extract func(PageInput) (Reading, error)
	// Archive keeps what was read in one transaction, in which it calls also last, with the id of
	// the article. When it fails, nothing of the page is there and the page stays pending.
	Archive func(ctx context.Context, p Page, also func(ctx context.Context, tx *records.Tx, article string) error) error
	// Infrastructure tells further errors that are about our own machine, besides those of the
	// system such as a full disk, from errors of a page; it may be nil.
	Infrastructure func(error) bool
}

// FeedInput is a feed as fetched.
type FeedInput struct {
	URL         string
	ContentType string
	Body        []byte
	Kind        string // as it is set up: frontier.KindFeed, KindSitemap, KindList, "" for a probe
	Selectors   frontier.Selectors
	SeenAt      time.Time
}

// The kinds of listings that a crawler treats specially, as ParseFeed names them.
const (
	ListingHTML         = "html"
	ListingSitemap      = "sitemap"
	ListingNewsSitemap  = "news-sitemap"
	ListingSitemapIndex = "sitemap-index"
)

// Listing is what a feed lists, newest first.
type Listing struct {
	Kind  string
	Items []Entry
	Links []string // feeds that an HTML page offers
}

// Entry is one item of a feed.
type Entry struct {
	URL          string
	Title        string
	PublishedAt  time.Time // zero where unknown; the end of the day where only that is known
	PublishedDay bool
	UpdatedAt    time.Time
}

// PageInput is a page as fetched.
type PageInput struct {
	Source      string
	URL         string
	ContentType string
	Body        []byte
	FetchedAt   time.Time
}

// Reading is what extraction read out of a page.
type Reading struct {
	Title, Lead, Body string
	Language          string
	Canonical         string // as the page claims
	PublishedAt       time.Time
	PublishedDay      bool
	PublishedFrom     string
	Truncated         bool
	Problem           string // why this is no article (soft-404, login, challenge, empty), "" for none
	Extractor         string
}

// Page is one page for the archive.
type Page struct {
	Reading              // with the date that was decided on
	DateClamped bool     // the date was in the future
	Source      string   // id
	Feed        string   // id
	Key         string   // URL key of the address in the feed
	Aliases     []string // further keys of the same article
	URL         string   // after redirects
	Exchange    fetch.Exchange
	Robots      fetch.Decision
	FirstSeen   time.Time // when the feed first listed it
	SeenAt      time.Time // when it was fetched
	Lane        news.Lane
	NotNews     string
}

// Crawler visits sources. Make one with New.
type Crawler struct {
	// Events, if set before Run, hears what happens; it must not block.
	Events func(Event)
	// At, if set before Run, is called with "fetch" after a fetch and before its transaction, and
	// with "records" inside of the transaction before its end. Tests kill the process there.
	At func(stage string)

	cfg     Config
	db      *records.DB
	fetcher *fetch.Fetcher
	deps    Deps
	log     *slog.Logger

	wake    signal // there may be something to do
	changed signal // something was done
	pruned  time.Time
}

// New makes a Crawler over the records and a Fetcher whose Paces are those of the same records.
func New(cfg Config, db *records.DB, fetcher *fetch.Fetcher, deps Deps, log *slog.Logger) (*Crawler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("crawler settings: %w", err)
	}
	if deps.Key == nil || deps.Join == nil || deps.ParseFeed == nil || deps.Extract == nil || deps.Archive == nil {
		return nil, errors.New("crawler: a dependency is missing")
	}
	if more := deps.Infrastructure; more == nil {
		deps.Infrastructure = infrastructure
	} else {
		deps.Infrastructure = func(err error) bool { return infrastructure(err) || more(err) }
	}
	return &Crawler{cfg: cfg.withDefaults(), db: db, fetcher: fetcher, deps: deps, log: log}, nil
}

// Run crawls until ctx ends, then finishes what is under way and returns nil.
func (c *Crawler) Run(ctx context.Context) error {
	if err := c.db.Tx(ctx, c.prepare); err != nil {
		return fmt.Errorf("crawler: %w", err)
	}
	stop, err := c.startClock(ctx)
	if err != nil {
		return fmt.Errorf("crawler: %w", err)
	}
	defer stop()
	var workers sync.WaitGroup
	for range c.cfg.Workers {
		workers.Go(func() { c.work(ctx) })
	}
	workers.Wait()
	return nil
}

// prepare voids the leases of the dead, and makes due what failed for settings that may be others
// now.
func (c *Crawler) prepare(ctx context.Context, tx *records.Tx) error {
	if c.cfg.Alone {
		if err := frontier.ForgetLeases(ctx, tx); err != nil {
			return err
		}
	}
	return frontier.Reconsider(ctx, tx, time.Now(), fetch.CodeNoContact, fetch.CodeScaledPace, fetch.CodeNotPublic)
}

// Wake lets idle workers look for work at once: after sources were changed.
func (c *Crawler) Wake() { c.wake.broadcast() }

// Drained waits until nothing is due and nobody is at work, or ctx ends. Polls and visits that
// are due later do not count.
func (c *Crawler) Drained(ctx context.Context) error {
	for {
		changed := c.changed.wait()
		p, err := frontier.ReadProgress(ctx, c.db.Read(), time.Now())
		if err != nil {
			return err
		}
		if p.Drained() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d feeds and %d pages are due, %d hosts are being visited: %w", p.DueFeeds, p.DuePages, p.Leased, ctx.Err())
		}
	}
}

// A signal wakes everybody who waits. Who takes the channel before looking misses nothing.
type signal struct {
	mu sync.Mutex
	ch chan struct{}
}

func (s *signal) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) broadcast() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}
