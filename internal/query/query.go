// Package query is the language of searches and watches: phrases, AND, OR, NOT, places and
// sources. It parses with positioned errors, writes the canonical form back, and defines what a
// query means by a plain evaluator that the matcher and both indexes agree with.
package query

import (
	"strings"

	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// A Mode says how phrases meet text that is written with other marks, or with none.
type Mode string

// The modes. In Auto a phrase typed with marks also matches where all of its two or more
// syllables stand without any marks, and a phrase typed without marks matches every accent.
const (
	Auto  Mode = "auto"
	Exact Mode = "exact" // only the same words
	Fold  Mode = "fold"  // whatever the marks
)

// Query is a parsed query. It is immutable and safe for use by many goroutines.
type Query struct {
	Root Node
	Mode Mode
}

// Node is one of And, Or, Not, *Phrase, Place and Source.
type Node interface {
	write(b *strings.Builder, within int)
}

// And matches where all of its nodes do; it has at least two.
type And struct{ Nodes []Node }

// Or matches where one of its nodes does; it has at least two.
type Or struct{ Nodes []Node }

// Not matches where its node does not.
type Not struct{ Node Node }

// Phrase is one or more syllables in a row within one field; a lone word is a phrase of one.
type Phrase struct {
	Text      string   // as typed: normal form, single spaces, no quotation marks
	Written   []string // the syllables as typed, normal form with their case
	Syllables []string // exact keys
	Folded    []string // folded keys
	Marked    bool     // some syllable carries marks
	Mode      Mode
}

// Place matches where the unit or landmark, or one inside it, was resolved in the text.
type Place struct{ Code string }

// Source matches articles of one source.
type Source struct{ ID string }

// String is the canonical form; parsing it in the same mode gives the same tree.
func (q *Query) String() string {
	var b strings.Builder
	q.Root.write(&b, 0)
	return b.String()
}

// How tightly operators bind, for parentheses.
const (
	tightOr = 1 + iota
	tightAnd
	tightNot
)

func (n And) write(b *strings.Builder, within int) { join(b, n.Nodes, " AND ", tightAnd, within) }
func (n Or) write(b *strings.Builder, within int)  { join(b, n.Nodes, " OR ", tightOr, within) }

func (n Not) write(b *strings.Builder, _ int) {
	b.WriteString("NOT ")
	n.Node.write(b, tightNot)
}

func (n Place) write(b *strings.Builder, _ int)  { b.WriteString("place:" + n.Code) }
func (n Source) write(b *strings.Builder, _ int) { b.WriteString("source:" + n.ID) }

func (n *Phrase) write(b *strings.Builder, _ int) {
	if len(n.Written) == 1 && n.Text == n.Written[0] && !reserved(n.Text) {
		b.WriteString(n.Text)
		return
	}
	b.WriteString(`"` + n.Text + `"`)
}

func join(b *strings.Builder, nodes []Node, operator string, tight, within int) {
	if tight < within {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, n := range nodes {
		if i > 0 {
			b.WriteString(operator)
		}
		n.write(b, tight)
	}
}

// newPhrase makes a phrase of text as typed; it has no syllables where text holds no word.
func newPhrase(text string, mode Mode) *Phrase {
	p := &Phrase{Text: strings.Join(strings.Fields(vietnamese.Normalize(text)), " "), Mode: mode}
	for _, t := range vietnamese.Read(p.Text).Tokens {
		p.Written = append(p.Written, p.Text[t.Start:t.End])
		p.Syllables = append(p.Syllables, t.Exact)
		p.Folded = append(p.Folded, t.Folded)
		p.Marked = p.Marked || !t.Bare
	}
	return p
}

// Document is what a query is asked of: one version of an article.
type Document struct {
	Fields []Field
	Places []string // codes of the places resolved in it, with all they lie in
	Source string
}

// Field is one field of a document.
type Field struct {
	Name string
	Text *vietnamese.Text
}

// Hit is one place in a document where a phrase stands.
type Hit struct {
	Phrase     *Phrase
	Field      string
	Start, End int // bytes of the field's original
	Class      news.Class
}
