package places

import (
	"slices"
	"time"
)

// maxRounds bounds how often one decision may support the next.
const maxRounds = 4

// resolution is the work on one document.
type resolution struct {
	g          *Gazetteer
	doc        Document
	bare       []answer    // by field: whether it is written without marks
	candidates []candidate // in the order of the text
	others     []Other
}

// Resolve finds the places of doc and decides which are meant.
func (g *Gazetteer) Resolve(doc Document) Found {
	doc.Home = g.home(doc)
	r := resolution{g: g, doc: doc, bare: make([]answer, len(doc.Fields)), candidates: make([]candidate, 0, 32)}
	for i, f := range doc.Fields {
		r.scan(i, f)
	}
	var found Found
	if slices.ContainsFunc(r.candidates, func(c candidate) bool { return c.names != nil }) {
		r.settleByThemselves()
		for range maxRounds {
			if !r.settleBySupport(r.weigh()) {
				break
			}
		}
		r.settleFirms(r.weigh())
		r.settleRest(r.weigh())
		found.About = r.about()
	}
	r.report(&found)
	return found
}

// settleByThemselves decides what the words around a name decide, without the rest of the text.
func (r *resolution) settleByThemselves() {
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.names == nil {
			continue
		}
		if c.names[0].sort == decoyed {
			c.decide(elsewhere, nil, because(ReasonDecoy, c.names[0].means))
			continue
		}
		n := c.pick(r.doc.At)
		switch {
		case c.menu:
			c.decide(elsewhere, nil, because(ReasonMenu))
		case n.certain && r.doubt(i, n):
		case n.certain && c.lead.role == admin && c.lead.kind == n.kind:
			c.decide(certain, n, because(ReasonTitleOwn, c.lead.text))
		case n.certain:
			c.decide(certain, n, because(ReasonOwnName))
		case n.place.landmark && !n.place.leaves && !n.place.context:
			c.decide(certain, n, because(ReasonLandmark))
		}
	}
	// From the last to the first: of a chain of units the widest is decided before what lies in it.
	for i := len(r.candidates) - 1; i >= 0; i-- {
		if r.candidates[i].verdict == open {
			r.settleByNeighbours(i)
		}
	}
}

// settleByNeighbours decides a unit by what stands right beside it.
func (r *resolution) settleByNeighbours(i int) {
	c := &r.candidates[i]
	n := c.pick(r.doc.At)
	if n.place.landmark && n.place.context {
		if parent := r.parentOf(i); parent != nil && parent.names == nil {
			c.decide(elsewhere, nil, because(ReasonOtherParent, r.text(parent)))
		}
	}
	if n.place.landmark || n.context {
		return
	}
	if slices.ContainsFunc(c.names, func(n *name) bool { return n.certain }) {
		if r.doubt(i, n) {
			return
		}
		// "thành phố Bắc Kạn": the province bears the name, so it is ours.
		c.decide(certain, n, because(ReasonTitleOwn, c.lead.text))
		return
	}
	switch {
	case c.lead.role == person:
		c.decide(elsewhere, nil, because(ReasonPerson, c.lead.text))
	case c.before != "" && surnames()[keyOfWord(c.before)]:
		c.decide(elsewhere, nil, because(ReasonLongerName, c.before+" "+r.text(c)))
	case c.lead.role == street && n.kind == "ward":
		c.decide(elsewhere, nil, because(ReasonThing, c.lead.text))
	case c.lead.role == company, c.lead.role >= thing && n.words:
		// "Trường Trần Phú, thành phố Bắc Kạn": it is the school that lies there.
	default:
		if parent := r.parentOf(i); parent != nil {
			r.settleByParent(c, n, parent)
		} else if child := r.foreignChild(i); child != nil {
			c.decide(elsewhere, nil, because(ReasonOtherNear, r.text(child)))
		}
	}
	if c.verdict != open {
		return
	}
	switch o := r.routeEnd(i); {
	case c.after != "" && c.lead.role != admin && !c.wide():
		c.decide(elsewhere, nil, because(ReasonLongerName, r.text(c)+" "+c.after))
	case o != nil && c.wide():
		c.decide(certain, n, because(ReasonRoute, r.text(o)))
	}
}

// wide says whether c is, or was, the name of a unit of more than one commune: known further than
// that of a commune, and borne by few people.
func (c *candidate) wide() bool { return slices.ContainsFunc(c.names, (*name).isWide) }

func (n *name) isWide() bool {
	return n.kind != "commune" && n.kind != "ward" && n.kind != "township"
}

// settleByParent decides by the unit that is named beside c as the one it lies in.
func (r *resolution) settleByParent(c *candidate, n *name, parent *candidate) {
	if parent.names == nil {
		c.decide(elsewhere, nil, because(ReasonOtherParent, r.text(parent)))
		return
	}
	p := parent.names[0]
	code := p.place.code
	if code == n.place.code {
		return
	}
	// A reading of the kind that is asked for comes first, and one that lies right in the parent
	// before one that does through others.
	readings := append([]*name{n}, c.names...)
	slices.SortStableFunc(readings, func(a, b *name) int { return c.suits(b, code) - c.suits(a, code) })
	for _, reading := range readings {
		if reading.context || !slices.Contains(reading.codes, code) {
			continue
		}
		// A unit lies in the province that the area has become part of only under today's name.
		if !p.inArea && (reading.parent != code || !reading.valid(r.doc.At)) {
			continue
		}
		c.decide(certain, reading, because(ReasonParent, r.text(parent)))
		return
	}
}

// suits orders the readings of c as a part of the unit of a code.
func (c *candidate) suits(n *name, code string) (score int) {
	if c.lead.kind != "" && c.lead.kind == n.kind {
		score += 2
	}
	if n.parent == code {
		score++
	}
	return score
}

// settleBySupport decides what other places of the text, as they are decided so far, decide; it
// says whether that was anything.
func (r *resolution) settleBySupport(e *evidence) (changed bool) {
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.verdict != open {
			continue
		}
		if r.settleOne(e, i, c.pick(r.doc.At)) {
			changed = true
		}
	}
	return changed
}

// settleOne weighs what speaks for candidate i as a place of the area against what speaks for one
// of its name elsewhere.
func (r *resolution) settleOne(e *evidence, i int, n *name) bool {
	c := &r.candidates[i]
	if kin, reading := r.kin(i); kin != nil {
		c.decide(certain, reading, because(ReasonNear, r.text(kin)))
		return true
	}
	borne := c.elsewhere()
	o, ours := r.forArea(e, i, n)
	against, theirs := r.forOthers(e, i, borne)
	sure := e.sure[c.node]
	if n.words && c.lead.role == bare && r.begins(c) {
		sure = nil // the capital may be that of the sentence
	}
	switch {
	case r.abroadNearer(e, i, o, ours), sure == nil && r.contested(o, ours, against, theirs):
		return false
	case theirs > ours, theirs == ours && ours != nowhere && !r.nearer(e, i, o, against, borne):
		if theirs < beside && sure != nil {
			c.decide(certain, n, because(ReasonSame, sure.reason.String()))
			return true
		}
		why := because(ReasonOtherText, r.g.namesOf(e.theirs&borne))
		if against != nil {
			why = because(ReasonOtherNear, r.text(against))
		}
		c.decide(elsewhere, nil, why)
		return true
	case sure != nil && !n.place.landmark && c.lead.role != company:
		c.decide(certain, n, because(ReasonSame, sure.reason.String()))
		return true
	case e.other[c.node] != nil && ours < beside:
		return false // settleRest says so, should nothing else come
	case !r.enough(e, i, n, ours):
		return r.settleByCompany(e, i, n, theirs)
	}
	why := because(ReasonTitle, c.lead.text)
	switch {
	case ours >= beside:
		why = because(ReasonNear, r.text(o))
	case o != nil:
		why = because(ReasonSupport, r.text(o))
	case r.homeSays(n):
		why = because(ReasonHome)
	}
	c.decide(certain, n, why)
	return true
}

// contested says whether the area and a province that has the name too speak for it about equally:
// both in one breath ("Tỉnh A và tỉnh B đều có …"), or the province of the area as the one that
// acts, and the other in the next sentence ("Đoàn của A thăm …. Đoàn cũng đến …, B").
func (r *resolution) contested(ours *candidate, at reach, theirs *candidate, to reach) bool {
	if ours == nil || theirs == nil || ours.field != theirs.field {
		return false
	}
	if at == inSentence && to == beside {
		return ours.chosen.certain && theirs.start > ours.start
	}
	left, right := ours, theirs
	if right.start < left.start {
		left, right = right, left
	}
	return at == to && left.first+left.n <= right.first && listGap(r.doc.Fields[ours.field].Text, left, right)
}

// begins says whether a sentence begins with c.
func (r *resolution) begins(c *candidate) bool {
	return c.first == 0 || int(r.doc.Fields[c.field].Text.Tokens[c.first-1].Sentence) != c.sentence
}

// settleByCompany decides a name that nothing sure speaks for by what it stands among.
func (r *resolution) settleByCompany(e *evidence, i int, n *name, theirs reach) bool {
	c := &r.candidates[i]
	if theirs != nowhere || c.lead.role > people || c.before != "" || c.after != "" || c.shouted || !c.wide() || n.place.landmark {
		return false
	}
	var why Reason
	switch o, joined, road := r.company(e, i), r.joinedProvince(i), r.roadBeside(i); {
	case o != nil && c.alone():
		why = because(ReasonNear, r.text(o))
	case road != nil && !n.words && !r.strangerBeside(i, 1<<restBit):
		why = because(ReasonNear, r.text(road))
	case c.alone() && r.inList(i):
		why = because(ReasonList)
	case joined != nil && c.lead.role == admin && r.fits(c):
		why = because(ReasonNear, r.text(joined))
	default:
		return false
	}
	c.decide(certain, n, why)
	return true
}

// nearer says which of two places that are equally far from candidate i counts: the nearer one, or
// else the province that the text speaks more of.
func (r *resolution) nearer(e *evidence, i int, ours, theirs *candidate, borne provinces) bool {
	c := &r.candidates[i]
	if ours != nil && theirs != nil {
		return distance(c, ours) <= distance(c, theirs)
	}
	return e.oftener(borne)
}

// enough says whether what speaks for candidate i, as near as it does, is enough for a name
// written as it is.
func (r *resolution) enough(e *evidence, i int, n *name, ours reach) bool {
	c := &r.candidates[i]
	titled := c.lead.role == admin
	if n.place.landmark {
		return ours != nowhere
	}
	home := r.homeSays(n)
	alone := home || titled && n.elsewhere == 0 && r.fits(c) && (c.wide() || !r.foreignBeside(i))
	switch {
	case c.lead.role == company, n.words && !titled, c.shouted && !titled:
		return false
	case c.lead.role >= thing:
		return ours >= inTitle && !r.foreignBeside(i) || ours != nowhere && n.elsewhere == 0 && !r.foreignBeside(i)
	case titled && !r.fits(c):
		return ours >= beside && n.elsewhere == 0
	case n.context:
		return ours != nowhere
	case n.words && n.elsewhere != 0:
		return ours >= inTitle || home && r.fits(c)
	case (c.before != "" || c.after != "") && !titled:
		return ours >= beside || ours != nowhere && c.wide()
	case !c.wide() && !titled:
		return ours >= inTitle || alone // Côn Minh is a city of China too
	}
	return ours != nowhere || alone
}

// foreignBeside says whether any place of the rest of the country is named in the sentence of
// candidate i.
func (r *resolution) foreignBeside(i int) bool { return r.strangerBeside(i, 0) }

// strangerBeside says so of places that cannot lie in known provinces, such as the one next door.
func (r *resolution) strangerBeside(i int, known provinces) bool {
	_, at := r.around(i, func(o *candidate) bool { return o.names == nil && !o.foreign.isAbroad() && o.foreign.in&known == 0 })
	return at == inSentence
}

// fits says whether the administrative word before c goes with the name. A directory that hardly
// knows any districts, such as one made from the national one, cannot say no to "huyện".
func (r *resolution) fits(c *candidate) bool {
	const hardly = 3
	return c.lead.kind == "" || c.lead.kind == "district" && r.g.districts < hardly ||
		slices.ContainsFunc(c.names, func(n *name) bool { return n.kind == c.lead.kind })
}

// speaksForArea says whether o is surely a place of the area, or of the province that it has
// become part of.
func (r *resolution) speaksForArea(o *candidate) bool {
	if o.verdict != certain || o.chosen.place.leaves || o.menu {
		return false
	}
	if len(o.chosen.includes) > 0 {
		// Its city, which bears the same name, is no part of the area.
		return !r.doc.At.IsZero() && o.lead.kind != "city"
	}
	return o.chosen.inArea
}

// homeSays says whether the outlet writes for the area, so that the name means what it does there.
// An outlet of the province that the area has joined knows another unit of the name, where the
// rest of that province has one.
func (r *resolution) homeSays(n *name) bool {
	home := r.g.units[r.doc.Home]
	return home != nil && slices.ContainsFunc(home.names, func(h *name) bool {
		return h.inArea || len(h.includes) > 0 && !r.doc.At.IsZero() && h.valid(r.doc.At) && (n.elsewhere&(1<<restBit) == 0 || n.valid(r.doc.At))
	})
}

// pick chooses among the readings of a name: of the kind that the administrative word asks for
// and in use at the time, else in use, else the first. Without a word the widest is meant.
func (c *candidate) pick(at time.Time) *name {
	best, most := c.names[0], -1
	for _, n := range c.names {
		score := 0
		if c.lead.kind != "" && c.lead.kind == n.kind {
			score += 4
		}
		if n.valid(at) {
			score += 2
		}
		if c.lead.kind == "" && n.certain {
			score += 3 // the province rather than its city or its ward of the same name
		}
		if at.IsZero() && n.to == "" && c.lead.kind == "" && !n.certain && !n.place.landmark {
			score-- // of an unknown time the wider, older unit is the safer reading
		}
		if score > most {
			best, most = n, score
		}
	}
	return best
}
