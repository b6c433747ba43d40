package testweb

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Config says what kind of web to start. The zero value is the web of the demo, publishing for
// ten minutes.
type Config struct {
	For   time.Duration // length of the run; publishing ends Quiet before it; 0: ten minutes of news, then silence
	Seed  uint64        // other texts and another order; 0 is a seed like any other
	Small bool          // four outlets and twenty pages, for tests
	Hold  bool          // publish nothing new before Release

	Pace      time.Duration    // least time between two starts to one host, before Scale; 0: 5 s, negative: not judged
	Scale     float64          // compressed clock: divides Pace and crawl delays; 0: 1
	Tolerance time.Duration    // how much earlier than the pace a start may arrive; 0: 5 ms
	Agent     *regexp.Regexp   // what an honest user agent looks like; nil: Lamro/VERSION (+CONTACT)
	Now       func() time.Time // nil: time.Now
}

// A Web is a set of outlets, each listening on an address of its own on loopback. Its methods
// may be called from several goroutines.
type Web struct {
	cfg     Config
	started time.Time
	sites   []*site
	ledger  *Ledger
	serving sync.WaitGroup

	mu     sync.Mutex
	origin time.Time // when publishing began; zero while it is held
}

// Start opens the web of the demo, or with cfg.Small a fixed small part of it. What was
// published in the last 30 days is there at once. The caller closes the web.
func Start(cfg Config) (*Web, error) {
	if cfg.For != 0 && cfg.For < shortest {
		return nil, fmt.Errorf("a run of %s is too short: news end %s before it does, give at least %s", cfg.For, Quiet, shortest)
	}
	b, err := loadBank()
	if err != nil {
		return nil, err
	}
	w := newWeb(cfg)
	list := plans()
	mix := demoMix()
	if cfg.Small {
		list, mix = smallPlans(list), smallMix()
	}
	if err := w.open(list); err != nil {
		return nil, err
	}
	w.compose(b, mix)
	w.serve()
	return w, nil
}

const shortest = 30 * time.Second

func newWeb(cfg Config) *Web {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Scale == 0 {
		cfg.Scale = 1
	}
	if cfg.Pace == 0 {
		cfg.Pace = 5 * time.Second
	}
	if cfg.Tolerance == 0 {
		cfg.Tolerance = 5 * time.Millisecond
	}
	if cfg.Agent == nil {
		cfg.Agent = regexp.MustCompile(`^Lamro/\S+ \(\+\S+\)$`)
	}
	w := &Web{cfg: cfg, started: cfg.Now()}
	if !cfg.Hold {
		w.origin = w.started
	}
	w.ledger = &Ledger{web: w, polls: make(map[string]time.Time)}
	return w
}

// open gives every outlet its address. On an error nothing stays open.
func (w *Web) open(list []plan) error {
	for i, p := range list {
		s, err := openSite(w, p, i)
		if err != nil {
			w.closeListeners()
			return fmt.Errorf("open outlet %s: %w", p.id, err)
		}
		w.sites = append(w.sites, s)
	}
	return nil
}

func (w *Web) serve() {
	for _, s := range w.sites {
		w.serving.Go(func() { _ = s.server.Serve(s.listener) }) // ends with Close
	}
}

func (w *Web) closeListeners() {
	for _, s := range w.sites {
		_ = s.listener.Close()
	}
}

// Close stops every outlet and returns when nothing of the web runs any more. The ledger can
// still be read and judged.
func (w *Web) Close() error {
	var errs []error
	for _, s := range w.sites {
		if err := s.server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	w.serving.Wait()
	return errors.Join(errs...)
}

// Release begins publishing where Config.Hold kept it back. A second call changes nothing.
func (w *Web) Release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.origin.IsZero() {
		w.origin = w.cfg.Now()
	}
}

// Polled reports whether every feed that may be fetched has been fetched at least once: from
// then on whatever appears is news.
func (w *Web) Polled() bool {
	for _, s := range w.sites {
		if s.refuses {
			continue
		}
		for _, f := range s.feeds {
			if w.ledger.firstPoll(s, f).IsZero() {
				return false
			}
		}
	}
	return true
}

// Ledger returns the web's account of what was asked and of what there was to find.
func (w *Web) Ledger() *Ledger { return w.ledger }

// Outlets describes every outlet, in a fixed order, as the settings of sources would.
func (w *Web) Outlets() []Outlet {
	outlets := make([]Outlet, 0, len(w.sites))
	for _, s := range w.sites {
		o := Outlet{
			ID: s.id, Name: s.name, Home: s.home + "/", Class: s.class, Tier: s.tier, Language: "vi",
			Article: s.parts, CrawlDelay: s.crawlDelay, Refuses: s.refuses,
		}
		for _, f := range s.feeds {
			o.Feeds = append(o.Feeds, Feed{URL: s.home + f.path, Kind: f.kind(), Type: f.typ, List: f.list})
		}
		outlets = append(outlets, o)
	}
	return outlets
}

func (f feedPlan) kind() string {
	switch f.typ {
	case typeSitemap, typeNewsSitemap:
		return "sitemap"
	case typeList:
		return "list"
	}
	return "feed"
}

// instant turns an offset of the schedule into a time; zero while publishing is held.
// Backlog has been there since the start.
func (w *Web) instant(offset time.Duration) time.Time {
	if offset < 0 {
		return w.started
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.origin.IsZero() {
		return time.Time{}
	}
	return w.origin.Add(offset)
}
