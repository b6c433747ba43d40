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
	"lamro/internal/app"
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
	Steps     []query.Step   `json:"steps"`
	Warnings  []string       `json:"warnings"`
	Matches   *bool          `json:"matches,omitempty"` // where there is a text
	Mentions  []news.Mention `json:"mentions,omitempty"`
}

func newWatchTest(g *globals) *cobra.Command {
	var text, mode, file string
	var iy bool
	cmd := &cobra.Command{
		Use:   "test ID | --query QUERY",
		Short: "Validates and explains a watch of the settings, or a query, without an installation",
		Long: `Validates and explains a watch of the settings files, or a query: its canonical form, what it
means step by step, and what speaks against it as a watch. With a text it also says what matches and why.
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

func sourceName(s *settings.Settings, id string) string {
	i := slices.IndexFunc(s.Province.Sources, func(s settings.Source) bool { return s.ID == id })
	if i < 0 {
		return ""
	}
	return s.Province.Sources[i].Name
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
	steps := q.Explain(query.Names{Place: gazetteer.Name, Source: func(id string) string { return sourceName(s, id) }})
	e := explanation{Watch: w.ID, Canonical: q.String(), Mode: q.Mode, IY: q.IY, Steps: steps, Warnings: app.Warnings(q, steps)}
	unfit := q.ValidateWatch()
	if unfit != nil {
		e.Warnings = slices.Insert(e.Warnings, 0, "it cannot be a watch: "+unfit.Error())
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

func printExplanation(cmd *cobra.Command, e explanation) error {
	if wantsJSON(cmd) {
		return printJSON(cmd, e)
	}
	p := newPrinter(cmd)
	p.line("query  %s", clean(e.Canonical))
	p.line("mode   %s", modeOf(e.Mode, e.IY))
	p.line("")
	p.steps(e.Steps)
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
