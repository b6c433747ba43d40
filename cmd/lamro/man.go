package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man [DIR]",
		Short: "Writes the manual pages into a directory, or the first one to standard output",
		Args:  takes(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			head := &doc.GenManHeader{Section: "1", Source: "Lamro " + version(), Manual: "Lamro"}
			root := cmd.Root()
			root.DisableAutoGenTag = true // pages of the same version are the same bytes
			if len(args) == 0 {
				return doc.GenMan(root, head, cmd.OutOrStdout())
			}
			if err := os.MkdirAll(args[0], 0o750); err != nil {
				return fmt.Errorf("make the directory: %w", err)
			}
			if err := doc.GenManTree(root, head, args[0]); err != nil {
				return fmt.Errorf("write the manual: %w", err)
			}
			return nil
		},
	}
}
