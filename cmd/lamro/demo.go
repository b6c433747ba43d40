package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/testweb"
)

func newDemo(g *globals) *cobra.Command {
	var forTime time.Duration
	var asJSON bool
	var listen string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the whole system against an invented web, without internet",
		Long: `Runs the whole system against a small web of our own on this machine: invented Vietnamese
outlets with a month of backlog that go on publishing. Within a minute there are mentions to
read and alerts in the bell. At the end that web's own ledger says what was found and told.

Everything is kept in a new temporary directory unless --data names one.`,
		Args: takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, remove, err := demoDirectory(cmd, g)
			if err != nil {
				return err
			}
			defer remove()
			return demo(cmd, app.DemoOptions{Data: dir, For: forTime, Listen: listen}, asJSON)
		},
	}
	cmd.Flags().DurationVar(&forTime, "for", 0, "stop by itself after this time, at least 30s; without it Ctrl-C stops it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what happens as JSON Lines, and at last one line with the judgement")
	cmd.Flags().StringVar(&listen, "listen", "", "address of the interface (default a free port on loopback)")
	return cmd
}

// demoMark is the file that says that a data directory was made by a demo.
const demoMark = "made-by-demo"

// demoDirectory is a new temporary directory, or the one that --data names if a demo made it or
// nothing is in it: never the directory of a real installation.
func demoDirectory(cmd *cobra.Command, g *globals) (dir string, remove func(), err error) {
	if !cmd.Flags().Changed("data") {
		dir, err = os.MkdirTemp("", "lamro-demo-")
		return dir, func() { _ = os.RemoveAll(dir) }, err
	}
	entries, err := os.ReadDir(g.data)
	if err != nil && !os.IsNotExist(err) {
		return "", nil, err
	}
	mark := filepath.Join(g.data, demoMark)
	if _, err := os.Stat(mark); err != nil && len(entries) > 0 {
		return "", nil, usage(fmt.Errorf("%s was not made by a demo; a demo does not touch it: name an empty directory with --data", g.data))
	}
	if len(entries) > 0 {
		// Another run has other outlets at other addresses: what an earlier one left is of no use.
		for _, e := range entries {
			if err := os.RemoveAll(filepath.Join(g.data, e.Name())); err != nil {
				return "", nil, err
			}
		}
	}
	if err := os.MkdirAll(g.data, 0o700); err != nil {
		return "", nil, err
	}
	return g.data, func() {}, os.WriteFile(mark, nil, 0o600)
}

func demo(cmd *cobra.Command, opt app.DemoOptions, asJSON bool) error {
	out := newTeller(cmd, asJSON)
	opt.Version, opt.Events = version(), out.tell
	opt.Log = newLog(cmd.ErrOrStderr(), "warn", "text")
	opt.Started = func(address string, accounts []app.DemoAccount) {
		w := cmd.ErrOrStderr()
		fmt.Fprintf(w, "The demo is running: %s (compressed clock, pace.scale %d; Ctrl-C stops it)\n", address, app.DemoScale)
		for _, a := range accounts {
			fmt.Fprintf(w, "  %-9s %s  %s\n", a.Login, a.Password, a.Name)
		}
	}
	report, err := app.Demo(cmd.Context(), opt)
	if err != nil {
		return startError(err)
	}
	if asJSON {
		if err := json.NewEncoder(cmd.OutOrStdout()).Encode(report); err != nil {
			return err
		}
	} else {
		fmt.Fprint(cmd.OutOrStdout(), summary(report.Demo))
	}
	if !report.OK() {
		return wrong(nil)
	}
	return nil
}

// summary is the judgement in words.
func summary(j testweb.Judgement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d pages; %d of %d mentions found, %d missed, %d false\n",
		j.Pages, j.Mentions.Found, j.Mentions.Expected, len(j.Mentions.Missed), len(j.Mentions.False))
	fmt.Fprintf(&b, "%d of %d alerts sent, %d repeated; from publishing to alert %d ms (p50), %d ms (p95)\n",
		j.Alerts.Sent, j.Alerts.Expected, j.Alerts.Repeated, j.PublishToAlert.P50, j.PublishToAlert.P95)
	fmt.Fprintf(&b, "%d violations of robots.txt or pace\n", len(j.Violations))
	for _, list := range [][]string{j.Mentions.Missed, j.Mentions.False, j.Violations} {
		for _, line := range list {
			fmt.Fprintln(&b, "  "+line)
		}
	}
	return b.String()
}
