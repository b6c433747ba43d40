package main

import (
	"cmp"
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"lamro/internal/app"
)

func newSource(g *globals) *cobra.Command {
	return group("source", "Outlets and sites that are visited: list, add, check",
		newSourceList(g), newSourceAdd(g), newSourceCheck(g))
}

func newSourceList(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "Lists all sources and how each is doing",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(g, cmd, "source.list", app.None{}, func(p *printer, all []app.Health) {
				var rows [][]string
				for _, s := range all {
					rows = append(rows, []string{s.ID, sourceState(s), strconv.Itoa(s.Tier), clock(s.LastSuccess), clock(s.LastNew),
						strconv.Itoa(s.Waiting), s.Name, sourceTrouble(s)})
				}
				p.table("ID STATE TIER VISITED NEW WAITING NAME TROUBLE", rows)
				p.note("%s", count(len(all), "source"))
			})
		},
	})
}

func sourceState(s app.Health) string {
	switch {
	case !s.Enabled:
		return "paused"
	case s.LastError != "":
		return "trouble"
	case s.LastTry.IsZero():
		return "new"
	case !s.Verified:
		return "unproven"
	}
	return "ok"
}

func sourceTrouble(s app.Health) string {
	if s.LastError == "" {
		return ""
	}
	return cmp.Or(s.ErrorText, s.LastError)
}

func newSourceAdd(g *globals) *cobra.Command {
	var in app.NewSource
	cmd := &cobra.Command{
		Use:     "add ID",
		Short:   "Adds a source; it is looked over before its feeds are read",
		Example: `  lamro source add bao-vi-du --name "Báo Ví Dụ" --home https://vidu.example/ --feed https://vidu.example/rss/tin-moi.rss`,
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needs(cmd, "name", "home"); err != nil {
				return err
			}
			in.ID = args[0]
			return g.with(cmd, func(ctx context.Context, k *connection) error {
				_, err := show(ctx, k, cmd, "source.add", in, func(p *printer, s app.Source) {
					p.line("source %s added", s.ID)
					p.note("it is looked over %s; `lamro source list` shows what came of it", whenVisited(k))
				})
				return err
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Name, "name", "", "name as people know it")
	f.StringVar(&in.Home, "home", "", "front page")
	f.StringVar(&in.Class, "class", "press", "press, state-portal, aggregator, foreign or other")
	f.IntVar(&in.Tier, "tier", 3, "1 is visited most often, 3 least")
	f.StringVar(&in.Place, "place", "", "code of its home unit")
	f.StringArrayVar(&in.Feeds, "feed", nil, "a feed, again for each; without one the site is searched for them")
	return jsonFlag(cmd)
}

func newSourceCheck(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "check ID",
		Short: "Has a source visited now",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.with(cmd, func(ctx context.Context, k *connection) error {
				_, err := show(ctx, k, cmd, "source.check", app.ID{ID: args[0]}, func(p *printer, _ app.None) {
					p.line("source %s is visited %s", args[0], whenVisited(k))
				})
				return err
			})
		},
	})
}

func whenVisited(k *connection) string {
	if k.running {
		return "now"
	}
	return "at the next start: no process is running on this data directory"
}
