package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/news"
)

func newWatch(g *globals) *cobra.Command {
	return group("watch", "Standing queries: list, add, show, test, backtest",
		newWatchList(g), newWatchAdd(g), newWatchShow(g), newWatchTest(g), newWatchBacktest(g))
}

func newWatchList(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "Lists all watches",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(g, cmd, "watch.list", app.None{}, func(p *printer, all []app.Watch) {
				var rows [][]string
				for _, w := range all {
					rows = append(rows, []string{w.ID, string(w.Severity), watchState(w), w.Name, short(w.Query, 60)})
				}
				p.table("ID SEVERITY STATE NAME QUERY", rows)
				p.note("%s", count(len(all), "watch"))
			})
		},
	})
}

func watchState(w app.Watch) string {
	switch {
	case !w.Enabled:
		return "paused"
	case !w.Alert:
		return "silent"
	}
	return "on"
}

func newWatchAdd(g *globals) *cobra.Command {
	var in app.NewWatch
	var severity string
	cmd := &cobra.Command{
		Use:     "add ID",
		Short:   "Adds a watch; it looks at what comes from now on",
		Example: `  lamro watch add sat-lo-ba-be --name "Sạt lở Ba Bể" --query '"Ba Bể" AND "sạt lở"' --severity high`,
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needs(cmd, "name", "query"); err != nil {
				return err
			}
			in.ID, in.Severity = args[0], news.Severity(severity)
			return g.with(cmd, func(ctx context.Context, k *connection) error {
				_, err := show(ctx, k, cmd, "watch.add", in, func(p *printer, w app.Watch) {
					p.line("watch %s added: %s", w.ID, clean(w.Query))
					p.note("`lamro watch backtest %s` shows what it would have matched", w.ID)
				})
				return pointed(err, in.Query)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Name, "name", "", "name in the interface")
	f.StringVar(&in.Query, "query", "", "what to look for")
	f.StringVar(&in.Mode, "mode", "", "how marks are compared: auto, exact or fold (default auto)")
	f.StringVar(&severity, "severity", string(news.Normal), "critical, high, normal or low")
	f.BoolVar(&in.Silent, "silent", false, "listed and searchable, never alerted")
	f.StringVar(&in.Note, "note", "", "why it exists, what to mind")
	return jsonFlag(cmd)
}

func newWatchShow(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "show ID",
		Short: "Shows a watch and its history",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(g, cmd, "watch.show", app.ID{ID: args[0]}, printWatch)
		},
	})
}

func printWatch(p *printer, w app.WatchInfo) {
	rows := [][]string{{"id", w.ID}, {"name", w.Name}}
	if w.NameEn != "" {
		rows = append(rows, []string{"English name", w.NameEn})
	}
	rows = append(rows, []string{"query", w.Query}, []string{"mode", string(w.Mode)}, []string{"severity", string(w.Severity)},
		[]string{"state", watchState(w.Watch)}, []string{"owner", w.Owner})
	if w.Note != "" {
		rows = append(rows, []string{"note", w.Note})
	}
	p.table("", rows)
	p.line("")
	rows = nil
	for _, h := range w.History {
		rows = append(rows, []string{strconv.Itoa(h.Revision), clock(h.ChangedAt), h.ChangedBy, watchState(h), string(h.Severity), short(h.Query, 60), h.Reason})
	}
	p.table("REVISION CHANGED BY STATE SEVERITY QUERY REASON", rows)
}

func newWatchBacktest(g *globals) *cobra.Command {
	var in app.Backtest
	cmd := &cobra.Command{
		Use:   "backtest ID | --query QUERY",
		Short: "Shows what a watch or a query would have matched, by day, with samples",
		Args:  takes(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := oneOf(cmd, args, in.Query)
			if err != nil {
				return err
			}
			in.ID = id
			return g.with(cmd, func(ctx context.Context, k *connection) error {
				_, err := show(ctx, k, cmd, "watch.backtest", in, printBacktest)
				return pointed(err, in.Query)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Query, "query", "", "try this query instead of a watch")
	f.StringVar(&in.Mode, "mode", "", "how marks of --query are compared: auto, exact or fold (default auto)")
	f.IntVar(&in.Days, "days", 30, "how many days back")
	return jsonFlag(cmd)
}

// oneOf returns the id of a watch, "" where a query is given instead; it refuses both and neither.
func oneOf(cmd *cobra.Command, args []string, query string) (string, error) {
	if (len(args) == 1) == (query != "") {
		return "", usage(fmt.Errorf("%s needs the id of a watch or --query, one of them", cmd.CommandPath()))
	}
	if len(args) == 0 {
		return "", nil
	}
	return args[0], nil
}

func printBacktest(p *printer, r app.BacktestResult) {
	p.line("%s", clean(r.Query))
	p.line("matched %d of %s, %d of them certain", r.Matched, count(r.Articles, "article"), r.Certain)
	if r.Matched == 0 {
		return
	}
	p.line("")
	var rows [][]string
	for _, d := range r.Days {
		rows = append(rows, []string{d.Day, strconv.Itoa(d.Matched)})
	}
	p.table("DAY MATCHED", rows)
	p.line("")
	rows = nil
	for _, s := range r.Samples {
		certain := "certain"
		if !s.Certain {
			certain = "unsure"
		}
		rows = append(rows, []string{s.Article, certain, short(clean(s.Title), 60), s.Why})
	}
	p.table("ARTICLE HOW TITLE WHY", rows)
}
