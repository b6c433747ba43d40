// Package query is the language of searches and watches. It parses with positioned errors, writes
// the canonical form back, says in words what a query means, and defines it by a plain evaluator
// that the matcher and both indexes agree with.
package query

import (
	"time"

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

// Options say how the phrases of a query meet a text where the query itself does not.
type Options struct {
	Mode Mode // "" is Auto
	IY   bool // y and i are the same where they spell one sound; see vietnamese.Key.IY
}

// Query is a parsed query. It is immutable and safe for use by many goroutines.
type Query struct {
	Root Node
	Options
	Warnings []Warning // what was accepted though another system, or the writer, may mean something else by it
}

// Node is one of And, Or, Not, *Phrase, *Prefix, *Loose, *Near, *Together, Place, Source, Site,
// Lang, Tier and Date.
type Node interface {
	write(w *writer, within int)
}

// Leaf is a node that can stand on a side of Near and Together: *Phrase or *Prefix.
type Leaf interface {
	Node
	leaf()
}

// And matches where all of its nodes do; it has at least two.
type And struct{ Nodes []Node }

// Or matches where one of its nodes does; it has at least two.
type Or struct{ Nodes []Node }

// Not matches where its node does not.
type Not struct{ Node Node }

// Scope is where in a document a leaf is looked for.
type Scope uint8

// The scopes.
const (
	Anywhere Scope = iota
	InTitle        // the field named news.FieldTitle
	InBody         // every other field
)

// Includes says whether a field of that name lies in the scope.
func (s Scope) Includes(field string) bool {
	return s == Anywhere || (s == InTitle) == (field == news.FieldTitle)
}

// Phrase is one or more syllables in a row within one field; a lone word is a phrase of one.
type Phrase struct {
	In         Scope
	Text       string           // as typed: normal form, single spaces, no quotation marks
	Written    []string         // the syllables as typed, normal form with their case
	Exact      []vietnamese.Key // their keys
	Folded     []vietnamese.Key
	ExactText  []string // the same as spellings
	FoldedText []string
	Marked     bool // some syllable carries marks
	Mode       Mode
	IY         bool
}

// Prefix is a token that begins with the given letters, at least two.
type Prefix struct {
	In      Scope
	Text    string // as typed, without the asterisk
	Letters string // canonical spelling of what was typed
	Folded  string // that without marks
	Marked  bool
	Mode    Mode
}

// Loose is the syllables of a phrase at distinct tokens of one field, in any order, with at most
// Slop other tokens between the first and the last. Folding is decided for all of them together.
type Loose struct {
	Phrase *Phrase
	Slop   int
}

// Near is an occurrence of one of Left and one of Right in the same field, with no token in
// common and at most Distance other tokens between them; Ordered: Left first.
type Near struct {
	Left, Right []Leaf
	Distance    int
	Ordered     bool
}

// Together is an occurrence of one of Left and one of Right with no token in common and all
// tokens in one sentence.
type Together struct{ Left, Right []Leaf }

// Place matches where the unit or landmark, or one inside it, was resolved in the text.
type Place struct{ Code string }

// Source matches articles of one source.
type Source struct{ ID string }

// Site matches articles of a host or one of its subdomains.
type Site struct{ Host string }

// Lang matches articles in a language, such as "vi".
type Lang struct{ Code string }

// Tier matches articles of sources of a tier.
type Tier struct{ N int }

// Date matches articles of a time: From ≤ t < To, the zero time is open.
type Date struct{ From, To time.Time }

func (*Phrase) leaf() {}
func (*Prefix) leaf() {}

// Document is what a query is asked of: one version of an article.
type Document struct {
	Fields   []Field
	Places   []string // codes of the places resolved in it, with all they lie in
	Source   string
	Site     string // host of its address
	Language string
	Tier     int       // of its source, 0 where unknown
	At       time.Time // when it was published, or first seen where that is unknown or earlier
}

// Field is one field of a document.
type Field struct {
	Name string
	Text *vietnamese.Text
}

// Hit is one place in a document where a leaf stands.
type Hit struct {
	Leaf       Leaf
	Field      string
	Start, End int // bytes of the field's original
	Class      news.Class
}
