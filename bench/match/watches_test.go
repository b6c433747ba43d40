package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"lamro/internal/vietnamese"
)

// A clause is a part of a watch in the operators that both sides have.
type clause struct {
	op       string // "term", "and", "or", "not" or "near"
	kids     []clause
	words    []string // of a term, folded where it is
	folded   bool
	distance int // of near
}

func (c clause) String() string { return c.query(false) }

// query is c in the language of Lamro, in parentheses inside another clause where it needs them.
// Terms without the fold marker are meant exactly: the mode of the watches is query.Exact.
func (c clause) query(inside bool) string {
	var s string
	switch c.op {
	case "term":
		s = `"` + strings.Join(c.words, " ") + `"`
		if c.folded {
			s = "~" + s
		}
		return s
	case "not":
		return "NOT " + c.kids[0].query(true)
	case "near":
		s = fmt.Sprintf("%s NEAR/%d %s", c.kids[0].query(true), c.distance, c.kids[1].query(true))
	default:
		parts := make([]string, len(c.kids))
		for i, kid := range c.kids {
			parts[i] = kid.query(true)
		}
		s = strings.Join(parts, " "+strings.ToUpper(c.op)+" ")
	}
	if inside {
		return "(" + s + ")"
	}
	return s
}

// neutral is c in prefix form for a peer that knows nothing of our syntax: operators and their
// parts in parentheses with spaces between, "=a_b" for the words a b, "~a_b" for folded ones.
func (c clause) neutral() string {
	if c.op == "term" {
		mark := "="
		if c.folded {
			mark = "~"
		}
		return mark + strings.Join(c.words, "_")
	}
	parts := []string{"(", c.op}
	if c.op == "near" {
		parts = append(parts, fmt.Sprint(c.distance))
	}
	for _, kid := range c.kids {
		parts = append(parts, kid.neutral())
	}
	return strings.Join(append(parts, ")"), " ")
}

// terms are those of all watches, in order.
func terms(watches []clause) (all []clause) {
	for _, w := range watches {
		if w.op == "term" {
			all = append(all, w)
		} else {
			all = append(all, terms(w.kids)...)
		}
	}
	return all
}

// uses says whether the operator stands anywhere in c.
func (c clause) uses(op string) bool {
	return c.op == op || slices.ContainsFunc(c.kids, func(kid clause) bool { return kid.uses(op) })
}

// generator makes watches as analysts write them: a quarter are one phrase, most join rare
// subjects with common words, some exclude, some want two things near each other, and a tenth are
// long lists. Half of the terms of a watch come from one article, so that it can match.
type generator struct {
	*corpus
	random *rand.Rand
}

// newWatches makes the first n of one endless row of watches.
func newWatches(c *corpus, n int) []clause {
	g := generator{corpus: c, random: rand.New(rand.NewPCG(7, 7))}
	watches := make([]clause, 0, n)
	for len(watches) < n {
		if w, ok := g.watch(); ok {
			watches = append(watches, w)
		}
	}
	return watches
}

// kind bounds the terms that are drawn: words in a row, and the share of documents they stand in.
type kind struct {
	minWords, maxWords int
	rarest, commonest  float64 // in documents per document
}

var (
	lone     = kind{1, 1, 0, 0.005} // a subject of one word
	subject  = kind{2, maxWords, 0, 0.005}
	common   = kind{1, 2, 0.005, 0.1}
	excluded = kind{1, 3, 0.0014, 0.1}
)

func (g generator) watch() (clause, bool) {
	from := g.article()
	first, at, ok := g.subject(from)
	if !ok {
		return clause{}, false
	}
	switch x := g.random.IntN(100); {
	case x < 25:
		return first, true
	case x < 55:
		return join("and", first, g.any(g.between(2, 6), from, g.common)), true
	case x < 75:
		return g.listed(from, g.between(1, 6), g.between(1, 8), g.between(1, 4)), true
	case x < 90:
		return g.near(from, first, at)
	default:
		return g.listed(from, g.between(10, 30), g.between(10, 30), g.between(5, 10)), true
	}
}

func (g generator) listed(from []uint32, subjects, commons, exclusions int) clause {
	return join("and",
		g.any(subjects, from, func(from []uint32) (clause, bool) { c, _, ok := g.subject(from); return c, ok }),
		g.any(commons, from, g.common),
		join("not", g.any(exclusions, nil, g.excluded)))
}

func (g generator) near(from []uint32, first clause, at int) (clause, bool) {
	second, _, ok := g.draw(from, common, at)
	if !ok || overlap(first, second) {
		return clause{}, false
	}
	c := clause{op: "near", distance: g.between(3, 14), kids: []clause{first, second}}
	if g.random.IntN(3) == 0 {
		c = join("and", c, join("not", g.any(1, nil, g.excluded)))
	}
	return c, true
}

// overlap says whether two terms are the same words or one holds the other.
func overlap(a, b clause) bool {
	x, y := vietnamese.Fold(strings.Join(a.words, " ")), vietnamese.Fold(strings.Join(b.words, " "))
	return strings.Contains(" "+x+" ", " "+y+" ") || strings.Contains(" "+y+" ", " "+x+" ")
}

func join(op string, kids ...clause) clause { return clause{op: op, kids: kids} }

func (g generator) between(low, high int) int { return low + g.random.IntN(high-low+1) }

func (g generator) article() []uint32 { return g.docs[g.random.IntN(len(g.docs))] }

// any joins n different terms by OR: half of them from the article, the others from anywhere.
func (g generator) any(n int, from []uint32, term func([]uint32) (clause, bool)) clause {
	var kids []clause
	for len(kids) < n {
		article := from
		if from == nil || g.random.IntN(2) == 0 {
			article = g.article()
		}
		c, ok := term(article)
		if ok && !slices.ContainsFunc(kids, func(k clause) bool { return k.neutral() == c.neutral() }) {
			kids = append(kids, c)
		}
	}
	if n == 1 {
		return kids[0]
	}
	return join("or", kids...)
}

// subject draws what a watch is about and where it stands; one in ten is a single word.
func (g generator) subject(from []uint32) (clause, int, bool) {
	if g.random.IntN(10) == 0 {
		return g.draw(from, lone, -1)
	}
	return g.draw(from, subject, -1)
}

func (g generator) common(from []uint32) (clause, bool) {
	c, _, ok := g.draw(from, common, -1)
	return c, ok
}

func (g generator) excluded(from []uint32) (clause, bool) {
	c, _, ok := g.draw(from, excluded, -1)
	return c, ok
}

// draw takes a term of kind k from an article, within twenty words of beside unless that is
// negative. One in ten of several words is folded.
func (g generator) draw(from []uint32, k kind, beside int) (c clause, at int, ok bool) {
	n := float64(len(g.docs))
	for range 60 {
		length := g.between(k.minWords, k.maxWords)
		if len(from) <= length+2 {
			return clause{}, 0, false
		}
		at := g.random.IntN(len(from) - length)
		if beside >= 0 {
			if at = beside + g.between(-20, 20); at < 0 || at+length > len(from) {
				continue
			}
		}
		found := gramOf(from[at : at+length])
		in := float64(g.in[found])
		if in < k.rarest*n || in > k.commonest*n {
			continue
		}
		if in == 1 && g.random.IntN(4) == 0 {
			continue // most rows of words stand in one article only, most names do not
		}
		words := g.text(found)
		if words == nil {
			continue
		}
		c := clause{op: "term", words: words}
		if length > 1 && g.random.IntN(10) == 0 {
			c.folded = true
			for i, w := range words {
				c.words[i] = vietnamese.Fold(w)
			}
		}
		return c, at, true
	}
	return clause{}, 0, false
}
