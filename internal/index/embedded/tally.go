package embedded

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
)

// count is what one month adds to a search: its matches, counted segment by segment.
type count struct {
	search index.Search
	after  *index.Key

	matches int
	ranks   map[string]int64 // by story: of its best match; without grouping only counted
	top     []index.Key      // without grouping: the best Limit+1 articles after the cursor
	facets  map[index.Facet]map[string]int
	days    map[int64]int // since 1970, in the office's time

	open   *columns // of the segment that is counted
	best   []int64  // by the number of a story in it; noRank where no match
	values []facetCount
}

// facetCount counts the values of a facet by their number in a segment.
type facetCount struct {
	facet  index.Facet
	labels *labels
	n      []int
}

const noRank = math.MinInt64

func newCount(s index.Search, after *index.Key) *count {
	return &count{search: s, after: after, ranks: map[string]int64{}, facets: map[index.Facet]map[string]int{}, days: map[int64]int{}}
}

// match takes one matching article, the i-th of a segment.
func (c *count) match(in *columns, i int, score float64) {
	if in != c.open {
		c.close()
		c.begin(in)
	}
	c.matches++
	at := in.at(i, c.search.By)
	if c.search.Histogram {
		c.days[dayOf(at)]++
	}
	for k := range c.values {
		f := &c.values[k]
		for _, v := range f.labels.of[f.labels.from[i]:f.labels.from[i+1]] {
			f.n[v]++
		}
	}
	rank := at
	if c.search.Sort == index.Relevance {
		rank = index.ScoreRank(score)
	}
	story := in.stories.of[i]
	c.best[story] = max(c.best[story], rank)
	if !c.search.ByStory {
		c.offer(rank, in, i)
	}
}

// begin opens a segment.
func (c *count) begin(in *columns) {
	c.open = in
	c.best = append(c.best[:0], make([]int64, len(in.stories.all))...)
	for i := range c.best {
		c.best[i] = noRank
	}
	c.values = c.values[:0]
	for _, f := range slices.Compact(slices.Sorted(slices.Values(c.search.Facets))) {
		l := in.labels[f]
		c.values = append(c.values, facetCount{f, l, make([]int, len(l.all))})
	}
}

// close adds up the segment that is open.
func (c *count) close() {
	if c.open == nil {
		return
	}
	for story, rank := range c.best {
		if rank == noRank {
			continue
		}
		name := c.open.stories.all[story]
		if best, ok := c.ranks[name]; ok && best >= rank || !ok && !c.search.ByStory && len(c.ranks) >= index.Exact {
			continue
		}
		c.ranks[name] = rank
	}
	for _, f := range c.values {
		if c.facets[f.facet] == nil {
			c.facets[f.facet] = map[string]int{}
		}
		for v, n := range f.n {
			if n > 0 {
				c.facets[f.facet][f.labels.all[v]] += n
			}
		}
	}
	c.open = nil
}

// offer keeps an article if it is among the best of the page and one more.
func (c *count) offer(rank int64, in *columns, i int) {
	if n := len(c.top); n > c.search.Limit && rank < c.top[n-1].Rank {
		return
	}
	k := index.Key{Rank: rank, ID: in.ids.at(i)}
	if c.after == nil || k.Compare(*c.after) > 0 {
		c.top = insert(c.top, k, c.search.Limit+1)
	}
}

// insert puts k into keys, which are in order, and cuts them to limit.
func insert(keys []index.Key, k index.Key, limit int) []index.Key {
	at, _ := slices.BinarySearchFunc(keys, k, index.Key.Compare)
	if at >= limit {
		return keys
	}
	keys = slices.Insert(keys, at, k)
	return keys[:min(len(keys), limit)]
}

// tally adds up the counts of the months, from the newest, and keeps what its page may show.
type tally struct {
	count
	home map[index.Key]*shard // of top

	// settled says that counts and page cannot change any more: only facets and days go on.
	settled bool
}

func newTally(s index.Search, after *index.Key) *tally {
	t := &tally{count: *newCount(s, after), home: map[index.Key]*shard{}}
	for _, f := range s.Facets {
		t.facets[f] = map[string]int{}
	}
	return t
}

// add adds what a month counted.
func (t *tally) add(c *count, sh *shard) {
	for facet, counts := range c.facets {
		for v, n := range counts {
			t.facets[facet][v] += n
		}
	}
	for day, n := range c.days {
		t.days[day] += n
	}
	if t.settled {
		return
	}
	t.matches += c.matches
	if len(t.ranks) == 0 {
		t.ranks = c.ranks
	} else {
		for story, rank := range c.ranks {
			if best, ok := t.ranks[story]; !ok || rank > best {
				t.ranks[story] = rank
			}
		}
	}
	for _, k := range c.top {
		t.home[k] = sh
		t.top = insert(t.top, k, t.search.Limit+1)
	}
}

// ranked are the keys of the page and one more, where there are so many.
func (t *tally) ranked() []index.Key {
	if !t.search.ByStory {
		return t.top
	}
	var keys []index.Key
	for story, rank := range t.ranks {
		if n := len(keys); n > t.search.Limit && rank < keys[n-1].Rank {
			continue
		}
		k := index.Key{Rank: rank, ID: story}
		if t.after == nil || k.Compare(*t.after) > 0 {
			keys = insert(keys, k, t.search.Limit+1)
		}
	}
	return keys
}

// enough says whether month and the older ones can be left out.
func (t *tally) enough(month string) bool {
	if !t.settled {
		t.settled = t.settles(month)
	}
	return t.settled && len(t.search.Facets) == 0 && !t.search.Histogram
}

// settles says whether counts are past where they are exact and nothing from month on can
// come before the end of the page: no article in it is of a time after it.
func (t *tally) settles(month string) bool {
	if t.matches <= index.Exact || t.search.Sort == index.Relevance {
		return t.matches > index.Exact
	}
	if t.search.Limit == 0 {
		return true
	}
	_, end := bounds(month)
	best := t.ranked()
	return len(best) > t.search.Limit && best[len(best)-1].Rank >= end.UnixMilli()
}

// keys are the groups of the page, and whether there are more.
func (t *tally) keys() (keys []index.Key, more bool) {
	best := t.ranked()
	if t.search.Limit == 0 {
		return nil, false
	}
	n := min(len(best), t.search.Limit)
	return best[:n], len(best) > n
}

func (t *tally) page() index.Page {
	p := index.Page{
		Articles: min(t.matches, index.Exact),
		Stories:  min(len(t.ranks), index.Exact),
		Capped:   t.matches > index.Exact,
	}
	if len(t.facets) > 0 {
		p.Facets = map[index.Facet][]index.Value{}
	}
	for facet, counts := range t.facets {
		values := make([]index.Value, 0, len(counts))
		for v, n := range counts {
			values = append(values, index.Value{Value: v, Articles: n})
		}
		slices.SortFunc(values, func(a, b index.Value) int {
			return cmp.Or(cmp.Compare(b.Articles, a.Articles), cmp.Compare(a.Value, b.Value))
		})
		p.Facets[facet] = values
	}
	for _, day := range slices.Sorted(maps.Keys(t.days)) {
		p.Histogram = append(p.Histogram, index.Day{Day: dayName(day), Articles: t.days[day]})
	}
	return p
}

// The office's time has been seven hours ahead of UTC, winter and summer, since 1975; dividing
// is many times faster than asking for the date of each match.
const (
	ahead = int64(7 * time.Hour / time.Millisecond)
	day   = int64(24 * time.Hour / time.Millisecond)
)

func dayOf(ms int64) int64 {
	ms += ahead
	if ms < 0 {
		ms -= day - 1 // towards the past
	}
	return ms / day
}

func dayName(d int64) string {
	return time.UnixMilli(d*day - ahead).In(news.Zone()).Format(time.DateOnly)
}
