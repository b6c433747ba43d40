package testweb

import (
	"slices"
	"sync"
	"time"
)

// A Ledger is what the web itself knows: each request that came, and for each page whether it
// is to be found and whether it is news. Its methods may be called from several goroutines,
// also after the web is closed.
type Ledger struct {
	web *Web

	mu       sync.Mutex
	requests []Request
	polls    map[string]time.Time // host and path of a feed: when it was first fetched in full
}

// A Request is one request as the outlet saw it.
type Request struct {
	At          time.Time // when it arrived
	Host        string    // address and port of the outlet
	Method      string
	Path        string // with its query
	Agent       string
	Conditional bool // it carried a validator
	Visitor     bool // a person's browser said so (Sec-Fetch-Dest); never judged
	Status      int  // 0 while it is being answered
}

// A Truth is what the web knows of one page at the instant of asking.
type Truth struct {
	URL       string
	Title     string
	Kind      string // the kind of mention; empty: none
	Decoy     string // what it only looks like
	Group     string // copies of one text share it
	Published time.Time
	Listed    time.Time // when its feeds first showed it; backlog: the start of the web
	Find      Want
	Alert     Want
	Why       string // of Alert, in words
}

// A Want says whether something has to be, may be, or must not be.
type Want int

// The wants.
const (
	MustNot Want = iota
	May
	Must
)

func (l *Ledger) open(r Request) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, r)
	return len(l.requests) - 1
}

func (l *Ledger) close(entry, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests[entry].Status = status
}

func (l *Ledger) polled(s *site, f feedPlan, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if id := s.host() + f.path; l.polls[id].IsZero() {
		l.polls[id] = at
	}
}

func (l *Ledger) firstPoll(s *site, f feedPlan) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.polls[s.host()+f.path]
}

// Requests returns a copy of every request so far, in order of arrival.
func (l *Ledger) Requests() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}

// Truth returns what the web knows of every page that is visible now.
func (l *Ledger) Truth() []Truth {
	now := l.web.cfg.Now()
	var all []Truth
	for _, s := range l.web.sites {
		for _, p := range s.pages {
			if p.visible(now) {
				all = append(all, l.truth(p, now))
			}
		}
	}
	return all
}

func (l *Ledger) truth(p *page, now time.Time) Truth {
	words, changed := p.at(now)
	t := Truth{
		URL: p.url(), Title: words.title, Kind: p.kind, Decoy: p.decoy, Group: p.group,
		Published: p.published, Listed: p.listed(),
	}
	t.Find = l.find(p, now, changed)
	t.Alert, t.Why = l.alert(p, now, t.Find)
	return t
}

// find decides whether a search for every mention shows the page.
func (l *Ledger) find(p *page, now, changed time.Time) Want {
	switch {
	case p.unknown:
		return May
	case p.site.refuses || p.blocked || !p.mentions(now):
		return MustNot
	case l.young(p, now, changed):
		return May // it had no time yet
	}
	return Must
}

// young reports that the page, or the edit that brought its mention, appeared a moment ago.
func (l *Ledger) young(p *page, now, changed time.Time) bool {
	since := p.listed()
	if p.edit != nil && p.edit.adds {
		since = changed
	}
	return p.offset >= 0 && now.Sub(since) < Quiet
}

// alert decides whether the page is news: it is when every feed that lists it had been fetched
// before it appeared, and backlog when each had it at its first fetch.
func (l *Ledger) alert(p *page, now time.Time, find Want) (Want, string) {
	switch {
	case p.unknown:
		return May, "the truth is kept elsewhere"
	case find == MustNot && p.decoy != "":
		return MustNot, "a decoy: " + p.decoy
	case find == MustNot:
		return MustNot, "no mention that may be read"
	case p.old:
		return MustNot, "listed days after its date"
	}
	fresh, backlog := l.novelty(p)
	switch {
	case fresh && !backlog && find == Must:
		return Must, "published after the first poll of its feed"
	case fresh && !backlog:
		return May, "published a moment ago"
	case backlog && !fresh && p.edit != nil && p.edit.adds:
		return May, "backlog, edited later"
	case backlog && !fresh:
		return MustNot, "in the feed at its first poll"
	}
	return May, "its feeds disagree, or none was asked"
}

// novelty asks each feed that lists the page whether the page was there at its first fetch.
func (l *Ledger) novelty(p *page) (fresh, backlog bool) {
	for _, f := range p.site.feeds {
		first := l.firstPoll(p.site, f)
		if first.IsZero() || !p.in(f, first) {
			continue
		}
		if p.visible(first) {
			backlog = true
		} else {
			fresh = true
		}
	}
	return fresh, backlog
}
