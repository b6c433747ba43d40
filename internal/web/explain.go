package web

import (
	"strings"
	"time"

	"lamro/internal/news"
)

// maxSteps is how many conditions of a query are told in words.
const maxSteps = 40

// A StepLine is one condition of a query in words.
type StepLine struct {
	Depth int // at most 4: the sheet knows no more
	Text  string
}

// Lines tells the conditions of a query, one a line.
func (l *locale) Lines(steps []QueryStep) []StepLine {
	lines := make([]StepLine, 0, min(len(steps), maxSteps+1))
	for i, s := range steps {
		if i == maxSteps {
			lines = append(lines, StepLine{Text: l.N("query.explain.more", len(steps)-maxSteps)})
			break
		}
		lines = append(lines, StepLine{Depth: min(s.Depth, 4), Text: l.Step(s)})
	}
	return lines
}

// Step tells one condition of a query.
func (l *locale) Step(s QueryStep) string {
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		args[i] = a
	}
	if len(args) > 0 {
		args[0] = l.stepArg(s)
	}
	parts := []string{l.T("query.explain."+s.Kind, args...)}
	if s.In != "" {
		parts = append(parts, l.T("query.explain.in."+s.In))
	}
	if s.Meets != "" {
		parts = append(parts, l.T("query.explain.meets."+s.Meets))
	}
	if s.IY {
		parts = append(parts, l.T("query.explain.iy"))
	}
	return strings.Join(parts, ", ")
}

// stepArg is the first argument of a step as people write it.
func (l *locale) stepArg(s QueryStep) string {
	arg := s.Args[0]
	switch s.Kind {
	case "from", "to":
		if day, err := time.ParseInLocation(time.DateOnly, arg, news.Zone()); err == nil {
			return l.Date(day)
		}
	case "lang":
		if text, ok := l.texts["language-of."+arg]; ok {
			return text
		}
	}
	if s.Name != "" {
		return s.Name // the code stands in the query
	}
	return arg
}
