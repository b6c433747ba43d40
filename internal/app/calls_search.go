package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/internal/control"
	"lamro/internal/index"
	"lamro/internal/query"
	"lamro/internal/records/frontier"
	"lamro/internal/search"
)

// SearchQuestion is `lamro search`.
type SearchQuestion struct {
	Query    string    `json:"query"`
	Mode     string    `json:"mode,omitempty"` // auto, exact or fold
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Source   string    `json:"source,omitempty"`
	Place    string    `json:"place,omitempty"`
	Watch    string    `json:"watch,omitempty"`
	Articles bool      `json:"articles,omitempty"`
	Limit    int       `json:"limit,omitempty"`
	After    string    `json:"after,omitempty"`
	Explain  bool      `json:"explain,omitempty"`
}

// SearchAnswer is a page of stories with what speaks against the query.
type SearchAnswer struct {
	search.Response
	Warnings []string     `json:"warnings,omitempty"`
	Steps    []query.Step `json:"steps,omitempty"` // what the query means, where it is to be explained
}

func (a *App) searchCalls(m *control.Mux) {
	control.Register(m, "search", func(ctx context.Context, in SearchQuestion) (SearchAnswer, error) {
		found, err := a.search.Search(ctx, search.Request{
			Text: in.Query, Mode: query.Mode(in.Mode), From: in.From, To: in.To, Source: in.Source, Place: in.Place,
			Watch: in.Watch, Articles: in.Articles, Limit: in.Limit, After: in.After,
		})
		answer := SearchAnswer{Response: found}
		switch {
		case errors.Is(err, index.ErrBadSearch):
			return answer, control.Invalid("%v", err)
		case err != nil || found.Asked == nil:
			return answer, refuse(err, "")
		}
		steps := found.Asked.Explain(a.names(ctx))
		answer.Warnings = Warnings(found.Asked, steps)
		if in.Explain {
			answer.Steps = steps
		}
		return answer, nil
	})
}

// names are the names of places and sources as they are now; a source that cannot be read has none.
func (a *App) names(ctx context.Context) query.Names {
	return query.Names{Place: a.gazetteer.Name, Source: func(id string) string {
		s, err := frontier.GetSource(ctx, a.db.Read(), id)
		if err != nil {
			return ""
		}
		return s.Name
	}}
}

// Warnings are what speaks against a query and its steps, in English, for programs and terminals.
func Warnings(q *query.Query, steps []query.Step) []string {
	out := []string{}
	for _, w := range q.Warnings {
		out = append(out, w.Text)
	}
	for _, code := range query.Unknown(steps) {
		out = append(out, fmt.Sprintf("the directory of places has no %s, so place:%s never matches", code, code))
	}
	return out
}
