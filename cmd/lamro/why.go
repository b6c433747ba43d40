package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/news"
)

func newExplain(g *globals) *cobra.Command {
	return jsonFlag(&cobra.Command{
		Use:   "explain ARTICLE WATCH",
		Short: "Why a watch matches an article or does not, term by term",
		Long: `Says of each condition of a watch whether it holds (+) or not (-) for an article, and where the
text meets it; then what is recorded. ARTICLE is an id as ` + "`lamro search`" + ` prints it.`,
		Args: takes(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask(g, cmd, "explain", app.ExplainQuestion{Article: args[0], Watch: args[1]}, printWhy)
		},
	})
}

func printWhy(p *printer, e app.Explanation) {
	p.table("", [][]string{
		{"article", e.Article}, {"version", strconv.Itoa(e.N)}, {"title", e.Title}, {"watch", e.Watch}, {"query", e.Query},
	})
	p.line("")
	switch {
	case e.Matches:
		p.line("matches, %s (%s)", surely(e.Mention.Certain), e.Mention.Class)
	default:
		p.line("does not match")
	}
	for _, s := range e.Steps {
		mark := "-"
		if s.Holds {
			mark = "+"
		}
		indent := strings.Repeat("  ", s.Depth)
		p.line("%s %s%s", mark, indent, clean(s.String()))
		for _, met := range s.Met {
			p.line("  %s  %s", indent, clean(met))
		}
		if s.Nearest != nil {
			p.line("  %s  closest: %s between", indent, count(*s.Nearest, "syllable"))
		}
	}
	p.line("")
	p.line("recorded  %s", recorded(e))
	if e.Paused {
		p.note("the watch is paused: it is asked of nothing that comes")
	}
}

func surely(certain bool) string {
	if certain {
		return "certainly"
	}
	return "not certainly"
}

func recorded(e app.Explanation) string {
	switch m := e.Recorded; {
	case e.Set == 0:
		return "nothing: the article was not analyzed yet"
	case m == nil:
		return "no mention, decided by set " + strconv.FormatInt(e.Set, 10)
	default:
		return mentionInWords(m) + ", decided by set " + strconv.FormatInt(e.Set, 10)
	}
}

func mentionInWords(m *news.Mention) string {
	return "a mention by revision " + strconv.Itoa(m.WatchRev) + ", " + surely(m.Certain) + " (" + string(m.Class) + ")"
}
