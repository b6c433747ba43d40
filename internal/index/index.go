// Package index is the promise that every search index keeps: one document per article that is
// mentioned, replaced only by a newer revision, found by the query language and nothing else.
// It leaves storage to the packages below it and the words of a search box to package search.
package index

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"lamro/internal/query"
)

// ErrNotFound is returned by Get where the index holds no document of the article.
var ErrNotFound = errors.New("not in the index")

// ErrBadSearch is wrapped by the errors of Search that the caller caused: an unknown facet, a
// cursor of another search, a limit out of range.
var ErrBadSearch = errors.New("bad search")

// Limits of the contract.
const (
	MaxBatch = 500    // documents written at once; Apply cuts longer lists
	Exact    = 10_000 // counts are exact up to here and marked beyond
	MaxLimit = 1_000  // groups on a page
)

// Document is what the index holds of an article: its newest version, masked, and what was
// found in it. Texts are as published otherwise, so that they can be shown.
type Document struct {
	ID          string    `json:"id"`
	Rev         int64     `json:"rev"`   // article.rev
	Month       string    `json:"month"` // of FirstSeen in the office's time; never changes for an article
	N           int       `json:"n"`     // number of the version
	Source      string    `json:"source"`
	Class       string    `json:"class,omitempty"` // of the source: press, state portal, …
	Tier        int       `json:"tier,omitempty"`
	URL         string    `json:"url"`
	Title       string    `json:"title"`
	Lead        string    `json:"lead,omitempty"`
	Body        string    `json:"body,omitempty"`
	Language    string    `json:"language,omitempty"`
	PublishedAt time.Time `json:"published_at,omitzero"` // zero where no date is known
	FirstSeen   time.Time `json:"first_seen"`
	Watches     []string  `json:"watches,omitempty"`
	Places      []string  `json:"places,omitempty"` // codes, with all they lie in
	Story       string    `json:"story,omitempty"`  // empty is the article itself
	Case        string    `json:"case,omitempty"`
}

// Op writes one article: Put replaces what the index holds of it, Delete removes it.
type Op struct {
	Put   *Document // nil deletes
	ID    string
	Rev   int64
	Month string
}

// Put makes the Op that writes d.
func Put(d *Document) Op { return Op{Put: d, ID: d.ID, Rev: d.Rev, Month: d.Month} }

// Delete makes the Op that removes an article at rev.
func Delete(id string, rev int64, month string) Op { return Op{ID: id, Rev: rev, Month: month} }

// Outcome says what became of an Op.
type Outcome string

// The outcomes. Done and Stale are both success.
const (
	Done  Outcome = "done"
	Stale Outcome = "stale" // the index had this revision or a newer one
	Bad   Outcome = "bad"   // this Op can never be written; Err says why
)

// Result is the outcome of one Op.
type Result struct {
	Outcome Outcome
	Err     error // with Bad
}

// Index is a search index. All methods may be called from many goroutines.
type Index interface {
	// Apply writes ops and returns one Result for each, in order. What it reports is durable and
	// found by every Search that begins afterwards. An older or equal revision of an article
	// changes nothing, in whatever order and however often ops come. With an error nothing is
	// known of any op, and all of them may be sent again.
	Apply(ctx context.Context, ops []Op) ([]Result, error)
	// Erase removes the bytes of articles that were deleted, also where an ordinary deletion
	// leaves them for a later clean-up. It returns when they are gone. Twice is harmless.
	Erase(ctx context.Context, articles []Ref) error
	// Search answers one page.
	Search(ctx context.Context, s Search) (Page, error)
	// Get reads the document of an article, ErrNotFound where there is none.
	Get(ctx context.Context, article Ref) (Document, error)
	// Count counts the documents of a month, or of all where month is empty.
	Count(ctx context.Context, month string) (int, error)
	// Months lists the months that the index holds, oldest first, and those of them that it
	// knows to be incomplete, because their files could not be read.
	Months(ctx context.Context) (all, incomplete []string, err error)
	// Rebuild makes a month anew beside the old one, which is searched until fill returns nil,
	// and then takes its place. What Apply writes meanwhile is in both. After an error the old
	// one stays. A month that fill leaves empty is removed.
	Rebuild(ctx context.Context, month string, fill func(put func(context.Context, []Op) error) error) error
	// Generation names the format of what is stored.
	Generation() string
	// Health says what is wrong, nil where nothing is.
	Health(ctx context.Context) error
	// Close waits for what runs. Nothing may be called afterwards.
	Close() error
}

// Ref names an article and the month that its document lies in.
type Ref struct{ ID, Month string }

// Clock chooses which time of an article a Search means.
type Clock string

// The clocks. The publication time of an article is never later than when it was first seen;
// without one, first seen stands for it.
const (
	FirstSeen Clock = "first_seen"
	Published Clock = "published"
)

// Sort is the order of a page.
type Sort string

// The orders. Groups of equal rank follow by the id of story or article. By relevance, groups
// are ranked among the newest months that hold Exact articles, or all where there are fewer.
const (
	Newest    Sort = "newest"
	Relevance Sort = "relevance"
)

// Search asks for a page. The zero value is everything, newest first.
type Search struct {
	Query *query.Query // nil matches everything

	// Filters: a document passes where each list that is not empty holds one of its values.
	Sources, Places, Watches, Classes []string
	Tiers                             []int

	By       Clock     // for From, To, Histogram and Newest; "" is FirstSeen
	From, To time.Time // From ≤ t < To; zero is open

	Story    string // only documents of this story
	ByStory  bool   // a group is a story; else an article
	PerStory int    // documents that a group shows, newest first; 0 is 5

	Sort  Sort   // "" is Newest
	Limit int    // groups on the page; 0 is 20, -1 is none
	After string // Next of the page before, with the rest of the Search as it was

	Facets    []Facet
	Histogram bool // articles per day
}

// Facet names a field whose values are counted.
type Facet string

// The facets.
const (
	BySource Facet = "source"
	ByClass  Facet = "class"
	ByTier   Facet = "tier"
	ByPlace  Facet = "place"
	ByWatch  Facet = "watch"
)

// Page is the answer to a Search.
type Page struct {
	Groups   []Group
	Articles int  // that match, up to Exact
	Stories  int  // that they belong to, up to Exact
	Capped   bool // there are more articles than Exact, so both are "at least"

	Facets    map[Facet][]Value // most articles first; exact also where Capped
	Histogram []Day             // oldest first, days with none left out; exact also where Capped

	Next string // "" on the last page
}

// Group is a story, or an article, on a page.
type Group struct {
	Story    string
	Articles int // of the story that match
	Docs     []Document
}

// Value is a value of a facet and how many of the matching articles have it.
type Value struct {
	Value    string `json:"value"`
	Articles int    `json:"articles"`
}

// Day is a day in the office's time, such as "2026-11-24", and its matching articles.
type Day struct {
	Day      string `json:"day"`
	Articles int    `json:"articles"`
}

// At is the time of d that by means.
func (d *Document) At(by Clock) time.Time {
	if by != Published || d.PublishedAt.IsZero() || d.PublishedAt.After(d.FirstSeen) {
		return d.FirstSeen
	}
	return d.PublishedAt
}

// Site is the host of d's address, in lower case and without a port; "" where it has none.
func (d *Document) Site() string {
	u, err := url.Parse(d.URL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Group is the id of d's story, its own while it has none.
func (d *Document) Group() string {
	if d.Story == "" {
		return d.ID
	}
	return d.Story
}
