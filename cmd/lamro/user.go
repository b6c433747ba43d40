package main

import (
	"strings"

	"github.com/spf13/cobra"

	"lamro/internal/app"
)

func newUser(g *globals) *cobra.Command {
	return group("user", "People of the office: list, add, passwd, disable",
		newUserList(g), newUserAdd(g), newUserPasswd(g), newUserDisable(g))
}

func newUserList(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "Lists all people",
		Args:  takes(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(g, cmd, "user.list", app.None{}, func(p *printer, all []app.Person) {
				var rows [][]string
				for _, one := range all {
					rows = append(rows, []string{one.Login, personState(one), clock(one.SignedInAt), roleNames(one), one.Name, one.Email})
				}
				p.table("LOGIN STATE SIGNED-IN ROLES NAME EMAIL", rows)
			})
		},
	})
}

func personState(p app.Person) string {
	switch {
	case p.Disabled():
		return "disabled"
	case p.MustChange:
		return "one-time"
	}
	return "active"
}

func roleNames(p app.Person) string {
	names := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		names[i] = string(r)
	}
	return orDash(strings.Join(names, ","))
}

func newUserAdd(g *globals) *cobra.Command {
	var in app.NewPerson
	cmd := &cobra.Command{
		Use:     "add LOGIN",
		Short:   "Adds a person and prints their one-time password",
		Example: `  lamro user add truc-ban --name "Cán bộ trực" --email truc.ban@co-quan.gov.vn --role officer --role analyst`,
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needs(cmd, "name", "role"); err != nil {
				return err
			}
			in.Login = args[0]
			return ask(g, cmd, "user.add", in, printOneTime)
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Name, "name", "", "name as colleagues know it")
	f.StringVar(&in.Email, "email", "", "where alerts are sent")
	f.StringSliceVar(&in.Roles, "role", nil, "a role, again for each: "+strings.Join(app.RoleNames(), ", "))
	f.StringVar(&in.Language, "language", "", "language of the interface: vi or en (default vi)")
	return jsonFlag(cmd)
}

func newUserPasswd(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "passwd LOGIN",
		Short: "Gives a person a new one-time password and ends their sessions",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(g, cmd, "user.passwd", app.Login{Login: args[0]}, printOneTime)
		},
	})
}

// printOneTime shows a password this one time: it is kept nowhere.
func printOneTime(p *printer, o app.OneTime) {
	p.line("login              %s", o.Login)
	p.line("one-time password  %s", o.Password)
	p.note("it is shown only now and has to be changed at the first sign-in")
}

func newUserDisable(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "disable LOGIN",
		Short: "Ends a person's access and everything that is sent to them",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(g, cmd, "user.disable", app.Login{Login: args[0]}, func(p *printer, _ app.None) {
				p.line("%s is disabled", args[0])
			})
		},
	})
}
