package query

import (
	"slices"
	"strings"
)

// Eval says whether q matches doc. It is the definition of the language, written to be read: the
// matcher and the indexes are compared with it. The time grows with the length of the text times
// the leaves of q, not with the square of either.
func (q *Query) Eval(doc Document) bool { return eval(q.Root, doc) }

func eval(n Node, doc Document) bool {
	switch n := n.(type) {
	case And:
		return !slices.ContainsFunc(n.Nodes, func(n Node) bool { return !eval(n, doc) })
	case Or:
		return slices.ContainsFunc(n.Nodes, func(n Node) bool { return eval(n, doc) })
	case Not:
		return !eval(n.Node, doc)
	case Place:
		return slices.Contains(doc.Places, n.Code)
	case Source:
		return doc.Source == n.ID
	case Site:
		return doc.Site == n.Host || strings.HasSuffix(doc.Site, "."+n.Host)
	case Lang:
		return doc.Language == n.Code
	case Tier:
		return doc.Tier == n.N
	case Date:
		return (n.From.IsZero() || !doc.At.Before(n.From)) && (n.To.IsZero() || doc.At.Before(n.To))
	case textual:
		return slices.ContainsFunc(doc.Fields, func(f Field) bool { return len(n.Find(f)) > 0 })
	}
	panic("query: unknown node")
}

// textual is a node that is met by words of one field: *Phrase, *Prefix, *Loose, *Near, *Together.
type textual interface {
	Node
	// Find is what to show of f where the node matches there, in the order of the text; nil where
	// it does not.
	Find(f Field) []Hit
}

// Hits are the words that make q match doc, of every branch that holds, in the order of the query
// and then of the text; nil where q does not match or needs no word. What stands below NOT is
// never among them.
func (q *Query) Hits(doc Document) []Hit {
	if !q.Eval(doc) {
		return nil
	}
	return hits(q.Root, doc)
}

func hits(n Node, doc Document) (found []Hit) {
	switch n := n.(type) {
	case And:
		for _, n := range n.Nodes {
			found = append(found, hits(n, doc)...)
		}
	case Or:
		for _, n := range n.Nodes {
			if eval(n, doc) {
				found = append(found, hits(n, doc)...)
			}
		}
	case textual:
		for _, f := range doc.Fields {
			found = append(found, n.Find(f)...)
		}
	}
	return found
}
