package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/text/width"

	"lamro/internal/control"
	"lamro/internal/news"
)

// printer collects what people read on stdout; flush writes it in one piece.
type printer struct {
	cmd  *cobra.Command
	buf  bytes.Buffer
	bold bool // stdout is a terminal
}

func newPrinter(cmd *cobra.Command) *printer {
	return &printer{cmd: cmd, bold: isTerminal(cmd.OutOrStdout())}
}

func (p *printer) line(format string, args ...any) { fmt.Fprintf(&p.buf, format+"\n", args...) }

// note says something to people that is no part of the answer, on stderr.
func (p *printer) note(format string, args ...any) {
	fmt.Fprintf(p.cmd.ErrOrStderr(), format+"\n", args...)
}

func (p *printer) flush() error {
	_, err := p.cmd.OutOrStdout().Write(p.buf.Bytes())
	return err
}

// table aligns rows of cells under a head; without rows it prints nothing. Cells are cleaned.
func (p *printer) table(head string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	w := tabwriter.NewWriter(&p.buf, 0, 0, 2, ' ', 0)
	if head != "" {
		fmt.Fprintln(w, strings.ReplaceAll(head, " ", "\t"))
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = clean(cell)
		}
		// An empty cell at the end would leave blanks behind the one before it.
		for len(cells) > 1 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	_ = w.Flush() // a buffer takes everything
}

// jsonFlag gives a command --json.
func jsonFlag(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().Bool("json", false, "print the answer as JSON, for programs")
	return cmd
}

func wantsJSON(cmd *cobra.Command) bool {
	yes, err := cmd.Flags().GetBool("json")
	return err == nil && yes
}

// printJSON writes v on one line, with letters such as < as they are.
func printJSON(cmd *cobra.Command, v any) error {
	e := json.NewEncoder(cmd.OutOrStdout())
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// clean makes a text safe for a terminal and a table: text from the web may hold escape
// sequences, line breaks, and letters that turn the writing direction.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\r', r == '\u2028', r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
}

// short cuts a text to at most n letters.
func short(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return strings.TrimRight(string(runes[:n-1]), " ") + "…"
}

// clock shows a time as the office's clocks do, "-" for none.
func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(news.Zone()).Format("2006-01-02 15:04")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// count says a number with its noun: "1 watch", "2 watches".
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(noun, "y"))
	case strings.HasSuffix(noun, "ch"):
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// pointed adds to a refusal that has a position the query, with a caret below the place.
func pointed(err error, query string) error {
	var e *control.Error
	if !errors.As(err, &e) || e.Pos == nil {
		return err
	}
	return usage(fmt.Errorf("%w\n%s", err, caret(query, *e.Pos)))
}

// around is how much of a long query is shown on each side of the caret, in letters.
const around = 36

// caret shows the line of text that holds the byte pos and points at it.
func caret(text string, pos int) string {
	pos = min(max(pos, 0), len(text))
	start := strings.LastIndexByte(text[:pos], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[pos:], '\n'); i >= 0 {
		end = pos + i
	}
	before, after := []rune(text[start:pos]), []rune(text[pos:end])
	left, right := "", ""
	if len(before) > around {
		before, left = before[len(before)-around:], "…"
	}
	if len(after) > around {
		after, right = after[:around], "…"
	}
	shown := clean(left + string(before))
	return fmt.Sprintf("  %s%s%s\n  %s^", shown, clean(string(after)), right, strings.Repeat(" ", columns(shown)))
}

// columns is how wide a text is on a terminal: marks of their own sit on the letter before, and
// what a phone types in full width takes two places (Unicode Standard Annex 11).
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.Is(unicode.Mn, r):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
