package query

import (
	"errors"
	"fmt"
)

// The reasons why a query that searches well does not make a watch.
var (
	// ErrLoneSyllable: one syllable without marks stands for too many words.
	ErrLoneSyllable = errors.New("a lone syllable without marks matches too much")
	// ErrNothingPositive: it matches nearly every article there is.
	ErrNothingPositive = errors.New("nothing says what must be there")
)

// ValidateWatch says why q must not be a standing query, nil where it may: every way to match
// must need a phrase or a place, and no phrase may be a lone syllable without marks, unless
// the mode is Exact.
func (q *Query) ValidateWatch() error {
	if p := lone(q.Root); p != nil && q.Mode != Exact {
		return fmt.Errorf("%q: %w; write it with its marks, add the words around it, or set the mode to exact", p.Text, ErrLoneSyllable)
	}
	if !positive(q.Root) {
		return fmt.Errorf("%w; add a phrase or a place that must be there", ErrNothingPositive)
	}
	return nil
}

func lone(n Node) *Phrase {
	switch n := n.(type) {
	case And:
		return loneOf(n.Nodes)
	case Or:
		return loneOf(n.Nodes)
	case Not:
		return lone(n.Node)
	case *Phrase:
		if len(n.Exact) == 1 && !n.Marked {
			return n
		}
	}
	return nil
}

func loneOf(nodes []Node) *Phrase {
	for _, n := range nodes {
		if p := lone(n); p != nil {
			return p
		}
	}
	return nil
}

// positive says whether n cannot match a text that holds none of its phrases and places.
func positive(n Node) bool {
	switch n := n.(type) {
	case And:
		for _, n := range n.Nodes {
			if positive(n) {
				return true
			}
		}
		return false
	case Or:
		for _, n := range n.Nodes {
			if !positive(n) {
				return false
			}
		}
		return true
	case *Phrase, Place:
		return true
	}
	return false // Not and Source
}
