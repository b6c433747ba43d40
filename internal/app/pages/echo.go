package pages

import (
	"context"
	"slices"

	"lamro/internal/query"
	"lamro/internal/web"
)

// unknownPlace is the code of the warning for a place that the directory does not have.
const unknownPlace = "unknown-place"

// echo tells how a query was understood, with the names of places and sources.
func (p *pages) echo(ctx context.Context, q *query.Query) (web.QueryEcho, error) {
	n := p.names()
	var unread error
	steps := q.Explain(query.Names{Place: p.PlaceName, Source: func(id string) string {
		s, err := n.source(ctx, id)
		if err != nil {
			unread = err
		}
		return s.Name
	}})
	if unread != nil {
		return web.QueryEcho{}, unread
	}
	out := web.QueryEcho{Canonical: q.String()}
	if len(query.Unknown(steps)) > 0 {
		out.Warnings = append(out.Warnings, unknownPlace)
	}
	for _, w := range q.Warnings {
		out.Warnings = append(out.Warnings, w.Code)
	}
	for _, s := range steps {
		out.Steps = append(out.Steps, web.QueryStep{Depth: s.Depth, Kind: s.Kind, Args: s.Args, Name: s.Name, In: s.In, Meets: s.Meets, IY: s.IY})
		if s.Kind != query.StepPlace || s.Name == "" {
			continue
		}
		if place := (web.PlaceEcho{Term: placeTerm + s.Args[0], Name: s.Name}); !slices.Contains(out.Places, place) {
			out.Places = append(out.Places, place)
		}
	}
	return out, nil
}
