// Package pages answers what the interface asks, from the records and the index: one file per
// page. It holds no state and decides nothing; words and layout belong to package web.
package pages

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/internal/news"
	"lamro/internal/privacy"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/frontier"
	"lamro/internal/records/people"
	"lamro/internal/records/watches"
	"lamro/internal/search"
	"lamro/internal/web"
)

// Deps is what the answers are made from.
type Deps struct {
	DB        *records.DB
	Search    *search.Service
	PlaceName func(code string) string // "" for a code that nobody knows
	Narrow    func(codes []string) []string
	// Find matches articles with one query, as the analyzer would; it is for one goroutine.
	Find func(*query.Query) func(news.Article) []news.Mention
	// Window is how far back texts are kept that never matched.
	Window time.Duration
	// WatchesChanged and SourcesChanged are called after a change was written.
	WatchesChanged func()
	SourcesChanged func()
}

// Data answers all that the interface asks.
func Data(d Deps) web.Data {
	p := &pages{d}
	return web.Data{
		Pulse: p, Today: today{p}, Alerts: alerts{p}, Search: found{p}, Articles: article{p}, Watches: standing{p}, Sources: sources{p},
	}
}

type pages struct{ Deps }

func (p *pages) Newest(ctx context.Context) (time.Time, error) {
	return articles.Newest(ctx, p.DB.Read())
}

func (p *pages) Unseen(ctx context.Context, person int64) (int, error) {
	return deliveries.Unseen(ctx, p.DB.Read(), person)
}

// names reads the names that one page needs, each once.
type names struct {
	p       *pages
	watches map[string]watches.Watch
	sources map[string]frontier.Source
	people  map[int64]string
}

func (p *pages) names() *names {
	return &names{p, map[string]watches.Watch{}, map[string]frontier.Source{}, map[int64]string{}}
}

func (n *names) watch(ctx context.Context, id string) (string, error) {
	w, ok := n.watches[id]
	if !ok {
		var err error
		if w, err = watches.Get(ctx, n.p.DB.Read(), id); err != nil && !errors.Is(err, records.ErrNotFound) {
			return "", err
		}
		n.watches[id] = w
	}
	if w.Name == "" {
		return id, nil
	}
	return w.Name, nil
}

func (n *names) source(ctx context.Context, id string) (frontier.Source, error) {
	s, ok := n.sources[id]
	if !ok {
		r, err := frontier.GetSource(ctx, n.p.DB.Read(), id)
		if err != nil && !errors.Is(err, records.ErrNotFound) {
			return s, err
		}
		if s = r.Source; s.Name == "" {
			s.Name = id
		}
		n.sources[id] = s
	}
	return s, nil
}

func (n *names) person(ctx context.Context, id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	name, ok := n.people[id]
	if !ok {
		p, err := people.Get(ctx, n.p.DB.Read(), id)
		if err != nil && !errors.Is(err, records.ErrNotFound) {
			return "", err
		}
		name = p.Name
		n.people[id] = name
	}
	return name, nil
}

// placesMost is how many places a line names; the article's page names all.
const placesMost = 4

// places names codes for people, at most so many, or all where most is 0. A stored place carries
// the codes of all it lies in; only what was meant is worth a line.
func (p *pages) places(codes []string, most int) []string {
	var out []string
	for _, c := range p.Narrow(codes) {
		if name := p.PlaceName(c); name != "" {
			out = append(out, name)
		}
		if most > 0 && len(out) == most {
			break
		}
	}
	return out
}

// fields are the texts of a version as the interface shows them: masked. Masking keeps every
// byte position, so spans stay valid.
func fields(a news.Article) map[string]string {
	return map[string]string{
		news.FieldTitle: privacy.Mask(a.Title), news.FieldLead: privacy.Mask(a.Lead), news.FieldBody: privacy.Mask(a.Body),
	}
}

// queryError says a syntax error in the words that the form knows.
func queryError(err error) error {
	if s := query.IsSyntax(err); s != nil {
		return &web.QueryError{Pos: s.Pos, Code: s.Code, Expected: s.Expected, Suggestion: s.Suggestion}
	}
	switch {
	case errors.Is(err, query.ErrLoneSyllable):
		return &web.QueryError{Code: "lone-syllable"}
	case errors.Is(err, query.ErrShortPrefix):
		return &web.QueryError{Code: "short-prefix"}
	case errors.Is(err, query.ErrNothingPositive):
		return &web.QueryError{Code: "nothing-positive"}
	}
	return err
}

// actor is the name under which a person's changes stand.
func (p *pages) actor(ctx context.Context, id int64) (string, error) {
	who, err := people.Get(ctx, p.DB.Read(), id)
	if err != nil {
		return "", fmt.Errorf("who changes this: %w", err)
	}
	return who.Login, nil
}
