package web

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/internal/news"
)

// This file is all that the pages know of the rest of the system: the reads and writes they
// ask for and the views they show. Package app answers them from the records and the index.
// Every method may be called by many requests at once. A named thing that does not exist is
// records.ErrNotFound; other errors become a page that says so and one line in the log.

// What a write answers besides success; the page keeps what was typed and says what to do.
var (
	// ErrStale: somebody else changed the watch since the form was opened.
	ErrStale = errors.New("changed by somebody else meanwhile")
	// ErrTaken: another watch has the id.
	ErrTaken = errors.New("id is taken")
)

// A QueryError is a query that does not parse, or that a watch may not have.
type QueryError struct {
	Pos        int    // byte in the query, from 0; len(query) is its end
	Code       string // names a text "query.CODE" for people; unknown codes get a general one
	Expected   string // what should stand at Pos, in the words of the query language
	Suggestion string // the whole query put right, "" where only its writer can
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("query, byte %d: %s, expected %s", e.Pos, e.Code, e.Expected)
}

// Data is what the pages are made of.
type Data struct {
	Pulse    Pulse
	Today    Today
	Alerts   Alerts
	Search   Search
	Articles Articles
	Watches  Watches
	Sources  Sources
}

// Pulse feeds the header of every page and the event stream, which asks every few seconds: it
// should cost two small queries.
type Pulse interface {
	// Newest is when the newest article was first seen; zero when there is none.
	Newest(ctx context.Context) (time.Time, error)
	// Unseen counts the alerts that person has not seen.
	Unseen(ctx context.Context, person int64) (int, error)
}

// Today tells what of the day stands in no list.
type Today interface {
	// Today is the state of the day that t falls into, in the office's zone.
	Today(ctx context.Context, t time.Time) (TodayView, error)
}

// TodayView is the state of the day.
type TodayView struct {
	WithoutRecipient int          // alerts of the last days whose route reaches nobody
	Waiting          int          // deliveries that wait, as when no mail server is set
	NotAlerted       []NotAlerted // what was found today without an alert, by reason
}

// NotAlerted counts articles that were found and alerted nobody.
type NotAlerted struct {
	Reason string // news.NotNews…, or a Reason… of the deliveries
	Count  int
}

// The states of an alert that a list can be narrowed to.
const (
	AlertsUnseen = "unseen"
	AlertsOpen   = "open" // not yet acknowledged
	AlertsAll    = "all"
)

// Alerts lists what was alerted and notes who saw it.
type Alerts interface {
	List(ctx context.Context, f AlertFilter) (AlertPage, error)
	// MarkSeen marks alerts as seen by person; twice is no error.
	MarkSeen(ctx context.Context, person int64, alerts []int64) error
	// Acknowledge says that person takes care of an alert, and marks it seen. Who was first stays.
	Acknowledge(ctx context.Context, person int64, alert int64) (Alert, error)
}

// AlertFilter narrows a list of alerts.
type AlertFilter struct {
	Person   int64
	State    string        // AlertsUnseen, AlertsOpen or AlertsAll
	Severity news.Severity // "" for all
	Watch    string        // "" for all
	Before   int64         // only alerts with a smaller id; 0 for the newest
	Limit    int
}

// AlertPage is a part of a list, newest first.
type AlertPage struct {
	Alerts            []Alert
	Unseen, Open, All int // counts under the other filters
	Next              int64
}

// The states of what was sent for an alert.
const (
	SentDone        = "sent"
	SentWaiting     = "waiting" // no channel is set up, or the next try is due later
	SentFailed      = "failed"
	SentBundled     = "bundled"      // it went out in the message of another alert
	SentNoRecipient = "no-recipient" // the route reaches nobody
)

// An Alert is one article that one watch found.
type Alert struct {
	ID              int64
	Severity        news.Severity
	Watch           string
	WatchName       string
	Article         string
	Title           string
	Marks           []Mark   // of Title
	Matched         []string // words of the text, numbered as Marks
	Class           news.Class
	Reasons         []Reason
	Why             string // by the matcher, in English
	Source          string
	SourceName      string
	Tier            int
	Places          []string // names
	PublishedAt     time.Time
	FirstSeen       time.Time
	SentAt          time.Time
	Sent            string // one of Sent…, "" when only the bell was asked for
	Seen            bool
	AcknowledgedBy  string // a name, "" when nobody did
	AcknowledgedAt  time.Time
	AcknowledgeMine bool // by the person who looks
}

// A Reason is one part of why a watch matched: a term of its query and what met it.
type Reason struct {
	Term  string   // as the watch writes it
	Place string   // the name of the place that the term asks for, "" for a phrase
	Words []string // of the text, each once
	Field string   // news.Field… of the first
	Times int
}

// A Mark is a range of bytes of a text that matched; Term numbers what of the query it was,
// from 0. Marks may come in any order; ranges that are not of the text are ignored.
type Mark struct{ Start, End, Term int }

// The ways in which a query treats marks of letters.
const (
	ModeAuto  = "auto"
	ModeExact = "exact"
	ModeFold  = "fold"
)

// The orders of what was found.
const (
	SortNewest    = "newest"
	SortRelevance = "relevance"
)

// Search searches all mentions.
type Search interface {
	// Search answers a *QueryError when the text does not parse.
	Search(ctx context.Context, r SearchRequest) (SearchPage, error)
}

// SearchRequest is one page of one search. Everything in it stands in the page's address.
type SearchRequest struct {
	Text     string    // "" finds every mention
	Mode     string    // ModeAuto, ModeExact or ModeFold
	From     time.Time // first seen at or after; zero for no bound
	To       time.Time // first seen before
	Source   string    // ids and codes, "" for all
	Class    string
	Place    string
	Watch    string
	Tier     int  // 0 for all
	Articles bool // list articles instead of stories
	Sort     string
	After    string // cursor of the page before
	Limit    int
}

// SearchPage is what was found.
type SearchPage struct {
	Echo      QueryEcho // how the query was understood, empty without a text
	Stories   int
	Articles  int
	Capped    bool // there are more than the counts say
	Hits      []StoryHit
	Facets    []Facet
	Histogram []DayCount // without holes, oldest first
	Next      string     // cursor, "" on the last page
}

// StoryHit is one story with the article that stands for it and its copies.
type StoryHit struct {
	Hit
	Copies []Hit
	More   int // copies that are not listed
}

// Hit is one article that was found.
type Hit struct {
	Article      string
	Title        string
	TitleMarks   []Mark
	Snippet      string
	SnippetMarks []Mark
	Source       string
	SourceName   string
	Tier         int
	PublishedAt  time.Time
	FirstSeen    time.Time
	Places       []string
	Class        news.Class
	Certain      bool
}

// The facets that the page knows; others are not shown.
const (
	FacetSource = "source"
	FacetClass  = "class"
	FacetPlace  = "place"
	FacetWatch  = "watch"
	FacetTier   = "tier"
)

// A Facet counts the articles found by one property.
type Facet struct {
	Field  string
	Values []FacetValue
}

// A FacetValue is one value with its name for people. The names of classes and tiers are the
// pages' own.
type FacetValue struct {
	Value, Label string
	Articles     int
}

// A DayCount counts articles first seen on a day of the office's zone.
type DayCount struct {
	Day      time.Time // any moment of it
	Articles int
}

// Articles shows one article.
type Articles interface {
	Article(ctx context.Context, id string) (Article, error)
}

// An Article is one page at one address with all that is known of it.
type Article struct {
	ID            string
	URL           string
	Source        string
	SourceName    string
	Tier          int
	Language      string
	PublishedAt   time.Time
	PublishedFrom string // news.From…
	FirstSeen     time.Time
	IndexedAt     time.Time
	NotNews       string // news.NotNews…
	DeletedAt     time.Time
	Versions      []Version // oldest first, at least one unless deleted
	Mentions      []Mention // of the latest version
	Places        []string  // names of all that it is about
	Captures      []Capture // newest first
}

// A Version is the article's text as seen at one time.
type Version struct {
	N                 int
	Title, Lead, Body string
	Truncated         bool
	SeenAt            time.Time
	Cause             news.Cause
}

// A Mention is a watch that the latest version matched.
type Mention struct {
	news.Mention
	WatchName string
	Reasons   []Reason
}

// A Capture is a copy of the bytes as they were fetched.
type Capture struct {
	At            time.Time
	SHA256        string // of the file
	PayloadSHA256 string
	Bytes         int64
	Observations  int // how often the same bytes were met
}

// Sources shows how the visits go.
type Sources interface {
	List(ctx context.Context) ([]Source, error)
	// CheckNow makes a source due at once; its host's pace still holds.
	CheckNow(ctx context.Context, person int64, id string) error
	// Pause stops visits to a source until Resume, as when its owner asks for it.
	Pause(ctx context.Context, person int64, id, reason string) error
	Resume(ctx context.Context, person int64, id string) error
}

// A Source is an outlet or site that is visited.
type Source struct {
	ID, Name, URL string
	Class         string // press, state-portal, aggregator, foreign, other
	Tier          int
	Enabled       bool
	PausedReason  string // a person's words, when not Enabled
	LastSuccess   time.Time
	LastNew       time.Time // when its newest article was first seen
	UsualGap      time.Duration
	Pace          time.Duration // between two visits of a feed
	Robots        string        // "allowed", "partly", "disallowed", "none", "unreachable", "" unknown
	LastError     string        // a code such as "timeout", "" when the last visit went well
	LastErrorAt   time.Time
	Feeds         int
}
