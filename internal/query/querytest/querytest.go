// Package querytest makes random queries of every operator out of the words of given texts, so
// that a good part of them match: for tests that compare an engine with the evaluator of query.
package querytest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// Vocabulary is what random queries are made of. Filters are asked for only where their values
// are given.
type Vocabulary struct {
	Places, Sources, Sites, Languages []string
	Tiers                             []int
	Days                              []time.Time // about when the articles were published

	texts []*vietnamese.Text
}

// NewVocabulary takes the words of texts, and their neighbours with them. At least one text must
// hold a word.
func NewVocabulary(texts ...string) *Vocabulary {
	v := &Vocabulary{}
	for _, s := range texts {
		if t := vietnamese.Read(s); len(t.Tokens) > 0 {
			v.texts = append(v.texts, t)
		}
	}
	if len(v.texts) == 0 {
		panic("querytest: a vocabulary without a word")
	}
	return v
}

// Random is a query of v's words with at most depth groups inside each other. Most of its words
// are of one text, so that its ANDs can hold. The same r and v give the same query.
func Random(r *rand.Rand, v *Vocabulary, depth int) *query.Query {
	g := generator{r: r, v: v, text: v.texts[r.IntN(len(v.texts))]}
	o := query.Options{Mode: pick(r, query.Auto, query.Auto, query.Exact, query.Fold), IY: r.IntN(4) == 0}
	s := g.node(depth)
	q, err := query.ParseWith(s, o)
	if err != nil {
		panic(fmt.Sprintf("querytest: %q: %v", s, err))
	}
	return q
}

type generator struct {
	r    *rand.Rand
	v    *Vocabulary
	text *vietnamese.Text // the one that most words come from
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func (g generator) node(depth int) string {
	if depth <= 0 {
		return g.leaf()
	}
	switch g.r.IntN(12) {
	case 0, 1:
		return g.join(" AND ", depth)
	case 2, 3:
		return g.join(" OR ", depth)
	case 4:
		return "(" + g.node(depth-1) + ") AND NOT (" + g.node(depth-1) + ")"
	case 5:
		return "NOT (" + g.node(depth-1) + ")"
	case 6:
		return pick(g.r, "title:(", "body:(", "~(") + g.plain() + pick(g.r, " AND ", " OR ") + g.plain() + ")"
	case 7:
		return g.side() + " NEAR/" + strconv.Itoa(g.distance()) + " " + g.side()
	case 8:
		return g.side() + " ONEAR/" + strconv.Itoa(g.distance()) + " " + g.side()
	case 9:
		return g.side() + " SAMESENT " + g.side()
	case 10:
		return g.filter()
	default:
		return g.leaf()
	}
}

func (g generator) distance() int { return pick(g.r, 0, 1, 2, 5, 10, 20, query.MaxDistance) }

func (g generator) join(operator string, depth int) string {
	parts := make([]string, 2+g.r.IntN(3))
	for i := range parts {
		parts[i] = "(" + g.node(depth-1) + ")"
	}
	return strings.Join(parts, operator)
}

// side is what may stand beside NEAR, of one field or of any: both sides could otherwise ask for
// fields that exclude each other.
func (g generator) side() string {
	if g.r.IntN(3) > 0 {
		return g.plain()
	}
	parts := make([]string, 2+g.r.IntN(2))
	for i := range parts {
		parts[i] = g.plain()
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// leaf is a term, now and then of one field or with a distance.
func (g generator) leaf() string {
	field := pick(g.r, "", "", "", "", "", "", "title:", "body:")
	if g.r.IntN(6) > 0 {
		return field + g.plain()
	}
	phrase := g.phrase(2 + g.r.IntN(3))
	if words := strings.Fields(strings.Trim(phrase, `"`)); g.r.IntN(2) == 0 {
		g.r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		phrase = `"` + strings.Join(words, " ") + `"`
	}
	return field + phrase + "~" + strconv.Itoa(g.distance())
}

// plain is a phrase or a prefix.
func (g generator) plain() string {
	mark := pick(g.r, "", "", "", "", "", "", "", "", "~")
	for range 20 {
		if g.r.IntN(8) > 0 {
			break
		}
		letters := []rune(g.words(1))
		prefix := string(letters[:min(len(letters), query.MinPrefix+g.r.IntN(4))]) + "*"
		if _, err := query.Parse(prefix); err == nil {
			return mark + prefix
		}
	}
	return mark + g.phrase(pick(g.r, 1, 1, 2, 2, 2, 2, 3, 3, 4))
}

// phrase is n neighbouring words, at times written in another way.
func (g generator) phrase(n int) string {
	s := g.words(n)
	switch g.r.IntN(12) {
	case 0, 1:
		s = vietnamese.Fold(s)
	case 2:
		s = strings.ToUpper(s)
	}
	return `"` + s + `"`
}

func (g generator) words(n int) string {
	t := g.text
	if g.r.IntN(4) == 0 {
		t = g.v.texts[g.r.IntN(len(g.v.texts))]
	}
	from := g.r.IntN(max(1, len(t.Tokens)-n+1))
	var words []string
	for i := from; i < min(from+n, len(t.Tokens)); i++ {
		words = append(words, vietnamese.Normalize(t.Written(i)))
	}
	return strings.Join(words, " ")
}

func (g generator) filter() string {
	var of []string
	add := func(field string, values []string) {
		if len(values) > 0 {
			of = append(of, field+pick(g.r, values...))
		}
	}
	add("place:", g.v.Places)
	add("source:", g.v.Sources)
	add("site:", g.v.Sites)
	add("lang:", g.v.Languages)
	if len(g.v.Tiers) > 0 {
		of = append(of, "tier:"+strconv.Itoa(pick(g.r, g.v.Tiers...)))
	}
	if len(g.v.Days) > 0 {
		of = append(of, pick(g.r, "from:", "to:")+pick(g.r, g.v.Days...).Format(time.DateOnly))
	}
	if len(of) == 0 {
		return g.leaf()
	}
	return pick(g.r, of...)
}
