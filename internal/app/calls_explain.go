package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

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
	Steps    []ExplainStep `json:"steps"`
	Mention  *news.Mention `json:"mention,omitempty"` // what the watch finds now
	Recorded *news.Mention `json:"recorded,omitempty"`
	Set      int64         `json:"set,omitempty"` // of watches that decided what is recorded; 0 where nobody did yet
	Paused   bool          `json:"paused,omitempty"`
}

// ExplainStep is one condition of a query, those that it joins below it.
type ExplainStep struct {
	query.Step
	Holds   bool     `json:"holds"`
	Met     []string `json:"met,omitempty"`     // where: the field and the words as they stand there
	Nearest *int     `json:"nearest,omitempty"` // syllables between the sides of NEAR where they stand closest
}

// maxMet is how many places of a term an explanation shows.
const maxMet = 5

func (a *App) explain(ctx context.Context, in ExplainQuestion) (Explanation, error) {
	w, err := watches.Get(ctx, a.db.Read(), in.Watch)
	if err != nil {
		return Explanation{}, refuse(err, "watch "+in.Watch)
	}
	e := Explanation{Article: in.Article, Watch: in.Watch, Paused: !w.Enabled, Steps: []ExplainStep{}}
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
	for _, f := range match.Explain(q, doc, a.names(ctx)) {
		e.Steps = append(e.Steps, ExplainStep{f.Step, f.Holds, met(f, doc), f.Nearest})
	}
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

// met tells where a step is met and how, of a place also why it is meant.
func met(f match.Finding, doc match.Document) (out []string) {
	for _, m := range f.Met[:min(len(f.Met), maxMet)] {
		i := slices.IndexFunc(doc.Fields, func(field query.Field) bool { return field.Name == m.Field })
		if i < 0 {
			continue
		}
		how := string(m.Class)
		switch {
		case f.Kind == query.StepPlace && m.Certain:
			how = "certain: " + m.Why
		case f.Kind == query.StepPlace:
			how = "not certain: " + m.Why
		}
		out = append(out, fmt.Sprintf("%s: %q, %s", m.Field, privacy.Mask(doc.Fields[i].Text.Original)[m.Start:m.End], how))
	}
	if more := f.Count - len(out); more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return out
}
