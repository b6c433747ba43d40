package indextest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/query"
)

// A story counts once however many copies it has, and stands where its newest article stands.
func testStories(t *testing.T, open Open) {
	x := fresh(t, open)
	october := noon.AddDate(0, -1, 0)
	put(t, x,
		doc("a1", "lũ quét", story("a"), seenAt(october)),
		doc("a2", "lũ quét", story("a"), seenAt(noon)),
		doc("a3", "lũ quét", story("a"), seenAt(noon.Add(2*time.Hour))),
		doc("b", "lũ quét", seenAt(noon.Add(time.Hour))),
		doc("c", "lũ quét, nắng", story("c"), seenAt(october)),
		doc("a4", "nắng", story("a"), seenAt(noon.Add(3*time.Hour))),
	)
	s := index.Search{Query: parse(t, "lũ", query.Auto), ByStory: true, Limit: 2, PerStory: 2}
	p := search(t, x, s)
	if p.Stories != 3 || p.Articles != 5 || p.Capped {
		t.Errorf("counts = %d stories, %d articles, capped %v; want 3, 5, false", p.Stories, p.Articles, p.Capped)
	}
	wantGroups(t, p, "a:3:a3,a2", "b:1:b")
	s.After = p.Next
	p = search(t, x, s)
	wantGroups(t, p, "c:1:c")
	if p.Next != "" {
		t.Errorf("Next of the last page = %q", p.Next)
	}
	if p.Stories != 3 || p.Articles != 5 {
		t.Errorf("counts of the last page = %d stories, %d articles; want those of the whole search", p.Stories, p.Articles)
	}

	p = search(t, x, index.Search{Query: s.Query, Limit: 2})
	if p.Stories != 3 || p.Articles != 5 {
		t.Errorf("not grouped: %d stories, %d articles; want 3, 5", p.Stories, p.Articles)
	}
	wantGroups(t, p, "a:1:a3", "b:1:b")

	if p := search(t, x, index.Search{Limit: -1, ByStory: true}); len(p.Groups) != 0 || p.Next != "" || p.Articles != 6 {
		t.Errorf("counting only: %d groups, next %q, %d articles; want 0, none, 6", len(p.Groups), p.Next, p.Articles)
	}
}

// wantGroups compares groups as story:articles:shown documents.
func wantGroups(t *testing.T, p index.Page, want ...string) {
	t.Helper()
	var got []string
	for _, g := range p.Groups {
		s := fmt.Sprintf("%s:%d:", g.Story, g.Articles)
		for i, d := range g.Docs {
			if i > 0 {
				s += ","
			}
			s += d.ID
		}
		got = append(got, s)
	}
	if !slices.Equal(got, want) {
		t.Errorf("groups = %v, want %v", got, want)
	}
}

// Following Next shows everything once, also where hundreds of articles have the same time.
func testPages(t *testing.T, open Open) {
	x := fresh(t, open)
	docs := Invent(11, 230)
	for i, d := range docs {
		if i%3 == 0 {
			d.FirstSeen = noon
			d.Month = "2026-11"
		}
	}
	put(t, x, docs...)
	for _, byStory := range []bool{false, true} {
		for _, by := range []index.Clock{index.FirstSeen, index.Published} {
			s := index.Search{ByStory: byStory, By: by, Limit: 7, PerStory: 100}
			seen, groups := follow(t, x, s, docs)
			if byStory {
				stories := map[string]bool{}
				for _, d := range docs {
					stories[d.Group()] = true
				}
				if groups != len(stories) || len(seen) != len(docs) {
					t.Errorf("by %s: pages showed %d stories and %d articles, want %d and %d", by, groups, len(seen), len(stories), len(docs))
				}
			} else if len(seen) != len(docs) {
				t.Errorf("by %s: pages showed %d articles, want %d", by, len(seen), len(docs))
			}
		}
	}
}

// follow reads all pages; no article may be shown twice and groups must be in order.
func follow(t *testing.T, x index.Index, s index.Search, docs []*index.Document) (seen map[string]bool, groups int) {
	t.Helper()
	seen = map[string]bool{}
	last := index.Key{Rank: 1 << 62}
	for range len(docs) + 1 {
		p := search(t, x, s)
		for _, g := range p.Groups {
			groups++
			k := index.Key{Rank: g.Docs[0].At(s.By).UnixMilli(), ID: g.Docs[0].ID}
			if s.ByStory {
				k.ID = g.Story
			}
			if last.Compare(k) >= 0 {
				t.Errorf("by %s: %v follows %v", s.By, k, last)
			}
			last = k
			for _, d := range g.Docs {
				if seen[d.ID] {
					t.Errorf("article %s is shown twice", d.ID)
				}
				seen[d.ID] = true
			}
		}
		if p.Next == "" {
			return seen, groups
		}
		s.After = p.Next
	}
	t.Fatal("the pages do not end")
	return nil, 0
}

// What arrives while someone turns pages stands before the first one and moves nothing.
func testPagesWhileWriting(t *testing.T, open Open) {
	x := fresh(t, open)
	docs := Invent(12, 60)
	put(t, x, docs...)
	s := index.Search{Limit: 7}
	seen := map[string]bool{}
	for n := 0; ; n++ {
		p := search(t, x, s)
		for _, id := range ids(p) {
			if seen[id] {
				t.Errorf("article %s is shown twice", id)
			}
			seen[id] = true
		}
		if p.Next == "" {
			break
		}
		s.After = p.Next
		put(t, x, doc("new"+strconv.Itoa(n), "mới đến", seenAt(noon.AddDate(0, 1, n))))
	}
	if len(seen) != len(docs) {
		t.Errorf("pages showed %d articles, want %d", len(seen), len(docs))
	}
}

// Days and months are the office's: seven hours ahead of UTC.
func testDays(t *testing.T, open Open) {
	x := fresh(t, open)
	utc := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04:05.000", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	published := func(at time.Time) func(*index.Document) { return func(d *index.Document) { d.PublishedAt = at } }
	put(t, x,
		doc("31", "x", seenAt(utc("2026-10-31 16:59:59.999"))),
		doc("1a", "x", seenAt(utc("2026-10-31 17:00:00.000"))),
		doc("1b", "x", seenAt(utc("2026-11-01 16:59:59.999"))),
		doc("2", "x", seenAt(utc("2026-11-01 17:00:00.000")), published(utc("2026-09-30 20:00:00.000"))),
		// A date of day precision is the end of its day, so it may lie after first seen.
		doc("3", "x", seenAt(utc("2026-11-03 01:00:00.000")), published(utc("2026-11-03 16:59:59.000"))),
	)
	wantDays := func(by index.Clock, want string) {
		t.Helper()
		if p := search(t, x, index.Search{By: by, Histogram: true}); fmt.Sprint(p.Histogram) != want {
			t.Errorf("days by %s = %v, want %s", by, p.Histogram, want)
		}
	}
	wantDays(index.FirstSeen, "[{2026-10-31 1} {2026-11-01 2} {2026-11-02 1} {2026-11-03 1}]")
	wantDays(index.Published, "[{2026-10-01 1} {2026-10-31 1} {2026-11-01 2} {2026-11-03 1}]")

	first, second := utc("2026-10-31 17:00:00.000"), utc("2026-11-01 17:00:00.000")
	for _, c := range []struct {
		search index.Search
		want   string
	}{
		{index.Search{From: first, To: second}, "[1b 1a]"},
		{index.Search{From: first.Add(time.Microsecond), To: second.Add(time.Microsecond)}, "[2 1b]"},
		{index.Search{To: first}, "[31]"},
		{index.Search{From: second}, "[3 2]"},
		{index.Search{From: second, To: second}, "[]"},
		{index.Search{By: index.Published, To: utc("2026-10-01 00:00:00.000")}, "[2]"},
		{index.Search{By: index.Published, From: utc("2026-11-03 00:00:00.000")}, "[3]"},
		{index.Search{By: index.Published}, "[3 1b 1a 31 2]"},
	} {
		if got := fmt.Sprint(find(t, x, c.search)); got != c.want {
			t.Errorf("from %v to %v by %s: found %s, want %s", c.search.From, c.search.To, c.search.By, got, c.want)
		}
	}
}

func testFacets(t *testing.T, open Open) {
	x := fresh(t, open)
	docs := Invent(13, 200)
	put(t, x, docs...)
	// Two were deleted and one written twice: none of that may be counted.
	apply(t, x, index.Done, index.Delete(docs[0].ID, 9, docs[0].Month), index.Delete(docs[1].ID, 9, docs[1].Month))
	docs[2].Rev = 9
	put(t, x, docs[2])
	docs = docs[2:]
	all := []index.Facet{index.BySource, index.ByClass, index.ByTier, index.ByPlace, index.ByWatch}
	q := parse(t, "mưa OR bắc", query.Auto)
	p := search(t, x, index.Search{Query: q, Facets: all, ByStory: true, Limit: 3})
	want := map[index.Facet]map[string]int{}
	for _, f := range all {
		want[f] = map[string]int{}
	}
	for _, d := range docs {
		if !Evaluate(q, d) {
			continue
		}
		want[index.BySource][d.Source]++
		want[index.ByClass][d.Class]++
		want[index.ByTier][strconv.Itoa(d.Tier)]++
		for _, v := range d.Places {
			want[index.ByPlace][v]++
		}
		for _, v := range d.Watches {
			want[index.ByWatch][v]++
		}
	}
	for _, f := range all {
		got := map[string]int{}
		for i, v := range p.Facets[f] {
			got[v.Value] = v.Articles
			if i > 0 && v.Articles > p.Facets[f][i-1].Articles {
				t.Errorf("facet %s is not in order: %v", f, p.Facets[f])
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want[f]) {
			t.Errorf("facet %s = %v, want %v", f, got, want[f])
		}
	}
	if p := search(t, x, index.Search{}); p.Facets != nil || p.Histogram != nil {
		t.Errorf("facets and days that nobody asked for: %v, %v", p.Facets, p.Histogram)
	}
}

// Engines rank differently; that a title comes before a body is what people expect of all.
func testRelevance(t *testing.T, open Open) {
	x := fresh(t, open)
	filler := "chuyện nhà chuyện cửa chuyện ruộng vườn và nhiều chuyện khác nữa, "
	put(t, x,
		doc("body", filler+filler+"có sạt lở nhỏ"),
		doc("title", filler+filler, func(d *index.Document) { d.Title = "Sạt lở ở Chợ Đồn"; d.FirstSeen = noon.Add(-time.Hour) }),
		doc("none", filler),
	)
	s := index.Search{Query: parse(t, `"sạt lở"`, query.Auto), Sort: index.Relevance, ByStory: true, Limit: 1}
	p := search(t, x, s)
	wantGroups(t, p, "title:1:title")
	s.After = p.Next
	wantGroups(t, search(t, x, s), "body:1:body")
	// Nothing to be relevant to, or only what does not rank, is no error.
	if got := find(t, x, index.Search{Sort: index.Relevance}); fmt.Sprint(got) != "[body none title]" {
		t.Errorf("everything by relevance = %v, want newest first", got)
	}
	if got := find(t, x, index.Search{Sort: index.Relevance, Query: parse(t, "source:bao-mau", query.Auto)}); len(got) != 3 {
		t.Errorf("a source by relevance found %v, want 3", got)
	}
}

// Beyond Exact counts are marked, and pages still show what they should.
func testCapped(t *testing.T, open Open) {
	if testing.Short() {
		t.Skip("writes more documents than counts are exact for")
	}
	x := fresh(t, open)
	const extra = 500
	var docs []*index.Document
	for i := range index.Exact + extra {
		at := noon.Add(time.Duration(i) * time.Second)
		if i < extra {
			at = at.AddDate(0, -2, 0)
		}
		docs = append(docs, doc(fmt.Sprintf("d%05d", i), "tin", seenAt(at), story(fmt.Sprintf("s%05d", i%(index.Exact/2)))))
	}
	put(t, x, docs...)
	p := search(t, x, index.Search{ByStory: true, Limit: 2, PerStory: 3, Histogram: true, Facets: []index.Facet{index.BySource}})
	if p.Articles != index.Exact || !p.Capped {
		t.Errorf("counts = %d articles, capped %v; want %d, true", p.Articles, p.Capped, index.Exact)
	}
	// The oldest articles of the story lie in a month that the page itself does not need.
	wantGroups(t, p, "s00499:3:d10499,d05499,d00499", "s00498:3:d10498,d05498,d00498")
	if got := p.Facets[index.BySource]; len(got) != 1 || got[0].Articles != len(docs) {
		t.Errorf("facet = %v, want all %d", got, len(docs))
	}
	total := 0
	for _, d := range p.Histogram {
		total += d.Articles
	}
	if total != len(docs) {
		t.Errorf("days hold %d articles, want %d", total, len(docs))
	}
	if p := search(t, x, index.Search{To: noon.AddDate(0, -1, 0), Limit: -1}); p.Capped || p.Articles != extra {
		t.Errorf("counts of the old month = %d, capped %v; want %d, false", p.Articles, p.Capped, extra)
	}
}

func testBadSearches(t *testing.T, open Open) {
	x := fresh(t, open)
	put(t, x, doc("a", "x"), doc("b", "x"))
	next := search(t, x, index.Search{Limit: 1}).Next
	for name, s := range map[string]index.Search{
		"facet":          {Facets: []index.Facet{"author"}},
		"clock":          {By: "indexed_at"},
		"order":          {Sort: "random"},
		"limit":          {Limit: index.MaxLimit + 1},
		"negative limit": {Limit: -2},
		"garbled cursor": {After: "???"},
		"other cursor":   {After: next, By: index.Published},
	} {
		if _, err := x.Search(t.Context(), s); !errors.Is(err, index.ErrBadSearch) {
			t.Errorf("%s: Search = %v, want ErrBadSearch", name, err)
		}
	}
}
