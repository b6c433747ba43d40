// Package search answers what people type into a search box, for web, API and command line: it
// reads the query, asks the index, and marks in the texts what was found, with the same tokens
// that found it. What a query means is package query's, storage is the index's.
package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// Request is one search as a person states it.
type Request struct {
	Text string     // "" is everything
	Mode query.Mode // "" is Auto

	From, To               time.Time // From ≤ t < To; zero is open
	By                     index.Clock
	Source, Place, Watch   string // "" is any
	Class                  string
	Tier                   int // 0 is any
	Story                  string
	Articles               bool // each article by itself, not by story
	Limit                  int  // 0 is 20, -1 is counts only
	After                  string
	Sort                   index.Sort
	Facets                 []index.Facet
	Histogram              bool
	SnippetBytes, PerStory int // 0 is the default of 280 and 5
}

// Response is a page of stories.
type Response struct {
	Query    string   `json:"query"`           // as it was understood, in its canonical form; "" is everything
	Terms    []string `json:"terms,omitempty"` // its phrases and prefixes, numbered as in Mark.Term
	Articles int      `json:"articles"`
	Stories  int      `json:"stories"`
	Capped   bool     `json:"capped,omitempty"` // both are "at least"
	Found    []Story  `json:"found"`
	Next     string   `json:"next,omitempty"` // Request.After of the next page

	Asked *query.Query `json:"-"` // nil is everything

	Facets    map[index.Facet][]index.Value `json:"facets,omitempty"`
	Histogram []index.Day                   `json:"histogram,omitempty"`
}

// Story is a group of articles with the same text or nearly so, or one article alone.
type Story struct {
	ID       string    `json:"story"`
	Articles int       `json:"articles"` // that match
	Shown    []Article `json:"shown"`    // newest first
}

// Article is a document that matched, without its body, and what to show of it. Its texts are
// masked.
type Article struct {
	index.Document
	TitleMarks []Mark  `json:"title_marks,omitempty"` // in Title
	Snippet    Snippet `json:"snippet"`
}

// Mark is a range of bytes that the query met. Where phrases overlap, the range is that of all of
// them, the term that of the first.
type Mark struct {
	Start int        `json:"start"`
	End   int        `json:"end"`
	Term  int        `json:"term"` // number of the phrase or prefix in the query, from 0, as in Response.Terms
	Class news.Class `json:"class"`
}

// Service searches an index.
type Service struct{ index index.Index }

// New makes a Service.
func New(x index.Index) *Service { return &Service{x} }

// Search answers one page. What is wrong with the text is a *query.SyntaxError with its place;
// what is wrong with the rest wraps index.ErrBadSearch.
func (s *Service) Search(ctx context.Context, r Request) (Response, error) {
	asked, err := r.search()
	if err != nil {
		return Response{}, err
	}
	page, err := s.index.Search(ctx, asked)
	if err != nil {
		return Response{}, err
	}
	resp := Response{
		Articles: page.Articles, Stories: page.Stories, Capped: page.Capped, Next: page.Next,
		Found: make([]Story, len(page.Groups)), Facets: page.Facets, Histogram: page.Histogram,
	}
	if asked.Query != nil {
		resp.Asked, resp.Query = asked.Query, asked.Query.String()
		for _, l := range leaves(asked.Query.Root) {
			resp.Terms = append(resp.Terms, term(l))
		}
	}
	for i, g := range page.Groups {
		resp.Found[i] = Story{ID: g.Story, Articles: g.Articles, Shown: make([]Article, len(g.Docs))}
		for j, d := range g.Docs {
			resp.Found[i].Shown[j] = show(asked.Query, d, r.SnippetBytes)
		}
	}
	return resp, nil
}

func (r Request) search() (index.Search, error) {
	s := index.Search{
		By: r.By, From: r.From, To: r.To, Story: r.Story, ByStory: !r.Articles, PerStory: r.PerStory,
		Sort: r.Sort, Limit: r.Limit, After: r.After, Facets: r.Facets, Histogram: r.Histogram,
		Sources: one(r.Source), Places: one(r.Place), Watches: one(r.Watch), Classes: one(r.Class),
	}
	if r.Tier != 0 {
		s.Tiers = []int{r.Tier}
	}
	mode := r.Mode
	switch mode {
	case "":
		mode = query.Auto
	case query.Auto, query.Exact, query.Fold:
	default:
		return s, fmt.Errorf("%w: unknown mode %q", index.ErrBadSearch, r.Mode)
	}
	if strings.TrimSpace(r.Text) == "" {
		return s, nil
	}
	q, err := query.ParseMode(r.Text, mode)
	s.Query = q
	return s, err
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// leaves lists the phrases and prefixes below n, in the order of the query.
func leaves(n query.Node) (found []query.Leaf) {
	query.Walk(n, func(n query.Node) {
		if l, ok := n.(query.Leaf); ok {
			found = append(found, l)
		}
	})
	return found
}

// term is a phrase as typed, or a prefix with its asterisk.
func term(l query.Leaf) string {
	switch l := l.(type) {
	case *query.Phrase:
		return l.Text
	case *query.Prefix:
		return l.Text + "*"
	}
	return ""
}

// show marks in d what made q match it.
func show(q *query.Query, d index.Document, size int) Article {
	marks := map[string][]Mark{}
	if q != nil {
		terms := leaves(q.Root)
		for _, h := range q.Hits(asDocument(d)) {
			marks[h.Field] = append(marks[h.Field], Mark{h.Start, h.End, slices.Index(terms, h.Leaf), h.Class})
		}
	}
	for field := range marks {
		marks[field] = join(marks[field])
	}
	a := Article{d, marks[news.FieldTitle], snippet(d, marks, size)}
	a.Body = ""
	return a
}

func asDocument(d index.Document) query.Document {
	return query.Document{
		Fields: []query.Field{
			{Name: news.FieldTitle, Text: vietnamese.Read(d.Title)},
			{Name: news.FieldLead, Text: vietnamese.Read(d.Lead)},
			{Name: news.FieldBody, Text: vietnamese.Read(d.Body)},
		},
		Places: d.Places, Source: d.Source, Site: d.Site(), Language: d.Language, Tier: d.Tier,
		At: d.At(index.Published),
	}
}
