package testweb

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// manners lists every breach of what the outlets ask for: robots.txt, pace, an honest name.
func (l *Ledger) manners() []string {
	byHost := make(map[string][]Request)
	for _, r := range l.Requests() {
		if !r.Visitor {
			byHost[r.Host] = append(byHost[r.Host], r)
		}
	}
	var all []string
	for _, s := range l.web.sites {
		requests := byHost[s.host()]
		all = append(all, s.robotsBreaches(requests)...)
		all = append(all, s.paceBreaches(requests)...)
		all = append(all, s.nameBreaches(requests)...)
	}
	return all
}

func (s *site) robotsBreaches(requests []Request) []string {
	var all []string
	asked := false
	for _, r := range requests {
		switch {
		case r.Path == "/robots.txt":
			asked = true
		case !asked:
			all = append(all, fmt.Sprintf("robots: %s%s was fetched before robots.txt was asked for", s.home, r.Path))
		case s.refuses:
			all = append(all, fmt.Sprintf("robots: %s%s was fetched though robots.txt answers 503", s.home, r.Path))
		case s.disallow != "" && strings.HasPrefix(r.Path, s.disallow):
			all = append(all, fmt.Sprintf("robots: %s%s is disallowed", s.home, r.Path))
		}
	}
	return all
}

// paceBreaches compares neighbouring starts, robots.txt among them. A crawl delay binds from
// the second request after robots.txt on: before it is read nobody can know it.
func (s *site) paceBreaches(requests []Request) []string {
	cfg := s.web.cfg
	if cfg.Pace < 0 {
		return nil
	}
	requests = slices.Clone(requests)
	slices.SortStableFunc(requests, func(a, b Request) int { return a.At.Compare(b.At) })
	var all []string
	for i := 1; i < len(requests); i++ {
		before, r := requests[i-1], requests[i]
		pace := cfg.Pace
		if before.Path != "/robots.txt" {
			pace = max(pace, s.crawlDelay)
		}
		pace = time.Duration(float64(pace) / cfg.Scale)
		if gap := r.At.Sub(before.At); gap < pace-cfg.Tolerance {
			all = append(all, fmt.Sprintf("pace: %s%s started %s after %s, the pace is %s", s.home, r.Path,
				gap.Round(time.Millisecond), before.Path, pace.Round(time.Millisecond)))
		}
	}
	return all
}

func (s *site) nameBreaches(requests []Request) []string {
	var all []string
	for _, r := range requests {
		if !s.web.cfg.Agent.MatchString(r.Agent) {
			all = append(all, fmt.Sprintf("agent: %s%s was asked for by %q", s.home, r.Path, r.Agent))
		}
	}
	return all
}

// addressKey names a page by its whole address, without what only tracks a visitor.
func addressKey(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host + key(u.RequestURI())
}
