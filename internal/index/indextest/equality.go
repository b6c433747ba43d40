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

// Equal asks n random queries over docs of the definition of the language and of every engine,
// and wants the same documents of all. It returns how many queries told documents apart.
func Equal(t testing.TB, docs []*index.Document, r *rand.Rand, n int, engines ...Engine) (apart int) {
	t.Helper()
	read := make([]query.Document, len(docs))
	for i, d := range docs {
		read[i] = Read(d)
	}
	vocabulary := Vocabulary(docs)
	for range n {
		q := querytest.Random(r, vocabulary, 3)
		want := matching(q, docs, read)
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
