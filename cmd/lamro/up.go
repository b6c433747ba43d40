package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"lamro/internal/app"
	"lamro/internal/settings"
)

// upFlags are the flags of `lamro up`.
type upFlags struct {
	contact  string
	forTime  time.Duration
	only     []string
	json     bool
	recreate bool
}

func newUp(g *globals) *cobra.Command {
	f := &upFlags{}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Run the whole system in one process: crawl, analyze, index, alert, web",
		Long: `Runs the whole system in one process on embedded parts, until Ctrl-C.

The address given with --contact is sent to the sites that are visited, so that they can write
to the office. Until there is one, no public page is fetched.`,
		Example: `  lamro up --contact bao.chi@co-quan.gov.vn
  lamro up --only crawl,analyze --for 10m`,
		Args: takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return up(cmd, g, f) },
	}
	cmd.Flags().StringVar(&f.contact, "contact", "", "mail address or page by which visited sites reach the office")
	cmd.Flags().DurationVar(&f.forTime, "for", 0, "stop by itself after this time, such as 10m")
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "roles to run, of "+strings.Join(app.Roles(), ","))
	cmd.Flags().BoolVar(&f.json, "json", false, "print what happens as JSON Lines on standard output")
	cmd.Flags().BoolVar(&f.recreate, "recreate-streams", false, "make streams anew that were lost; they are filled again from the records")
	return cmd
}

func up(cmd *cobra.Command, g *globals, f *upFlags) error {
	if f.contact == "" && !f.json && contactIsUnset(cmd, g) {
		f.contact = askContact(cmd)
	}
	s, err := app.LoadSettings(app.SettingsOptions{File: configFile(cmd, g), Environ: os.Environ(), Contact: f.contact})
	if err != nil {
		return wrongSettings(err)
	}
	out := newTeller(cmd, f.json)
	a, err := app.Open(cmd.Context(), app.Options{
		Settings: s, Data: g.data, Version: version(), Log: newLog(cmd.ErrOrStderr(), s.Config.Log.Level, s.Config.Log.Format),
		Recreate: f.recreate, Events: out.tell, Reread: func() (*settings.Settings, error) {
			return app.LoadSettings(app.SettingsOptions{File: configFile(cmd, g), Environ: os.Environ(), Contact: f.contact})
		},
	})
	if err != nil {
		return startError(err)
	}
	if !s.Config.Office.Identified() {
		out.tell(app.Event{Kind: "no-contact", At: time.Now(), Text: "no contact is set, so no public page is fetched; " +
			"start with --contact YOUR-ADDRESS, or set office.contact in the settings or LAMRO_OFFICE_CONTACT"})
	}
	err = a.Run(cmd.Context(), app.RunOptions{Only: f.only, For: f.forTime, Started: func(st app.Started) { greet(cmd, a, st) }})
	return startError(errors.Join(err, a.Close()))
}

// startError chooses the status: what a person set wrong is 2.
func startError(err error) error {
	if app.IsSettings(err) {
		return usage(err)
	}
	return err
}

// greet says where the system is and, at the first start, who may come in and what to do next.
func greet(cmd *cobra.Command, a *app.App, st app.Started) {
	w := cmd.ErrOrStderr()
	if st.Address != "" {
		fmt.Fprintf(w, "Lamro is running: %s (Ctrl-C stops it)\n", st.Address)
	}
	if !st.First {
		if st.Waiting != "" {
			fmt.Fprintf(w, "Nobody has signed in yet; `lamro user passwd %s` gives a new one-time password\n", st.Waiting)
		}
		return
	}
	fmt.Fprintf(w, "First administrator: %s\n", st.Login)
	if isTerminal(w) {
		fmt.Fprintf(w, "One-time password:   %s\n", st.Password)
	} else if path, err := a.WriteFirstPassword(st.Password); err != nil {
		fmt.Fprintf(w, "The one-time password could not be written (%v); `lamro user passwd %s` gives a new one\n", err, st.Login)
	} else {
		fmt.Fprintf(w, "One-time password:   in %s\n", path)
	}
	fmt.Fprint(w, `Next: sign in and choose a password; add people with "lamro user add"; set smtp in the settings for mails.
"lamro doctor" says how each part is, "lamro help" what else there is.
`)
}

// contactIsUnset tells whether nothing but a question can bring a contact.
func contactIsUnset(cmd *cobra.Command, g *globals) bool {
	s, err := app.LoadSettings(app.SettingsOptions{File: configFile(cmd, g), Environ: os.Environ()})
	return err == nil && !s.Config.Office.Identified() && !s.Config.Crawl.AllowPrivate
}

// askContact asks on a terminal; elsewhere there is nobody to ask.
func askContact(cmd *cobra.Command) string {
	in, ok := cmd.InOrStdin().(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return ""
	}
	fmt.Fprint(cmd.ErrOrStderr(), "Mail address or page by which visited sites reach your office (Enter to go on without fetching): ")
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		return ""
	}
	return strings.TrimSpace(line)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// teller prints events: as JSON Lines for programs, or the few that people must hear.
type teller struct {
	mu   sync.Mutex
	json *json.Encoder
	err  io.Writer
}

func newTeller(cmd *cobra.Command, asJSON bool) *teller {
	t := &teller{err: cmd.ErrOrStderr()}
	if asJSON {
		t.json = json.NewEncoder(cmd.OutOrStdout())
	}
	return t
}

func (t *teller) tell(e app.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.json != nil {
		_ = t.json.Encode(e) // a reader that went away has nobody to tell
	}
	switch {
	case e.Kind == "source-failed" && e.Code == "no-contact":
		// Said once for all sources, at the start.
	case e.Kind == "source-failed":
		fmt.Fprintf(t.err, "%s could not be reached: %s (%s)\n", e.Source, e.Text, e.Code)
	case e.Kind == "offline", e.Kind == "no-contact":
		fmt.Fprintln(t.err, e.Text)
	case e.Kind == "crawl-paused":
		fmt.Fprintf(t.err, "crawling pauses: %s (%s)\n", e.Text, e.Code)
	case e.Kind == "quarantine":
		fmt.Fprintf(t.err, "given up: %s %s (%s); `lamro quarantine list` shows it\n", e.URL, e.Text, e.Code)
	}
}

// newLog is the log of a long-running command.
func newLog(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l}))
}
