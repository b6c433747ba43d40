package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	run := &running{search: s, tally: newTally(s, after)}
	defer func() { err = errors.Join(err, run.close()) }()
	if err := run.open(x.sorted()); err != nil {
		return page, err
	}
	for _, part := range run.parts {
		if run.tally.enough(part.sh.month) {
			break
		}
		if err := run.collect(ctx, part); err != nil {
			return page, fmt.Errorf("search %s: %w", part.sh.month, err)
		}
	}
	page = run.tally.page()
	keys, more := run.tally.keys()
	if more {
		page.Next = s.CursorAt(keys[len(keys)-1])
	}
	page.Groups, err = run.groups(ctx, keys)
	return page, err
}

// running is one search while it runs, on one state of every month.
type running struct {
	search index.Search
	parts  []part
	tally  *tally
}

type part struct {
	sh     *shard
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
		r.parts = append(r.parts, part{sh, reader, q})
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

// collect shows every match of a month to the tally.
func (r *running) collect(ctx context.Context, p part) error {
	return p.each(ctx, p.query, r.search.Sort == index.Relevance, r.tally.columns, r.tally.value,
		func(c card, score float64) { r.tally.match(c, score, p.sh) })
}

// each visits the matches of q.
func (p part) each(ctx context.Context, q bquery.Query, score bool, columns []string, value func(field string, value []byte), match func(c card, score float64)) (err error) {
	options := search.SearcherOptions{Score: "none"}
	if score {
		options.Score = ""
	}
	searcher, err := q.Searcher(ctx, p.reader, p.sh.bleve.Mapping(), options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, searcher.Close()) }()
	cards, err := readCards(p.reader, columns, value)
	if err != nil {
		return err
	}
	sc := &search.SearchContext{
		DocumentMatchPool: search.NewDocumentMatchPool(searcher.DocumentMatchPoolSize()+1, 0),
		IndexReader:       p.reader,
	}
	for n := 1; ; n++ {
		dm, err := searcher.Next(sc)
		if err != nil {
			return err
		}
		if dm == nil {
			return nil
		}
		c, err := cards.of(dm.IndexInternalID)
		if err != nil {
			return err
		}
		match(c, dm.Score)
		sc.DocumentMatchPool.Put(dm)
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// groups fills the groups of a page. Stories are looked up again over all months, also those
// that the page itself did not need, so that their counts are of all their articles.
func (r *running) groups(ctx context.Context, keys []index.Key) ([]index.Group, error) {
	groups := make([]group, len(keys))
	if !r.search.ByStory {
		for i, k := range keys {
			groups[i] = group{articles: 1, docs: []member{{k, r.tally.home[k]}}}
		}
		return r.load(groups)
	}
	places := map[string]int{}
	stories := make([]string, len(keys))
	for i, k := range keys {
		places[k.ID], stories[i] = i, k.ID
	}
	for _, p := range r.parts {
		if len(keys) == 0 {
			break
		}
		q := bquery.NewConjunctionQuery([]bquery.Query{anyOf(fieldStory, stories), p.query})
		err := p.each(ctx, q, false, nil, nil, func(c card, _ float64) {
			g := &groups[places[string(c.story)]]
			g.add(member{index.Key{Rank: c.at(r.search.By), ID: string(c.id)}, p.sh}, r.search.PerStory)
		})
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", p.sh.month, err)
		}
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
	g.articles++
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
