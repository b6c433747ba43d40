package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/control"
	"lamro/internal/settings"
)

// configFile is the settings file that a person named, "" for none: then the default one counts
// where it exists, and the built-in settings where it does not.
func configFile(cmd *cobra.Command, g *globals) string {
	if !cmd.Flags().Changed("config") {
		return ""
	}
	return g.config
}

// settings reads and checks all settings. Wrong ones are status 2, all mistakes in one message.
func (g *globals) settings(cmd *cobra.Command) (*settings.Settings, error) {
	s, err := app.LoadSettings(app.SettingsOptions{File: configFile(cmd, g), Environ: os.Environ()})
	return s, wrongSettings(err)
}

func wrongSettings(err error) error {
	var p settings.Problems
	if errors.As(err, &p) {
		return usage(fmt.Errorf("the settings have %s:\n%w", count(len(p), "mistake"), err))
	}
	if app.IsSettings(err) {
		return usage(err)
	}
	return err
}

// connection makes calls to an installation: to the process that runs on it, or to the data
// directory opened by this command.
type connection struct {
	*control.Client
	running bool // a process answers
	close   func() error
}

// connect reaches the installation in the data directory. It makes none: only `lamro up` does.
func (g *globals) connect(cmd *cobra.Command) (*connection, error) {
	k := &connection{running: true}
	open := func() (app.Options, error) {
		k.running = false
		s, err := g.settings(cmd)
		if err != nil {
			return app.Options{}, err
		}
		return app.Options{Settings: s, Data: g.data, Version: version(), Log: warnings(cmd.ErrOrStderr())}, g.installed(s)
	}
	var err error
	k.Client, k.close, err = app.Connect(cmd.Context(), open, g.data)
	if app.IsSettings(err) {
		err = wrongSettings(err)
	}
	return k, err
}

// installed refuses a directory in which nothing was ever started: a misspelt --data must not
// become an empty installation that finds nothing.
func (g *globals) installed(s *settings.Settings) error {
	if s.Config.Records.URL.Reveal() != "" {
		return nil // the server says what is missing
	}
	path := s.Config.Records.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(g.data, path)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("there is no installation in the directory %s: start one with `lamro up`, or name another directory with --data", g.data))
	} else if err != nil {
		return fmt.Errorf("look for the installation: %w", err)
	}
	return nil
}

// warnings is the log of a short command: people see what went wrong and nothing else.
func warnings(stderr io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// with connects, does work, and lets go of the installation whatever happened.
func (g *globals) with(cmd *cobra.Command, work func(ctx context.Context, k *connection) error) error {
	k, err := g.connect(cmd)
	if err != nil {
		return err
	}
	return errors.Join(work(cmd.Context(), k), k.close())
}

// ask makes one call and shows its answer: exactly as it came with --json, else by words.
func ask[Out any](g *globals, cmd *cobra.Command, call string, in any, words func(p *printer, out Out)) error {
	return g.with(cmd, func(ctx context.Context, k *connection) error {
		_, err := show(ctx, k, cmd, call, in, words)
		return err
	})
}

// show is ask on a connection that is open already; it also returns the answer.
func show[Out any](ctx context.Context, k *connection, cmd *cobra.Command, call string, in any, words func(p *printer, out Out)) (Out, error) {
	var raw json.RawMessage
	var out Out
	if err := k.Call(ctx, call, in, &raw); err != nil {
		return out, err
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("call %s: answer: %w", call, err)
	}
	if wantsJSON(cmd) {
		if string(raw) == "null" && reflect.TypeFor[Out]().Kind() == reflect.Slice {
			raw = json.RawMessage("[]") // nobody wants to test for null before they loop
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", raw)
		return out, err
	}
	p := newPrinter(cmd)
	words(p, out)
	return out, p.flush()
}
