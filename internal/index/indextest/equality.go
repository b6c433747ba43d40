package indextest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/query"
	"lamro/internal/query/querytest"
)

// Engine is something that answers queries over a set of documents: an index, or the matcher.
type Engine struct {
	Name string
	// Find gives, for each of queries, the ids of the documents that match, in any order.
	Find func(t testing.TB, queries []*query.Query) [][]string
}

// IndexEngine is an index as an Engine, with counts of articles and stories checked too. Where
// ranked is set, it is asked by relevance.
func IndexEngine(name string, x index.Index, ranked bool) Engine {
	sort := index.Newest
	if ranked {
		sort = index.Relevance
	}
	return Engine{name, func(t testing.TB, queries []*query.Query) [][]string {
		t.Helper()
		found := make([][]string, len(queries))
		for i, q := range queries {
			found[i] = pageThrough(t, x, index.Search{Query: q, Sort: sort, Limit: index.MaxLimit})
		}
		return found
	}}
}

// pageThrough reads all pages of a search.
func pageThrough(t testing.TB, x index.Index, s index.Search) (found []string) {
	t.Helper()
	stories := map[string]bool{}
	for {
		p, err := x.Search(t.Context(), s)
		if err != nil {
			t.Fatalf("Search %s = %v", s.Query, err)
		}
		for _, g := range p.Groups {
			for _, d := range g.Docs {
				found = append(found, d.ID)
				stories[d.Group()] = true
			}
		}
		if p.Next != "" {
			s.After = p.Next
			continue
		}
		if p.Articles != min(len(found), index.Exact) || p.Stories != min(len(stories), index.Exact) {
			t.Errorf("%s: %d articles and %d stories are counted, %d and %d found", s.Query, p.Articles, p.Stories, len(found), len(stories))
		}
		return found
	}
}

// Vocabulary is what random queries over docs are made of.
func Vocabulary(docs []*index.Document) *querytest.Vocabulary {
	var texts []string
	all := func(values map[string]bool, more ...string) {
		for _, v := range more {
			if v != "" {
				values[v] = true
			}
		}
	}
	places, sources, sites, languages := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	tiers, days := map[int]bool{}, map[time.Time]bool{}
	for _, d := range docs {
		texts = append(texts, d.Title, d.Lead, d.Body)
		all(places, d.Places...)
		all(sources, d.Source)
		all(sites, domains(d.Site())...)
		all(languages, d.Language)
		tiers[d.Tier], days[d.At(index.Published)] = true, true
	}
	v := querytest.NewVocabulary(texts...)
	v.Places, v.Sources, v.Sites, v.Languages = sorted(places), sorted(sources), sorted(sites), sorted(languages)
	v.Tiers = slices.Sorted(maps.Keys(tiers))
	v.Days = slices.SortedFunc(maps.Keys(days), time.Time.Compare)
	return v
}

func sorted(values map[string]bool) []string { return slices.Sorted(maps.Keys(values)) }

// domains are host and the domain above it.
func domains(host string) []string {
	if _, above, ok := strings.Cut(host, "."); ok && strings.Contains(above, ".") {
		return []string{host, above}
	}
	return []string{host}
}

// Compared says what Equal compared.
type Compared struct {
	Queries, Texts int
	Apart          int            // queries that found something and not everything
	Differences    map[string]int // by engine: queries to which it found something else
	Kinds          map[string]int // by kind of node: queries that hold one
}

// String is c in lines for a log.
func (c Compared) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d queries over %d texts, %d of them told texts apart", c.Queries, c.Texts, c.Apart)
	for _, name := range slices.Sorted(maps.Keys(c.Differences)) {
		fmt.Fprintf(&b, "\n%s: %d differences from the definition", name, c.Differences[name])
	}
	b.WriteString("\nqueries with")
	for i, kind := range slices.Sorted(maps.Keys(c.Kinds)) {
		fmt.Fprintf(&b, "%s %s %d", strings.Repeat(",", min(i, 1)), kind, c.Kinds[kind])
	}
	return b.String()
}

// Equal asks n random queries over docs of the definition of the language and of every engine,
// and wants the same documents of all.
func Equal(t testing.TB, docs []*index.Document, r *rand.Rand, n int, engines ...Engine) Compared {
	t.Helper()
	read := make([]query.Document, len(docs))
	for i, d := range docs {
		read[i] = Read(d)
	}
	c := Compared{Queries: n, Texts: len(docs), Differences: map[string]int{}, Kinds: map[string]int{}}
	vocabulary := Vocabulary(docs)
	queries, want := make([]*query.Query, n), make([][]string, n)
	for i := range queries {
		queries[i] = querytest.Random(r, vocabulary, 3)
		want[i] = matching(queries[i], docs, read)
		if len(want[i]) > 0 && len(want[i]) < len(docs) {
			c.Apart++
		}
		kinds := map[string]bool{}
		collectKinds(queries[i].Root, kinds)
		for kind := range kinds {
			c.Kinds[kind]++
		}
	}
	for _, e := range engines {
		c.Differences[e.Name] = 0
		for i, got := range e.Find(t, queries) {
			slices.Sort(got)
			if slices.Equal(got, want[i]) {
				continue
			}
			if c.Differences[e.Name]++; c.Differences[e.Name] <= 5 {
				t.Errorf("%s: %s query %s (y for i: %v): %s", e.Name, queries[i].Mode, queries[i], queries[i].IY, differences(got, want[i]))
			}
		}
	}
	return c
}

// collectKinds puts the kinds of the nodes of n into kinds.
func collectKinds(n query.Node, kinds map[string]bool) {
	var inside []query.Node
	switch n := n.(type) {
	case query.And:
		inside = n.Nodes
	case query.Or:
		inside = n.Nodes
	case query.Not:
		inside = []query.Node{n.Node}
	case *query.Near:
		if n.Ordered {
			kinds["ordered Near"] = true
		}
		inside = append(leaves(n.Left), leaves(n.Right)...)
	case *query.Together:
		inside = append(leaves(n.Left), leaves(n.Right)...)
	}
	_, kind, _ := strings.Cut(fmt.Sprintf("%T", n), "query.")
	kinds[kind] = true
	for _, n := range inside {
		collectKinds(n, kinds)
	}
}

func leaves(of []query.Leaf) (nodes []query.Node) {
	for _, l := range of {
		nodes = append(nodes, l)
	}
	return nodes
}

// matching are the ids of the documents that match by definition, in order. The definition is
// slow, so all cores work.
func matching(q *query.Query, docs []*index.Document, read []query.Document) []string {
	parts := runtime.GOMAXPROCS(0)
	found := make([][]string, parts)
	var work sync.WaitGroup
	for part := range parts {
		work.Go(func() {
			for i := part; i < len(docs); i += parts {
				if q.Eval(read[i]) {
					found[part] = append(found[part], docs[i].ID)
				}
			}
		})
	}
	work.Wait()
	all := slices.Concat(found...)
	slices.Sort(all)
	return all
}

func differences(got, want []string) string {
	only := func(a, b []string) (out []string) {
		for _, id := range a {
			if _, there := slices.BinarySearch(b, id); !there && len(out) < 5 {
				out = append(out, id)
			}
		}
		return out
	}
	return fmt.Sprintf("found %d, want %d; wrongly %v, missing %v", len(got), len(want), only(got, want), only(want, got))
}
