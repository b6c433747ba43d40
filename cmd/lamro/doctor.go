package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/control"
)

func newDoctor(g *globals) *cobra.Command {
	var quick bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Says of each part whether it is well, or what is wrong and what to do",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if quick {
				return quickly(cmd, g)
			}
			return g.with(cmd, func(ctx context.Context, k *connection) error {
				d, err := show(ctx, k, cmd, "doctor", app.None{}, printDiagnosis)
				if err == nil && !d.Healthy {
					err = wrong(nil)
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&quick, "quick", false, "health check of a container: only asks the running process for its vital parts")
	return jsonFlag(cmd)
}

// mark is how a part begins its line.
func mark(well bool) string {
	if well {
		return "ok"
	}
	return "--"
}

func printDiagnosis(p *printer, d app.Diagnosis) {
	var rows [][]string
	for _, c := range d.Parts {
		rows = append(rows, []string{mark(c.Well), c.Part, c.Words})
		if c.Do != "" {
			rows = append(rows, []string{"", "", "> " + c.Do})
		}
	}
	p.table("", rows)
}

// vital are the parts without which a process is of no use. What the others say, such as a
// source in trouble, no restart would mend.
func vital(part string) bool {
	return slices.Contains([]string{"roles", "records", "stream", "index"}, part)
}

const quickLimit = 8 * time.Second // less than a container waits

// quickly asks the running process for its vital parts and opens nothing itself.
func quickly(cmd *cobra.Command, g *globals) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), quickLimit)
	defer cancel()
	c, err := control.Dial(ctx, g.data)
	if errors.Is(err, control.ErrNotRunning) {
		return wrong(fmt.Errorf("no lamro process is running on the data directory %s; start one with `lamro up`", g.data))
	} else if err != nil {
		return err
	}
	d, err := show(ctx, &connection{Client: c, running: true}, cmd, "doctor", app.None{}, func(p *printer, d app.Diagnosis) {
		d.Parts = slices.DeleteFunc(d.Parts, func(c app.Check) bool { return !vital(c.Part) })
		printDiagnosis(p, d)
	})
	if err == nil && slices.ContainsFunc(d.Parts, func(c app.Check) bool { return vital(c.Part) && !c.Well }) {
		err = wrong(nil)
	}
	return err
}
