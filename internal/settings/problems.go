package settings

import (
	"fmt"
	"slices"
	"strings"
)

// A Problem is one thing wrong with the settings, at the place where a person can mend it.
type Problem struct {
	File    string `json:"file"` // file, or the name of the environment variable
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

// String is "file:line:column: message", the form that editors jump to.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Problems is everything that is wrong, as one error: one line each, in the order of the files.
type Problems []Problem

// Error lists every problem, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// report collects problems while files are read, without saying one thing twice.
type report struct {
	list  Problems
	seen  map[Problem]bool
	order map[string]int  // files in the order in which they were opened
	torn  map[string]bool // files that are no YAML: what is missing in them nobody knows
}

// tear says that nothing more can be said of a file.
func (r *report) tear(file string) {
	if r.torn == nil {
		r.torn = map[string]bool{}
	}
	r.torn[file] = true
}

// opens gives a file its place in the list, also when its first problem is found late.
func (r *report) opens(file string) {
	if r.order == nil {
		r.order, r.seen = map[string]int{}, map[Problem]bool{}
	}
	if _, ok := r.order[file]; !ok {
		r.order[file] = len(r.order)
	}
}

func (r *report) add(file string, line, column int, format string, args ...any) {
	r.opens(file)
	if r.torn[file] {
		return
	}
	p := Problem{file, line, column, fmt.Sprintf(format, args...)}
	if r.seen[p] {
		return
	}
	r.seen[p] = true
	r.list = append(r.list, p)
}

// err is all problems, files in the order opened, lines in order within each; nil for none.
func (r *report) err() error {
	if len(r.list) == 0 {
		return nil
	}
	slices.SortStableFunc(r.list, func(a, b Problem) int {
		if a.File != b.File {
			return r.order[a.File] - r.order[b.File]
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return r.list
}

// nearest is the candidate that a person most likely meant by word, "" when none is near.
func nearest(word string, candidates []string) string {
	best, bestDistance := "", len(word)/3+1
	for _, c := range candidates {
		if d := distance(word, c); d <= bestDistance && (best == "" || d < bestDistance) {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance counts the insertions, deletions, substitutions and swaps of neighbours between two
// short words.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// suggestion is "; did you mean …?" or nothing.
func suggestion(word string, candidates []string) string {
	if n := nearest(word, candidates); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return ""
}
