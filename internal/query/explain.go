package query

import (
	"fmt"
	"strconv"
	"strings"
)

// Step is one line of what a query means. Kind is the key under which the interface has the line
// in each language, with Args in its places; In and Meets are what to add to it.
type Step struct {
	Depth int      `json:"depth"` // how far below the top of the query
	Kind  string   `json:"kind"`  // see StepKinds
	Args  []string `json:"args,omitempty"`
	In    string   `json:"in,omitempty"`    // "title" or "body" where only that is searched
	Meets string   `json:"meets,omitempty"` // how words are met: "same", "bare" (or all without marks), "any" (whatever the marks)
}

// Explain says what q means, from the top down: a step for each operator, and below it those of
// its parts, one deeper.
func (q *Query) Explain() []Step { return explain(nil, q.Root, 0) }

func explain(to []Step, n Node, depth int) []Step {
	add := func(kind string, args ...string) { to = append(to, Step{Depth: depth, Kind: kind, Args: args}) }
	switch n := n.(type) {
	case And:
		add("all")
		to = explainAll(to, n.Nodes, depth+1)
	case Or:
		add("any")
		to = explainAll(to, n.Nodes, depth+1)
	case Not:
		add("not")
		to = explain(to, n.Node, depth+1)
	case *Phrase:
		kind := "phrase"
		if len(n.Exact) == 1 {
			kind = "word"
		}
		to = append(to, Step{depth, kind, []string{n.Text}, n.In.String(), n.meetsHow()})
	case *Prefix:
		to = append(to, Step{depth, "prefix", []string{n.Text}, n.In.String(), n.meetsHow()})
	case *Loose:
		to = append(to, Step{depth, "loose", []string{n.Phrase.Text, strconv.Itoa(n.Slop)}, n.Phrase.In.String(), n.Phrase.meetsHow()})
	case *Near:
		kind := "near"
		if n.Ordered {
			kind = "onear"
		}
		add(kind, strconv.Itoa(n.Distance))
		to = explainSide(explainSide(to, n.Left, depth+1), n.Right, depth+1)
	case *Together:
		add("samesent")
		to = explainSide(explainSide(to, n.Left, depth+1), n.Right, depth+1)
	case Place:
		add("place", n.Code)
	case Source:
		add("source", n.ID)
	case Site:
		add("site", n.Host)
	case Lang:
		add("lang", n.Code)
	case Tier:
		add("tier", strconv.Itoa(n.N))
	case Date:
		if !n.From.IsZero() {
			add("from", isoDay(n.From))
		}
		if !n.To.IsZero() {
			add("to", isoDay(n.To.Add(-1)))
		}
	}
	return to
}

func explainAll(to []Step, nodes []Node, depth int) []Step {
	for _, n := range nodes {
		to = explain(to, n, depth)
	}
	return to
}

func explainSide(to []Step, leaves []Leaf, depth int) []Step {
	if len(leaves) > 1 {
		to = append(to, Step{Depth: depth, Kind: "any"})
		depth++
	}
	for _, l := range leaves {
		to = explain(to, l, depth)
	}
	return to
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

// StepKinds are the kinds of steps with their English text; In and Meets likewise. The interface
// has the same texts.
func StepKinds() map[string]string {
	return map[string]string{
		"all":      "all of these:",
		"any":      "at least one of these:",
		"not":      "not this:",
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
		"in.body":    "in the body",
		"meets.same": "only with these marks",
		"meets.bare": "also where all of it stands without marks",
		"meets.any":  "whatever the marks",
	}
}

// String is the step in English, without its depth.
func (s Step) String() string {
	texts := StepKinds()
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		args[i] = a
	}
	parts := []string{fmt.Sprintf(texts[s.Kind], args...)}
	if s.In != "" {
		parts = append(parts, texts["in."+s.In])
	}
	if s.Meets != "" {
		parts = append(parts, texts["meets."+s.Meets])
	}
	return strings.Join(parts, ", ")
}
