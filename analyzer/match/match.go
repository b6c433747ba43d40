// Package match finds, in one pass over the tokens of an article, every watch that its text and
// places satisfy, and says by which words. What a query means is package query's; where a place
// is meant is package places'.
package match

import (
	"sync"

	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
)

// Watch is what the matcher needs of a standing query.
type Watch struct {
	ID       string
	Revision int
	Query    *query.Query
	Severity news.Severity
}

// Document is one version of an article with the places that were resolved in it. The codes of
// query.Document.Places are those of Found.
type Document struct {
	query.Document
	Found []places.Place
}

// NewDocument puts a document together.
func NewDocument(fields []query.Field, source string, found []places.Place) Document {
	return Document{
		Document: query.Document{Fields: fields, Source: source, Places: places.Codes(found)},
		Found:    found,
	}
}

// Set is a compiled set of watches: immutable, for use by many goroutines at once. It keeps
// nothing of the queries it was made of, so that a hundred thousand of them need not stay.
type Set struct {
	revision int64
	watches  []watch
	leaves   leaves
	filters  filters
	lanes    [laneCount]trie
	prefixes prefixes

	code    []uint32     // the programs of all watches, those of one anchor side by side
	root    []uint32     // by watch: where its program begins
	dates   []query.Date // what opDate asks for
	anchors []anchor     // what to ask when a leaf is met, by leaf
	asked   []uint32     // by leaf that is an anchor: where its part of anchors begins
	always  []anchor     // what to ask of every document

	finders sync.Pool // of *Finder, for Match
}

// watch is what a mention says of its watch.
type watch struct {
	id       string
	severity news.Severity
	revision int
}

// Revision is the revision of the set as Compile was told.
func (s *Set) Revision() int64 { return s.revision }

// Len is the number of watches in the set.
func (s *Set) Len() int { return len(s.watches) }

// ID is the id of the watch that a Found names by its number: its place in what Compile was given.
func (s *Set) ID(watch int32) string { return s.watches[watch].id }

// Term is what of a query a Span shows, as the first watch that has it writes it.
func (s *Set) Term(leaf int32) string {
	if s.leaves.kinds[leaf].is(kindPrefix) {
		return s.leaves.text(leaf) + "*"
	}
	return s.leaves.text(leaf)
}
