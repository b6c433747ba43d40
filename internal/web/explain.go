package web

import (
	"strconv"
	"strings"
)

// maxParts is how many conditions of a query are told in words.
const maxParts = 40

// A PartLine is one condition of a query in words.
type PartLine struct {
	Depth int // at most 4: the sheet knows no more
	Text  string
}

// Lines tells the conditions of a query, one a line.
func (l *locale) Lines(parts []QueryPart) []PartLine {
	lines := make([]PartLine, 0, min(len(parts), maxParts+1))
	for i, p := range parts {
		if i == maxParts {
			lines = append(lines, PartLine{Text: l.N("explain.more", len(parts)-maxParts)})
			break
		}
		lines = append(lines, PartLine{Depth: min(p.Depth, 4), Text: l.Part(p)})
	}
	return lines
}

// Part tells one condition of a query.
func (l *locale) Part(p QueryPart) string {
	text := l.part(p)
	switch p.In {
	case PartInTitle:
		text += " " + l.T("explain.in-title")
	case PartInBody:
		text += " " + l.T("explain.in-body")
	}
	return text
}

func (l *locale) part(p QueryPart) string {
	switch p.Kind {
	case PartAll:
		return l.T("explain.all")
	case PartAny:
		return l.T("explain.any")
	case PartNot:
		return l.T("explain.not")
	case PartPhrase:
		return l.T("explain.phrase", quoted(p.Words), l.meets(p.Meets))
	case PartPrefix:
		return l.T("explain.prefix", quoted(p.Words), l.meets(p.Meets))
	case PartLoose:
		return l.T("explain.loose", quoted(p.Words), strconv.Itoa(p.N))
	case PartNear:
		return l.T("explain.near", l.oneOf(p.Left), l.oneOf(p.Right), strconv.Itoa(p.N))
	case PartOrdered:
		return l.T("explain.ordered", l.oneOf(p.Left), l.oneOf(p.Right), strconv.Itoa(p.N))
	case PartSentence:
		return l.T("explain.sentence", l.oneOf(p.Left), l.oneOf(p.Right))
	case PartPlace:
		if p.Name == "" {
			return l.T("explain.place-unknown", p.Words)
		}
		return l.T("explain.place", p.Name)
	case PartSource:
		if p.Name == "" {
			return l.T("explain.source", p.Words)
		}
		return l.T("explain.source", p.Name)
	case PartSite:
		return l.T("explain.site", p.Words)
	case PartLanguage:
		return l.T("explain.language", l.languageOf(p.Words))
	case PartTier:
		return l.T("explain.tier", p.Words)
	case PartDate:
		return l.dates(p)
	}
	return p.Words
}

func (l *locale) languageOf(code string) string {
	if text, ok := l.texts["language-of."+code]; ok {
		return text
	}
	return code
}

func (l *locale) meets(how string) string {
	switch how {
	case MeetsSame:
		return l.T("explain.same")
	case MeetsSameOrBare:
		return l.T("explain.same-or-bare")
	}
	return l.T("explain.any-marks")
}

func (l *locale) dates(p QueryPart) string {
	switch {
	case p.To.IsZero():
		return l.T("explain.from", l.Date(p.From))
	case p.From.IsZero():
		return l.T("explain.to", l.Date(p.To))
	}
	return l.T("explain.from-to", l.Date(p.From), l.Date(p.To))
}

// maxSide is how many words of one side of NEAR are told.
const maxSide = 6

func (l *locale) oneOf(words []string) string {
	all := make([]string, 0, maxSide)
	for _, w := range words[:min(len(words), maxSide)] {
		all = append(all, quoted(w))
	}
	text := strings.Join(all, " "+l.T("explain.or")+" ")
	if len(words) > maxSide {
		text += " …"
	}
	return text
}

func quoted(words string) string { return "“" + words + "”" }
