package places

import "regexp"

// What may stand between a unit and the unit it lies in: "Chợ Mới, An Giang", "Ba Bể (tỉnh Bắc
// Kạn)"; and, where the unit between is not in the directory, "Cẩm Giàng, huyện X, tỉnh Y".
var (
	gapLoose    = regexp.MustCompile(`^\s*,\s*$`)
	gapExplicit = regexp.MustCompile(`(?i)^[\s,;–-]*(\(\s*|thuộc\s+|của\s+)?((các\s+)?(tỉnh|huyện|thành phố|thị xã|tp|t\.p|tx|t|h)\.?\s*)?$`)
	gapUnknown  = regexp.MustCompile(`^[\s,(–-]*(?:huyện|thị xã|thành phố|quận|TP|TX|H|Q)\.?\s+(?:\p{Lu}\p{L}*[\s]?){1,4}[\s,;(–-]*(?:tỉnh|thành phố|TP|T)?\.?\s*$`)
	gapDash     = regexp.MustCompile(`^\s*[–-]\s*$`)
)

const (
	maxGap  = 60 // bytes between a unit and its parent
	maxHops = 4
)

// parentAfter finds the province, ours or another, that is named after candidate i as the one it
// lies in, or a district of ours that is; nil where none is.
func (r *resolution) parentAfter(i int) *candidate {
	c := &r.candidates[i]
	original := r.doc.Fields[c.field].Text.Original
	end := c.end
	var parent *candidate
	for j := i + 1; j < len(r.candidates) && j <= i+maxHops; j++ {
		next := &r.candidates[j]
		if next.field != c.field || next.start-end > maxGap {
			break
		}
		gap := original[end:next.start]
		explicit := gapExplicit.MatchString(gap) && !gapLoose.MatchString(gap) && !gapDash.MatchString(gap) && gap != " "
		if !explicit && !gapLoose.MatchString(gap) && !gapUnknown.MatchString(gap) {
			break
		}
		switch n := next.names[0]; {
		case n.sort == decoyed:
			return parent
		case n.sort == others:
			// A bare comma also parts the items of a list; it names a parent only where the name
			// is known there or c says what it is.
			if explicit || c.contradictedBy(next) || c.title.text != "" || gapUnknown.MatchString(gap) {
				return next
			}
			return parent
		case n.certain:
			return next
		case n.place.landmark:
			return parent
		default:
			if n.kind == "district" && parent == nil && r.lieIn(c, n.place.code) {
				parent = next
			}
		}
		end = next.end
	}
	return parent
}

// lieIn says whether some reading of c lies in the unit.
func (r *resolution) lieIn(c *candidate, code string) bool {
	for _, n := range c.names {
		if n.parent == code {
			return true
		}
		for _, d := range n.fromDistricts {
			if d == code {
				return true
			}
		}
	}
	return false
}

// distance is the bytes between two candidates of one field.
func distance(a, b *candidate) int {
	if a.start > b.start {
		a, b = b, a
	}
	return b.start - a.end
}

// nearest finds the candidate closest to i, within reach, that passes.
func (r *resolution) nearest(i int, pass func(*candidate) bool) (*candidate, bool) {
	return r.nearestWithin(i, near, pass)
}

func (r *resolution) nearestWithin(i, reach int, pass func(*candidate) bool) (*candidate, bool) {
	c := &r.candidates[i]
	var best *candidate
	for _, step := range []int{-1, 1} {
		for j := i + step; j >= 0 && j < len(r.candidates); j += step {
			o := &r.candidates[j]
			if o.field != c.field || distance(c, o) > reach {
				break
			}
			if pass(o) {
				if best == nil || distance(c, o) < distance(c, best) {
					best = o
				}
				break
			}
		}
	}
	return best, best != nil
}
