package places

import (
	"math/bits"
	"slices"
	"strings"

	"lamro/internal/vietnamese"
)

// A link is how a place is named beside another as the one that it lies in.
type link uint8

const (
	unlinked link = iota
	listed        // by a bare comma, as the items of a list are too: "Chợ Mới, An Giang"
	dashedTo      // "Thái Nguyên – Chợ Mới"
	stated        // "huyện Chợ Mới, tỉnh An Giang", "Chợ Mới (An Giang)", "Chợ Mới của An Giang"
	joined        // "Chợ Mới An Giang"
)

// belongs are the words that may stand between a unit and what it lies in.
var belongs = map[string]bool{"thuộc": true, "của": true, "ở": true, "tại": true, "nay": true, "cũ": true, "trước": true, "đây": true, "các": true}

// furthestParent is how many places further a parent is looked for: "xã A, huyện B, tỉnh C".
const furthestParent = 4

// linkTo says how candidate next is joined to what ends at token last, and which unknown unit, if
// any, is passed on the way: "Cẩm Giàng, huyện X, tỉnh Y".
func linkTo(t *vietnamese.Text, last int, next *candidate) link {
	const furthest = 9 // tokens
	if next.first-last > furthest {
		return unlinked
	}
	title := next.first
	if next.lead.role == admin && next.lead.first > last && next.lead.first < next.first {
		title = next.lead.first
	}
	found := listed
	if title < next.first {
		found = stated
	}
	passing := false // over an unknown unit
	for k := last + 1; k <= title; k++ {
		gap := t.Original[t.Tokens[k-1].End:t.Tokens[k].Start]
		if strings.Trim(gap, " \u00a0.,()[]–—-/\n\"“”") != "" || strings.Contains(gap, "\n") || strings.Contains(gap, ". ") && !passing && k == last+1 {
			return unlinked
		}
		if strings.Contains(gap, ")") && k <= title && !strings.Contains(gap, ",") {
			return unlinked // the brackets close: what follows is another matter
		}
		if k == title {
			return linkBy(gap, k == last+1, found)
		}
		switch word := t.Exact(k); {
		case belongs[word] && !passing:
			if word != "cũ" {
				found = stated
			}
		case isUnitWord(t, k):
			passing = true
		case passing && t.Tokens[k].Flags&vietnamese.Capital != 0:
			found = stated
		case passing && t.Exact(k) == "trấn" || t.Exact(k) == "phố":
		default:
			return unlinked
		}
	}
	return unlinked
}

// linkBy reads the gap right before a parent or its title.
func linkBy(gap string, whole bool, found link) link {
	switch signs := strings.Trim(gap, " \u00a0"); {
	case strings.HasPrefix(signs, "("), strings.HasPrefix(signs, "["):
		return stated
	case dashed(signs) && whole:
		if found == stated {
			return stated
		}
		return dashedTo
	case signs == "" && whole && found == listed:
		return joined
	}
	return found
}

// isUnitWord says whether an administrative word stands at token k.
func isUnitWord(t *vietnamese.Text, k int) bool {
	switch t.Exact(k) {
	case "huyện", "xã", "tỉnh", "quận", "phường", "thị", "thành", "tp", "tx", "h":
		return true
	}
	return false
}

// parentOf finds the place, ours or another's, that is named behind candidate i as the one it lies
// in; nil where none is.
func (r *resolution) parentOf(i int) *candidate {
	c := &r.candidates[i]
	t := r.doc.Fields[c.field].Text
	last := c.first + c.n - 1
	var parent *candidate
	for j := i + 1; j < len(r.candidates) && j <= i+furthestParent; j++ {
		next := &r.candidates[j]
		if next.field != c.field {
			break
		}
		l := linkTo(t, last, next)
		if l == unlinked || l == dashedTo {
			break
		}
		if next.node == c.node && l < stated {
			break
		}
		switch {
		case next.names == nil:
			if r.foreignParent(c, next, l) {
				return next
			}
			return parent
		case next.names[0].sort != ours:
			return parent
		case next.names[0].certain:
			return next
		case next.names[0].place.landmark:
			return parent
		case parent == nil && r.lieIn(c, next, l):
			parent = next
		}
		last = next.first + next.n - 1
	}
	return parent
}

// foreignParent says whether a place of the rest of the country is named as the one that c lies
// in. A bare comma also parts the items of a list: it names a parent only where the name is known
// there, or could be.
func (r *resolution) foreignParent(c, next *candidate, l link) bool {
	borne := c.elsewhere()
	switch {
	case l == joined:
		return true
	case l == stated && (next.foreign.province || next.lead.role == admin || borne&next.foreign.in != 0):
		return !sameTitle(c, next)
	case borne&next.foreign.in != 0:
		return !sameTitle(c, next)
	case l == listed && next.foreign.isAbroad():
		return !c.wide()
	case l == listed && next.foreign.province && c.lead.role == admin:
		return borne != 0 && !sameTitle(c, next)
	}
	return false
}

// sameTitle says whether two places stand beside one another in one list: "huyện A, huyện B". The
// word for kinds that lie in one another is different.
func sameTitle(c, next *candidate) bool {
	return c.lead.role == admin && next.lead.role == admin && c.lead.kind != "" && c.lead.kind == next.lead.kind
}

// lieIn says whether some reading of c lies in some reading of o. A bare comma also parts the items
// of a list: behind it only what o was made of counts, not today's commune on its ground.
func (r *resolution) lieIn(c, o *candidate, l link) bool {
	for _, n := range c.names {
		for _, p := range o.names {
			if n.parent == p.place.code || (l != listed || c.lead.role == admin) && slices.Contains(n.fromDistricts, p.place.code) {
				return true
			}
		}
	}
	return false
}

// foreignChild finds a unit of another province that is named right before candidate i as lying in
// it, where that province has the name too: "thị trấn Mỹ Luông thuộc huyện Chợ Mới".
func (r *resolution) foreignChild(i int) *candidate {
	c := &r.candidates[i]
	if i == 0 {
		return nil
	}
	o := &r.candidates[i-1]
	if o.field != c.field || o.names != nil || o.foreign.province || o.lead.role != admin || o.foreign.in&c.elsewhere() == 0 ||
		sameTitle(o, c) || linkTo(r.doc.Fields[c.field].Text, o.first+o.n-1, c) != stated {
		return nil
	}
	return o
}

// routeEnd finds a place of the area or of the province it joined that a dash joins to candidate
// i: "Thái Nguyên – Chợ Mới".
func (r *resolution) routeEnd(i int) *candidate {
	c := &r.candidates[i]
	t := r.doc.Fields[c.field].Text
	for _, j := range []int{i - 1, i + 1} {
		if j < 0 || j >= len(r.candidates) || r.candidates[j].field != c.field {
			continue
		}
		o := &r.candidates[j]
		left, right := c, o
		if j < i {
			left, right = o, c
		}
		end := left.first + left.n
		if end == right.first && dashed(t.Original[left.end:right.start]) && o.ours() && o.verdict == certain && o.node != c.node {
			return o
		}
	}
	return nil
}

// inList says whether candidate i stands between others in a list of places of at least two other
// provinces: "Sa Pa, Ba Bể, Mộc Châu".
func (r *resolution) inList(i int) bool {
	t := r.doc.Fields[r.candidates[i].field].Text
	var in provinces
	for _, step := range []int{-1, 1} {
		for j := i + step; j >= 0 && j < len(r.candidates) && (j-i)*step <= furthestParent; j += step {
			left, right := &r.candidates[min(j, j-step)], &r.candidates[max(j, j-step)]
			if left.field != right.field || left.first+left.n > right.first || left.menu || !listGap(t, left, right) {
				break
			}
			if o := &r.candidates[j]; o.names == nil && !o.foreign.isAbroad() {
				in |= o.foreign.in
			}
		}
	}
	return bits.OnesCount64(uint64(in)) >= 2
}

// listGap says whether a comma or "và" is all that stands between two places, administrative words
// aside.
func listGap(t *vietnamese.Text, left, right *candidate) bool {
	from := left.first + left.n
	to := right.first
	if right.lead.role == admin && right.lead.first >= from && right.lead.first < to {
		to = right.lead.first
	}
	switch to - from {
	case 0:
		gap := strings.TrimSpace(t.Original[left.end:t.Tokens[to].Start])
		return gap == "," || gap == ";"
	case 1:
		return t.Exact(from) == "và"
	}
	return false
}
