package match

import "slices"

// proximity is memory for comparing places. Its slices are used by one comparison at a time.
type proximity struct {
	starts, ends [2][]int32 // of the occurrences of each side
	extents      [2][]extent
	window       []int64
	counts       []uint32
}

// extent is an occurrence: its first place, the one behind its last, and the sentence that holds
// it whole.
type extent struct{ start, end, sentence int32 }

// sides parts the leaves of a body.
func sides(body []uint32) [2][]uint32 {
	n := 1 + body[0]
	return [2][]uint32{body[1:n], body[n:]}
}

// any says whether one of the leaves is met.
func (o *occurrences) any(leaves []uint32) bool {
	return slices.ContainsFunc(leaves, o.has)
}

// isNear: occurrences of both sides lie in one field, apart, with at most so many tokens between
// them. Only where occurrences of one side end and those of the other begin matters, so that two
// sorted lists are gone through once, however often the same words stand there.
func (f *Finder) isNear(o *occurrences, body []uint32) bool {
	side := sides(body[1:])
	if !o.any(side[0]) || !o.any(side[1]) {
		return false
	}
	distance := int32(body[0] &^ ordered) // #nosec G115 -- less than 1<<31
	if follows(f.endsOf(o, side[0], 0), f.startsOf(o, side[1], 1), distance) {
		return true
	}
	return body[0]&ordered == 0 && follows(f.endsOf(o, side[1], 1), f.startsOf(o, side[0], 0), distance)
}

// follows says whether something starts where something ends or at most distance later.
func follows(ends, starts []int32, distance int32) bool {
	next := 0
	for _, end := range ends {
		for next < len(starts) && starts[next] < end {
			next++
		}
		if next == len(starts) {
			return false
		}
		if starts[next]-end <= distance {
			return true
		}
	}
	return false
}

// startsOf is where the occurrences of a side begin, in order.
func (f *Finder) startsOf(o *occurrences, leaves []uint32, side int) []int32 {
	if len(leaves) == 1 {
		places, _ := o.of(leaves[0])
		return places
	}
	out := f.near.starts[side][:0]
	for _, l := range leaves {
		places, _ := o.of(l)
		out = append(out, places...)
	}
	slices.Sort(out)
	f.near.starts[side] = out
	return out
}

// endsOf is where they end, in order: the place behind the last token.
func (f *Finder) endsOf(o *occurrences, leaves []uint32, side int) []int32 {
	out := f.near.ends[side][:0]
	for _, l := range leaves {
		places, length := o.of(l)
		for _, at := range places {
			out = append(out, at+length)
		}
	}
	if len(leaves) > 1 {
		slices.Sort(out)
	}
	f.near.ends[side] = out
	return out
}

// extentsOf is the occurrences of a side that lie in one sentence each, by sentence.
func (f *Finder) extentsOf(o *occurrences, leaves []uint32, side int) []extent {
	out := f.near.extents[side][:0]
	for _, l := range leaves {
		places, length := o.of(l)
		for _, at := range places {
			if sentence, whole := f.sentence(at, length); whole {
				out = append(out, extent{at, at + length, sentence})
			}
		}
	}
	if len(leaves) > 1 {
		slices.SortFunc(out, func(a, b extent) int { return int(a.start - b.start) })
	}
	f.near.extents[side] = out
	return out
}

// sentence is the sentence of the token at a place, by a number that rises through the document,
// and whether as many tokens from there on lie in it.
func (f *Finder) sentence(at, length int32) (number int32, whole bool) {
	field, token := f.place(at)
	tokens := f.doc.Fields[field].Text.Tokens
	first, last := tokens[token].Sentence, tokens[token+length-1].Sentence
	return f.fields[field] + first, first == last
}

// isTogether: occurrences of both sides lie apart in one sentence.
func (f *Finder) isTogether(o *occurrences, body []uint32) bool {
	side := sides(body)
	if !o.any(side[0]) || !o.any(side[1]) {
		return false
	}
	a, b := f.extentsOf(o, side[0], 0), f.extentsOf(o, side[1], 1)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].sentence < b[0].sentence:
			a = a[1:]
		case a[0].sentence > b[0].sentence:
			b = b[1:]
		default:
			i, j := sameSentence(a), sameSentence(b)
			aEnd, aStart := bounds(a[:i])
			bEnd, bStart := bounds(b[:j])
			if aEnd <= bStart || bEnd <= aStart {
				return true
			}
			a, b = a[i:], b[j:]
		}
	}
	return false
}

// sameSentence counts the extents in the sentence of the first.
func sameSentence(a []extent) int {
	n := 1
	for n < len(a) && a[n].sentence == a[0].sentence {
		n++
	}
	return n
}

// bounds is where the first of the extents ends and the last one starts.
func bounds(a []extent) (firstEnd, lastStart int32) {
	firstEnd = a[0].end
	for _, e := range a {
		firstEnd = min(firstEnd, e.end)
	}
	return firstEnd, a[len(a)-1].start
}

// isLoose: all the syllables stand within one window, each as often as the phrase has it.
func (f *Finder) isLoose(o *occurrences, body []uint32) bool {
	holds := false
	f.windows(o, body, func([]int64) bool {
		holds = true
		return false
	})
	return holds
}

// windows calls seen with the occurrences of every longest window that holds all syllables of a
// loose phrase, until it returns false. An occurrence is its place, shifted left by 32, and which
// of the pairs of the body it belongs to.
func (f *Finder) windows(o *occurrences, body []uint32, seen func([]int64) bool) {
	length, pairs := int64(body[0]), body[1:]
	for i := 0; i < len(pairs); i += 2 {
		if !o.has(pairs[i]) {
			return
		}
	}
	all, counts := f.near.window[:0], f.near.counts[:0]
	for i := 0; i < len(pairs); i += 2 {
		counts = append(counts, 0)
		places, _ := o.of(pairs[i])
		for _, at := range places {
			all = append(all, int64(at)<<32|int64(i/2))
		}
	}
	f.near.window, f.near.counts = all, counts
	slices.Sort(all)
	missing, from := len(counts), 0
	for i, last := range all {
		for all[from]>>32 <= last>>32-length {
			which := uint32(all[from]) // #nosec G115 -- the lower half
			if counts[which] == pairs[2*which+1] {
				missing++
			}
			counts[which]--
			from++
		}
		which := uint32(last) // #nosec G115 -- the lower half
		if counts[which]++; counts[which] == pairs[2*which+1] {
			missing--
		}
		if missing == 0 && !seen(all[from:i+1]) {
			return
		}
	}
}
