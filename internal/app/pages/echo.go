package pages

import (
	"context"
	"slices"
	"strconv"
	"time"

	"lamro/internal/query"
	"lamro/internal/web"
)

// unknownPlace is the code of the warning for a place that the directory does not have.
const unknownPlace = "unknown-place"

// echo tells how a query was understood, with the names of places and sources.
func (p *pages) echo(ctx context.Context, q *query.Query) (web.QueryEcho, error) {
	e := echo{pages: p, names: p.names()}
	if err := e.add(ctx, q.Root, 0); err != nil {
		return web.QueryEcho{}, err
	}
	out := web.QueryEcho{Canonical: q.String(), Parts: e.parts, Places: e.places, Warnings: e.warnings}
	for _, w := range q.Warnings {
		out.Warnings = append(out.Warnings, w.Code)
	}
	return out, nil
}

// echo collects what is told of a query.
type echo struct {
	*pages
	names    *names
	parts    []web.QueryPart
	places   []web.PlaceEcho
	warnings []string
}

func (e *echo) add(ctx context.Context, n query.Node, depth int) error {
	part := web.QueryPart{Depth: depth}
	var below []query.Node
	switch n := n.(type) {
	case query.And:
		part.Kind, below = web.PartAll, n.Nodes
	case query.Or:
		part.Kind, below = web.PartAny, n.Nodes
	case query.Not:
		part.Kind, below = web.PartNot, []query.Node{n.Node}
		if inner, ok := n.Node.(query.Or); ok {
			below = inner.Nodes // "none of" says it already
		}
	case *query.Loose:
		part.Kind, part.Words, part.N, part.In = web.PartLoose, n.Phrase.Text, n.Slop, scope(n.Phrase.In)
	case *query.Near:
		part.Kind, part.N = web.PartNear, n.Distance
		if n.Ordered {
			part.Kind = web.PartOrdered
		}
		part.Left, part.Right, part.In = sides(n.Left, n.Right)
	case *query.Together:
		part.Kind = web.PartSentence
		part.Left, part.Right, part.In = sides(n.Left, n.Right)
	case query.Leaf:
		part.Kind, part.Words, part.Meets, part.In = leaf(n)
	default:
		if err := e.filter(ctx, n, &part); err != nil {
			return err
		}
	}
	e.parts = append(e.parts, part)
	for _, b := range below {
		if err := e.add(ctx, b, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// filter tells what is asked of an article besides its text.
func (e *echo) filter(ctx context.Context, n query.Node, part *web.QueryPart) error {
	switch n := n.(type) {
	case query.Place:
		part.Kind, part.Words, part.Name = web.PartPlace, n.Code, e.PlaceName(n.Code)
		e.place(n.Code, part.Name)
	case query.Source:
		s, err := e.names.source(ctx, n.ID)
		if err != nil {
			return err
		}
		part.Kind, part.Words, part.Name = web.PartSource, n.ID, s.Name
	case query.Site:
		part.Kind, part.Words = web.PartSite, n.Host
	case query.Lang:
		part.Kind, part.Words = web.PartLanguage, n.Code
	case query.Tier:
		part.Kind, part.Words = web.PartTier, strconv.Itoa(n.N)
	case query.Date:
		part.Kind, part.From, part.To = web.PartDate, n.From, n.To
		if !n.To.IsZero() {
			part.To = n.To.Add(-time.Nanosecond) // people name the last day
		}
	}
	return nil
}

func (e *echo) place(code, name string) {
	term := placeTerm + code
	switch {
	case name == "" && !slices.Contains(e.warnings, unknownPlace):
		e.warnings = append(e.warnings, unknownPlace)
	case name != "" && !slices.ContainsFunc(e.places, func(p web.PlaceEcho) bool { return p.Term == term }):
		e.places = append(e.places, web.PlaceEcho{Term: term, Name: name})
	}
}

func leaf(n query.Leaf) (kind, words, meets, in string) {
	switch n := n.(type) {
	case *query.Phrase:
		return web.PartPhrase, n.Text, met(n.Mode, n.Marked, len(n.Exact) > 1), scope(n.In)
	case *query.Prefix:
		return web.PartPrefix, n.Text, met(n.Mode, n.Marked, false), scope(n.In)
	}
	return "", "", "", ""
}

// met says in which way words are met; see query.Mode.
func met(mode query.Mode, marked, several bool) string {
	switch {
	case mode == query.Exact:
		return web.MeetsSame
	case mode == query.Fold || !marked:
		return web.MeetsAnyMarks
	case several:
		return web.MeetsSameOrBare
	}
	return web.MeetsSame
}

func scope(s query.Scope) string {
	switch s {
	case query.InTitle:
		return web.PartInTitle
	case query.InBody:
		return web.PartInBody
	case query.Anywhere:
	}
	return ""
}

// sides are the words on both sides of NEAR or SAMESENT, and the field where all of them stand.
func sides(left, right []query.Leaf) (l, r []string, in string) {
	words := func(leaves []query.Leaf) (all []string) {
		for _, n := range leaves {
			kind, text, _, scope := leaf(n)
			if in = scope; kind == web.PartPrefix {
				text += "*"
			}
			all = append(all, text)
		}
		return all
	}
	return words(left), words(right), in
}
