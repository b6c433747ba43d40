package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"lamro/crawler/urlkey"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/frontier"
	"lamro/internal/records/indexstate"
	"lamro/internal/records/mentions"
	"lamro/internal/search"
	"lamro/internal/testweb"
)

// A publication is a row of a set and what became of its page.
type publication struct {
	set  set
	row  row
	id   string // of the article that its page is
	text bool   // its text is found as it stands
	kept bool   // its page was archived
}

// TestQualityCrawl lets real texts and pages be published on loopback and crawls them: all of
// them are archived, everything that matched is found by a search. How much of the province is
// found, and how much else, is printed and no gate.
func TestQualityCrawl(t *testing.T) {
	all, documents := publications(t)
	web, err := testweb.Serve(documents, 40, testweb.Config{Pace: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { web.Close() })
	for i, address := range web.Addresses() {
		key, err := urlkey.Key(address)
		if err != nil {
			t.Fatal(err)
		}
		all[i].id = articles.ID(key)
	}
	in := open(t, web.Outlets(), 16)
	var found map[string]search.Article
	crawled, took := in.crawl(t, len(all), 15*time.Minute, func(ctx context.Context) { found = in.everything(ctx, t) })
	db := in.close(t)

	kept := archived(t, db)
	checkArchived(t, db, all, kept)
	matched, delays := checkSearchable(t, db, kept, found)
	t.Logf("%d pages served, %d archived, %d with mentions, %d found by a search", len(all), len(kept), len(matched), len(found))
	t.Logf("archived after %.0f s, all done after %.0f s: %.1f pages/s, %.1f cpu-ms a page", crawled.wall.Seconds(),
		took.wall.Seconds(), perSecond(len(all), took.wall), each(took.cpu, len(all)).Seconds()*1e3)
	t.Logf("fetched to searchable: p50 %v, p95 %v", percentile(delays, 50), percentile(delays, 95))
	listOthers(t, all, found)
	printTable(t, table(all, found, matched))
}

// publications reads all sets, and matches each text as it stands.
func publications(t *testing.T) (all []*publication, documents []testweb.Document) {
	t.Helper()
	dir := qualityData(t)
	mentioned := textMatcher(t)
	for _, s := range sets {
		for _, r := range s.read(t, dir) {
			all = append(all, &publication{set: s, row: r, text: len(mentioned(r)) > 0})
			documents = append(documents, s.document(dir, r))
		}
	}
	return all, documents
}

// archived reads every article that was archived.
func archived(tb testing.TB, db *records.DB) map[string]news.Article {
	tb.Helper()
	kept := map[string]news.Article{}
	err := articles.Each(tb.Context(), db.Read(), time.Time{}, time.Time{}, func(a news.Article) error {
		kept[a.ID] = a
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return kept
}

// checkArchived fails for each page that was not archived, and says why it was not.
func checkArchived(t *testing.T, db *records.DB, all []*publication, kept map[string]news.Article) {
	t.Helper()
	for _, p := range all {
		_, p.kept = kept[p.id]
	}
	missing := slices.DeleteFunc(slices.Clone(all), func(p *publication) bool { return p.kept })
	if len(missing) == 0 {
		return
	}
	t.Errorf("%d of %d pages are not archived", len(missing), len(all))
	const most = 20
	for _, p := range missing[:min(len(missing), most)] {
		t.Logf("not archived: %s of %s", p.row.ID, p.set.path)
	}
	why := map[string]int{}
	for _, state := range []string{"pending", frontier.Refused, frontier.Gone, frontier.Quarantined} {
		held, err := frontier.HeldPages(t.Context(), db.Read(), state, len(all))
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range held {
			if h.Code != "" {
				why[state+" "+h.Code]++
			}
		}
	}
	t.Logf("why: %v", why)
}

// checkSearchable compares the mentions of the records with what a search finds, and returns the
// articles that have any and how long each took from its fetch to the index.
func checkSearchable(t *testing.T, db *records.DB, kept map[string]news.Article, found map[string]search.Article) (matched map[string][]news.Mention, delays []time.Duration) {
	t.Helper()
	matched = map[string][]news.Mention{}
	for id, a := range kept {
		of, _, _, err := mentions.ForArticle(t.Context(), db.Read(), id)
		if err != nil {
			t.Fatal(err)
		}
		if len(of) == 0 {
			continue
		}
		matched[id] = of
		watches := make([]string, len(of))
		for i, m := range of {
			watches[i] = m.Watch
		}
		if got := slices.Sorted(slices.Values(found[id].Watches)); !slices.Equal(got, slices.Sorted(slices.Values(watches))) {
			t.Errorf("a search shows %s with the watches %v, the records have %v", id, got, watches)
		}
		state, err := indexstate.Get(t.Context(), db.Read(), id)
		switch {
		case errors.Is(err, records.ErrNotFound):
			t.Errorf("the index was never told of %s", id)
		case err != nil:
			t.Fatal(err)
		default:
			delays = append(delays, state.IndexedAt.Sub(a.SeenAt))
		}
	}
	for id := range found {
		if len(matched[id]) == 0 {
			t.Errorf("a search finds %s, which has no mention", id)
		}
	}
	return matched, delays
}

// listOthers names some of what was found in texts that are not known to name the province.
func listOthers(t *testing.T, all []*publication, found map[string]search.Article) {
	t.Helper()
	const most = 20
	n := 0
	for _, p := range all {
		a, ok := found[p.id]
		if !ok || p.set.province {
			continue
		}
		if n++; n <= most {
			t.Logf("found beside the province: %s [%s]", p.row.Title, strings.Join(a.Watches, " "))
		}
	}
	if n > most {
		t.Logf("found beside the province: %d more", n-most)
	}
}

// table has a line for each set, and one for all of the province and one for all others.
func table(all []*publication, found map[string]search.Article, matched map[string][]news.Mention) [][]string {
	type counts struct{ pages, archived, found, certain, text, lost, gained int }
	names, of := []string{}, map[string]*counts{}
	count := func(name string, p *publication) {
		c := of[name]
		if c == nil {
			c = &counts{}
			of[name], names = c, append(names, name)
		}
		_, ok := found[p.id]
		for _, add := range []struct {
			to *int
			is bool
		}{
			{&c.pages, true}, {&c.archived, p.kept}, {&c.found, ok}, {&c.text, p.text}, {&c.lost, p.text && !ok}, {&c.gained, !p.text && ok},
			{&c.certain, slices.ContainsFunc(matched[p.id], func(m news.Mention) bool { return m.Certain })},
		} {
			if add.is {
				*add.to++
			}
		}
	}
	for _, p := range all {
		count(p.set.path, p)
	}
	for _, p := range all {
		if p.set.province {
			count("ALL OF THE PROVINCE", p)
		} else {
			count("ALL OTHERS", p)
		}
	}
	rows := [][]string{{"set", "pages", "archived", "found", "certain", "in the text", "lost by extraction", "only as a page"}}
	for _, name := range names {
		c := of[name]
		r := []string{name}
		for _, n := range []int{c.pages, c.archived, c.found, c.certain, c.text, c.lost, c.gained} {
			r = append(r, fmt.Sprint(n))
		}
		rows = append(rows, r)
	}
	return rows
}

func printTable(t *testing.T, rows [][]string) {
	t.Helper()
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", b.String())
}

// percentile is the p-th of a hundred parts of ds, rounded.
func percentile(ds []time.Duration, p int) time.Duration {
	if len(ds) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(ds))
	return sorted[min(len(sorted)*p/100, len(sorted)-1)].Round(time.Millisecond)
}
