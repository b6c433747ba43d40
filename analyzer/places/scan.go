package places

import (
	"slices"
	"strings"

	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// verdict is what was decided of a candidate.
type verdict uint8

const (
	open verdict = iota
	certain
	uncertain
	elsewhere // something else
	unsaid    // nothing says what is meant, and the name is too weak to be worth asking
)

// candidate is one spot of a text where a name of the directory of the office stands, or one of
// the rest of the country.
type candidate struct {
	field, first, n int // tokens
	start, end      int // bytes
	sentence        int
	node            int32    // which name: spots of one name have one node
	names           []*name  // what it may be in the directory of the office, all of one sort
	foreign         *foreign // what else it is; nil where no other unit bears the name
	lead            lead
	shouted         bool   // all letters around are capitals, so that they say nothing
	before, after   string // the capital word right beside it, "" where none is
	menu            bool

	verdict verdict
	chosen  *name // of certain and uncertain ones
	reason  Reason
}

// ours says whether the name is one of the directory of the office.
func (c *candidate) ours() bool { return len(c.names) > 0 && c.names[0].sort == ours }

// elsewhere are the provinces where a unit bears the name too.
func (c *candidate) elsewhere() (in provinces) {
	for _, n := range c.names {
		in |= n.elsewhere
	}
	return in
}

func (c *candidate) decide(v verdict, n *name, why Reason) {
	c.verdict, c.chosen, c.reason = v, n, why
}

// scan finds the candidates of one field, longest names first, without overlap. Names that lack
// the capitals they need are reported as something else.
func (r *resolution) scan(field int, f query.Field) {
	t := f.Text
	from := len(r.candidates)
	for i := 0; i < len(t.Tokens); {
		if first := &t.Tokens[i]; !r.g.names.begins(first.Exact, first.Flags&vietnamese.Capital == 0) {
			i++
			continue
		}
		m := r.g.longest(t, i)
		switch {
		case m.n > 0:
			r.take(field, t, i, m)
			i += m.n
			continue
		case m.low > 0:
			last := t.Tokens[i+m.low-1]
			start := int(t.Tokens[i].Start)
			r.others = append(r.others, Other{Field: f.Name, Start: start, End: int(last.End),
				Name: t.Original[start:last.End], Reason: because(ReasonCommonWords)})
		}
		i++
	}
	found := r.candidates[from:]
	for i := range found {
		if found[i].lead.role == bare {
			inherit(t, found, i)
		}
	}
	markMenus(t.Original, found)
}

// match is what stands at a token: n tokens of a name, or low tokens of a name of the office that
// lacks its capitals.
type match struct {
	n, low  int
	node    int32
	names   []*name
	foreign *foreign
}

// longest finds the longest name at token i that is written as a name.
func (g *Gazetteer) longest(t *vietnamese.Text, i int) (best match) {
	node := int32(0)
	capitals := true
	for k := i; k < len(t.Tokens); k++ {
		if k > i && parted(t.Original[t.Tokens[k-1].End:t.Tokens[k].Start]) {
			break
		}
		if node = g.names.step(node, t.Tokens[k].Exact); node == 0 {
			break
		}
		capitals = capitals && t.Tokens[k].Flags&vietnamese.Capital != 0
		if !capitals && !g.ownBelow[node] {
			break
		}
		m := match{n: k - i + 1, node: node}
		if capitals {
			m.foreign = g.foreign[node]
		}
		if own := g.own[node]; len(own) > 0 {
			m.names = readings(own, t, i, k+1)
			if len(m.names) == 0 && k > i && own[0].sort == ours && !own[0].bare {
				best.low = max(best.low, m.n)
			}
		}
		if len(m.names) > 0 || m.foreign != nil {
			m.low = best.low
			best = m
		}
	}
	return best
}

// parted says whether a gap is more than what stands inside a name: "B.Kạn", "Thái Nguyên – Chợ Mới".
// A line may be broken inside a name; a paragraph may not.
func parted(gap string) bool {
	return gap != " " && (strings.ContainsAny(gap, ",;:!?()/\"") || strings.Count(gap, "\n") > 1)
}

// readings are the names of a node that are written at tokens i to end as they must be.
func readings(names []*name, t *vietnamese.Text, i, end int) []*name {
	fits := func(n *name) bool { return n.joined(t, i) && n.written(t.Tokens[i:end]) }
	keep := 0
	for _, n := range names {
		if fits(n) {
			keep++
		}
	}
	switch keep {
	case 0:
		return nil
	case len(names):
		return names
	}
	out := make([]*name, 0, keep)
	for _, n := range names {
		if fits(n) {
			out = append(out, n)
		}
	}
	return out
}

// take makes a candidate of a match, where it is worth one: a bare name of the rest of the country
// says something only where one or two provinces have it.
func (r *resolution) take(field int, t *vietnamese.Text, i int, m match) {
	first, last := t.Tokens[i], t.Tokens[i+m.n-1]
	c := candidate{
		field: field, first: i, n: m.n, start: int(first.Start), end: int(last.End), sentence: int(first.Sentence),
		node: m.node, names: m.names, foreign: m.foreign, lead: leadOf(t, i), shouted: shouted(t, i, m.n),
	}
	c.before, c.after = capitalBefore(t, i, c.lead), capitalAfter(t, i+m.n-1)
	if k := len(r.candidates) - 1; k >= 0 && r.candidates[k].field == field && r.candidates[k].first+r.candidates[k].n == i {
		c.before, r.candidates[k].after = "", "" // places side by side
	}
	if c.names == nil {
		if !c.foreign.province && c.lead.role != admin &&
			(!c.foreign.in.few() || c.foreign.single || c.lead.role == person || c.before != "") {
			return
		}
		if c.foreign.single && c.foreign.isAbroad() && (c.lead.role == person || c.before != "" || c.after != "") {
			return // "chị Nga", "Mỹ Phương"
		}
		c.decide(elsewhere, nil, Reason{})
	} else if c.names[0].bare && c.lead.role != admin && !c.shouted && !r.bareText(field) {
		return // "Ba Be" in a text with marks is no way to write Ba Bể
	}
	r.candidates = append(r.candidates, c)
}

// bareText says whether a field is written without marks throughout.
func (r *resolution) bareText(field int) bool {
	if r.bare[field] == unknown {
		r.bare[field] = yes
		for _, t := range r.doc.Fields[field].Text.Tokens {
			if !t.Bare() {
				r.bare[field] = no
				break
			}
		}
	}
	return r.bare[field] == yes
}

type answer uint8

const (
	unknown answer = iota
	yes
	no
)

// joined says whether the dashes of a route stand in the text: "Thái Nguyên - Chợ Mới" is a road,
// "Chợ Mới (Thái Nguyên)" is not.
func (n *name) joined(t *vietnamese.Text, i int) bool {
	for k, dash := range n.dashes {
		if dash && !dashed(t.Original[t.Tokens[i+k-1].End:t.Tokens[i+k].Start]) {
			return false
		}
	}
	return true
}

// dashed says whether a gap between two words holds a dash with or without spaces.
func dashed(gap string) bool {
	switch strings.TrimSpace(gap) {
	case "-", "–", "—":
		return true
	}
	return false
}

func (n *name) written(tokens []vietnamese.Token) bool {
	for i, t := range tokens {
		if n.capitals[i] && t.Flags&vietnamese.Capital == 0 {
			return false
		}
	}
	return true
}

// shouted says whether the name at token i and the words around it stand in capitals only.
func shouted(t *vietnamese.Text, i, n int) bool {
	from, to := max(i-1, 0), min(i+n+1, len(t.Tokens))
	if to-from == n {
		return false // nothing but the name
	}
	for _, token := range t.Tokens[from:to] {
		if token.Flags&vietnamese.Upper == 0 && !digitsOnly(t.Original[token.Start:token.End]) {
			return false
		}
	}
	return true
}

func digitsOnly(s string) bool { return s[0] >= '0' && s[0] <= '9' }

// capitalBefore is the word with a capital right before a name, unless a sentence or a part of one
// begins with it.
func capitalBefore(t *vietnamese.Text, i int, l lead) string {
	if l.role != bare || i < 2 || t.Tokens[i-1].Flags&vietnamese.Capital == 0 ||
		t.Original[t.Tokens[i-1].End:t.Tokens[i].Start] != " " ||
		t.Original[t.Tokens[i-2].End:t.Tokens[i-1].Start] != " " || t.Tokens[i-2].Sentence != t.Tokens[i-1].Sentence {
		return ""
	}
	return t.Written(i - 1)
}

// capitalAfter is the word with a capital right behind a name.
func capitalAfter(t *vietnamese.Text, last int) string {
	if last+1 >= len(t.Tokens) || t.Original[t.Tokens[last].End:t.Tokens[last+1].Start] != " " ||
		t.Tokens[last+1].Flags&vietnamese.Capital == 0 {
		return ""
	}
	return t.Written(last + 1)
}

// inherit gives "các xã Bản Thi, Đồng Lạc và Yên Thịnh" the word xã three times, also over names
// that are not known. Where nothing says that there are several, only what is no district inherits:
// "xã Yên Hân, Chợ Mới" is a commune and what it lies in.
func inherit(t *vietnamese.Text, found []candidate, i int) {
	const furthest = 40
	c := &found[i]
	several := false
	for k := c.first; k > 0 && k > c.first-furthest; k-- {
		gap := t.Original[t.Tokens[k-1].End:t.Tokens[k].Start]
		word, and := t.Tokens[k-1], t.Exact(k-1) == "và"
		switch {
		case strings.Trim(gap, " ,;–-") != "" || k < c.first && int(word.Sentence) != c.sentence:
			return
		case k == c.first && strings.TrimSpace(gap) == "" && !and:
			return // no list
		case and:
			several = true
			continue
		case word.Flags&vietnamese.Capital != 0:
			continue
		}
		if l := leadOf(t, k); l.role == admin && l.kind != "" && (several || l.first > 0 && plural(t, l.first-1) || c.onlyOf(l.kind)) {
			c.lead = l
		}
		return
	}
}

// onlyOf says whether the office knows the name for a unit of that kind, and for none that is wider:
// "xã A, B" are two communes where B is no district.
func (c *candidate) onlyOf(kind string) bool {
	return c.ours() && !c.wide() && slices.ContainsFunc(c.names, func(n *name) bool { return n.kind == kind })
}

// plural says whether token i says that several follow.
func plural(t *vietnamese.Text, i int) bool {
	switch t.Exact(i) {
	case "các", "những", "nhiều", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "số":
		return true
	}
	return digitsOnly(t.Written(i))
}
