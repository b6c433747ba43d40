package pages

import (
	"slices"
	"strings"

	"lamro/internal/news"
	"lamro/internal/web"
)

// matches is what of the texts matched. Marks are numbered by their words, not by the terms that
// they met: several watches, or a name and the place it means, often meet the same words.
type matches struct {
	words []string // as they stand in the text, numbered as the marks
	marks map[string][]web.Mark
}

func readMatches(spans []news.Span, texts map[string]string) matches {
	found := matches{marks: map[string][]web.Mark{}}
	number := map[string]int{}
	for _, s := range spans {
		w := cut(texts, s)
		if w == "" {
			continue
		}
		n, ok := number[strings.ToLower(w)]
		if !ok {
			n = len(found.words)
			number[strings.ToLower(w)] = n
			found.words = append(found.words, w)
		}
		found.marks[s.Field] = append(found.marks[s.Field], web.Mark{Start: s.Start, End: s.End, Term: n})
	}
	return found
}

// cut is what a span covers, "" where it is not of the text.
func cut(texts map[string]string, s news.Span) string {
	t := texts[s.Field]
	if s.Start < 0 || s.End > len(t) || s.Start >= s.End {
		return ""
	}
	return t[s.Start:s.End]
}

// placeTerm begins the term of a span that met a place.
const placeTerm = "place:"

// reasons tell why a watch matched, one for each term that it met, in the order of the text.
func (p *pages) reasons(m news.Mention, texts map[string]string) []web.Reason {
	at := map[string]int{}
	var out []web.Reason
	for _, s := range m.Spans {
		w := cut(texts, s)
		if w == "" {
			continue
		}
		i, ok := at[s.Term]
		if !ok {
			i = len(out)
			at[s.Term] = i
			r := web.Reason{Term: s.Term, Field: s.Field}
			if code, isPlace := strings.CutPrefix(s.Term, placeTerm); isPlace {
				if r.Place = p.PlaceName(code); r.Place == "" {
					r.Place = code
				}
			}
			out = append(out, r)
		}
		out[i].Times++
		if !slices.Contains(out[i].Words, w) {
			out[i].Words = append(out[i].Words, w)
		}
	}
	return out
}
