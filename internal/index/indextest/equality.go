package indextest

import (
	"fmt"
	"slices"
	"testing"

	"lamro/internal/index"
	"lamro/internal/query"
)

// Engine is something that answers queries over a set of documents: an index, or the matcher.
type Engine struct {
	Name string
	Find func(t testing.TB, q *query.Query) []string // ids, in any order
}

// IndexEngine is an index as an Engine, with counts of articles and stories checked too. Where
// ranked is set, it is asked by relevance.
func IndexEngine(name string, x index.Index, ranked bool) Engine {
	return Engine{name, func(t testing.TB, q *query.Query) []string {
		t.Helper()
		s := index.Search{Query: q, Limit: index.MaxLimit}
		if ranked {
			s.Sort = index.Relevance
		}
		var found []string
		stories := map[string]bool{}
		for {
			p, err := x.Search(t.Context(), s)
			if err != nil {
				t.Fatalf("Search %s = %v", q, err)
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
				t.Errorf("%s: %d articles and %d stories are counted, %d and %d found", q, p.Articles, p.Stories, len(found), len(stories))
			}
			return found
		}
	}}
}

// Equal asks n queries of g of the definition of the language and of every engine, and wants the
// same documents of all. It returns how many queries told documents apart.
func Equal(t testing.TB, docs []*index.Document, g *Generator, n int, engines ...Engine) (apart int) {
	t.Helper()
	read := make([]query.Document, len(docs))
	for i, d := range docs {
		read[i] = Read(d)
	}
	for range n {
		q := g.Query()
		var want []string
		for i, d := range read {
			if q.Eval(d) {
				want = append(want, docs[i].ID)
			}
		}
		slices.Sort(want)
		for _, e := range engines {
			got := e.Find(t, q)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %s query %s (y for i: %v): %s", e.Name, q.Mode, q, q.IY, differences(got, want))
			}
		}
		if len(want) > 0 && len(want) < len(docs) {
			apart++
		}
	}
	return apart
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
