package crawler

import "time"

// The kinds of events.
const (
	FeedPolled      = "feed-polled"      // a feed was read; New pages were queued
	FeedFailed      = "feed-failed"      // a feed could not be read; Code says why
	SourceVerified  = "source-verified"  // a probe found working feeds
	ProbeFailed     = "probe-failed"     // a probe found none
	PageArchived    = "page-archived"    // a page was read and kept
	PageUnchanged   = "page-unchanged"   // a page was visited again and the host says it is the same
	PageFailed      = "page-failed"      // a page could not be read and is tried again
	PageGone        = "page-gone"        // the host has the page no more
	PageRefused     = "page-refused"     // a page is not read, by the host's wish or because it is none
	PageQuarantined = "page-quarantined" // a page was given up
	Paused          = "paused"           // our own machine is in trouble; Err says which
)

// An Event is one thing that happened.
type Event struct {
	Kind    string
	At      time.Time
	Source  string
	Name    string // of the source
	URL     string
	Article string
	New     int
	Code    string
	Err     error
}

func (c *Crawler) emit(e Event) {
	if e.At.IsZero() {
		e.At = time.Now()
	}
	if c.Events != nil {
		c.Events(e)
	}
}

func (c *Crawler) at(stage string) {
	if c.At != nil {
		c.At(stage)
	}
}
