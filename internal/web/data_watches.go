package web

import (
	"context"
	"time"

	"lamro/internal/news"
)

// Watches lists and changes the standing queries.
type Watches interface {
	List(ctx context.Context) ([]Watch, error)
	Get(ctx context.Context, id string) (Watch, error)
	// History lists the revisions of a watch, newest first.
	History(ctx context.Context, id string) ([]WatchRevision, error)
	// Recent lists what a watch found last.
	Recent(ctx context.Context, id string, limit int) ([]Hit, error)
	// Check parses a query as a watch would have it: *QueryError, or how it is understood.
	Check(ctx context.Context, q WatchQuery) (QueryEcho, error)
	// Preview matches a query with what is stored, newest first, for at most a few seconds:
	// *QueryError, or what it would have found.
	Preview(ctx context.Context, q WatchQuery) (Preview, error)
	// Add makes a new watch: ErrTaken, *QueryError.
	Add(ctx context.Context, person int64, w WatchDraft) (Watch, error)
	// Change makes a new revision of a watch: ErrStale when the watch is no longer at
	// w.Revision, *QueryError. The same content makes no revision.
	Change(ctx context.Context, person int64, w WatchDraft) (Watch, error)
	// Pause and Resume make a revision too.
	Pause(ctx context.Context, person int64, id, reason string) error
	Resume(ctx context.Context, person int64, id string) error
}

// A Watch is a standing query with its policy.
type Watch struct {
	ID       string
	Name     string
	Query    string
	Mode     string
	IY       bool // y and i count as one
	Severity news.Severity
	Alert    bool // what it finds is alerted, not only listed
	Enabled  bool
	Backfill Backfill
	Owner    string // a name, or "settings"
	Note     string
	Revision int
	Changed  time.Time
	By       string // who made the revision
	Days     []int  // stories a day, oldest first; the last is today
}

// How far a watch was applied to what is stored.
const (
	BackfillWaits = "waiting"
	BackfillRuns  = "running"
	BackfillDone  = "done"
)

// A Backfill says how far a watch was applied to what is stored; it is empty for one that is
// paused.
type Backfill struct {
	State            string
	Looked, Articles int // while it runs
}

// A WatchRevision is a watch as it stood.
type WatchRevision struct {
	Watch
	Reason string // of a pause
}

// A WatchDraft is what the form holds.
type WatchDraft struct {
	ID       string
	Name     string
	Query    string
	Mode     string
	IY       bool
	Severity news.Severity
	Alert    bool
	Note     string
	Revision int // that the form was opened with
}

// A WatchQuery is what of a watch decides about a text.
type WatchQuery struct {
	Query, Mode string
	IY          bool
}

// asks is the part of a draft that decides about a text.
func (d WatchDraft) asks() WatchQuery { return WatchQuery{d.Query, d.Mode, d.IY} }

// A QueryEcho is a query as it was understood.
type QueryEcho struct {
	Canonical string
	Steps     []QueryStep // in the order of the query
	Places    []PlaceEcho // that it asks for, each once
	Warnings  []string    // codes of texts "query.warning.CODE"
}

// A PlaceEcho names a place of a query: Term is what stands there, such as place:06.
type PlaceEcho struct{ Term, Name string }

// A QueryStep is one condition of a query, as the language explains itself: its text is
// "query.explain.KIND" with Args in its places, then "query.explain.in.IN",
// "query.explain.meets.MEETS" and "query.explain.iy" where these are given.
type QueryStep struct {
	Depth     int // how far below the top
	Kind      string
	Args      []string // a day as 2026-11-24
	Name      string   // of a place or source, "" where nobody knows it
	In, Meets string
	IY        bool
}

// A Preview is what a query would have found in what is stored.
type Preview struct {
	Days     []DayCount // that were read as a whole, oldest first, today last; by articles
	Articles int        // that were read on them
	Matched  int
	Certain  int
	Whole    bool // everything that is stored was read
	Samples  []Hit
}
