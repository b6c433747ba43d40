package match

import "slices"

// collect appends to f.spans where the terms stand by which a program holds that does hold, up to
// a limit: of an OR the branches that hold, of NEAR and its like the occurrences that take part.
func (f *Finder) collect(o *occurrences, at uint32, limit int) {
	code := f.set.code
	word := code[at]
	body, end := at+1, at+size(word)
	switch operation(word) {
	case opLeaf:
		leaf := word & argument
		places, length := o.of(leaf) // none of a filter
		for _, place := range places[:min(len(places), limit-len(f.spans))] {
			f.span(leaf, place, length, limit)
		}
	case opAnd, opAnchored:
		for at = body; at < end; at += size(code[at]) {
			f.collect(o, at, limit)
		}
	case opOr:
		for at = body; at < end; at += size(code[at]) {
			if f.holds(o, at) {
				f.collect(o, at, limit)
			}
		}
	case opNear:
		f.collectNear(o, code[body:end], limit)
	case opTogether:
		f.collectTogether(o, code[body:end], limit)
	case opLoose:
		f.collectLoose(o, code[body:end], limit)
	case opDate, opNot: // shows nothing
	}
}

func (f *Finder) span(leaf uint32, at, length int32, limit int) {
	if len(f.spans) < limit {
		f.spans = append(f.spans, f.where(int32(leaf), at, length)) // #nosec G115 -- a leaf's number
	}
}

// where is the span of a leaf that takes length tokens at a place.
func (f *Finder) where(leaf, at, length int32) Span {
	field, token := f.place(at)
	tokens := f.doc.Fields[field].Text.Tokens
	return Span{Field: field, Start: tokens[token].Start, End: tokens[token+length-1].End, Leaf: leaf}
}

// collectNear shows every occurrence of a side that has one of the other near it.
func (f *Finder) collectNear(o *occurrences, body []uint32, limit int) {
	side, distance := sides(body[1:]), int32(body[0]&^ordered) // #nosec G115 -- less than 1<<31
	for i, leaves := range side {
		starts, ends := f.startsOf(o, side[1-i], 1-i), f.endsOf(o, side[1-i], 1-i)
		before, after := true, true // whether the other side may be there
		if body[0]&ordered != 0 {
			before, after = i == 1, i == 0
		}
		for _, leaf := range leaves {
			places, length := o.of(leaf)
			for _, at := range places {
				if after && between(starts, at+length, at+length+distance) || before && between(ends, at-distance, at) {
					f.span(leaf, at, length, limit)
				}
			}
		}
	}
}

// between says whether one of the sorted numbers lies from low to high.
func between(sorted []int32, low, high int32) bool {
	i, _ := slices.BinarySearch(sorted, low)
	return i < len(sorted) && sorted[i] <= high
}

// collectTogether shows every occurrence of a side that has one of the other in its sentence.
func (f *Finder) collectTogether(o *occurrences, body []uint32, limit int) {
	side := sides(body)
	for i, leaves := range side {
		others := f.extentsOf(o, side[1-i], 1-i)
		for _, leaf := range leaves {
			places, length := o.of(leaf)
			for _, at := range places {
				sentence, whole := f.sentence(at, length)
				if whole && apart(others, extent{at, at + length, sentence}) {
					f.span(leaf, at, length, limit)
				}
			}
		}
	}
}

// apart says whether one of the extents lies in the sentence of e without a token in common.
func apart(all []extent, e extent) bool {
	i, _ := slices.BinarySearchFunc(all, e.sentence, func(a extent, sentence int32) int { return int(a.sentence - sentence) })
	for ; i < len(all) && all[i].sentence == e.sentence; i++ {
		if all[i].start >= e.end || all[i].end <= e.start {
			return true
		}
	}
	return false
}

// collectLoose shows the syllables of every window that holds them all.
func (f *Finder) collectLoose(o *occurrences, body []uint32, limit int) {
	shown := int64(-1)
	f.windows(o, body, func(window []int64) bool {
		from, _ := slices.BinarySearch(window, shown+1)
		for _, w := range window[from:] {
			f.span(body[1+2*uint32(w)], int32(w>>32), 1, limit) // #nosec G115 -- two halves
			shown = w
		}
		return len(f.spans) < limit
	})
}
