package embedded

import "slices"

// stand is where leaves of one length stand in a text: the positions at which they begin, in
// order.
type stand struct {
	length int
	starts []int
}

// near says whether one of left and one of right stand in the text with no token in common and
// at most distance others between them; ordered: that of left first.
func near(left, right []stand, distance int, ordered bool) bool {
	for _, l := range left {
		for _, r := range right {
			if follows(l, r, distance) || !ordered && follows(r, l, distance) {
				return true
			}
		}
	}
	return false
}

// follows says whether one of second begins at most distance tokens after the end of one of
// first. The next one after an end is the nearest, so nothing else need be looked at.
func follows(first, second stand, distance int) bool {
	i := 0
	for _, start := range first.starts {
		end := start + first.length
		for i < len(second.starts) && second.starts[i] < end {
			i++
		}
		if i == len(second.starts) {
			return false
		}
		if second.starts[i]-end <= distance {
			return true
		}
	}
	return false
}

// together says whether one of left and one of right stand within one sentence with no token in
// common; borders are the positions at which sentences begin.
func together(left, right []stand, borders []int) bool {
	for _, l := range left {
		for _, r := range right {
			if sameSentence(l, r, borders) || sameSentence(r, l, borders) {
				return true
			}
		}
	}
	return false
}

// sameSentence says whether one of second follows one of first and ends within its sentence.
func sameSentence(first, second stand, borders []int) bool {
	i := 0
	for _, start := range first.starts {
		end := start + first.length
		for i < len(second.starts) && second.starts[i] < end {
			i++
		}
		if i == len(second.starts) {
			return false
		}
		b, found := slices.BinarySearch(borders, start)
		if found {
			b++
		}
		if b == len(borders) || second.starts[i]+second.length <= borders[b] {
			return true
		}
	}
	return false
}

// share is how many tokens of a loose phrase are of one spelling, and where that stands.
type share struct {
	needed    int
	positions []int
}

// loose says whether within tokens in a row hold as many of each share as it needs.
func loose(shares []share, within int) bool {
	type token struct{ position, share int }
	var tokens []token
	for i, s := range shares {
		if len(s.positions) < s.needed {
			return false
		}
		for _, p := range s.positions {
			tokens = append(tokens, token{p, i})
		}
	}
	slices.SortFunc(tokens, func(a, b token) int { return a.position - b.position })
	has, lacking, first := make([]int, len(shares)), len(shares), 0
	for _, t := range tokens {
		if has[t.share]++; has[t.share] == shares[t.share].needed {
			lacking--
		}
		for t.position-tokens[first].position >= within {
			s := tokens[first].share
			if has[s]--; has[s] == shares[s].needed-1 {
				lacking++
			}
			first++
		}
		if lacking == 0 {
			return true
		}
	}
	return false
}
