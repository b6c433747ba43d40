package embedded

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/blevesearch/bleve/v2/search"
	bquery "github.com/blevesearch/bleve/v2/search/query"
	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
)

// Search implements index.Index. It reads the months itself, newest first, instead of asking a
// Bleve alias: only whoever sees every match can count stories, and page by them, exactly.
func (x *Index) Search(ctx context.Context, s index.Search) (page index.Page, err error) {
	defer recovered(&err)
	s, err = s.WithDefaults()
	if err != nil {
		return page, err
	}
	after, err := s.Cursor()
	if err != nil {
		return page, err
	}
	done, err := x.read()
	if err != nil {
		return page, err
	}
	defer done()
	run := &running{search: s, shelf: &x.shelf}
	defer func() { err = errors.Join(err, run.close()) }()
	if err := run.open(x.sorted()); err != nil {
		return page, err
	}
	tally, err := run.count(ctx, after)
	if err != nil {
		return page, err
	}
	page = tally.page()
	keys, more := tally.keys()
	if more {
		page.Next = s.CursorAt(keys[len(keys)-1])
	}
	page.Groups, err = run.groups(ctx, keys, tally.home)
	return page, err
}

// running is one search while it runs, on one state of every month.
type running struct {
	search index.Search
	shelf  *shelf
	parts  []part
}

// part is a month of a search.
type part struct {
	sh     *shard
	core   bindex.Index
	reader bindex.IndexReader
	query  bquery.Query
}

// open takes the months that the times of the search leave.
func (r *running) open(months []*shard) error {
	s := r.search
	for _, sh := range months {
		start, end := bounds(sh.month)
		if !s.From.IsZero() && !end.After(s.From) {
			continue
		}
		if s.By == index.FirstSeen && !s.To.IsZero() && !start.Before(s.To) {
			continue
		}
		q, err := translate(s, sh.month)
		if err != nil {
			return err
		}
		reader, err := sh.reader()
		if err != nil {
			return err
		}
		r.parts = append(r.parts, part{sh, sh.core, reader, q})
	}
	return nil
}

func (r *running) close() error {
	var errs []error
	for _, p := range r.parts {
		errs = append(errs, p.reader.Close())
	}
	return errors.Join(errs...)
}

// atOnce is how many months of a search are read at the same time. More would make one search
// take the cores from others.
const atOnce = 4

// inParts does work for every part, several at once, and hands their results to take in order.
// It stops where take says that it has enough, or at the first error.
func inParts[T any](ctx context.Context, parts []part, work func(context.Context, part) (T, error), take func(part, T) (enough bool)) error {
	ctx, cancel := context.WithCancel(ctx)
	type result struct {
		value T
		err   error
	}
	results := make([]chan result, len(parts))
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	begin := func(i int) {
		results[i] = make(chan result, 1)
		running.Go(func() {
			var r result
			defer func() { results[i] <- r }()
			defer recovered(&r.err)
			r.value, r.err = work(ctx, parts[i])
		})
	}
	limit := min(atOnce, runtime.GOMAXPROCS(0))
	for i := range min(limit, len(parts)) {
		begin(i)
	}
	for i, p := range parts {
		r := <-results[i]
		if r.err != nil {
			return fmt.Errorf("search %s: %w", p.sh.month, r.err)
		}
		if take(p, r.value) {
			return nil
		}
		if i+limit < len(parts) {
			begin(i + limit)
		}
	}
	return nil
}

// count counts the matches of all months that the page needs.
func (r *running) count(ctx context.Context, after *index.Key) (*tally, error) {
	t := newTally(r.search, after)
	next := 0
	err := inParts(ctx, r.parts, func(ctx context.Context, p part) (*count, error) {
		c := newCount(r.search, after)
		err := p.each(ctx, r.shelf, p.query, r.search.Sort == index.Relevance, c.match)
		c.close()
		return c, err
	}, func(p part, c *count) bool {
		t.add(c, p.sh)
		next++
		return next < len(r.parts) && t.enough(r.parts[next].sh.month)
	})
	return t, err
}

// each visits the matches of q.
func (p part) each(ctx context.Context, shelf *shelf, q bquery.Query, score bool, match func(c *columns, i int, score float64)) (err error) {
	options := search.SearcherOptions{Score: noScore}
	if score {
		options.Score = ""
	}
	searcher, err := q.Searcher(ctx, p.reader, p.sh.bleve.Mapping(), options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, searcher.Close()) }()
	pages, err := pagesOf(shelf, p.core, p.reader)
	if err != nil {
		return err
	}
	sc := &search.SearchContext{
		DocumentMatchPool: search.NewDocumentMatchPool(searcher.DocumentMatchPoolSize()+1, 0),
		IndexReader:       p.reader,
	}
	for n := 1; ; n++ {
		dm, err := searcher.Next(sc)
		if err != nil || dm == nil {
			return err
		}
		c, i, err := pages.find(dm.IndexInternalID.Value())
		if err != nil {
			return err
		}
		match(c, i, dm.Score)
		sc.DocumentMatchPool.Put(dm)
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// groups fills the groups of a page. Stories are looked up again over all months, also those
// that the page itself did not need, so that their counts are of all their articles.
func (r *running) groups(ctx context.Context, keys []index.Key, home map[index.Key]*shard) ([]index.Group, error) {
	groups := make([]group, len(keys))
	if !r.search.ByStory {
		for i, k := range keys {
			groups[i] = group{articles: 1, docs: []member{{k, home[k]}}}
		}
		return r.load(groups)
	}
	if len(keys) == 0 {
		return r.load(nil)
	}
	places, stories := map[string]int{}, make([]string, len(keys))
	for i, k := range keys {
		places[k.ID], stories[i] = i, k.ID
	}
	err := inParts(ctx, r.parts, func(ctx context.Context, p part) (map[int]*group, error) {
		found := map[int]*group{}
		q := bquery.NewConjunctionQuery([]bquery.Query{anyOf(fieldStory, stories), p.query})
		return found, p.each(ctx, r.shelf, q, false, func(c *columns, i int, _ float64) {
			place := places[c.stories.all[c.stories.of[i]]]
			if found[place] == nil {
				found[place] = &group{}
			}
			found[place].articles++
			found[place].add(member{index.Key{Rank: c.at(i, r.search.By), ID: c.ids.at(i)}, p.sh}, r.search.PerStory)
		})
	}, func(_ part, found map[int]*group) bool {
		for place, g := range found {
			groups[place].articles += g.articles
			for _, m := range g.docs {
				groups[place].add(m, r.search.PerStory)
			}
		}
		return false
	})
	if err != nil {
		return nil, err
	}
	return r.load(groups)
}

// group is a story on the page with its newest articles.
type group struct {
	articles int
	docs     []member
}

type member struct {
	key index.Key
	sh  *shard
}

func (g *group) add(m member, limit int) {
	at, _ := slices.BinarySearchFunc(g.docs, m, func(a, b member) int { return a.key.Compare(b.key) })
	if at == limit {
		return
	}
	g.docs = slices.Insert(g.docs, at, m)
	g.docs = g.docs[:min(len(g.docs), limit)]
}

func (r *running) load(groups []group) ([]index.Group, error) {
	readers := map[*shard]bindex.IndexReader{}
	for _, p := range r.parts {
		readers[p.sh] = p.reader
	}
	out := make([]index.Group, len(groups))
	for i, g := range groups {
		out[i].Articles = g.articles
		for _, m := range g.docs {
			stored, err := load(readers[m.sh], m.key.ID)
			if err != nil {
				return nil, fmt.Errorf("read article %s: %w", m.key.ID, err)
			}
			d, err := decode(stored)
			if err != nil {
				return nil, err
			}
			out[i].Docs = append(out[i].Docs, d)
			out[i].Story = d.Group()
		}
	}
	return out, nil
}
