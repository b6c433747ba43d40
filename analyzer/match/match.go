// Package match finds, in one pass over the tokens of an article, every watch that its text and
// places satisfy, and says by which words. What a query means is package query's; where a place
// is meant is package places'.
package match

import (
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

// Set is a compiled set of watches: immutable, for use by many goroutines at once.
type Set struct {
	revision int64
	watches  []compiled
	leaves   []leaf
	exact    trie
	folded   trie
	// Where a watch can only match if a leaf, a place or a source is there, it is asked then.
	byPlace  map[string][]int32
	bySource map[string][]int32
	always   []int32
	scratch  pool
}

// compiled is a watch ready to be asked.
type compiled struct {
	Watch
	root node
}

// leaf is a phrase that one or more watches share.
type leaf struct {
	phrase  *query.Phrase
	anchors []int32 // watches to ask when it is met
}

// node is a node of a query with its leaves numbered.
type node struct {
	kind  kind
	nodes []node
	leaf  int32
	code  string // of a place or source
}

type kind uint8

const (
	kindAnd kind = iota
	kindOr
	kindNot
	kindLeaf
	kindPlace
	kindSource
)

// Revision is the revision of the set as Compile was told.
func (s *Set) Revision() int64 { return s.revision }

// Len is the number of watches in the set.
func (s *Set) Len() int { return len(s.watches) }

// Compile makes a set. Each query must have been parsed by package query; two watches may share
// an id only if the caller wants both reported.
func Compile(revision int64, watches []Watch) *Set {
	s := &Set{
		revision: revision,
		exact:    newTrie(), folded: newTrie(),
		byPlace: map[string][]int32{}, bySource: map[string][]int32{},
	}
	known := map[string]int32{}
	for i, w := range watches {
		root := s.compile(w.Query.Root, known)
		s.watches = append(s.watches, compiled{w, root})
		s.anchor(int32(i), root) // #nosec G115 -- an installation has thousands of watches, not billions
	}
	return s
}

func (s *Set) compile(n query.Node, known map[string]int32) node {
	switch n := n.(type) {
	case query.And:
		return node{kind: kindAnd, nodes: s.compileAll(n.Nodes, known)}
	case query.Or:
		return node{kind: kindOr, nodes: s.compileAll(n.Nodes, known)}
	case query.Not:
		return node{kind: kindNot, nodes: s.compileAll([]query.Node{n.Node}, known)}
	case query.Place:
		return node{kind: kindPlace, code: n.Code}
	case query.Source:
		return node{kind: kindSource, code: n.ID}
	case *query.Phrase:
		return node{kind: kindLeaf, leaf: s.intern(n, known)}
	}
	panic("match: unknown node")
}

func (s *Set) compileAll(in []query.Node, known map[string]int32) []node {
	out := make([]node, len(in))
	for i, n := range in {
		out[i] = s.compile(n, known)
	}
	return out
}

// intern numbers a phrase; phrases that are written and met alike share a number.
func (s *Set) intern(p *query.Phrase, known map[string]int32) int32 {
	key := string(p.Mode) + "\x00" + p.Text
	if id, ok := known[key]; ok {
		return id
	}
	id := int32(len(s.leaves)) // #nosec G115 -- as many as the queries of an installation have terms
	known[key] = id
	s.leaves = append(s.leaves, leaf{phrase: p})
	s.exact.add(p.Exact, id)
	if p.Mode == query.Fold || p.Mode == query.Auto && (!p.Marked || len(p.Exact) > 1) {
		s.folded.add(p.Folded, id)
	}
	return id
}

// anchor files watch w under the least likely things of which one must be there.
func (s *Set) anchor(w int32, root node) {
	anchors, _, ok := s.cover(root)
	if !ok {
		s.always = append(s.always, w)
		return
	}
	for _, a := range anchors {
		switch a.kind {
		case kindLeaf:
			s.leaves[a.leaf].anchors = append(s.leaves[a.leaf].anchors, w)
		case kindPlace:
			s.byPlace[a.code] = append(s.byPlace[a.code], w)
		case kindSource:
			s.bySource[a.code] = append(s.bySource[a.code], w)
		default: // cover returns nothing else
		}
	}
}

// cover is the cheapest set of leaves, places and sources without any of which n cannot match;
// ok is false where n can match without anything.
func (s *Set) cover(n node) (anchors []node, cost float64, ok bool) {
	switch n.kind {
	case kindLeaf:
		return []node{n}, s.leaves[n.leaf].cost(), true
	case kindPlace:
		return []node{n}, costPlace, true
	case kindSource:
		return []node{n}, costSource, true
	case kindAnd:
		for _, kid := range n.nodes {
			if a, c, found := s.cover(kid); found && (!ok || c < cost) {
				anchors, cost, ok = a, c, true
			}
		}
		return anchors, cost, ok
	case kindOr:
		for _, kid := range n.nodes {
			a, c, found := s.cover(kid)
			if !found {
				return nil, 0, false
			}
			anchors, cost = append(anchors, a...), cost+c
		}
		return anchors, cost, true
	default: // NOT holds where nothing is
		return nil, 0, false
	}
}

// How often the things that anchor a watch are met, roughly, against each other.
const (
	costPlace  = 40.0
	costSource = 200.0
)

// cost guesses how often a phrase is met: a syllable more makes it some ten times rarer, and one
// without marks stands for several.
func (l leaf) cost() float64 {
	cost := 1000.0
	for range l.phrase.Exact {
		cost /= 10
	}
	if !l.phrase.Marked {
		cost *= 5
	}
	return cost
}
