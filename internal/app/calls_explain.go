package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lamro/analyzer"
	"lamro/analyzer/match"
	"lamro/internal/control"
	"lamro/internal/news"
	"lamro/internal/privacy"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/mentions"
	"lamro/internal/records/watches"
)

// ExplainQuestion is `lamro explain`.
type ExplainQuestion struct {
	Article string `json:"article"`
	Watch   string `json:"watch"`
}

// Explanation says why a watch matches an article or does not, as both are now.
type Explanation struct {
	Article  string        `json:"article"`
	N        int           `json:"n"` // the version that was analyzed last, or the newest
	Title    string        `json:"title"`
	Watch    string        `json:"watch"`
	Query    string        `json:"query"`
	Matches  bool          `json:"matches"`
	Terms    []ExplainTerm `json:"terms"`
	Mention  *news.Mention `json:"mention,omitempty"` // what the watch finds now
	Recorded *news.Mention `json:"recorded,omitempty"`
	Set      int64         `json:"set,omitempty"` // of watches that decided what is recorded; 0 where nobody did yet
	Paused   bool          `json:"paused,omitempty"`
}

// ExplainTerm is one condition of a query, those that it joins below it.
type ExplainTerm struct {
	Depth int      `json:"depth"`
	Term  string   `json:"term"` // AND, OR, NOT, or the condition itself in canonical form
	Holds bool     `json:"holds"`
	Met   []string `json:"met,omitempty"` // where: the field and the words as they stand there
}

// maxMet is how many places of a term an explanation shows.
const maxMet = 5

func (a *App) explain(ctx context.Context, in ExplainQuestion) (Explanation, error) {
	w, err := watches.Get(ctx, a.db.Read(), in.Watch)
	if err != nil {
		return Explanation{}, refuse(err, "watch "+in.Watch)
	}
	e := Explanation{Article: in.Article, Watch: in.Watch, Paused: !w.Enabled, Terms: []ExplainTerm{}}
	art, err := a.explained(ctx, in.Article, &e)
	switch {
	case errors.Is(err, articles.ErrErased):
		return e, control.Invalid("the text of article %s is gone: it was deleted, or never matched and is older than the texts that are kept", in.Article)
	case err != nil:
		return e, refuse(err, "article "+in.Article)
	}
	q, err := w.Parsed()
	if err != nil {
		return e, refuse(fmt.Errorf("watch %s: %w", in.Watch, err), "")
	}
	e.Query, e.Title = q.String(), privacy.Mask(art.Title)
	var reader analyzer.Reader
	doc := analyzer.Document(a.gazetteer, reader.Fields(art), analyzer.AboutArticle(art, a.outlets.of(art.Source)))
	found := match.Compile(0, []match.Watch{{ID: w.ID, Revision: w.Revision, Query: q, Severity: w.Severity}}).Match(doc)
	if e.Matches = len(found) > 0; e.Matches {
		e.Mention = &found[0]
	}
	e.add(q.Root, q.Options, doc, 0)
	return e, nil
}

// explained reads the version that was analyzed last, or the newest where none was, and what is
// recorded of the watch there.
func (a *App) explained(ctx context.Context, id string, e *Explanation) (news.Article, error) {
	q := a.db.Read()
	kept, err := articles.Get(ctx, q, id)
	if err != nil {
		return news.Article{}, err
	}
	last, err := mentions.Last(ctx, q, id)
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		return news.Article{}, err
	}
	e.N, e.Set = cmp.Or(last.N, kept.Latest), last.Set
	recorded, err := mentions.ForVersion(ctx, q, id, e.N)
	if err != nil {
		return news.Article{}, err
	}
	if i := slices.IndexFunc(recorded, func(m news.Mention) bool { return m.Watch == e.Watch }); i >= 0 {
		e.Recorded = &recorded[i]
	}
	return articles.Message(ctx, q, id, e.N)
}

// add explains a node by the definition of the language, which is plain and slow.
func (e *Explanation) add(n query.Node, o query.Options, doc match.Document, depth int) {
	one := &query.Query{Root: n, Options: o}
	t := ExplainTerm{Depth: depth, Holds: one.Eval(doc.Document)}
	var kids []query.Node
	switch n := n.(type) {
	case query.And:
		t.Term, kids = "AND", n.Nodes
	case query.Or:
		t.Term, kids = "OR", n.Nodes
	case query.Not:
		t.Term, kids = "NOT", []query.Node{n.Node}
	case query.Place:
		t.Term, t.Met = one.String(), placesMet(n.Code, doc)
	default:
		t.Term, t.Met = one.String(), wordsMet(one, doc)
	}
	e.Terms = append(e.Terms, t)
	for _, kid := range kids {
		e.add(kid, o, doc, depth+1)
	}
}

func wordsMet(q *query.Query, doc match.Document) (met []string) {
	for _, h := range q.Hits(doc.Document) {
		for _, f := range doc.Fields {
			if f.Name == h.Field {
				met = append(met, fmt.Sprintf("%s: %q, %s", h.Field, privacy.Mask(f.Text.Original)[h.Start:h.End], h.Class))
			}
		}
	}
	return few(met)
}

func placesMet(code string, doc match.Document) (met []string) {
	for _, p := range doc.Found {
		if !slices.Contains(p.Codes, code) {
			continue
		}
		how := "certain"
		if !p.Certain {
			how = "not certain"
		}
		for _, f := range doc.Fields {
			if f.Name == p.Field {
				met = append(met, fmt.Sprintf("%s: %q, %s: %s", p.Field, f.Text.Original[p.Start:p.End], how, p.Why))
			}
		}
	}
	return few(met)
}

func few(met []string) []string {
	if more := len(met) - maxMet; more > 0 {
		return append(met[:maxMet:maxMet], strings.TrimSpace(fmt.Sprintf("and %d more", more)))
	}
	return met
}
