package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/news"
	"lamro/internal/query"
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
			return ask(g, cmd, "watch.list", app.None{}, func(p *printer, all []app.WatchState) {
				var rows [][]string
				for _, w := range all {
					rows = append(rows, []string{w.ID, string(w.Severity), watchState(w.Watch), orDash(backfillState(w.Backfill)), w.Name, short(w.Query, 60)})
				}
				p.table("ID SEVERITY STATE BACKFILL NAME QUERY", rows)
				p.note("%s", count(len(all), "watch"))
			})
		},
	})
}

// backfillState says how far a watch was applied to what is stored, "" for one that is paused.
func backfillState(b app.Backfill) string {
	if b.Articles > 0 {
		return fmt.Sprintf("%d%%", 100*b.Looked/b.Articles)
	}
	return b.State
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
		Use:   "add ID QUERY",
		Short: "Adds a watch; it is applied to what comes from now on and, without alerts, to what is stored",
		Example: `  lamro watch add sat-lo-ba-be '"Ba Bể" AND "sạt lở"' --name "Sạt lở Ba Bể" --severity high
  lamro watch add ky-niem '"kỷ niệm" NEAR/5 "Chợ Đồn"' --iy`,
		Args: takes(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 2) == (in.Query != "") {
				return usage(fmt.Errorf("%s needs the query after the id or in --query, one of them", cmd.CommandPath()))
			}
			if len(args) == 2 {
				in.Query = args[1]
			}
			in.ID, in.Severity = args[0], news.Severity(severity)
			return g.with(cmd, func(ctx context.Context, k *connection) error {
				_, err := show(ctx, k, cmd, "watch.add", in, printAdded)
				return pointed(err, in.Query)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Name, "name", "", "name in the interface (default the id)")
	f.StringVar(&in.Query, "query", "", "what to look for, where it does not stand after the id")
	queryFlags(cmd, &in.Mode, &in.IY)
	f.StringVar(&severity, "severity", string(news.Normal), "critical, high, normal or low")
	f.BoolVar(&in.Silent, "silent", false, "listed and searchable, never alerted")
	f.StringVar(&in.Note, "note", "", "why it exists, what to mind")
	return jsonFlag(cmd)
}

// queryFlags are the flags that say how a query is met.
func queryFlags(cmd *cobra.Command, mode *string, iy *bool) {
	cmd.Flags().StringVar(mode, "mode", "", "how marks are compared: auto, exact or fold (default auto)")
	cmd.Flags().BoolVar(iy, "iy", false, "y and i count as one where they spell one sound: kỹ is kĩ")
}

func printAdded(p *printer, w app.AddedWatch) {
	p.line("watch %s added: %s", w.ID, clean(w.Canonical))
	for _, warning := range w.Warnings {
		p.note("warning: %s", warning)
	}
	p.note("`lamro watch backtest %s` shows what it would have matched; `lamro watch show %s` how far it is applied to what is stored", w.ID, w.ID)
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
	rows = append(rows, []string{"query", w.Query}, []string{"mode", modeOf(w.Mode, w.IY)}, []string{"severity", string(w.Severity)},
		[]string{"state", watchState(w.Watch)}, []string{"owner", w.Owner})
	if w.Backfill.State != "" {
		rows = append(rows, []string{"backfill", backfillLong(w.Backfill)})
	}
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

func modeOf(mode query.Mode, iy bool) string {
	if iy {
		return string(mode) + ", y and i count as one"
	}
	return string(mode)
}

func backfillLong(b app.Backfill) string {
	if b.Articles > 0 {
		return fmt.Sprintf("%s, %d of %s", b.State, b.Looked, count(b.Articles, "stored article"))
	}
	return b.State
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
				done := k.followBacktest(ctx, cmd, &in)
				defer done()
				_, err := show(ctx, k, cmd, "watch.backtest", in, func(p *printer, r app.BacktestResult) {
					done()
					printBacktest(p, r)
				})
				return pointed(err, in.Query)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Query, "query", "", "try this query instead of a watch")
	queryFlags(cmd, &in.Mode, &in.IY)
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
