// Package indextest is what every implementation of index.Index must pass: writes in any order,
// the query language in all its corners, counts, pages, days, and equality with the evaluator of
// package query on random queries. It makes its documents itself; all of them are invented.
package indextest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// Open opens the index that lies in dir; a second call after Close finds what was written.
type Open func(t *testing.T, dir string) index.Index

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, Open){
		"Writes":            testWrites,
		"AnyOrder":          testAnyOrder,
		"BadOps":            testBadOps,
		"Reopen":            testReopen,
		"Meaning":           testMeaning,
		"Proximity":         testProximity,
		"Prefixes":          testPrefixes,
		"Fields":            testFields,
		"Hostile":           testHostile,
		"LongTexts":         testLongTexts,
		"Filters":           testFilters,
		"Stories":           testStories,
		"Pages":             testPages,
		"PagesWhileWriting": testPagesWhileWriting,
		"Days":              testDays,
		"Facets":            testFacets,
		"Relevance":         testRelevance,
		"Capped":            testCapped,
		"BadSearches":       testBadSearches,
		"Erase":             testErase,
		"Rebuild":           testRebuild,
		"Concurrency":       testConcurrency,
		"Evaluator":         testEvaluator,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open)
		})
	}
}

// fresh is an empty index, closed with the test.
func fresh(t *testing.T, open Open) index.Index {
	t.Helper()
	x := open(t, t.TempDir())
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return x
}

// noon is a time in the middle of a month and a day.
var noon = time.Date(2026, 11, 15, 12, 0, 0, 0, news.Zone())

// doc is a document with what a case does not care about filled in.
func doc(id, body string, change ...func(*index.Document)) *index.Document {
	d := &index.Document{
		ID: id, Rev: 1, N: 1, Source: "bao-mau", Class: "press", Tier: 1,
		URL: "https://bao-mau.example/" + id, Title: "Tin " + id, Body: body, Language: "vi", FirstSeen: noon,
	}
	for _, c := range change {
		c(d)
	}
	d.Month = news.Month(d.FirstSeen)
	return d
}

func seenAt(t time.Time) func(*index.Document) { return func(d *index.Document) { d.FirstSeen = t } }
func rev(n int64) func(*index.Document)        { return func(d *index.Document) { d.Rev = n } }
func story(id string) func(*index.Document)    { return func(d *index.Document) { d.Story = id } }

func put(t *testing.T, x index.Index, docs ...*index.Document) {
	t.Helper()
	ops := make([]index.Op, len(docs))
	for i, d := range docs {
		ops[i] = index.Put(d)
	}
	apply(t, x, index.Done, ops...)
}

// apply applies ops and wants the same outcome of each.
func apply(t *testing.T, x index.Index, want index.Outcome, ops ...index.Op) {
	t.Helper()
	results, err := x.Apply(t.Context(), ops)
	if err != nil {
		t.Fatalf("Apply = %v", err)
	}
	for i, r := range results {
		if r.Outcome != want {
			t.Fatalf("Apply: outcome of %s at revision %d = %s (%v), want %s", ops[i].ID, ops[i].Rev, r.Outcome, r.Err, want)
		}
	}
}

func parse(t testing.TB, s string, mode query.Mode) *query.Query {
	t.Helper()
	q, err := query.ParseMode(s, mode)
	if err != nil {
		t.Fatalf("ParseMode(%q) = %v", s, err)
	}
	return q
}

// find asks for all articles, not grouped, and returns their ids in order.
func find(t *testing.T, x index.Index, s index.Search) []string {
	t.Helper()
	s.Limit = index.MaxLimit
	return ids(search(t, x, s))
}

func search(t *testing.T, x index.Index, s index.Search) index.Page {
	t.Helper()
	page, err := x.Search(t.Context(), s)
	if err != nil {
		t.Fatalf("Search = %v", err)
	}
	return page
}

func ids(p index.Page) []string {
	out := []string{}
	for _, g := range p.Groups {
		for _, d := range g.Docs {
			out = append(out, d.ID)
		}
	}
	return out
}

func wantFound(t *testing.T, x index.Index, q string, want ...string) {
	t.Helper()
	got := find(t, x, index.Search{Query: parse(t, q, query.Auto)})
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("search %q found %v, want %v", q, got, want)
	}
}

func wantCount(t *testing.T, x index.Index, want int) {
	t.Helper()
	if n, err := x.Count(t.Context(), ""); err != nil || n != want {
		t.Errorf("Count = %d, %v; want %d", n, err, want)
	}
}

// Evaluate is what the definition of the language says of d.
func Evaluate(q *query.Query, d *index.Document) bool { return q.Eval(Read(d)) }

// Read is d as the language sees it.
func Read(d *index.Document) query.Document {
	return query.Document{
		Fields: []query.Field{
			{Name: news.FieldTitle, Text: vietnamese.Read(d.Title)},
			{Name: news.FieldLead, Text: vietnamese.Read(d.Lead)},
			{Name: news.FieldBody, Text: vietnamese.Read(d.Body)},
		},
		Places: d.Places, Source: d.Source, Site: d.Site(), Language: d.Language, Tier: d.Tier,
		At: d.At(index.Published),
	}
}

func testWrites(t *testing.T, open Open) {
	x := fresh(t, open)
	wantCount(t, x, 0)
	if _, err := x.Get(t.Context(), index.Ref{ID: "a"}); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("Get of nothing = %v, want ErrNotFound", err)
	}
	first := doc("a", "sạt lở ở đèo Gió", func(d *index.Document) {
		d.Lead, d.Places, d.Watches, d.Story, d.Case = "Mưa lớn", []string{"060", "06"}, []string{"w1"}, "s", "c"
		d.PublishedAt = noon.Add(-time.Hour)
	})
	put(t, x, first)
	got, err := x.Get(t.Context(), index.Ref{ID: "a", Month: first.Month})
	if err != nil {
		t.Fatalf("Get = %v", err)
	}
	if !got.FirstSeen.Equal(first.FirstSeen) || !got.PublishedAt.Equal(first.PublishedAt) {
		t.Errorf("Get: times %v and %v, want %v and %v", got.FirstSeen, got.PublishedAt, first.FirstSeen, first.PublishedAt)
	}
	got.FirstSeen, got.PublishedAt = first.FirstSeen, first.PublishedAt
	if fmt.Sprint(got) != fmt.Sprint(*first) {
		t.Errorf("Get = %+v, want %+v", got, *first)
	}

	put(t, x, doc("a", "cầu đã thông xe", rev(2)))
	wantFound(t, x, "sạt lở")
	wantFound(t, x, `"thông xe"`, "a")
	wantCount(t, x, 1)

	apply(t, x, index.Done, index.Delete("a", 3, first.Month))
	wantFound(t, x, `"thông xe"`)
	wantCount(t, x, 0)
	if _, err := x.Get(t.Context(), index.Ref{ID: "a"}); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("Get after Delete = %v, want ErrNotFound", err)
	}
	if n := len(find(t, x, index.Search{})); n != 0 {
		t.Errorf("a search for everything found %d after Delete, want 0: tombstones are no documents", n)
	}
	wantFound(t, x, `NOT "thông xe"`)
	put(t, x, doc("a", "lại sạt lở", rev(4)))
	wantFound(t, x, "sạt lở", "a")
}

// Streams deliver at least once and in any order: only the revision decides.
func testAnyOrder(t *testing.T, open Open) {
	x := fresh(t, open)
	month := news.Month(noon)
	put(t, x, doc("a", "mới", rev(5)))
	apply(t, x, index.Stale, index.Put(doc("a", "cũ", rev(4))), index.Put(doc("a", "khác", rev(5))), index.Delete("a", 3, month))
	wantFound(t, x, "mới", "a")
	wantFound(t, x, "cũ")
	wantFound(t, x, "khác")

	// A deletion that came first keeps what is older out.
	apply(t, x, index.Done, index.Delete("b", 7, month))
	apply(t, x, index.Stale, index.Put(doc("b", "mới", rev(6))), index.Delete("b", 7, month))
	wantFound(t, x, "mới", "a")

	// Within one call, too, where the last operation may be the oldest.
	results, err := x.Apply(t.Context(), []index.Op{
		index.Put(doc("c", "một", rev(1))), index.Put(doc("c", "ba", rev(3))), index.Put(doc("c", "hai", rev(2))),
		index.Delete("d", 1, month), index.Put(doc("d", "sau", rev(2))),
	})
	if err != nil {
		t.Fatalf("Apply = %v", err)
	}
	want := []index.Outcome{index.Done, index.Done, index.Stale, index.Done, index.Done}
	for i, r := range results {
		if r.Outcome != want[i] {
			t.Errorf("outcome %d = %s, want %s", i, r.Outcome, want[i])
		}
	}
	wantFound(t, x, "ba", "c")
	wantFound(t, x, "hai")
	wantFound(t, x, "sau", "d")
}

func testBadOps(t *testing.T, open Open) {
	x := fresh(t, open)
	wrongMonth := doc("b", "thân bài")
	wrongMonth.Month = "2026-10"
	ops := []index.Op{
		index.Put(doc("a", "tốt")),
		index.Put(wrongMonth),
		index.Put(doc("c", "\xff không phải UTF-8")),
		index.Put(doc("", "không tên")),
		index.Put(doc("d", "bản không", rev(0))),
		index.Delete("e", 1, "2026-13"),
		{Put: doc("f", "thân bài"), ID: "g", Rev: 1, Month: news.Month(noon)},
		index.Put(doc("h", "tốt")),
	}
	results, err := x.Apply(t.Context(), ops)
	if err != nil {
		t.Fatalf("Apply = %v: one bad document must not stop the others", err)
	}
	for i, r := range results {
		bad := i != 0 && i != len(ops)-1
		if bad && (r.Outcome != index.Bad || r.Err == nil) || !bad && r.Outcome != index.Done {
			t.Errorf("outcome %d = %s, %v; want bad: %v", i, r.Outcome, r.Err, bad)
		}
	}
	wantFound(t, x, "tốt", "a", "h")
	if _, err := x.Apply(t.Context(), nil); err != nil {
		t.Errorf("Apply of nothing = %v", err)
	}
}

func testReopen(t *testing.T, open Open) {
	dir := t.TempDir()
	x := open(t, dir)
	october := noon.AddDate(0, -1, 0)
	put(t, x, doc("a", "ở lại", rev(3)), doc("b", "ra đi"), doc("c", "tháng trước", seenAt(october)))
	apply(t, x, index.Done, index.Delete("b", 2, news.Month(noon)))
	generation := x.Generation()
	if err := x.Close(); err != nil {
		t.Fatalf("Close = %v", err)
	}
	if _, err := x.Apply(context.WithoutCancel(t.Context()), []index.Op{index.Put(doc("z", "z"))}); err == nil {
		t.Error("Apply after Close = nil, want an error")
	}
	x = open(t, dir)
	defer x.Close()
	if g := x.Generation(); g != generation || g == "" {
		t.Errorf("Generation = %q, then %q", generation, g)
	}
	wantFound(t, x, `"ở lại"`, "a")
	wantFound(t, x, `"tháng trước"`, "c")
	wantCount(t, x, 2)
	apply(t, x, index.Stale, index.Put(doc("a", "cũ", rev(3))), index.Put(doc("b", "cũ", rev(2))))
	all, incomplete, err := x.Months(t.Context())
	if err != nil || !slices.Equal(all, []string{"2026-10", "2026-11"}) || len(incomplete) != 0 {
		t.Errorf("Months = %v, %v, %v; want two, none incomplete", all, incomplete, err)
	}
	if n, err := x.Count(t.Context(), "2026-10"); err != nil || n != 1 {
		t.Errorf("Count of 2026-10 = %d, %v; want 1", n, err)
	}
	if err := x.Health(t.Context()); err != nil {
		t.Errorf("Health = %v", err)
	}
}
