package query

import (
	"errors"
	"fmt"
	"slices"
)

// The reasons why a query that searches well does not make a watch.
var (
	// ErrLoneSyllable: one syllable without marks stands for too many words.
	ErrLoneSyllable = errors.New("a lone syllable without marks matches too much")
	// ErrShortPrefix: so do few letters without marks.
	ErrShortPrefix = errors.New("fewer than four letters without marks before * match too much")
	// ErrNothingPositive: it matches nearly every article there is.
	ErrNothingPositive = errors.New("nothing says what must be there")
)

// watchPrefix is how many letters without marks a prefix in a watch has at least.
const watchPrefix = 4

// ValidateWatch says why q must not be a standing query, nil where it may: every way to match
// must need words or a place, and no phrase may be a lone syllable without marks, nor a prefix
// fewer than four letters without marks, unless the mode is Exact.
func (q *Query) ValidateWatch() error {
	var err error
	Walk(q.Root, func(n Node) {
		if err == nil {
			err = tooWide(n)
		}
	})
	if err != nil {
		return err
	}
	if !positive(q.Root) {
		return fmt.Errorf("%w; add a phrase or a place that must be there", ErrNothingPositive)
	}
	return nil
}

func tooWide(n Node) error {
	switch n := n.(type) {
	case *Phrase:
		if len(n.Exact) == 1 && n.Mode != Exact && (!n.Marked || n.Mode == Fold) {
			return fmt.Errorf("%q: %w; write it with its marks and without ~, add the words around it, or set the mode to exact", n.Text, ErrLoneSyllable)
		}
	case *Prefix:
		if n.Mode != Exact && (!n.Marked || n.Mode == Fold) && n.letters() < watchPrefix {
			return fmt.Errorf("%s*: %w; write more letters, or the words one by one", n.Text, ErrShortPrefix)
		}
	}
	return nil
}

// Walk calls f for n and every node below it, in the order of the query; the sides of Near and
// Together and the phrase of Loose are nodes below them.
func Walk(n Node, f func(Node)) {
	f(n)
	switch n := n.(type) {
	case And:
		for _, n := range n.Nodes {
			Walk(n, f)
		}
	case Or:
		for _, n := range n.Nodes {
			Walk(n, f)
		}
	case Not:
		Walk(n.Node, f)
	case *Loose:
		Walk(n.Phrase, f)
	case *Near:
		for _, l := range slices.Concat(n.Left, n.Right) {
			Walk(l, f)
		}
	case *Together:
		for _, l := range slices.Concat(n.Left, n.Right) {
			Walk(l, f)
		}
	}
}

// positive says whether n cannot match a text that holds none of its words and places.
func positive(n Node) bool {
	switch n := n.(type) {
	case And:
		return slices.ContainsFunc(n.Nodes, positive)
	case Or:
		return !slices.ContainsFunc(n.Nodes, func(n Node) bool { return !positive(n) })
	case *Phrase, *Prefix, *Loose, *Near, *Together, Place:
		return true
	}
	return false // Not, and filters that say where an article comes from and when
}
