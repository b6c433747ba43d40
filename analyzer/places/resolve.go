package places

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lamro/internal/news"
)

// near is how far, in bytes, a name that contradicts or supports reaches: about 250 characters.
const near = 350

// beside is how far, in bytes, a sentence and the one before it are looked through.
const beside = 1000

// maxRounds bounds how often one decision may support the next.
const maxRounds = 4

// resolution is the work on one document.
type resolution struct {
	g          *Gazetteer
	doc        Document
	candidates []candidate // in the order of the text
}

// Resolve finds the places of doc and decides which are meant.
func (g *Gazetteer) Resolve(doc Document) Found {
	r := resolution{g: g, doc: doc}
	var found Found
	for i, f := range doc.Fields {
		candidates, common := g.scan(i, f)
		r.candidates = append(r.candidates, candidates...)
		found.Others = append(found.Others, common...)
	}
	r.settleByThemselves()
	for range maxRounds {
		if !r.settleBySupport() {
			break
		}
	}
	r.settleRest()
	r.report(&found)
	return found
}

// settleByThemselves decides what the words around a name decide, without the rest of the text.
func (r *resolution) settleByThemselves() {
	for i := range r.candidates {
		c := &r.candidates[i]
		switch n := c.names[0]; n.sort {
		case decoyed:
			c.decide(elsewhere, nil, "a longer word: "+n.means)
		case others:
			// The name of another province or unit is context for the rest.
			c.decide(elsewhere, nil, "a place of "+cmp.Or(n.province, "elsewhere"))
		default:
			if n := c.pick(r.doc.At); n.certain {
				r.settleCertainName(c, n)
			} else if n.place.landmark && !n.place.leaves && !n.place.context {
				c.decide(certain, n, "the full name of a place of the area")
			}
		}
	}
	for i := range r.candidates {
		if c := &r.candidates[i]; c.verdict == open {
			r.settleByNeighbours(i)
		}
	}
}

// settleCertainName decides a name that is enough by itself, such as the province's: which unit
// of that name is meant tells the administrative word.
func (r *resolution) settleCertainName(c *candidate, n *name) {
	why := "the province's own name"
	if c.title.kinds != "" && c.title.kinds == n.kind {
		why = fmt.Sprintf("%q before the name", c.title.text)
	}
	c.decide(certain, n, why)
}

// settleByNeighbours decides a unit by what stands right beside it.
func (r *resolution) settleByNeighbours(i int) {
	c := &r.candidates[i]
	n := c.pick(r.doc.At)
	if n.place.landmark || n.context {
		return
	}
	if n.kind == "city" || n.kind == "town" || n.kind == "ward" {
		// "thành phố Bắc Kạn": the province bears the name, so it is ours.
		if slices.ContainsFunc(c.names, func(n *name) bool { return n.certain }) {
			c.decide(certain, n, fmt.Sprintf("%q before the province's own name", c.title.text))
			return
		}
	}
	if parent := r.parentAfter(i); parent != nil {
		r.settleByParent(c, n, parent)
	}
	if c.verdict != open {
		return
	}
	if against, ok := r.nearest(i, func(o *candidate) bool { return c.contradictedBy(o) }); ok {
		if _, closer := r.nearestWithin(i, distance(c, against), r.speaksForArea); !closer {
			c.decide(elsewhere, nil, fmt.Sprintf("%q is near", r.text(against)))
			return
		}
	}
	if c.title.text != "" && !n.shared {
		c.decide(certain, n, fmt.Sprintf("%q before a name that no other province has", c.title.text))
	}
}

// settleByParent decides by the unit that is named after c as the one it lies in.
func (r *resolution) settleByParent(c *candidate, n *name, parent *candidate) {
	p := parent.names[0]
	if p.sort == others {
		if p.province != "" {
			c.decide(elsewhere, nil, fmt.Sprintf("in %s, which is named after it", r.text(parent)))
		}
		return
	}
	code := p.place.code
	if code == n.place.code {
		return
	}
	// A reading that lies right in the parent comes before one that does through others.
	readings := append([]*name{n}, c.names...)
	slices.SortStableFunc(readings, func(a, b *name) int { return direct(b, code) - direct(a, code) })
	for _, candidate := range readings {
		if candidate.context || !slices.Contains(candidate.codes, code) {
			continue
		}
		// A unit lies in the province that the area has become part of only under today's name.
		if !p.inArea && (candidate.parent != code || !candidate.valid(r.doc.At)) {
			continue
		}
		c.decide(certain, candidate, fmt.Sprintf("in %s, which is named after it", r.text(parent)))
		return
	}
}

func direct(n *name, code string) int {
	if n.parent == code {
		return 1
	}
	return 0
}

// settleBySupport decides what other places of the text, as they are decided so far, decide; it
// says whether that was anything.
func (r *resolution) settleBySupport() (changed bool) {
	e := r.weigh()
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.verdict != open {
			continue
		}
		n := c.pick(r.doc.At)
		if o := e.sure[c.key]; o != nil {
			c.decide(certain, n, "the same name stands in the text as a place of the area: "+o.why)
			changed = true
			continue
		}
		if e.other[c.key] != nil || r.tooWeak(c, n) {
			continue
		}
		if why := r.support(e, i, n); why != "" {
			c.decide(certain, n, why)
			changed = true
		}
	}
	return changed
}

// evidence is what the decided names of a text say about the others.
type evidence struct {
	sure       map[string]*candidate // by key: the first spot where the name is a place of the area
	other      map[string]*candidate // by key: the first spot where it is something else
	supporters []*candidate          // the first two, of different names, that speak for the area
	title      []*candidate          // the same of the title
	inArea     []*candidate          // the same of those that lie in it; the province that it joined does not
}

func (r *resolution) weigh() evidence {
	e := evidence{sure: map[string]*candidate{}, other: map[string]*candidate{}}
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.names[0].sort != ours {
			continue
		}
		switch {
		case c.verdict == certain && !c.chosen.place.landmark && e.sure[c.key] == nil:
			e.sure[c.key] = c
		case c.verdict == elsewhere && e.other[c.key] == nil:
			e.other[c.key] = c
		}
		if r.speaksForArea(c) {
			e.supporters = twoNames(e.supporters, c)
			if c.chosen.inArea {
				e.inArea = twoNames(e.inArea, c)
			}
			if c.field == 0 && len(r.doc.Fields) > 1 {
				e.title = twoNames(e.title, c)
			}
		}
	}
	return e
}

// twoNames keeps the first candidates of two different names: one of them is not the name that
// asks.
func twoNames(list []*candidate, c *candidate) []*candidate {
	if len(list) == 2 || len(list) == 1 && list[0].key == c.key {
		return list
	}
	return append(list, c)
}

func otherThan(list []*candidate, key string) *candidate {
	for _, c := range list {
		if c.key != key {
			return c
		}
	}
	return nil
}

// tooWeak says whether c needs more than the support of the text: an administrative word, or
// letters that are not all capitals.
func (r *resolution) tooWeak(c *candidate, n *name) bool {
	return !n.place.landmark && c.title.text == "" && (n.words || c.capitals || c.partOfName(n))
}

// partOfName says whether c looks like a piece of the name of a person or body. The names of
// districts are not asked: bodies bear them.
func (c *candidate) partOfName(n *name) bool {
	return c.inside && c.title.text == "" && (n.kind == "commune" || n.kind == "ward" || n.kind == "township")
}

// support says what in the text speaks for c as a place of the area, "" where nothing does.
func (r *resolution) support(e evidence, i int, n *name) string {
	c := &r.candidates[i]
	common := n.words && n.shared // too many units bear the name to look further than the sentence
	o := otherThan(e.supporters, c.key)
	if n.place.landmark && n.place.leaves {
		// A river of the area is in the news of the whole province that the area joined.
		o = otherThan(e.inArea, c.key)
	}
	if common {
		if o = otherThan(e.title, c.key); o == nil {
			o, _ = r.nearestWithin(i, beside, func(o *candidate) bool {
				return o.key != c.key && r.speaksForArea(o) && (o.sentence == c.sentence || o.sentence == c.sentence-1)
			})
		}
	}
	switch {
	case o != nil:
		return fmt.Sprintf("%q is named in the text", r.text(o))
	case !common && !n.place.leaves && r.homeInArea():
		return "the outlet writes for the area"
	}
	return ""
}

// speaksForArea says whether o is surely a place of the area, or of the province that it has
// become part of.
func (r *resolution) speaksForArea(o *candidate) bool {
	if o.verdict != certain || o.chosen.place.leaves {
		return false
	}
	if len(o.chosen.includes) > 0 {
		return !r.doc.At.IsZero()
	}
	return o.chosen.inArea
}

func (r *resolution) homeInArea() bool {
	home := r.g.units[r.doc.Home]
	return home != nil && slices.ContainsFunc(home.names, func(n *name) bool {
		return n.inArea || len(n.includes) > 0 && !r.doc.At.IsZero() && n.valid(r.doc.At)
	})
}

// settleRest decides what nothing spoke for.
func (r *resolution) settleRest() {
	e := r.weigh()
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.verdict != open {
			continue
		}
		n := c.pick(r.doc.At)
		if o := e.other[c.key]; o != nil {
			c.decide(elsewhere, nil, "the same name stands in the text as something else: "+o.why)
			continue
		}
		switch {
		case n.context:
			c.decide(elsewhere, nil, "these words count only beside a place of the area")
		case n.place.landmark && n.place.leaves:
			c.decide(elsewhere, nil, "it leaves the area, and nothing else in the text is in the area")
		case n.words && c.title.text == "":
			c.decide(elsewhere, nil, "a name of people and streets too, without an administrative word")
		case c.partOfName(n):
			c.decide(elsewhere, nil, "part of a longer name")
		case n.words && n.shared:
			c.decide(elsewhere, nil, "units elsewhere bear the name, and nothing beside it speaks for ours")
		default:
			c.decide(uncertain, n, "nothing in the text says that ours is meant")
		}
	}
}

// report puts the decisions into found.
func (r *resolution) report(found *Found) {
	for i := range r.candidates {
		c := &r.candidates[i]
		field := r.doc.Fields[c.field].Name
		if c.verdict == elsewhere {
			if c.names[0].sort != others {
				found.Others = append(found.Others, Other{Field: field, Start: c.start, End: c.end, Name: r.text(c), Why: c.why})
			}
			continue
		}
		found.Places = append(found.Places, Place{
			Field: field, Start: c.start, End: c.end, Code: c.chosen.place.code, Name: c.chosen.text, Codes: c.chosen.codes,
			InArea: c.chosen.inArea, Class: r.class(c), Certain: c.verdict == certain, Why: c.why,
		})
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

// class is how the name is written: letters all in capitals are another spelling of it.
func (r *resolution) class(c *candidate) news.Class {
	if c.chosen.class == news.Exact && !strings.Contains(r.text(c), c.chosen.text) {
		return news.Canonical
	}
	return c.chosen.class
}

func (c *candidate) decide(v verdict, n *name, why string) {
	c.verdict, c.chosen, c.why = v, n, why
}

// pick chooses among the readings of a name: of the kind that the administrative word asks for
// and in use at the time, else in use, else the first. Without a word the widest is meant.
func (c *candidate) pick(at time.Time) *name {
	best, most := c.names[0], -1
	for _, n := range c.names {
		score := 0
		if c.title.kinds != "" && c.title.kinds == n.kind {
			score += 4
		}
		if n.valid(at) {
			score += 2
		}
		if c.title.kinds == "" && n.certain {
			score += 3 // the province rather than its city or its ward of the same name
		}
		if at.IsZero() && n.to == "" && c.title.kinds == "" && !n.certain && !n.place.landmark {
			score-- // of an unknown time the wider, older unit is the safer reading
		}
		if score > most {
			best, most = n, score
		}
	}
	return best
}

// contradictedBy says whether o, nearby, makes c's name somebody else's.
func (c *candidate) contradictedBy(o *candidate) bool {
	if o.names[0].sort != others {
		return false
	}
	for _, n := range c.names {
		if n.place.against[o.key] || slices.Contains(n.elsewhere, o.names[0].province) {
			return true
		}
	}
	return false
}
