package query

import (
	"strconv"
	"strings"
	"time"

	"lamro/internal/news"
)

// String is the canonical form: parsing it with the same options gives the same tree, and
// no warning but that an operator stands inside quotation marks.
func (q *Query) String() string {
	w := writer{mode: q.Mode}
	q.Root.write(&w, 0)
	return w.String()
}

// writer takes the canonical form; mode is that of the whole query, from which ~ differs.
type writer struct {
	strings.Builder
	mode Mode
}

// How tightly operators bind, for parentheses.
const (
	tightOr = 1 + iota
	tightAnd
	tightNot
)

func (n And) write(w *writer, within int) { join(w, n.Nodes, " AND ", tightAnd, within) }
func (n Or) write(w *writer, within int)  { join(w, n.Nodes, " OR ", tightOr, within) }

func (n Not) write(w *writer, _ int) {
	w.WriteString("NOT ")
	n.Node.write(w, tightNot)
}

func (n Place) write(w *writer, _ int)  { w.WriteString("place:" + n.Code) }
func (n Source) write(w *writer, _ int) { w.WriteString("source:" + n.ID) }
func (n Site) write(w *writer, _ int)   { w.WriteString("site:" + n.Host) }
func (n Lang) write(w *writer, _ int)   { w.WriteString("lang:" + n.Code) }
func (n Tier) write(w *writer, _ int)   { w.WriteString("tier:" + strconv.Itoa(n.N)) }

// write gives the days of n. A Date with both ends becomes two joined by AND, which parse to an
// And of two that means the same; the parser makes none with both.
func (n Date) write(w *writer, within int) {
	both := !n.From.IsZero() && !n.To.IsZero() && within > tightAnd
	if both {
		w.WriteByte('(')
	}
	if !n.From.IsZero() {
		w.WriteString("from:" + isoDay(n.From))
	}
	if !n.From.IsZero() && !n.To.IsZero() {
		w.WriteString(" AND ")
	}
	if !n.To.IsZero() {
		w.WriteString("to:" + isoDay(n.To.Add(-1)))
	}
	if both {
		w.WriteByte(')')
	}
}

func isoDay(t time.Time) string { return t.In(news.Zone()).Format(time.DateOnly) }

func (n *Phrase) write(w *writer, _ int) {
	w.leaf(n.In, n.Mode)
	if len(n.Written) == 1 && n.Text == n.Written[0] && barely(n.Text) {
		w.WriteString(n.Text)
		return
	}
	w.WriteString(`"` + n.Text + `"`)
}

func (n *Prefix) write(w *writer, _ int) {
	w.leaf(n.In, n.Mode)
	w.WriteString(n.Text + "*")
}

func (n *Loose) write(w *writer, _ int) {
	w.leaf(n.Phrase.In, n.Phrase.Mode)
	w.WriteString(`"` + n.Phrase.Text + `"~` + strconv.Itoa(n.Slop))
}

func (n *Near) write(w *writer, _ int) {
	operator := " NEAR/"
	if n.Ordered {
		operator = " ONEAR/"
	}
	w.sides(n.Left, operator+strconv.Itoa(n.Distance)+" ", n.Right)
}

func (n *Together) write(w *writer, _ int) { w.sides(n.Left, " SAMESENT ", n.Right) }

func (w *writer) sides(left []Leaf, operator string, right []Leaf) {
	w.side(left)
	w.WriteString(operator)
	w.side(right)
}

func (w *writer) side(leaves []Leaf) {
	if len(leaves) > 1 {
		w.WriteByte('(')
		defer w.WriteByte(')')
	}
	for i, l := range leaves {
		if i > 0 {
			w.WriteString(" OR ")
		}
		l.write(w, tightNot)
	}
}

// leaf writes what stands before a leaf: its field and the mark of folding.
func (w *writer) leaf(in Scope, mode Mode) {
	switch in {
	case InTitle:
		w.WriteString("title:")
	case InBody:
		w.WriteString("body:")
	case Anywhere:
	}
	if mode == Fold && w.mode != Fold {
		w.WriteByte('~')
	}
}

// barely says whether s, one syllable, is taken for itself when it stands without quotation marks.
func barely(s string) bool {
	lexemes, warnings := lex(s)
	return len(lexemes) == 2 && len(warnings) == 0 && lexemes[0].kind == word && !lexemes[0].star && lexemes[0].text == s
}

func join(w *writer, nodes []Node, operator string, tight, within int) {
	if tight < within {
		w.WriteByte('(')
		defer w.WriteByte(')')
	}
	for i, n := range nodes {
		if i > 0 {
			w.WriteString(operator)
		}
		n.write(w, tight)
	}
}
