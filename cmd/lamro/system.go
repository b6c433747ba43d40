package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"lamro/internal/app"
)

func newVerify(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "verify",
		Short: "Hashes all evidence again and walks the audit trail",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.with(cmd, func(ctx context.Context, k *connection) error {
				v, err := show(ctx, k, cmd, "verify", app.None{}, printVerification)
				if err == nil && len(v.Problems) > 0 {
					err = wrong(nil)
				}
				return err
			})
		},
	})
}

func printVerification(p *printer, v app.Verification) {
	for _, problem := range v.Problems {
		p.line("%s", clean(problem))
	}
	p.line("audit trail  %d entries, head %s", v.AuditEntries, orDash(v.AuditHead))
	p.line("captures     %d files", v.Captures)
	if len(v.Problems) == 0 {
		p.line("all is as it was written")
		return
	}
	p.note("%s", count(len(v.Problems), "problem"))
}

func newRebuild(g *globals) *cobra.Command {
	in := app.Rebuilding{}
	index := &cobra.Command{
		Use:   "index",
		Short: "Builds the search index anew from the records; searches go on meanwhile",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			what := "the index"
			if in.Month != "" {
				if _, err := time.Parse("2006-01", in.Month); err != nil {
					return usage(fmt.Errorf("--month %q is no month: write 2026-11", in.Month))
				}
				what = in.Month + " of the index"
			}
			return ask(g, cmd, "rebuild.index", in, func(p *printer, _ app.None) { p.line("%s was built anew", what) })
		},
	}
	index.Flags().StringVar(&in.Month, "month", "", "only this month, as 2026-11")
	return group("rebuild", "Builds anew what is derived: index", jsonFlag(index))
}
