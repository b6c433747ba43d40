package match

import (
	"slices"
	"strconv"
	"strings"

	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// Compile makes a set. Each query must have been parsed by package query; two watches may share
// an id only if the caller wants both reported. The queries are not kept.
func Compile(revision int64, watches []Watch) *Set {
	c := compiler{
		set:       &Set{revision: revision, watches: make([]watch, 0, len(watches)), root: make([]uint32, 0, len(watches))},
		leaves:    map[leafKey]int32{},
		frequency: newFrequencies(),
	}
	for _, w := range watches {
		c.add(w)
	}
	return c.finish()
}

// compiler makes a set. The numbers of leaves are those of their first use until finish gives
// them others.
type compiler struct {
	set       *Set
	frequency frequencies
	leaves    map[leafKey]int32
	keys      []leafKey // by leaf
	length    []uint16
	chance    []float32 // by leaf: the share of documents that have it, roughly
	lanes     [laneCount]growth
	code      []uint32
	spare     []uint32
	covers    []cover
}

// cover is a leaf that anchors a watch.
type cover struct{ leaf, watch int32 }

func (c *compiler) add(w Watch) {
	n := int32(len(c.set.watches)) // #nosec G115 -- an installation has thousands of watches, not billions
	c.set.watches = append(c.set.watches, watch{w.ID, w.Severity, w.Revision})
	c.set.root = append(c.set.root, uint32(len(c.code))) // #nosec G115 -- bounded as the leaves are
	p := c.node(w.Query.Root)
	slices.Sort(p.cover)
	for _, leaf := range slices.Compact(p.cover) {
		c.covers = append(c.covers, cover{leaf, n})
	}
	if len(p.cover) == 0 {
		c.covers = append(c.covers, cover{-1, n})
	}
}

// plan is what is known of a program when it is made.
type plan struct {
	cover []int32 // leaves without any of which it cannot hold; none where it can
	cost  float64 // how often, in documents, one of them is met
	work  work
}

// work says how much there is to do to know whether a program holds.
type work uint8

const (
	oneLook work = iota
	manyLooks
	comparing // positions
)

// node writes the program of n.
func (c *compiler) node(n query.Node) plan {
	switch n := n.(type) {
	case query.And:
		return c.and(n.Nodes)
	case query.Or:
		return c.or(n.Nodes)
	case query.Not:
		at := c.begin()
		p := c.node(n.Node)
		c.end(at, opNot)
		return plan{work: max(p.work, manyLooks)}
	case *query.Phrase:
		return c.leaf(c.phrase(n))
	case *query.Prefix:
		return c.leaf(c.prefix(n))
	case *query.Loose:
		return c.loose(n)
	case *query.Near:
		return c.near(n)
	case *query.Together:
		at := c.begin()
		p := c.sides(n.Left, n.Right)
		c.end(at, opTogether)
		return p
	case query.Date:
		c.write(uint32(opDate) | uint32(len(c.set.dates))) // #nosec G115 -- as many as watches have dates
		c.set.dates = append(c.set.dates, n)
		return plan{}
	case query.Place:
		return c.leaf(c.filter(n.Code, kindPlace, placeChance))
	case query.Source:
		return c.leaf(c.filter(n.ID, kindSource, sourceChance))
	case query.Site:
		return c.leaf(c.filter(n.Host, kindSite, sourceChance))
	case query.Lang:
		return c.leaf(c.filter(n.Code, kindLanguage, languageChance))
	case query.Tier:
		return c.leaf(c.filter(strconv.Itoa(n.N), kindTier, tierChance))
	}
	panic("match: unknown node")
}

// How many of the documents of an installation a filter lets through, roughly.
const (
	placeChance    = 0.05
	sourceChance   = 0.2
	tierChance     = 0.5
	languageChance = 0.9
)

func (c *compiler) write(words ...uint32) { c.code = append(c.code, words...) }

// begin makes room for the first word of a program with a body; end fills it in.
func (c *compiler) begin() int {
	c.write(0)
	return len(c.code) - 1
}

func (c *compiler) end(at int, op operator) {
	c.code[at] = uint32(op) | uint32(len(c.code)-at-1) // #nosec G115 -- the parser bounds a query
}

func (c *compiler) leaf(leaf int32) plan {
	c.write(uint32(opLeaf) | uint32(leaf)) // #nosec G115 -- never negative
	return plan{cover: []int32{leaf}, cost: float64(c.chance[leaf])}
}

// and is anchored by the cheapest of its nodes, and asks first what is cheap to know. Where that
// is a leaf or any of some leaves it stands in front: met is all that it asks for, so that nobody
// need ask it of a watch that was found by it.
func (c *compiler) and(nodes []query.Node) plan {
	type part struct {
		from, to int
		plan
	}
	at := c.begin()
	parts := make([]part, len(nodes))
	for i, n := range nodes {
		from := len(c.code)
		p := c.node(n)
		parts[i] = part{from, len(c.code), p}
	}
	best, anchor := plan{work: manyLooks}, -1
	for _, p := range parts {
		best.work = max(best.work, p.work)
		if len(p.cover) > 0 && (len(best.cover) == 0 || p.cost < best.cost) {
			best.cover, best.cost, anchor = p.cover, p.cost, p.from
		}
	}
	op := opAnd
	if anchor >= 0 && onlyLeaves(c.code[anchor:]) {
		op = opAnchored
	}
	slices.SortStableFunc(parts, func(a, b part) int {
		if op == opAnchored && (a.from == anchor) != (b.from == anchor) {
			if a.from == anchor {
				return -1
			}
			return 1
		}
		return int(a.work) - int(b.work)
	})
	c.spare = c.spare[:0]
	for _, p := range parts {
		c.spare = append(c.spare, c.code[p.from:p.to]...)
	}
	copy(c.code[at+1:], c.spare)
	c.end(at, op)
	return best
}

// onlyLeaves says whether the program that code begins with is a leaf or any of some leaves.
func onlyLeaves(code []uint32) bool {
	if operation(code[0]) != opOr {
		return operation(code[0]) == opLeaf
	}
	return !slices.ContainsFunc(code[1:size(code[0])], func(word uint32) bool { return operation(word) != opLeaf })
}

// or is anchored by all of its nodes.
func (c *compiler) or(nodes []query.Node) plan {
	at := c.begin()
	all := plan{work: manyLooks}
	free := false // one of them holds without any leaf
	for _, n := range nodes {
		p := c.node(n)
		all.work = max(all.work, p.work)
		free = free || len(p.cover) == 0
		all.cover, all.cost = append(all.cover, p.cover...), all.cost+p.cost
	}
	c.end(at, opOr)
	if free {
		return plan{work: all.work}
	}
	return all
}

func (c *compiler) near(n *query.Near) plan {
	distance := uint32(min(n.Distance, fieldGap-1)) // #nosec G115 -- not negative
	if n.Ordered {
		distance |= ordered
	}
	at := c.begin()
	c.write(distance)
	p := c.sides(n.Left, n.Right)
	c.end(at, opNear)
	return p
}

// sides writes the leaves of both sides. The cheaper side anchors.
func (c *compiler) sides(left, right []query.Leaf) plan {
	c.write(uint32(len(left))) // #nosec G115 -- the parser bounds a query
	var best plan
	for _, side := range [2][]query.Leaf{left, right} {
		var p plan
		for _, l := range side {
			leaf := c.of(l)
			c.write(uint32(leaf)) // #nosec G115 -- never negative
			p.cover, p.cost = append(p.cover, leaf), p.cost+float64(c.chance[leaf])
		}
		if len(best.cover) == 0 || p.cost < best.cost {
			best = p
		}
	}
	best.work = comparing
	return best
}

func (c *compiler) of(l query.Leaf) int32 {
	if p, ok := l.(*query.Prefix); ok {
		return c.prefix(p)
	}
	return c.phrase(l.(*query.Phrase))
}

// intern numbers a leaf; fresh says that it had no number.
func (c *compiler) intern(k leafKey, length int) (leaf int32, fresh bool) {
	if leaf, ok := c.leaves[k]; ok {
		return leaf, false
	}
	leaf = int32(len(c.keys)) // #nosec G115 -- as many as the queries of an installation have terms
	c.leaves[k] = leaf
	c.keys = append(c.keys, k)
	c.length = append(c.length, uint16(length)) // #nosec G115 -- the parser bounds a query
	c.chance = append(c.chance, 0)
	return leaf, true
}

func (c *compiler) phrase(p *query.Phrase) int32 {
	k := leafKey{text: p.Text, kind: kindOf(kindPhrase, p.In, p.Mode, p.IY)}
	leaf, fresh := c.intern(k, len(p.Exact))
	if fresh {
		c.chance[leaf] = c.frequency.phrase(p)
		for _, path := range paths(p) {
			c.lanes[path.lane].add(path.keys, leaf, k.kind.fields())
		}
	}
	return leaf
}

func (c *compiler) prefix(p *query.Prefix) int32 {
	k := leafKey{text: p.Text, kind: kindOf(kindPrefix, p.In, p.Mode, false)}
	leaf, fresh := c.intern(k, 1)
	if fresh {
		c.chance[leaf] = c.frequency.prefix(p)
		c.set.prefixes.add(p, leaf, k.kind.fields())
	}
	return leaf
}

// loose writes one window for every way in which the phrase can be met: its syllables as such,
// and bare where that counts. The rarest syllable of each anchors.
func (c *compiler) loose(n *query.Loose) plan {
	ways := paths(n.Phrase)
	at := c.begin()
	all := plan{work: comparing}
	for i, way := range ways {
		p := c.window(n, way, i > 0)
		all.cover, all.cost = append(all.cover, p.cover...), all.cost+p.cost
	}
	c.end(at, opOr)
	return all
}

func (c *compiler) window(n *query.Loose, way path, bare bool) plan {
	at := c.begin()
	c.write(uint32(min(len(way.keys)+n.Slop, fieldGap-1))) // #nosec G115 -- not negative
	best := plan{work: comparing}
	seen := map[vietnamese.Key]int{} // where the leaf of a syllable is followed by its number
	for i, key := range way.keys {
		if at, ok := seen[key]; ok {
			c.code[at]++
			continue
		}
		leaf := c.syllable(n.Phrase, i, way, bare)
		c.write(uint32(leaf), 1) // #nosec G115 -- never negative
		seen[key] = len(c.code) - 1
		if cost := float64(c.chance[leaf]); len(best.cover) == 0 || cost < best.cost {
			best.cover, best.cost = []int32{leaf}, cost
		}
	}
	c.end(at, opLoose)
	return best
}

// syllable is the leaf of one syllable of a loose phrase.
func (c *compiler) syllable(p *query.Phrase, i int, way path, bare bool) int32 {
	k := leafKey{text: p.Text, kind: kindOf(kindSyllable, p.In, p.Mode, p.IY), part: int16(i)} // #nosec G115 -- the parser bounds a phrase
	if bare {
		k.kind |= metBare
	}
	leaf, fresh := c.intern(k, 1)
	if fresh {
		c.chance[leaf] = c.frequency.syllable(p, i)
		c.lanes[way.lane].add(way.keys[i:i+1], leaf, k.kind.fields())
	}
	return leaf
}

func (c *compiler) filter(text string, kind leafKind, chance float32) int32 {
	leaf, fresh := c.intern(leafKey{text: text, kind: kind}, 0)
	if fresh {
		c.chance[leaf] = chance
	}
	return leaf
}

// texts lays the texts of the leaves end to end, in their final order.
func (c *compiler) texts(order []int32) leaves {
	l := leaves{
		known: len(order), until: make([]uint32, len(order)), kinds: make([]leafKind, len(order)), length: make([]uint16, len(order)),
	}
	var b strings.Builder
	for i, leaf := range order {
		b.WriteString(c.keys[leaf].text)
		l.until[i] = uint32(b.Len()) // #nosec G115 -- queries of less than 4 GB
		l.kinds[i], l.length[i] = c.keys[leaf].kind, c.length[leaf]
	}
	l.texts = b.String()
	return l
}
