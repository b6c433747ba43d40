// Package news holds what crosses the streams between stages: an article as it was read, and
// the change of its mentions. It is data and pure functions over the standard library; every
// message carries a schema number, and readers accept the last two.
package news

import (
	"time"
	_ "time/tzdata" // months and days are those of Asia/Ho_Chi_Minh, also where the system has no zone data
)

// Schema is the number written into every message of this package.
const Schema = 1

// A Lane keeps news apart from work that can wait. Live never waits behind backfill.
type Lane string

// The lanes of ARTICLES and MENTIONS.
const (
	Live     Lane = "live"
	Backfill Lane = "backfill"
)

// A Cause says why a version of an article exists. Only Seen is an edit by the outlet.
type Cause string

// The causes of a version.
const (
	Seen        Cause = "seen"
	ReExtracted Cause = "re-extracted"
)

// A Severity orders alerts; the highest severity of the watches that matched names the subject
// of the message.
type Severity string

// The severities, highest first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Normal   Severity = "normal"
	Low      Severity = "low"
)

// Rank orders severities: 0 is none, 4 is critical.
func (s Severity) Rank() int {
	switch s {
	case Critical:
		return 4
	case High:
		return 3
	case Normal:
		return 2
	case Low:
		return 1
	}
	return 0
}

// Why a version is not news, so that it is indexed and listed but never alerted.
// The empty string means that it is news.
const (
	NotNewsFirstPoll   = "first-poll"   // it came with a feed's first poll
	NotNewsOld         = "old"          // published longer before it was seen than the settings allow
	NotNewsReExtracted = "re-extracted" // read again from a capture, the outlet changed nothing
	NotNewsBackfill    = "backfill"     // met while a watch was applied to what is stored
)

// Where a publication time was read, most trusted first.
const (
	FromFeed    = "feed"
	FromSitemap = "sitemap"
	FromJSONLD  = "json-ld"
	FromMeta    = "meta"
	FromTime    = "time" // a <time datetime> element
	FromText    = "text"
	FromURL     = "url"
)

// Article is one version of one article, the payload of ARTICLES. Its text is NFC with the
// stated repairs; Title, Lead and Body are plain text, paragraphs parted by a blank line.
type Article struct {
	Schema        int       `json:"schema"`
	ID            string    `json:"id"` // 26 characters of base32hex, see architecture: identity
	N             int       `json:"n"`  // number of the version, from 1
	Source        string    `json:"source"`
	URL           string    `json:"url"`
	Title         string    `json:"title"`
	Lead          string    `json:"lead,omitempty"`
	Body          string    `json:"body"`
	Truncated     bool      `json:"truncated,omitempty"` // the body was cut at MaxBody
	Language      string    `json:"language,omitempty"`
	PublishedAt   time.Time `json:"published_at,omitzero"`
	PublishedFrom string    `json:"published_from,omitempty"`
	FirstSeen     time.Time `json:"first_seen"`
	SeenAt        time.Time `json:"seen_at"` // when this version was seen
	Cause         Cause     `json:"cause"`
	Lane          Lane      `json:"lane"`
	NotNews       string    `json:"not_news,omitempty"`
	BodyHash      string    `json:"body_hash"`
}

// MaxBody is the longest body, in bytes, that a version keeps and the stream carries.
const MaxBody = 512 << 10

// A Class says how the text was met.
type Class string

// The classes of a match, best first.
const (
	Exact     Class = "exact"
	Canonical Class = "canonical" // another spelling of the same word: tone place, old name, case variant
	Folded    Class = "folded"    // met without marks
)

// The fields of an article that spans point into.
const (
	FieldTitle = "title"
	FieldLead  = "lead"
	FieldBody  = "body"
)

// A Span is a range of bytes in one field of a version as stored.
type Span struct {
	Field string `json:"field"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Term  string `json:"term"` // what of the query matched here, as the watch writes it
}

// A Mention is one version that one watch matched.
type Mention struct {
	Watch    string   `json:"watch"`
	WatchRev int      `json:"watch_rev"`
	Severity Severity `json:"severity"`
	Class    Class    `json:"class"`
	Certain  bool     `json:"certain"`
	Places   []string `json:"places,omitempty"` // unit codes resolved in the version, with their parents
	Spans    []Span   `json:"spans"`
	Why      string   `json:"why"` // in words, for people
}

// MentionEvent tells that what the index shows of an article has changed: the payload of
// MENTIONS. It carries no text. No mentions in it means that what the index holds of the
// article goes away. Only an event with Alert set may alert.
type MentionEvent struct {
	Schema   int       `json:"schema"`
	Article  string    `json:"article"`
	Rev      int64     `json:"rev"` // article.rev
	N        int       `json:"n"`
	Source   string    `json:"source"`
	Set      int64     `json:"set"` // revision of the compiled set of watches that decided
	Lane     Lane      `json:"lane"`
	Alert    bool      `json:"alert"` // from the analyzer, for a newly seen version that is news
	BodyHash string    `json:"body_hash"`
	SeenAt   time.Time `json:"seen_at"`
	Mentions []Mention `json:"mentions,omitempty"`
}

// Highest is the highest severity of the event's mentions, Low when there are none: the last
// token of the subject.
func (e MentionEvent) Highest() Severity {
	best := Low
	for _, m := range e.Mentions {
		if m.Severity.Rank() > best.Rank() {
			best = m.Severity
		}
	}
	return best
}
