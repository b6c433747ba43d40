package main

import (
	"cmp"
	"strconv"

	"github.com/spf13/cobra"

	"lamro/internal/app"
)

func newQuarantine(g *globals) *cobra.Command {
	return group("quarantine", "What could not be processed: list, show, replay, drop",
		newQuarantineList(g), newQuarantineShow(g), newQuarantineReplay(g), newQuarantineDrop(g))
}

func newQuarantineList(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "Lists what could not be processed, newest first",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(g, cmd, "quarantine.list", app.None{}, func(p *printer, all []app.GivenUp) {
				var rows [][]string
				for _, q := range all {
					rows = append(rows, []string{q.ID, clock(q.At), q.What, strconv.Itoa(q.Attempts),
						orDash(cmp.Or(q.Article, q.URL)), short(clean(q.Cause), 80)})
				}
				p.table("ID SINCE WHAT TRIES OF CAUSE", rows)
				if len(all) == 0 {
					p.note("nothing is in quarantine")
				}
			})
		},
	})
}

func newQuarantineShow(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "show ID",
		Short: "Shows one of them with its whole cause",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(g, cmd, "quarantine.show", app.ID{ID: args[0]}, func(p *printer, q app.GivenUp) {
				rows := [][]string{{"id", q.ID}, {"what", q.What}, {"since", clock(q.At)}, {"tries", strconv.Itoa(q.Attempts)}}
				for _, row := range [][]string{{"article", q.Article}, {"source", q.Source}, {"url", q.URL}} {
					if row[1] != "" {
						rows = append(rows, row)
					}
				}
				p.table("", append(rows, []string{"cause", q.Cause}))
			})
		},
	})
}

func newQuarantineReplay(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "replay ID",
		Short: "Tries one of them again",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(g, cmd, "quarantine.replay", app.ID{ID: args[0]}, func(p *printer, _ app.None) {
				p.line("%s is tried again", args[0])
			})
		},
	})
}

func newQuarantineDrop(g *globals) *cobra.Command {
	in := app.Dropping{}
	cmd := &cobra.Command{
		Use:   "drop ID --reason WHY",
		Short: "Gives one of them up for good",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needs(cmd, "reason"); err != nil {
				return err
			}
			in.ID = args[0]
			return ask(g, cmd, "quarantine.drop", in, func(p *printer, _ app.None) { p.line("%s is dropped", in.ID) })
		},
	}
	cmd.Flags().StringVar(&in.Reason, "reason", "", "why, for the audit trail")
	return jsonFlag(cmd)
}
