package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/app/roles"
)

func newRole(g *globals) *cobra.Command {
	return group("role", "Roles of the running process: list, start, stop, restart",
		jsonFlag(&cobra.Command{
			Use:   "list",
			Short: "Lists the roles and what each is doing",
			Args:  takes(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error {
				return ask(g, cmd, "role.list", app.None{}, printRoles)
			},
		}),
		newRoleDo(g, "start", "Starts a role that is stopped"),
		newRoleDo(g, "stop", "Stops a role once it has finished what it holds"),
		newRoleDo(g, "restart", "Stops a role and starts it again"))
}

func newRoleDo(g *globals, do, what string) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   do + " ROLE",
		Short: fmt.Sprintf("%s (%s)", what, strings.Join(app.Roles(), ", ")),
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(g, cmd, "role.do", app.Role{Name: args[0], Do: do}, printRoles)
		},
	})
}

func printRoles(p *printer, all []roles.Status) {
	var rows [][]string
	for _, r := range all {
		rows = append(rows, []string{r.Name, string(r.State), clock(r.Since), r.Err})
	}
	p.table("ROLE STATE SINCE TROUBLE", rows)
}
