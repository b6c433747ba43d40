package app

import (
	"sync"
	"time"
)

// An Event is one thing that happened while the system runs: a line of `lamro up --json`.
type Event struct {
	Kind     string    `json:"event"` // started, article, mention, alert, source-failed, quarantine, crawl-paused, no-contact, offline, stopped
	At       time.Time `json:"at"`
	Source   string    `json:"source,omitempty"`
	Article  string    `json:"article,omitempty"`
	Watch    string    `json:"watch,omitempty"`
	URL      string    `json:"url,omitempty"`
	Severity string    `json:"severity,omitempty"`
	Code     string    `json:"code,omitempty"` // for programs
	Text     string    `json:"text,omitempty"` // for people
}

// emit tells whoever listens.
func (a *App) emit(e Event) {
	if a.opt.Events == nil {
		return
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	e.At = e.At.UTC().Truncate(time.Millisecond)
	a.opt.Events(e)
}

// trouble remembers which sources fail, so that each is told of once.
type trouble struct {
	mu      sync.Mutex
	failing map[string]string // source → code
	reached bool              // some source worked since the start
	pause   string            // why crawling pauses, "" while it does not
}

func newTrouble() *trouble { return &trouble{failing: map[string]string{}} }

func (t *trouble) works(source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failing, source)
	t.reached = true
}

// failed tells whether this failure of the source is news.
func (t *trouble) failed(source, code string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failing[source] == code {
		return false
	}
	t.failing[source] = code
	return true
}

// paused tells whether this pause of the crawl is news.
func (t *trouble) paused(code string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	told := t.pause
	t.pause = code
	return told != code
}

// resumed notes that the crawl goes on.
func (t *trouble) resumed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pause = ""
}

// offline tells whether sources failed for want of a network and none has worked.
func (t *trouble) offline() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, code := range t.failing {
		if code == "unreachable" || code == "robots-unreachable" {
			return !t.reached
		}
	}
	return false
}
