package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// commands lists every command, in the order in which people meet them.
func commands(g *globals) []*cobra.Command {
	return []*cobra.Command{
		newUp(g), newDemo(g),
		newSearch(g), newWatch(g), newExplain(g), newSource(g), newTrace(g), newArticle(g), newQuarantine(g),
		newUser(g), newRole(g), newDoctor(g), newVerify(g), newRebuild(g),
		newConfig(g), newValidate(g), newTry(), newVersion(), newMan(),
	}
}

// group is a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:                        use,
		Short:                      short,
		SuggestionsMinimumDistance: 2,
		Args:                       onlySubcommands,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(subs...)
	return cmd
}

// onlySubcommands refuses a word that names none of the command's own commands.
func onlySubcommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no command %q in %q", args[0], cmd.CommandPath())
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return usage(fmt.Errorf("%s (see %s --help)", text, cmd.CommandPath()))
}

// takes makes a wrong number of arguments wrong usage, and shows what is right.
func takes(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage(fmt.Errorf("%w; usage: %s", err, cmd.UseLine()))
		}
		return nil
	}
}

// needs refuses a command line in which one of the named flags has no value.
func needs(cmd *cobra.Command, names ...string) error {
	var missing []string
	for _, name := range names {
		if f := cmd.Flag(name); f.Value.String() == "" || f.Value.String() == "[]" {
			missing = append(missing, "--"+name)
		}
	}
	if len(missing) > 0 {
		return usage(fmt.Errorf("%s needs %s", cmd.CommandPath(), strings.Join(missing, ", ")))
	}
	return nil
}
