package testweb

import (
	"strings"
	"time"
)

// A page is one article of the web and the truth about it. Pages do not change after Start:
// what is visible at an instant follows from the times in them.
type page struct {
	site   *site
	number int // unique in the web
	index  int // within its site
	slug   string
	path   string // with its query, where the outlet uses one
	sector string
	text
	kind      string // the kind of mention; empty: none
	decoy     string // what it looks like and is not
	group     string // pages of one group carry the same lead and body
	unknown   bool   // served for someone who keeps the truth himself
	old       bool   // published long before it was listed
	blocked   bool   // under a path that robots.txt disallows
	published time.Time
	offset    time.Duration // after the start of publishing; below zero: backlog
	edit      *edit
	raw       func() ([]byte, error) // the whole document, where it is not ours
	padding   int                    // bytes of page chrome to add
}

// An edit is what becomes of a page some time after it was published.
type edit struct {
	offset time.Duration
	text   text
	adds   bool // it brings the mention
}

// at returns the page's words at an instant, and when they were last changed.
func (p *page) at(now time.Time) (text, time.Time) {
	if p.edit != nil {
		if when := p.site.web.instant(p.edit.offset); !when.IsZero() && !now.Before(when) {
			return p.edit.text, when
		}
	}
	return p.text, p.published
}

// listed returns when the page is first on the web; zero while that is not known.
func (p *page) listed() time.Time { return p.site.web.instant(p.offset) }

// visible reports whether the page is on the web at an instant.
func (p *page) visible(now time.Time) bool {
	t := p.listed()
	return !t.IsZero() && !now.Before(t)
}

// mentions reports whether the page names the area at an instant.
func (p *page) mentions(now time.Time) bool {
	if p.edit != nil && p.edit.adds {
		_, changed := p.at(now)
		return !changed.Equal(p.published)
	}
	return p.kind != ""
}

func (p *page) url() string { return p.site.home + p.path }

// in reports whether a feed of the page's outlet lists it, once it is visible.
func (p *page) in(f feedPlan, now time.Time) bool {
	if f.sectors != "" && !strings.Contains(f.sectors, "["+p.sector+"]") {
		return false
	}
	if p.index < f.low || f.high > 0 && p.index >= f.high {
		return false
	}
	return f.recent == 0 || now.Sub(p.published) < f.recent
}
