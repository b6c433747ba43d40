package query

import (
	"cmp"
	"slices"

	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// Find is every occurrence that takes part in a pair: one leaf of Left and one of Right in f, no
// token in common, at most Distance tokens between the end of the one that comes first and the
// start of the other; where Ordered, that of Left comes first. A phrase counts as what it covers,
// so distance 0 means side by side. Sentences make no difference.
func (n *Near) Find(f Field) []Hit {
	return pairs(f, n.Left, n.Right, func(left, right []occurrence) []occurrence {
		found := partners(left, right, func(a, b occurrence) bool { return n.meets(a, b) }, n.Distance)
		return append(found, partners(right, left, func(b, a occurrence) bool { return n.meets(a, b) }, n.Distance)...)
	})
}

// meets says whether a of Left and b of Right are near enough and in order.
func (n *Near) meets(a, b occurrence) bool {
	if a.first > b.first {
		if n.Ordered {
			return false
		}
		a, b = b, a
	}
	return b.first > a.last && b.first-a.last-1 <= n.Distance
}

// Find is every occurrence that takes part in a pair: one leaf of Left and one of Right in f, no
// token in common, and all tokens of both in one sentence.
func (n *Together) Find(f Field) []Hit {
	return pairs(f, n.Left, n.Right, func(left, right []occurrence) []occurrence {
		left, right = within(f.Text, left), within(f.Text, right)
		return append(apart(f.Text, left, right), apart(f.Text, right, left)...)
	})
}

// pairs gives the occurrences of both sides to choose, and shows what it picks, each once and in
// the order of the text.
func pairs(f Field, left, right []Leaf, choose func(left, right []occurrence) []occurrence) []Hit {
	found := choose(side(f, left), side(f, right))
	slices.SortStableFunc(found, byPlace)
	return shown(f, slices.CompactFunc(found, func(a, b occurrence) bool { return a == b }))
}

func byPlace(a, b occurrence) int {
	return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
}

// side is where the leaves of one side stand, in the order of the text.
func side(f Field, leaves []Leaf) (found []occurrence) {
	for _, l := range leaves {
		switch l := l.(type) {
		case *Phrase:
			found = append(found, l.occurrences(f)...)
		case *Prefix:
			found = append(found, l.occurrences(f)...)
		}
	}
	slices.SortStableFunc(found, byPlace)
	return found
}

// partners are those of mine that have a partner among theirs. Only those of theirs that begin
// near enough are asked.
func partners(mine, theirs []occurrence, meet func(mine, theirs occurrence) bool, distance int) (found []occurrence) {
	longest := 0
	for _, o := range theirs {
		longest = max(longest, o.last-o.first+1)
	}
	for _, o := range mine {
		from, _ := slices.BinarySearchFunc(theirs, o.first-distance-longest, func(o occurrence, first int) int { return cmp.Compare(o.first, first) })
		for _, other := range theirs[from:] {
			if other.first > o.last+distance+1 {
				break
			}
			if meet(o, other) {
				found = append(found, o)
				break
			}
		}
	}
	return found
}

// within keeps the occurrences that lie in one sentence.
func within(text *vietnamese.Text, in []occurrence) []occurrence {
	return slices.DeleteFunc(in, func(o occurrence) bool {
		return text.Tokens[o.first].Sentence != text.Tokens[o.last].Sentence
	})
}

// apart are those of mine that share their sentence, and no token, with one of theirs: the one
// of theirs that ends first in the sentence, or the one that begins last, is clear of it.
func apart(text *vietnamese.Text, mine, theirs []occurrence) (found []occurrence) {
	type extent struct{ firstEnd, lastStart int }
	sentences := map[int32]extent{}
	for _, o := range theirs {
		sentence := text.Tokens[o.first].Sentence
		e, ok := sentences[sentence]
		if !ok {
			e = extent{o.last, o.first}
		}
		sentences[sentence] = extent{min(e.firstEnd, o.last), max(e.lastStart, o.first)}
	}
	for _, o := range mine {
		if e, ok := sentences[text.Tokens[o.first].Sentence]; ok && (e.firstEnd < o.first || e.lastStart > o.last) {
			found = append(found, o)
		}
	}
	return found
}

// Find is every token that takes part in a choice of distinct tokens of f, one for each syllable
// of the phrase and in any order, with at most Slop others between the first and the last. The
// phrase decides for all of them together whether they are the same words, or stand folded.
// A syllable that the phrase has twice needs two tokens.
func (n *Loose) Find(f Field) []Hit {
	p := n.Phrase
	if !p.In.Includes(f.Name) {
		return nil
	}
	classes := make([]news.Class, len(f.Text.Tokens))
	if p.folds() {
		n.choose(f.Text, p.Folded, func(t vietnamese.Token) (vietnamese.Key, bool) {
			return p.key(t.Folded), p.Mode == Fold || !p.Marked || t.Bare()
		}, func(at, _ int) { classes[at] = news.Folded })
	}
	n.choose(f.Text, p.Exact, func(t vietnamese.Token) (vietnamese.Key, bool) { return p.key(t.Exact), true }, func(at, i int) {
		classes[at] = news.Canonical
		if p.writtenAnywhere(f.Text, at, i) {
			classes[at] = news.Exact
		}
	})
	var found []occurrence
	for i, class := range classes {
		if class != "" {
			found = append(found, occurrence{p, i, i, class})
		}
	}
	return shown(f, found)
}

// writtenAnywhere is written for every syllable of p that is the same word as its syllable i.
func (p *Phrase) writtenAnywhere(text *vietnamese.Text, at, i int) bool {
	for other := range p.Exact {
		if p.key(p.Exact[other]) == p.key(p.Exact[i]) && p.written(text, at, other) {
			return true
		}
	}
	return false
}

// choose calls take for each token that takes part in a choice, with the first syllable that it
// may stand for; keyOf is what a token stands for by, if for anything. A window holds a choice
// where it holds, of each key, as many tokens as the phrase does; and then each token in it that
// has such a key is part of some choice.
func (n *Loose) choose(text *vietnamese.Text, keys []vietnamese.Key, keyOf func(vietnamese.Token) (vietnamese.Key, bool), take func(at, i int)) {
	needs := make([]int, len(keys)) // how often, at the first syllable of each key
	firsts := map[vietnamese.Key]int{}
	for i, k := range keys {
		k = n.Phrase.key(k)
		if _, ok := firsts[k]; !ok {
			firsts[k] = i
		}
		needs[firsts[k]]++
	}
	stands := make([]int, len(text.Tokens)) // the first syllable for which each token may stand, or -1
	for at, t := range text.Tokens {
		stands[at] = -1
		if k, ok := keyOf(t); ok {
			if i, ok := firsts[k]; ok {
				stands[at] = i
			}
		}
	}
	n.slide(stands, needs, len(firsts), take)
}

// slide moves the widest window allowed over the tokens. Each token is taken once.
func (n *Loose) slide(stands, needs []int, kinds int, take func(at, i int)) {
	window, have := len(needs)+n.Slop, make([]int, len(needs))
	full, taken := 0, 0 // kinds that are complete in the window; tokens before this one are decided
	for end := range stands {
		if i := stands[end]; i >= 0 {
			if have[i]++; have[i] == needs[i] {
				full++
			}
		}
		start := end + 1 - window
		if start > 0 && stands[start-1] >= 0 {
			i := stands[start-1]
			if have[i]--; have[i] == needs[i]-1 {
				full--
			}
		}
		if full < kinds {
			continue
		}
		for taken = max(taken, start); taken <= end; taken++ {
			if stands[taken] >= 0 {
				take(taken, stands[taken])
			}
		}
	}
}
