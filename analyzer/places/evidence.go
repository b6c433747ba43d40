package places

// reach is how near something that speaks for a reading stands.
type reach uint8

const (
	nowhere reach = iota
	inText
	inTitle
	beside     // in the sentence before or behind, or within near bytes
	inSentence // in the same sentence
)

const (
	near     = 350 // bytes: about 250 characters
	maxSteps = 48  // candidates looked through to each side
)

// evidence is what the decided names of a text say about the others.
type evidence struct {
	sure, other map[int32]*candidate // by node: the first spot where the name is a place of the area, or is something else
	ours        []*candidate         // the first two, of different names, that speak for the area
	oursTitle   []*candidate         // the same of the title
	oursInside  []*candidate         // the same of those that lie in the area; the province that it joined does not
	theirs      provinces            // provinces of which a place is named
	theirsTitle provinces
	count       [64]int // spots of places in theirs, by bit
	oursCount   int
}

func (r *resolution) weigh() *evidence {
	e := &evidence{sure: map[int32]*candidate{}, other: map[int32]*candidate{}}
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.menu {
			continue
		}
		if c.names == nil {
			e.addForeign(c, r.isTitle(c.field))
			continue
		}
		if !c.ours() {
			continue
		}
		switch {
		case c.verdict == certain && !c.chosen.place.landmark && e.sure[c.node] == nil:
			e.sure[c.node] = c
		case c.verdict == elsewhere && e.other[c.node] == nil:
			e.other[c.node] = c
		}
		if r.speaksForArea(c) {
			e.oursCount++
			e.ours = twoNames(e.ours, c)
			if c.chosen.inArea {
				e.oursInside = twoNames(e.oursInside, c)
			}
			if r.isTitle(c.field) {
				e.oursTitle = twoNames(e.oursTitle, c)
			}
		}
	}
	return e
}

func (e *evidence) addForeign(c *candidate, title bool) {
	e.theirs |= c.foreign.in
	if title {
		e.theirsTitle |= c.foreign.in
	}
	if c.foreign.in.one() {
		e.count[c.foreign.in.bit()]++
	}
}

// twoNames keeps the first candidates of two different names: one of them is not the name that
// asks.
func twoNames(list []*candidate, c *candidate) []*candidate {
	if len(list) == 2 || len(list) == 1 && list[0].node == c.node {
		return list
	}
	return append(list, c)
}

func otherThan(list []*candidate, node int32) *candidate {
	for _, c := range list {
		if c.node != node {
			return c
		}
	}
	return nil
}

// isTitle says whether a field is the title of the text.
func (r *resolution) isTitle(field int) bool { return field == 0 && len(r.doc.Fields) > 1 }

// around finds the nearest candidate that passes in the sentence of candidate i or the ones beside
// it, and how near it is.
func (r *resolution) around(i int, pass func(*candidate) bool) (best *candidate, at reach) {
	c := &r.candidates[i]
	for _, step := range []int{-1, 1} {
		for j, steps := i+step, 0; j >= 0 && j < len(r.candidates) && steps < maxSteps; j, steps = j+step, steps+1 {
			o := &r.candidates[j]
			to := closeness(c, o)
			if to == nowhere {
				break
			}
			if o.menu || !pass(o) {
				continue
			}
			if to > at || to == at && distance(c, o) < distance(c, best) {
				best, at = o, to
			}
			break
		}
	}
	return best, at
}

// closeness is inSentence, beside or nowhere. A sentence as long as a page is no neighbourhood.
func closeness(c, o *candidate) reach {
	const longest = 1200
	if c.field != o.field {
		return nowhere
	}
	apart, d := c.sentence-o.sentence, distance(c, o)
	switch {
	case apart == 0 && d <= longest:
		return inSentence
	case d <= near, apart >= -1 && apart <= 1 && d <= longest:
		return beside
	}
	return nowhere
}

// distance is the bytes between two candidates of one field.
func distance(a, b *candidate) int {
	if a.start > b.start {
		a, b = b, a
	}
	return b.start - a.end
}

// forArea says how near a place speaks for candidate i as one of the area. Of a road or river that
// leaves the area, the province that it joined says nothing, nor of a former name that the rest of
// that province has too.
func (r *resolution) forArea(e *evidence, i int, n *name) (*candidate, reach) {
	c := &r.candidates[i]
	inside := n.place.landmark && n.place.leaves || n.elsewhere&(1<<restBit) != 0 && !n.valid(r.doc.At)
	if o, at := r.around(i, func(o *candidate) bool {
		return o.node != c.node && r.speaksForArea(o) && (!inside || o.chosen.inArea)
	}); o != nil {
		return o, at
	}
	if inside {
		if o := otherThan(e.oursInside, c.node); o != nil {
			return o, inText
		}
		return nil, nowhere
	}
	if o := otherThan(e.oursTitle, c.node); o != nil {
		return o, inTitle
	}
	if o := otherThan(e.ours, c.node); o != nil {
		return o, inText
	}
	return nil, nowhere
}

// forOthers says how near a place of the provinces speaks against candidate i; the candidate is
// nil where it is further than beside.
func (r *resolution) forOthers(e *evidence, i int, in provinces) (*candidate, reach) {
	if in == 0 || e.theirs&in == 0 {
		return nil, nowhere
	}
	if o, at := r.around(i, func(o *candidate) bool { return o.names == nil && o.foreign.in&in != 0 }); o != nil {
		return o, at
	}
	if e.theirsTitle&in != 0 {
		return nil, inTitle
	}
	return nil, inText
}

// oftener says whether places of the area are named oftener in the text than those of any of the
// provinces.
func (e *evidence) oftener(in provinces) bool {
	for i, n := range e.count {
		if in&(1<<i) != 0 && n >= e.oursCount {
			return false
		}
	}
	return true
}

// alone says whether all readings of the name are of larger units or took their names over, and no
// other province has it.
func (c *candidate) alone() bool {
	wide := false
	for _, n := range c.names {
		if n.sort != ours || n.elsewhere != 0 || n.words || n.place.landmark || n.context {
			return false
		}
		wide = wide || n.isWide()
	}
	return wide
}

// joinedProvince finds the name of the province that the area joined, before it did, near
// candidate i: it borders on the area.
func (r *resolution) joinedProvince(i int) *candidate {
	o, at := r.around(i, func(o *candidate) bool {
		return o.verdict == certain && !o.chosen.inArea && o.chosen.certain
	})
	if at < beside {
		return nil
	}
	return o
}

// roadBeside finds a road or river in the sentence of candidate i that leaves the area and passes
// through it: that it meets there a place of the same name elsewhere is unlikely.
func (r *resolution) roadBeside(i int) *candidate {
	o, at := r.around(i, func(o *candidate) bool {
		return o.ours() && o.names[0].place.leaves && o.verdict != elsewhere
	})
	if at != inSentence {
		return nil
	}
	return o
}
