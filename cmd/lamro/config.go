package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/settings"
)

func newConfig(g *globals) *cobra.Command {
	return group("config", "Settings: print, schema, env, apply",
		newConfigPrint(g), newConfigSchema(), newConfigEnv(), newConfigApply(g))
}

func newConfigPrint(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "print",
		Short: "Prints the settings in effect and where each comes from, without secrets",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := g.settings(cmd)
			for _, w := range s.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			return errors.Join(s.Print(cmd.OutOrStdout()), err)
		},
	}
}

func newConfigSchema() *cobra.Command {
	return &cobra.Command{
		Use:       "schema [FILE]",
		Short:     "Prints the JSON Schema of a settings file, for editors (" + strings.Join(settings.SchemaNames(), ", ") + ")",
		ValidArgs: settings.SchemaNames(),
		Args:      takes(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "lamro"
			if len(args) == 1 {
				name = strings.TrimSuffix(args[0], ".yaml")
			}
			out, err := settings.Schema(name)
			if err != nil {
				return usage(err)
			}
			_, err = cmd.OutOrStdout().Write(out)
			return err
		},
	}
}

func newConfigEnv() *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "env",
		Short: "Lists the environment variables that override settings",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if wantsJSON(cmd) {
				return printVariables(cmd)
			}
			p := newPrinter(cmd)
			var rows [][]string
			for _, v := range settings.Variables() {
				rows = append(rows, []string{v.Name, v.Key, v.Doc})
				if v.Secret {
					rows = append(rows, []string{v.Name + "_FILE", v.Key, "file that holds it"})
				}
			}
			rows = append(rows, []string{"LAMRO_WEBHOOK_<ID>_SECRET", "webhooks", "key of the signature of one webhook; _FILE too"})
			p.table("VARIABLE SETTING MEANING", rows)
			return p.flush()
		},
	})
}

// printVariables writes one JSON line for each variable.
func printVariables(cmd *cobra.Command) error {
	for _, v := range settings.Variables() {
		err := printJSON(cmd, struct {
			Name   string `json:"name"`
			Key    string `json:"key"`
			Doc    string `json:"doc"`
			Secret bool   `json:"secret"`
		}{v.Name, v.Key, v.Doc, v.Secret})
		if err != nil {
			return err
		}
	}
	return nil
}

func newConfigApply(g *globals) *cobra.Command {
	in := app.Applying{}
	cmd := &cobra.Command{
		Use:   "apply",
		Short: "Brings sources and watches up to date with the settings files; what people changed stays",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(g, cmd, "config.apply", in, func(p *printer, all []app.SeedChange) {
				var rows [][]string
				for _, c := range all {
					rows = append(rows, []string{c.File, c.ID, c.What, orDash(strings.Join(c.Fields, ",")), c.By})
				}
				p.table("FILE ID WHAT FIELDS BY", rows)
				switch {
				case len(all) == 0:
					p.note("nothing differs")
				case in.Dry:
					p.note("%s; nothing was changed, because of --dry-run", count(len(all), "difference"))
				default:
					p.note("%s", count(len(all), "difference"))
				}
			})
		},
	}
	cmd.Flags().BoolVar(&in.Dry, "dry-run", false, "only say what would change")
	return jsonFlag(cmd)
}

func newValidate(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "validate",
		Short: "Finds everything that is wrong in all settings files, with file, line and column",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := g.settings(cmd)
			for _, w := range s.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			var found settings.Problems
			if err != nil && !errors.As(err, &found) {
				return err
			}
			if err := printProblems(cmd, found); err != nil {
				return err
			}
			if len(found) > 0 {
				return wrong(errors.New(count(len(found), "mistake")))
			}
			file := s.File
			if file == "" {
				file = "the built-in settings"
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%s and %s: %s, %s, nothing wrong\n", file, s.Province.Dir,
				count(len(s.Province.Sources), "source"), count(len(s.Province.Watches), "watch"))
			return nil
		},
	})
}

// printProblems writes one line for each, in the form that editors jump to, or as JSON Lines.
func printProblems(cmd *cobra.Command, found settings.Problems) error {
	for _, p := range found {
		var err error
		if wantsJSON(cmd) {
			err = printJSON(cmd, p)
		} else {
			_, err = fmt.Fprintln(cmd.OutOrStdout(), p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
