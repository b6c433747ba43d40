package places

import "slices"

// Names that nothing has decided support one another only in number: two may stand together by
// chance, a noodle shop beside a tea house. From so many different ones on they do, if no other
// province could have as many of them.
const enoughKin = 3

// provinceDigits is the length of the code of a province; those of districts are longer.
const provinceDigits = 2

// kin finds, for candidate i, another unit of the same district named near it, where so many of
// that district stand together, itself among them, that they are meant: "huyện X: mưa đá ở A, B".
// No other province may have as many of these names; a place of its own speaks for it too.
func (r *resolution) kin(i int) (*candidate, *name) {
	c := &r.candidates[i]
	if !c.plain() {
		return nil, nil
	}
	likely := c.pick(r.doc.At)
	if o := r.kinOf(i, likely); o != nil {
		return o, likely
	}
	for _, n := range c.names {
		if n == likely {
			continue
		}
		if o := r.kinOf(i, n); o != nil {
			return o, n
		}
	}
	return nil, nil
}

// kinOf is kin for one reading of the name.
func (r *resolution) kinOf(i int, n *name) *candidate {
	if n.place.landmark || n.context || !n.inArea {
		return nil
	}
	if len(n.fromDistricts) == 0 {
		return r.kinIn(i, n.district())
	}
	for _, district := range n.fromDistricts {
		if o := r.kinIn(i, district); o != nil {
			return o
		}
	}
	return nil
}

// company finds another name of the office's larger units in the sentence of candidate i, where
// enough different ones stand together that nobody else bears, and the text names no place of
// another province: that all of them stand there by chance for something else is unlikely.
func (r *resolution) company(e *evidence, i int) (best *candidate) {
	c := &r.candidates[i]
	if e.theirs&^(1<<restBit|1<<abroadBit) != 0 {
		return nil
	}
	members := 1
	r.around(i, func(o *candidate) bool {
		if o.node != c.node && (best == nil || o.node != best.node) && closeness(c, o) == inSentence && o.verdict == open && o.plain() && o.alone() {
			members++
			best = o
		}
		return members >= enoughKin
	})
	if members < enoughKin {
		return nil
	}
	return best
}

// district is the code of the district that n is or lies in.
func (n *name) district() string {
	if n.isWide() {
		return n.place.code
	}
	return n.parent
}

// kinIn is the nearest unit of the district in the sentence of candidate i, those before it first;
// nil where there are not enough of them. Everyday names alone are never enough.
func (r *resolution) kinIn(i int, district string) (best *candidate) {
	if len(district) <= provinceDigits {
		return nil // a directory without districts
	}
	c := &r.candidates[i]
	members, telling := 1, c.telling()
	rivals := tally{}
	rivals.add(c.elsewhere())
	var room [8]int32
	nodes := append(room[:0], c.node)
	for _, step := range []int{-1, 1} {
		for j, steps := i+step, 0; j >= 0 && j < len(r.candidates) && steps < maxSteps; j, steps = j+step, steps+1 {
			o := &r.candidates[j]
			if closeness(c, o) != inSentence {
				break
			}
			if o.menu || slices.Contains(nodes, o.node) {
				continue
			}
			switch {
			case o.names == nil:
				rivals.add(o.foreign.in)
			case o.verdict != elsewhere && o.plain() && o.liesIn(district):
				rivals.add(o.elsewhere())
				members++
				telling = telling || o.telling()
				if best == nil {
					best = o
				}
			default:
				continue
			}
			nodes = append(nodes, o.node)
		}
	}
	if members < enoughKin || !telling || rivals.most() >= members {
		return nil
	}
	return best
}

// tally counts names by the provinces that have them.
type tally [64]int

func (t *tally) add(in provinces) {
	for ; in != 0; in &= in - 1 {
		t[in.bit()]++
	}
}

func (t *tally) most() int { return slices.Max(t[:]) }

// telling says whether c is more than an everyday name.
func (c *candidate) telling() bool {
	return c.lead.role == admin || !slices.ContainsFunc(c.names, func(n *name) bool { return n.words })
}

// liesIn says whether c is a unit of the district, or the district itself.
func (c *candidate) liesIn(district string) bool {
	return slices.ContainsFunc(c.names, func(n *name) bool {
		return !n.place.landmark && !n.context && (n.district() == district || slices.Contains(n.fromDistricts, district))
	})
}

// plain says whether nothing right beside c makes it the name of somebody or something.
func (c *candidate) plain() bool {
	return c.ours() && c.lead.role <= people && c.before == "" && (c.after == "" || c.lead.role == admin) && !(c.shouted && c.lead.role != admin)
}
