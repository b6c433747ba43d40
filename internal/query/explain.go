package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Step is one line of what a query means. Kind is the key under which the interface has the line
// in each language, with Args in its places; In, Meets and IY are what to add to it.
type Step struct {
	Depth int      `json:"depth"` // how far below the top of the query
	Kind  string   `json:"kind"`  // see StepKinds
	Args  []string `json:"args,omitempty"`
	Name  string   `json:"name,omitempty"`  // of a place or source, where it is known
	In    string   `json:"in,omitempty"`    // "title" or "body" where only that is searched
	Meets string   `json:"meets,omitempty"` // how words are met: "same", "bare" (or all without marks), "any" (whatever the marks)
	IY    bool     `json:"iy,omitempty"`    // words that are also met with y for i or i for y

	Node Node `json:"-"` // what holds where the step does
}

// The kinds of steps that have a name.
const (
	StepPlace  = "place"
	StepSource = "source"
)

// Names are the names of places and sources by their codes; "" is a code that nobody knows, and
// a nil function knows none.
type Names struct{ Place, Source func(code string) string }

// Explain says what q means, from the top down: a step for each operator, and below it those of
// its parts, one deeper.
func (q *Query) Explain(names Names) []Step {
	e := explainer{names: names}
	e.node(q.Root, 0)
	return e.steps
}

// Unknown are the codes of places in steps that have no name, each once: no article is about them.
func Unknown(steps []Step) (codes []string) {
	for _, s := range steps {
		if s.Kind == StepPlace && s.Name == "" && !slices.Contains(codes, s.Args[0]) {
			codes = append(codes, s.Args[0])
		}
	}
	return codes
}

type explainer struct {
	names Names
	steps []Step
}

func (e *explainer) add(depth int, n Node, kind string, args ...string) *Step {
	e.steps = append(e.steps, Step{Depth: depth, Kind: kind, Args: args, Node: n})
	return &e.steps[len(e.steps)-1]
}

func (e *explainer) node(n Node, depth int) {
	switch n := n.(type) {
	case And:
		e.add(depth, n, "all")
		e.nodes(n.Nodes, depth+1)
	case Or:
		e.add(depth, n, "any")
		e.nodes(n.Nodes, depth+1)
	case Not:
		e.not(n, depth)
	case *Phrase:
		kind := "phrase"
		if len(n.Exact) == 1 {
			kind = "word"
		}
		n.says(e.add(depth, n, kind, n.Text))
	case *Prefix:
		s := e.add(depth, n, "prefix", n.Text)
		s.In, s.Meets = n.In.String(), n.meetsHow()
	case *Loose:
		n.Phrase.says(e.add(depth, n, "loose", n.Phrase.Text, strconv.Itoa(n.Slop)))
	case *Near:
		kind := "near"
		if n.Ordered {
			kind = "onear"
		}
		e.add(depth, n, kind, strconv.Itoa(n.Distance))
		e.sides(depth+1, n.Left, n.Right)
	case *Together:
		e.add(depth, n, "samesent")
		e.sides(depth+1, n.Left, n.Right)
	default:
		e.filter(n, depth)
	}
}

// filter says what is asked of an article besides its words.
func (e *explainer) filter(n Node, depth int) {
	switch n := n.(type) {
	case Place:
		e.add(depth, n, StepPlace, n.Code).Name = name(e.names.Place, n.Code)
	case Source:
		e.add(depth, n, StepSource, n.ID).Name = name(e.names.Source, n.ID)
	case Site:
		e.add(depth, n, "site", n.Host)
	case Lang:
		e.add(depth, n, "lang", n.Code)
	case Tier:
		e.add(depth, n, "tier", strconv.Itoa(n.N))
	case Date:
		e.date(n, depth)
	}
}

func (e *explainer) date(n Date, depth int) {
	switch {
	case n.To.IsZero():
		e.add(depth, n, "from", isoDay(n.From))
	case n.From.IsZero():
		e.add(depth, n, "to", isoDay(n.To.Add(-time.Nanosecond)))
	default:
		e.add(depth, n, "all")
		e.date(Date{From: n.From}, depth+1)
		e.date(Date{To: n.To}, depth+1)
	}
}

func (e *explainer) not(n Not, depth int) {
	if or, ok := n.Node.(Or); ok {
		e.add(depth, n, "none")
		e.nodes(or.Nodes, depth+1)
		return
	}
	e.add(depth, n, "not")
	e.node(n.Node, depth+1)
}

func (e *explainer) nodes(nodes []Node, depth int) {
	for _, n := range nodes {
		e.node(n, depth)
	}
}

// sides are what stands on both sides of Near and Together.
func (e *explainer) sides(depth int, sides ...[]Leaf) {
	for _, leaves := range sides {
		if len(leaves) == 1 {
			e.node(leaves[0], depth)
			continue
		}
		nodes := make([]Node, len(leaves))
		for i, l := range leaves {
			nodes[i] = l
		}
		e.node(Or{nodes}, depth)
	}
}

func name(of func(string) string, code string) string {
	if of == nil {
		return ""
	}
	return of(code)
}

// String is the name of the field, "" for all.
func (s Scope) String() string {
	switch s {
	case InTitle:
		return "title"
	case InBody:
		return "body"
	case Anywhere:
	}
	return ""
}

func (p *Phrase) says(s *Step) {
	s.In, s.Meets, s.IY = p.In.String(), p.meetsHow(), p.IY && p.twins() > 0
}

func (p *Phrase) meetsHow() string {
	switch {
	case !p.folds():
		return "same"
	case p.Mode == Fold || !p.Marked:
		return "any"
	}
	return "bare"
}

func (p *Prefix) meetsHow() string {
	if p.Mode == Exact || p.Mode == Auto && p.Marked {
		return "same"
	}
	return "any"
}

// StepKinds are the kinds of steps with their English text, and what In, Meets and IY add. The
// interface has the same texts.
func StepKinds() map[string]string {
	return map[string]string{
		"all":      "all of these:",
		"any":      "at least one of these:",
		"not":      "not this:",
		"none":     "none of these:",
		"word":     "the word “%s”",
		"phrase":   "the phrase “%s”",
		"prefix":   "a word that begins with “%s”",
		"loose":    "the words of “%s” in any order, at most %s others between them",
		"near":     "these two with at most %s syllables between them, in any order:",
		"onear":    "these two with at most %s syllables between them, in this order:",
		"samesent": "these two in the same sentence:",
		"place":    "the place %s, or one inside it",
		"source":   "articles of the source %s",
		"site":     "articles of %s and its subdomains",
		"lang":     "articles in the language %s",
		"tier":     "articles of sources of tier %s",
		"from":     "articles from %s on",
		"to":       "articles up to the end of %s",

		"in.title":   "in the title",
		"in.body":    "outside the title",
		"meets.same": "marks as written here",
		"meets.bare": "marks as written here, or all of it without marks",
		"meets.any":  "whatever the marks",
		"iy":         "y and i count as one",
	}
}

// String is the step in English, without its depth.
func (s Step) String() string {
	texts := StepKinds()
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		args[i] = a
	}
	if s.Name != "" && s.Name != s.Args[0] {
		args[0] = s.Name + " (" + s.Args[0] + ")"
	}
	parts := []string{fmt.Sprintf(texts[s.Kind], args...)}
	if s.In != "" {
		parts = append(parts, texts["in."+s.In])
	}
	if s.Meets != "" {
		parts = append(parts, texts["meets."+s.Meets])
	}
	if s.IY {
		parts = append(parts, texts["iy"])
	}
	return strings.Join(parts, ", ")
}
