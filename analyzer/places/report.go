package places

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lamro/internal/news"
)

// report puts the decisions into found, in the order of the text.
func (r *resolution) report(found *Found) {
	found.Others = r.others
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.names == nil || c.verdict == unsaid {
			continue
		}
		field := r.doc.Fields[c.field].Name
		if c.verdict == elsewhere {
			found.Others = append(found.Others, Other{Field: field, Start: c.start, End: c.end, Name: r.text(c), Why: c.reason.String(), Reason: c.reason})
			continue
		}
		found.Places = append(found.Places, Place{
			Field: field, Start: c.start, End: c.end, Code: c.chosen.place.code, Name: c.chosen.text, Codes: c.chosen.codes,
			InArea: c.chosen.inArea, Class: r.class(c), Certain: c.verdict == certain, Why: c.why(r.doc.At), Reason: c.reason,
		})
	}
	for i := range r.others {
		found.Others[i].Why = found.Others[i].Reason.String()
	}
	order := map[string]int{}
	for i, f := range r.doc.Fields {
		order[f.Name] = i
	}
	slices.SortStableFunc(found.Others, func(a, b Other) int {
		return cmp.Or(cmp.Compare(order[a.Field], order[b.Field]), cmp.Compare(a.Start, b.Start))
	})
}

func (r *resolution) text(c *candidate) string {
	return r.doc.Fields[c.field].Text.Original[c.start:c.end]
}

// why is the reason in words, and since or until when the place is called so where the text is of
// another time.
func (c *candidate) why(at time.Time) string {
	why := c.reason.String()
	if n := c.chosen; !n.valid(at) && !n.place.landmark {
		d := at.In(news.Zone()).Format(time.DateOnly)
		if n.to != "" && string(n.to) < d {
			return why + "; called so until " + n.to.local()
		}
		return why + "; called so since " + n.from.local()
	}
	return why
}

// class is how the name is written: letters all in capitals are another spelling of it.
func (r *resolution) class(c *candidate) news.Class {
	if c.chosen.class == news.Exact && !strings.Contains(r.text(c), c.chosen.text) {
		return news.Canonical
	}
	return c.chosen.class
}
