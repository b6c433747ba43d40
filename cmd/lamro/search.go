package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/search"
)

func newSearch(g *globals) *cobra.Command {
	var in app.SearchQuestion
	var from, to string
	cmd := &cobra.Command{
		Use:   "search [QUERY]",
		Short: "Finds stories that mention the province",
		Long: `Finds stories, newest first. Without a query everything in the index is found.

A query has words, "phrases", AND, OR, NOT, parentheses, A NEAR/5 B, A ONEAR/5 B, "a b"~3,
A SAMESENT B, prefix*, ~folded, title: and body: before a word or a group, and the filters
place: source: site: lang: tier: from: to:. Typed with marks a phrase also meets texts without
any; typed without marks it meets every accent. NEAR counts syllables.`,
		Example: `  lamro search '"Ba Bể" AND "sạt lở"' --from 01/11/2026
  lamro search 'place:060 NOT "du lịch"' --json
  lamro search 'title:("sạt lở" OR lũ*) from:1/11/2026' --explain`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Query = strings.Join(args, " ")
			if err := searchDays(&in, from, to); err != nil {
				return err
			}
			return g.with(cmd, func(ctx context.Context, k *connection) error {
				_, err := show(ctx, k, cmd, "search", in, func(p *printer, a app.SearchAnswer) { printFound(p, a, in.Explain) })
				return pointed(err, in.Query)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "first day, as 24/11/2026 or 2026-11-24")
	f.StringVar(&to, "to", "", "last day")
	f.StringVar(&in.Source, "source", "", "only this source")
	f.StringVar(&in.Place, "place", "", "only this place or what lies in it, by its code")
	f.StringVar(&in.Watch, "watch", "", "only what this watch matched")
	f.StringVar(&in.Mode, "mode", "", "how marks are compared: auto, exact or fold (default auto)")
	f.BoolVar(&in.Articles, "articles", false, "each article by itself, not by story")
	f.IntVar(&in.Limit, "limit", 20, "at most so many stories")
	f.BoolVar(&in.Explain, "explain", false, "say how the query was understood")
	return jsonFlag(cmd)
}

// searchDays puts days of the office's calendar into the question; the last day is part of it.
func searchDays(in *app.SearchQuestion, from, to string) error {
	var err error
	if in.From, err = day("--from", from); err != nil {
		return err
	}
	if in.To, err = day("--to", to); err != nil || in.To.IsZero() {
		return err
	}
	in.To = in.To.AddDate(0, 0, 1)
	if !in.From.Before(in.To) {
		return usage(fmt.Errorf("--from %s is after --to %s", from, to))
	}
	return nil
}

// day reads a day as people here write it, or as ISO 8601; "" is no day.
func day(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2/1/2006", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, news.Zone()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage(fmt.Errorf("%s %q is no day: write 24/11/2026 or 2026-11-24", flag, text))
}

func printFound(p *printer, r app.SearchAnswer, explain bool) {
	for _, w := range r.Warnings {
		p.note("warning: %s", w)
	}
	if explain && r.Query != "" {
		p.line("query  %s", clean(r.Query))
		p.steps(r.Steps)
		p.line("")
	}
	for _, s := range r.Found {
		for i, a := range s.Shown {
			when, gap := clock(a.FirstSeen), strings.Repeat(" ", len("2006-01-02 15:04"))
			if i > 0 {
				when = strings.Repeat(" ", len(gap)-2) + "+ "
			}
			p.line("%s  %s", when, p.marked(a.Title, a.TitleMarks))
			if a.Snippet.Text != "" {
				p.line("%s  %s", gap, p.snippet(a.Snippet))
			}
			p.line("%s  %s  %s", gap, clean(a.Source), clean(a.URL))
			p.line("%s  %s", gap, a.ID)
		}
		if more := s.Articles - len(s.Shown); more > 0 {
			p.line("%s  and %d more of this story", strings.Repeat(" ", len("2006-01-02 15:04")), more)
		}
	}
	atLeast := ""
	if r.Capped {
		atLeast = "at least "
	}
	shown := ""
	if r.Next != "" {
		shown = fmt.Sprintf("; the newest %d are shown, --limit shows more", len(r.Found))
	}
	p.note("%s%s in %s%s", atLeast, count(r.Articles, "article"), count(r.Stories, "story"), shown)
}

// steps prints what a query means.
func (p *printer) steps(steps []query.Step) {
	for _, s := range steps {
		p.line("  %s%s", strings.Repeat("  ", s.Depth), clean(s.String()))
	}
}

func (p *printer) snippet(s search.Snippet) string {
	text := p.marked(s.Text, s.Marks)
	if s.Cut.Before {
		text = "…" + text
	}
	if s.Cut.After {
		text += "…"
	}
	return text
}

// marked shows what was found in bold where there is a terminal.
func (p *printer) marked(text string, marks []search.Mark) string {
	if !p.bold {
		return clean(text)
	}
	var b strings.Builder
	at := 0
	for _, m := range marks {
		if m.Start < at || m.End < m.Start || m.End > len(text) {
			continue
		}
		b.WriteString(clean(text[at:m.Start]) + "\x1b[1m" + clean(text[m.Start:m.End]) + "\x1b[0m")
		at = m.End
	}
	return b.String() + clean(text[at:])
}
