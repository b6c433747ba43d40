package embedded

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
)

// tally counts the matches of a search, month by month from the newest, and keeps what its
// page may show.
type tally struct {
	search index.Search
	after  *index.Key

	matches int
	ranks   map[string]*int64    // by story: of its best match; without grouping only counted
	top     []index.Key          // without grouping: the best Limit+1 articles after the cursor
	home    map[index.Key]*shard // of top

	// settled says that counts and page cannot change any more: only facets and days go on.
	settled bool
	facets  map[index.Facet]map[string]int
	days    map[int64]int // since 1970, in the office's time
	columns []string      // what value is given
}

func newTally(s index.Search, after *index.Key) *tally {
	t := &tally{
		search: s, after: after,
		ranks: map[string]*int64{}, home: map[index.Key]*shard{},
		facets: map[index.Facet]map[string]int{}, days: map[int64]int{},
	}
	for _, f := range s.Facets {
		t.facets[f] = map[string]int{}
	}
	for facet, column := range map[index.Facet]string{index.ByPlace: fieldPlace, index.ByWatch: fieldWatch} {
		if t.facets[facet] != nil {
			t.columns = append(t.columns, column)
		}
	}
	return t
}

// value is a value of a column of the match that follows.
func (t *tally) value(field string, value []byte) {
	if field == fieldPlace {
		t.facets[index.ByPlace][string(value)]++
	} else {
		t.facets[index.ByWatch][string(value)]++
	}
}

// match takes one matching article.
func (t *tally) match(c card, score float64, sh *shard) {
	t.count(c)
	if t.settled {
		return
	}
	t.matches++
	rank := c.at(t.search.By)
	if t.search.Sort == index.Relevance {
		rank = index.ScoreRank(score)
	}
	if best := t.ranks[string(c.story)]; best != nil {
		*best = max(*best, rank)
	} else if t.search.ByStory || len(t.ranks) < index.Exact {
		t.ranks[string(c.story)] = &rank
	}
	if !t.search.ByStory {
		t.offer(rank, c.id, sh)
	}
}

func (t *tally) count(c card) {
	for facet, counts := range t.facets {
		switch facet {
		case index.BySource:
			counts[string(c.source)]++
		case index.ByClass:
			if len(c.class) > 0 {
				counts[string(c.class)]++
			}
		case index.ByTier:
			counts[strconv.FormatInt(c.tier, 10)]++
		case index.ByPlace, index.ByWatch: // counted by value
		}
	}
	if t.search.Histogram {
		t.days[dayOf(c.at(t.search.By))]++
	}
}

// offer keeps an article if it is among the best of the page and one more.
func (t *tally) offer(rank int64, id []byte, sh *shard) {
	full := len(t.top) > t.search.Limit
	if full && rank < t.top[len(t.top)-1].Rank {
		return
	}
	k := index.Key{Rank: rank, ID: string(id)}
	if t.after != nil && k.Compare(*t.after) <= 0 {
		return
	}
	t.home[k] = sh
	t.top = insert(t.top, k, t.search.Limit+1)
	if full {
		maps.DeleteFunc(t.home, func(k index.Key, _ *shard) bool {
			return k.Compare(t.top[len(t.top)-1]) > 0
		})
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

// best are the keys of the page and one more, where there are so many.
func (t *tally) best() []index.Key {
	if !t.search.ByStory {
		return t.top
	}
	var keys []index.Key
	for story, rank := range t.ranks {
		k := index.Key{Rank: *rank, ID: story}
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
	best := t.best()
	return len(best) > t.search.Limit && best[len(best)-1].Rank >= end.UnixMilli()
}

// keys are the groups of the page, and whether there are more.
func (t *tally) keys() (keys []index.Key, more bool) {
	best := t.best()
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
