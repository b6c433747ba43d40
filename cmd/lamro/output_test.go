package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"lamro/internal/app"
	"lamro/internal/control"
	"lamro/internal/index"
	"lamro/internal/search"
)

func TestCaretStandsBelowThePlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, query string
		pos         int
		want        string
	}{
		{"start", `"sạt lở`, 0, "  \"sạt lở\n  ^"},
		{"behind letters of several bytes", `"lũ quét" "sạt`, len(`"lũ quét" `), "  \"lũ quét\" \"sạt\n            ^"},
		{"end", "x AND", 5, "  x AND\n       ^"},
		{"marks of their own take no column", "a\u0323\u0302 (", len("a\u0323\u0302 "), "  a\u0323\u0302 (\n    ^"},
		{"full width takes two columns", "ＡＢ (", len("ＡＢ "), "  ＡＢ (\n       ^"},
		{"only the line in question", "place:06 AND\n(\"sạt lở", 13, "  (\"sạt lở\n  ^"},
		{"beyond the end", "x", 9, "  x\n   ^"},
		{"empty", "", 0, "  \n  ^"},
	} {
		if got := caret(c.query, c.pos); got != c.want {
			t.Errorf("%s: caret(%q, %d) =\n%s\nwant\n%s", c.name, c.query, c.pos, got, c.want)
		}
	}
	long := strings.Repeat("sạt lở ", 20)
	// Of a long query only the part around the place is shown.
	lines := strings.Split(caret(long+"("+long, len(long)), "\n")
	if n := columns(lines[0]); n > 2*around+4 {
		t.Errorf("a long query takes %d columns", n)
	}
	if at := len([]rune(lines[1])) - 1; []rune(lines[0])[at] != '(' {
		t.Errorf("in a long query the caret is below %q, want below (:\n%s", []rune(lines[0])[at], strings.Join(lines, "\n"))
	}
}

func TestPointedKeepsOtherErrors(t *testing.T) {
	t.Parallel()
	plain := errors.New("disk on fire")
	if got := pointed(plain, "x"); !errors.Is(got, plain) || got.Error() != plain.Error() {
		t.Errorf("pointed of another error = %v, want it unchanged", got)
	}
	if got := pointed(nil, "x"); got != nil {
		t.Errorf("pointed(nil) = %v, want nil", got)
	}
	pos := 1
	got := pointed(&control.Error{Code: "invalid", Message: "position 1: no", Pos: &pos}, "x(")
	var e *exit
	if !errors.As(got, &e) || e.status != statusUsage || got.Error() != "position 1: no\n  x(\n   ^" {
		t.Errorf("pointed = %q, want the message with the query below and status %d", got, statusUsage)
	}
}

// Text of the web must neither steer the terminal nor break the lines.
func TestCleanDisarms(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Sạt lở\nBa Bể":             "Sạt lở Ba Bể",
		"a\tb\r\nc\u2028d":          "a b  c d",
		"\x1b[31mđỏ\x1b]0;tên\x07":  "[31mđỏ]0;tên",
		"\u202eđảo\u202c\u200bngầm": "đảongầm",
		"hỏng\xff":                  "hỏng",
		"Nguyễn 😀 — 100%":           "Nguyễn 😀 — 100%",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzFound: whatever stands in the index, what is printed holds no control letter but our own
// bold, and each field stays on its line.
func FuzzFound(f *testing.F) {
	f.Add("Sạt lở ở Ba Bể", "đoạn \x1b[2J đường", 0, 10)
	f.Add("\u202e\n", "", 5, 2)
	f.Add("é", "ế", 1, 2)
	f.Fuzz(func(t *testing.T, title, text string, start, end int) {
		var out bytes.Buffer
		cmd := &cobra.Command{}
		cmd.SetOut(&out)
		cmd.SetErr(&bytes.Buffer{})
		p := newPrinter(cmd)
		p.bold = true
		marks := []search.Mark{{Start: start, End: end}}
		printFound(p, app.SearchAnswer{Response: search.Response{Articles: 1, Stories: 1, Found: []search.Story{{ID: "a", Articles: 1, Shown: []search.Article{{
			Document:   index.Document{ID: "a", Title: title, URL: text, Source: title},
			TitleMarks: marks, Snippet: search.Snippet{Text: "x" + text, Marks: marks},
		}}}}}}, false)
		if err := p.flush(); err != nil {
			t.Fatal(err)
		}
		got := strings.NewReplacer("\x1b[1m", "", "\x1b[0m", "").Replace(out.String())
		if strings.Count(got, "\n") != 4 {
			t.Errorf("printed %d lines, want 4: %q", strings.Count(got, "\n"), got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }); i >= 0 {
			t.Errorf("a control letter got through at byte %d of %q", i, got)
		}
	})
}

func TestTableAligns(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	cmd := &cobra.Command{}
	cmd.SetOut(&out)
	p := newPrinter(cmd)
	p.table("ID NAME NOTE", nil)
	p.table("ID NAME NOTE", [][]string{{"a", "Bắc Kạn", "x\ty"}, {"bb", "Ba Bể", ""}})
	if err := p.flush(); err != nil {
		t.Fatal(err)
	}
	want := "ID  NAME     NOTE\na   Bắc Kạn  x y\nbb  Ba Bể\n"
	if out.String() != want {
		t.Errorf("table =\n%q\nwant\n%q", out.String(), want)
	}
}

func TestSearchDaysIncludeTheLast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, wantFrom, wantTo string }{
		{"", "", "", ""},
		{"1/11/2026", "", "2026-10-31T17:00:00Z", ""},
		{"2026-11-01", "01/11/2026", "2026-10-31T17:00:00Z", "2026-11-01T17:00:00Z"},
		{"", "31/12/2026", "", "2026-12-31T17:00:00Z"},
	} {
		var in app.SearchQuestion
		if err := searchDays(&in, c.from, c.to); err != nil {
			t.Errorf("searchDays(%q, %q): %v", c.from, c.to, err)
		}
		if from, to := utc(in.From), utc(in.To); from != c.wantFrom || to != c.wantTo {
			t.Errorf("searchDays(%q, %q) = %s, %s; want %s, %s", c.from, c.to, from, to, c.wantFrom, c.wantTo)
		}
	}
	for _, c := range [][2]string{{"29/2/2026", ""}, {"", "11/2026"}, {"2026-11-02", "2026-11-01"}, {"hôm nay", ""}} {
		var e *exit
		if err := searchDays(&app.SearchQuestion{}, c[0], c[1]); !errors.As(err, &e) || e.status != statusUsage {
			t.Errorf("searchDays(%q, %q) = %v, want wrong usage", c[0], c[1], err)
		}
	}
}

func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func TestCount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n          int
		noun, want string
	}{
		{0, "story", "0 stories"}, {1, "story", "1 story"}, {2, "watch", "2 watches"}, {3, "article", "3 articles"},
	} {
		if got := count(c.n, c.noun); got != c.want {
			t.Errorf("count(%d, %q) = %q, want %q", c.n, c.noun, got, c.want)
		}
	}
}

// Every command has words for people, takes its flags, and refuses what it does not know.
func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Short == "" {
			t.Errorf("%s has no short description", cmd.CommandPath())
		}
		if cmd.Args == nil && !strings.HasPrefix(cmd.Use, "search") {
			t.Errorf("%s takes any argument", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(newRoot())
}
