package indextest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"lamro/internal/index"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// Generator makes random queries of every operator out of the words of documents, so that many
// of them find something.
type Generator struct {
	r     *rand.Rand
	docs  []*index.Document
	texts [][]string // of each document, the tokens of a text as they are written
}

// NewGenerator makes a Generator; what it makes depends on r and docs alone.
func NewGenerator(r *rand.Rand, docs []*index.Document) *Generator {
	g := &Generator{r: r, docs: docs}
	for _, d := range docs {
		for _, text := range []string{d.Title, d.Lead, d.Body} {
			read := vietnamese.Read(text)
			tokens := make([]string, len(read.Tokens))
			for i := range tokens {
				tokens[i] = read.Written(i)
			}
			if len(tokens) > 0 {
				g.texts = append(g.texts, tokens)
			}
		}
	}
	return g
}

// Query makes a query and says how it is written. What the parser refuses is drawn again: it
// has limits of its own, such as words that are operators.
func (g *Generator) Query() *query.Query {
	for {
		o := query.Options{
			Mode: []query.Mode{query.Auto, query.Auto, query.Exact, query.Fold}[g.r.IntN(4)],
			IY:   g.r.IntN(4) == 0,
		}
		if q, err := query.ParseWith(g.text(3), o); err == nil {
			return q
		}
	}
}

// text makes the text of a query, depth levels deep at most.
func (g *Generator) text(depth int) string {
	if depth > 0 {
		switch g.r.IntN(8) {
		case 0, 1:
			return "(" + g.text(depth-1) + " AND " + g.text(depth-1) + ")"
		case 2:
			return "(" + g.text(depth-1) + " OR " + g.text(depth-1) + ")"
		case 3:
			return "(NOT " + g.text(depth-1) + ")"
		}
	}
	if g.r.IntN(4) == 0 {
		return g.property()
	}
	leaf := g.located()
	switch g.r.IntN(8) {
	case 0:
		return "title:(" + leaf + ")"
	case 1:
		return "body:(" + leaf + ")"
	}
	return leaf
}

// property asks for something of an article that is not in its texts.
func (g *Generator) property() string {
	d := g.docs[g.r.IntN(len(g.docs))]
	day := d.At(index.Published).Format("2006-01-02")
	switch g.r.IntN(7) {
	case 0:
		if len(d.Places) > 0 {
			return "place:" + d.Places[g.r.IntN(len(d.Places))]
		}
		return "place:99"
	case 1:
		return "source:" + d.Source
	case 2:
		host := d.Site()
		if _, above, ok := strings.Cut(host, "."); ok && strings.Contains(above, ".") && g.r.IntN(2) == 0 {
			host = above
		}
		return "site:" + host
	case 3:
		return "lang:" + []string{"vi", "en"}[g.r.IntN(2)]
	case 4:
		return fmt.Sprintf("tier:%d", 1+g.r.IntN(3))
	case 5:
		return "from:" + day
	}
	return "to:" + day
}

// located asks for words of a text: alone, in a row, or near each other.
func (g *Generator) located() string {
	words := g.words(12)
	switch g.r.IntN(8) {
	case 0, 1, 2:
		return g.leaf(words)
	case 3: // some syllables of a passage, in another order
		some := append([]string(nil), words[:min(len(words), 2+g.r.IntN(5))]...)
		g.r.Shuffle(len(some), func(i, k int) { some[i], some[k] = some[k], some[i] })
		some = some[:max(1, len(some)-g.r.IntN(3))]
		return fmt.Sprintf(`"%s"~%d`, strings.Join(some, " "), g.r.IntN(6))
	case 4, 5:
		return fmt.Sprintf("%s NEAR/%d %s", g.side(words), 1+g.r.IntN(8), g.side(words))
	case 6:
		return fmt.Sprintf("%s ONEAR/%d %s", g.side(words), 1+g.r.IntN(8), g.side(words))
	}
	return g.side(words) + " SAMESENT " + g.side(words)
}

// side is one side of a pair: a leaf, or one of several.
func (g *Generator) side(words []string) string {
	if g.r.IntN(3) > 0 {
		return g.leaf(words)
	}
	all := []string{g.leaf(words)}
	for range 1 + g.r.IntN(3) {
		all = append(all, g.leaf(g.words(5)))
	}
	return "(" + strings.Join(all, " OR ") + ")"
}

// leaf is a phrase or prefix out of words.
func (g *Generator) leaf(words []string) string {
	words = words[g.r.IntN(len(words)):]
	if letters := []rune(words[0]); g.r.IntN(4) == 0 && len(letters) > 1 {
		return string(letters[:2+g.r.IntN(len(letters)-1)]) + "*"
	}
	phrase := `"` + strings.Join(words[:min(len(words), 1+g.r.IntN(3))], " ") + `"`
	if g.r.IntN(8) == 0 {
		return "~" + phrase
	}
	return phrase
}

// words are up to n words in a row from some text; now and then written without marks, or with
// those of another word.
func (g *Generator) words(n int) []string {
	text := g.texts[g.r.IntN(len(g.texts))]
	from := g.r.IntN(len(text))
	words := append([]string(nil), text[from:min(len(text), from+n)]...)
	switch g.r.IntN(6) {
	case 0, 1:
		for i := range words {
			words[i] = vietnamese.Fold(words[i])
		}
	case 2:
		i := g.r.IntN(len(words))
		words[i] = vietnamese.Fold(words[i])
	case 3:
		other := g.texts[g.r.IntN(len(g.texts))]
		words[g.r.IntN(len(words))] = other[g.r.IntN(len(other))]
	}
	return words
}
