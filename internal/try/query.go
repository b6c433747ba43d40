package try

import (
	"context"

	"lamro/internal/query"
)

type queryInput struct {
	Query string     `json:"query"`
	Mode  query.Mode `json:"mode"`
	IY    bool       `json:"iy"`
}

type queryOutput struct {
	Canonical string         `json:"canonical"`
	AST       tree           `json:"ast"`
	Warnings  []queryWarning `json:"warnings"`
}

type queryWarning struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Position int    `json:"position"` // byte of the query as given
}

// Query is `try query`, a function for Run: how a query is understood, as canonical form and as
// tree. A query that cannot be read fails with its code, the byte where it goes wrong, what was
// expected there, and the query put right where that can be said.
func Query(_ context.Context, raw []byte) (any, error) {
	var in queryInput
	if err := decode(raw, &in); err != nil {
		return nil, err
	}
	q, err := query.ParseWith(in.Query, query.Options{Mode: in.Mode, IY: in.IY})
	if e := query.IsSyntax(err); e != nil {
		f := failure(e.Code, "%v", e)
		f.Wrong = &Wrong{e.Pos, e.Expected, e.Suggestion}
		return nil, f
	}
	if err != nil {
		return nil, failure("bad-input", "%v", err)
	}
	out := queryOutput{Canonical: q.String(), AST: treeOf(q.Root, q.Mode), Warnings: []queryWarning{}}
	for _, w := range q.Warnings {
		out.Warnings = append(out.Warnings, queryWarning{w.Code, w.Text, w.Pos})
	}
	return out, nil
}
