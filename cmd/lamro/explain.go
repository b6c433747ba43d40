package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lamro/analyzer"
	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/settings"
)

// explanation is what `watch test` says of one query, and of a text where one was given.
type explanation struct {
	Watch     string         `json:"watch,omitempty"`
	Canonical string         `json:"canonical"`
	Mode      query.Mode     `json:"mode"`
	IY        bool           `json:"iy,omitempty"`
	Terms     []clause       `json:"terms"`
	Warnings  []string       `json:"warnings"`
	Matches   *bool          `json:"matches,omitempty"` // where there is a text
	Mentions  []news.Mention `json:"mentions,omitempty"`
}

// clause is one condition of a query in words.
type clause struct {
	Term  string `json:"term"`
	Means string `json:"means"`
}

func newWatchTest(g *globals) *cobra.Command {
	var text, mode, file string
	var iy bool
	cmd := &cobra.Command{
		Use:   "test ID | --query QUERY",
		Short: "Validates and explains a watch of the settings, or a query, without an installation",
		Long: `Validates and explains a watch of the settings files, or a query: its canonical form, what each
term means, and what speaks against it as a watch. With a text it also says what matches and why.
It needs no installation and reads none: ` + "`lamro watch backtest`" + ` asks the stored articles.`,
		Example: `  lamro watch test thien-tai
  lamro watch test --query 'place:060 AND "sạt lở"' --text bai.txt`,
		Args: takes(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := oneOf(cmd, args, text)
			if err != nil {
				return err
			}
			s, err := g.settings(cmd)
			if err != nil {
				return err
			}
			w := settings.Watch{Query: text, Mode: mode, IY: iy, Severity: news.Normal}
			if id != "" {
				if w, err = watchOf(s, id); err != nil {
					return err
				}
			}
			return testWatch(cmd, s, w, file)
		},
	}
	f := cmd.Flags()
	f.StringVar(&text, "query", "", "explain this query instead of a watch")
	queryFlags(cmd, &mode, &iy)
	f.StringVar(&file, "text", "", "file with a text to try it on, - is standard input")
	return jsonFlag(cmd)
}

func watchOf(s *settings.Settings, id string) (settings.Watch, error) {
	i := slices.IndexFunc(s.Province.Watches, func(w settings.Watch) bool { return w.ID == id })
	if i < 0 {
		return settings.Watch{}, fmt.Errorf("there is no watch %s in %s", id, s.Province.Files["watches.yaml"].Name)
	}
	return s.Province.Watches[i], nil
}

func testWatch(cmd *cobra.Command, s *settings.Settings, w settings.Watch, file string) error {
	q, err := query.ParseWith(w.Query, query.Options{Mode: query.Mode(w.Mode), IY: w.IY})
	if wrongAt := query.IsSyntax(err); wrongAt != nil {
		return usage(fmt.Errorf("%w\n%s", err, caret(w.Query, wrongAt.Pos)))
	} else if err != nil {
		return usage(err)
	}
	gazetteer, err := places.Load(bytes.NewReader(s.Province.Places.Data), s.Province.Places.Name)
	if err != nil {
		return err
	}
	e := explanation{Watch: w.ID, Canonical: q.String(), Mode: q.Mode, IY: q.IY, Terms: terms(q.Root, gazetteer, []clause{}), Warnings: []string{}}
	unfit := q.ValidateWatch()
	if unfit != nil {
		e.Warnings = append(e.Warnings, "it cannot be a watch: "+unfit.Error())
	}
	for _, w := range q.Warnings {
		e.Warnings = append(e.Warnings, w.Text)
	}
	for _, code := range unknownPlaces(q, gazetteer) {
		e.Warnings = append(e.Warnings, fmt.Sprintf("the directory of places has no %s, so place:%s never matches", code, code))
	}
	if file != "" {
		body, err := readText(cmd, file)
		if err != nil {
			return err
		}
		e.try(gazetteer, q, w, body)
	}
	if err := printExplanation(cmd, e); err != nil {
		return err
	}
	if unfit != nil {
		return wrong(nil)
	}
	return nil
}

// readText reads a text as files and pipes have it.
func readText(cmd *cobra.Command, file string) (string, error) {
	if file == "-" {
		body, err := io.ReadAll(cmd.InOrStdin())
		return string(body), err
	}
	body, err := os.ReadFile(file) // #nosec G304 -- the file that the person named
	return string(body), err
}

// try matches the query on a text as the analyzer would on an article seen now.
func (e *explanation) try(g *places.Gazetteer, q *query.Query, w settings.Watch, body string) {
	var reader analyzer.Reader
	fields := reader.Add("text", body)
	set := match.Compile(0, []match.Watch{{ID: w.ID, Query: q, Severity: w.Severity}})
	e.Mentions = set.Match(analyzer.Document(g, fields, analyzer.About{
		Language: fields[0].Text.Language(), At: time.Now(),
	}))
	matches := len(e.Mentions) > 0
	e.Matches = &matches
}

// terms says what each condition of a query asks for.
func terms(n query.Node, g *places.Gazetteer, found []clause) []clause {
	switch n := n.(type) {
	case query.And:
		for _, one := range n.Nodes {
			found = terms(one, g, found)
		}
		return found
	case query.Or:
		for _, one := range n.Nodes {
			found = terms(one, g, found)
		}
		return found
	case query.Not:
		return terms(n.Node, g, found)
	}
	return append(found, clause{termOf(n), means(n, g)})
}

func termOf(n query.Node) string {
	if p, ok := n.(*query.Phrase); ok && p.In == query.Anywhere {
		return p.Text
	}
	return (&query.Query{Root: n, Options: query.Options{Mode: query.Auto}}).String()
}

func means(n query.Node, g *places.Gazetteer) string {
	switch n := n.(type) {
	case *query.Phrase:
		return wordsMean(n.Mode, n.Marked, len(n.Exact)) + scope(n.In)
	case *query.Prefix:
		return "words that begin so, " + marksMean(n.Mode, n.Marked) + scope(n.In)
	case *query.Loose:
		return fmt.Sprintf("these syllables in any order, at most %d others between%s", n.Slop, scope(n.Phrase.In))
	case *query.Near:
		order := "in either order"
		if n.Ordered {
			order = "in this order"
		}
		return fmt.Sprintf("one of each side, %s, at most %s between", order, count(n.Distance, "syllable"))
	case *query.Together:
		return "one of each side in one sentence"
	case query.Place:
		name := g.Name(n.Code)
		if name == "" {
			name = "unknown"
		}
		return "the place itself or one inside it: " + name
	case query.Source:
		return "articles of this source"
	case query.Site:
		return "articles of this host and its subdomains"
	case query.Lang:
		return "articles in this language"
	case query.Tier:
		return "articles of sources of this tier"
	case query.Date:
		return "articles published in this time, the days of the office included"
	}
	return ""
}

func wordsMean(mode query.Mode, marked bool, syllables int) string {
	switch {
	case mode == query.Exact:
		return "these words only"
	case mode == query.Fold || !marked:
		return "these letters whatever the marks"
	case syllables == 1:
		return "this word only, with its marks"
	}
	return "these words, or all of them without marks"
}

func marksMean(mode query.Mode, marked bool) string {
	if mode == query.Exact || mode == query.Auto && marked {
		return "with these marks"
	}
	return "whatever the marks"
}

func scope(s query.Scope) string {
	switch s {
	case query.InTitle:
		return ", in the title"
	case query.InBody:
		return ", outside the title"
	case query.Anywhere:
	}
	return ""
}

// unknownPlaces are the codes that a query asks for and the directory does not have, each once.
func unknownPlaces(q *query.Query, g *places.Gazetteer) (found []string) {
	query.Walk(q.Root, func(n query.Node) {
		if p, ok := n.(query.Place); ok && g.Name(p.Code) == "" && !slices.Contains(found, p.Code) {
			found = append(found, p.Code)
		}
	})
	return found
}

func printExplanation(cmd *cobra.Command, e explanation) error {
	if wantsJSON(cmd) {
		return printJSON(cmd, e)
	}
	p := newPrinter(cmd)
	p.line("query  %s", clean(e.Canonical))
	p.line("mode   %s", modeOf(e.Mode, e.IY))
	p.line("")
	var rows [][]string
	for _, t := range e.Terms {
		rows = append(rows, []string{"  " + t.Term, t.Means})
	}
	p.table("", rows)
	for _, w := range e.Warnings {
		p.note("warning: %s", w)
	}
	if e.Matches == nil {
		return p.flush()
	}
	p.line("")
	if !*e.Matches {
		p.line("does not match the text")
	}
	for _, m := range e.Mentions {
		how := "certainly"
		if !m.Certain {
			how = "not certainly"
		}
		p.line("matches the text, %s (%s)", how, m.Class)
		for _, why := range strings.Split(m.Why, "; ") {
			p.line("  %s", clean(why))
		}
	}
	return p.flush()
}
