package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lamro/internal/app"
)

func newArticle(g *globals) *cobra.Command {
	return group("article", "Articles that were kept: delete", newArticleDelete(g))
}

func newArticleDelete(g *globals) *cobra.Command {
	in := app.Deletion{}
	cmd := &cobra.Command{
		Use:   "delete ARTICLE --reason WHY",
		Short: "Takes an article down for good: its text leaves every store",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needs(cmd, "reason"); err != nil {
				return err
			}
			in.ID = args[0]
			return ask(g, cmd, "article.delete", in, func(p *printer, _ app.None) {
				p.line("article %s is deleted; that it was, when and why stays in the audit trail", in.ID)
			})
		},
	}
	cmd.Flags().StringVar(&in.Reason, "reason", "", "why, for the audit trail")
	return jsonFlag(cmd)
}

func newTrace(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "trace ARTICLE",
		Short: "Shows one article's road with its times: seen, matched, indexed, told",
		Args:  takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(g, cmd, "article.trace", app.ID{ID: args[0]}, printTrace)
		},
	})
}

func printTrace(p *printer, t app.Trace) {
	a := t.Article
	rows := [][]string{{"article", a.ID}, {"source", a.Source}, {"url", orDash(a.URL)}, {"published", clock(a.PublishedAt)},
		{"first seen", clock(a.FirstSeen)}, {"indexed", clock(t.IndexedAt)}}
	if !a.DeletedAt.IsZero() {
		rows = append(rows, []string{"deleted", clock(a.DeletedAt)})
	}
	if !a.ForgottenAt.IsZero() {
		rows = append(rows, []string{"forgotten", clock(a.ForgottenAt)})
	}
	p.table("", rows)
	rows = nil
	for _, v := range t.Versions {
		rows = append(rows, []string{strconv.Itoa(v.N), clock(v.SeenAt), string(v.Cause), orDash(v.NotNews), short(v.Hash, 17)})
	}
	p.section("VERSION SEEN CAUSE NOT-NEWS HASH", rows)
	rows = nil
	for _, c := range t.Captures {
		rows = append(rows, []string{c.ID, clock(c.FetchedAt), strconv.Itoa(c.Status), strconv.FormatInt(c.Bytes, 10), clock(c.SealedAt), orDash(c.Path)})
	}
	p.section("CAPTURE FETCHED STATUS BYTES SEALED FILE", rows)
	rows = nil
	for _, m := range t.Mentions {
		certain := "certain"
		if !m.Certain {
			certain = "unsure"
		}
		rows = append(rows, []string{m.Watch, string(m.Severity), string(m.Class), certain, m.Why})
	}
	p.section("WATCH SEVERITY CLASS HOW WHY", rows)
	rows = nil
	for _, alert := range t.Alerts {
		for _, d := range alert.Tries {
			person := "-"
			if d.Person != 0 {
				person = fmt.Sprintf("person:%d", d.Person)
			}
			rows = append(rows, []string{strconv.FormatInt(alert.ID, 10), alert.Watch, clock(alert.CreatedAt), d.Channel, person,
				string(d.State), clock(d.SentAt), strings.TrimSpace(d.Cause + " " + d.Detail)})
		}
		if len(alert.Tries) == 0 {
			rows = append(rows, []string{strconv.FormatInt(alert.ID, 10), alert.Watch, clock(alert.CreatedAt), "-", "-", "nobody to tell"})
		}
	}
	p.section("ALERT WATCH MADE CHANNEL TO STATE SENT TROUBLE", rows)
}

// section is a table after a blank line; without rows it is nothing.
func (p *printer) section(head string, rows [][]string) {
	if len(rows) > 0 {
		p.line("")
		p.table(head, rows)
	}
}
