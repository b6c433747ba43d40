package places

import "lamro/internal/vietnamese"

// doubt decides a spot of the province's own name where what stands right beside it says that
// somebody or something else bears it; it says whether that is so. n is the reading.
func (r *resolution) doubt(i int, n *name) bool {
	c := &r.candidates[i]
	t := r.doc.Fields[c.field].Text
	if full := fullName(t, c); full != "" {
		c.decide(elsewhere, nil, because(ReasonLongerName, full))
		return true
	}
	brand, end := brandAfter(t, c)
	if i+1 >= len(r.candidates) || r.candidates[i+1].field != c.field {
		return false
	}
	next := &r.candidates[i+1]
	if !next.outside() {
		return false
	}
	l := linkTo(t, end, next)
	switch {
	case c.lead.role == admin:
		if c.contradicts(next, l) {
			c.decide(uncertain, n, because(ReasonOtherParent, r.text(next)))
			return true
		}
	case c.lead.role == street && l >= listed && l != dashedTo && next.lead.role != street:
		c.decide(uncertain, n, because(ReasonThing, c.lead.text))
		return true
	case c.lead.role == company && l >= stated, c.lead.role == thing && l >= stated:
		c.decide(uncertain, n, because(ReasonOtherParent, r.text(next)))
		return true
	case brand && l >= stated:
		c.decide(uncertain, n, because(ReasonLongerName, t.Original[c.start:t.Tokens[end].End]))
		return true
	}
	return false
}

// outside says whether c is a place of the country that is surely not of the area: of the province
// that the area joined, its name.
func (c *candidate) outside() bool {
	if c.names == nil {
		return !c.foreign.isAbroad()
	}
	return c.names[0].sort == ours && c.names[0].certain && !c.names[0].inArea
}

// contradicts says whether a province is named as the one that unit c lies in and is none that it
// can lie in. Behind a larger unit a bare comma may part the items of a list.
func (c *candidate) contradicts(next *candidate, l link) bool {
	if next.names != nil || !next.foreign.province || l == unlinked || l == dashedTo {
		return false
	}
	switch c.lead.kind {
	case "ward", "commune", "township":
		return true
	case "city", "town", "district":
		return l >= stated && !sameTitle(c, next)
	}
	return false
}

// fullName is the name of a person that ends in c, from the title on: "ông Nguyễn Văn X"; "" for
// none. A title alone says nothing: "cô gái X" comes from there.
func fullName(t *vietnamese.Text, c *candidate) string {
	const longest = 3 // words before the given name
	if c.before == "" || c.lead.role != bare {
		return ""
	}
	for k := c.first - 1; k >= max(c.first-longest, 1); k-- {
		if t.Tokens[k].Flags&vietnamese.Capital == 0 || t.Original[t.Tokens[k-1].End:t.Tokens[k].Start] != " " {
			return ""
		}
		if surnames()[t.Tokens[k].Exact] && leadOf(t, k).role == person {
			return t.Original[t.Tokens[k].Start:c.end]
		}
	}
	return ""
}

// brandAfter says whether the word behind c makes a firm's or an eatery's name of it ("X Quán"),
// and is the last token of that name.
func brandAfter(t *vietnamese.Text, c *candidate) (brand bool, end int) {
	end = c.first + c.n - 1
	if c.after == "" {
		return false, end
	}
	table := wordsBefore()
	node := table.trie.step(0, t.Tokens[end+1].Exact)
	if node == 0 || table.says[node].role != company {
		return false, end
	}
	return true, end + 1
}
