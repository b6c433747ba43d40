package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"lamro/internal/control"
	"lamro/internal/index"
	"lamro/internal/query"
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
	Warnings []string `json:"warnings,omitempty"`
}

func (a *App) searchCalls(m *control.Mux) {
	control.Register(m, "search", func(ctx context.Context, in SearchQuestion) (SearchAnswer, error) {
		var answer SearchAnswer
		if strings.TrimSpace(in.Query) != "" {
			q, err := parseQuery(in.Query, query.Options{Mode: query.Mode(in.Mode)})
			if err != nil {
				return answer, err
			}
			answer.Warnings = warningsOf(q)
		}
		var err error
		answer.Response, err = a.search.Search(ctx, search.Request{
			Text: in.Query, Mode: query.Mode(in.Mode), From: in.From, To: in.To, Source: in.Source, Place: in.Place,
			Watch: in.Watch, Articles: in.Articles, Limit: in.Limit, After: in.After, Explain: in.Explain,
		})
		if errors.Is(err, index.ErrBadSearch) {
			return answer, control.Invalid("%v", err)
		}
		return answer, refuse(err, "")
	})
}
