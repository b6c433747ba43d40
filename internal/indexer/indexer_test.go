package indexer_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/index/embedded"
	"lamro/internal/indexer"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/frontier"
	"lamro/internal/records/indexstate"
	"lamro/internal/records/mentions"
	"lamro/internal/records/recordstest"
	"lamro/internal/stream"
)

var noon = time.Date(2026, 11, 15, 12, 0, 0, 0, news.Zone())

// office is records, index and indexer on real files.
type office struct {
	t     *testing.T
	db    *records.DB
	dir   string // of the index
	index *embedded.Index
	*indexer.Indexer
	at []string // stages that the hook heard of
}

func open(t *testing.T) *office {
	t.Helper()
	db := recordstest.Open(t)
	o := &office{t: t, db: db, dir: t.TempDir()}
	o.start()
	t.Cleanup(func() { o.index.Close() })
	o.tx(func(ctx context.Context, tx *records.Tx) error {
		_, err := frontier.SaveSource(ctx, tx, frontier.Source{
			ID: "bao-mau", Name: "Báo Mẫu", Home: "https://bao-mau.example/", Class: frontier.Press, Tier: 2, Grade: "A",
		}, frontier.BySettings, noon)
		return err
	})
	return o
}

func (o *office) start() {
	o.t.Helper()
	log := slog.New(slog.DiscardHandler)
	x, err := embedded.Open(embedded.Config{Dir: o.dir, Log: log})
	if err != nil {
		o.t.Fatal(err)
	}
	o.index = x
	o.Indexer, err = indexer.New(indexer.Config{
		Records: o.db, Index: x, Log: log, At: func(stage string) { o.at = append(o.at, stage) },
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) stop() {
	o.t.Helper()
	if err := o.index.Close(); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) tx(fn func(ctx context.Context, tx *records.Tx) error) {
	o.t.Helper()
	if err := o.db.Tx(o.t.Context(), fn); err != nil {
		o.t.Fatal(err)
	}
}

// archive stores a page with what watches found in it, and returns the event that tells of it.
func (o *office) archive(key, body string, seen time.Time, watches ...string) news.MentionEvent {
	o.t.Helper()
	var e news.MentionEvent
	o.tx(func(ctx context.Context, tx *records.Tx) error {
		r, err := articles.Put(ctx, tx, articles.NewVersion{
			URLKey: key, KeyRule: 1, URL: "https://" + key, Source: "bao-mau", Feed: "f", Title: "Tin", Lead: "Tóm tắt", Body: body,
			Language: "vi", SeenAt: seen, Cause: news.Seen, Extractor: "test", Lane: news.Live, Capture: "c",
		})
		if err != nil {
			return err
		}
		var found []news.Mention
		for _, w := range watches {
			found = append(found, news.Mention{Watch: w, WatchRev: 1, Severity: news.High, Class: news.Exact, Certain: true,
				Places: []string{"06", "060"}, Spans: []news.Span{}})
		}
		rev, err := articles.RaiseRev(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			if err := articles.MarkMentioned(ctx, tx, r.ID); err != nil {
				return err
			}
		}
		e = news.MentionEvent{Schema: news.Schema, Article: r.ID, Rev: rev, N: r.N, Source: "bao-mau", Mentions: found}
		return mentions.Put(ctx, tx, mentions.Analysis{
			Article: r.ID, N: r.N, Set: 1, Rev: rev, FirstSeen: seen, SeenAt: seen, At: seen, Mentions: found,
		})
	})
	return e
}

func (o *office) handle(events ...news.MentionEvent) {
	o.t.Helper()
	for i, err := range o.Handle(o.t.Context(), events) {
		if err != nil {
			o.t.Fatalf("Handle: event %d = %v", i, err)
		}
	}
}

// want compares what a search for text finds, by body.
func (o *office) want(text string, want ...string) {
	o.t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		o.t.Fatal(err)
	}
	p, err := o.index.Search(o.t.Context(), index.Search{Query: q})
	if err != nil {
		o.t.Fatal(err)
	}
	got := []string{}
	for _, g := range p.Groups {
		got = append(got, g.Docs[0].Body)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		o.t.Errorf("search %q found %q, want %q", text, got, want)
	}
}

func (o *office) behind(want int) {
	o.t.Helper()
	if n, err := o.Behind(o.t.Context()); err != nil || n != want {
		o.t.Errorf("Behind = %d, %v; want %d", n, err, want)
	}
}

func TestHandleShowsTheArticleAsTheRecordsHaveIt(t *testing.T) {
	t.Parallel()
	o := open(t)
	e := o.archive("bao-mau.example/a", "Sạt lở, gọi 0912 345 678", noon, "w2", "w1")
	o.behind(1)
	o.handle(e)
	o.behind(0)
	d, err := o.index.Get(t.Context(), index.Ref{ID: e.Article})
	if err != nil {
		t.Fatal(err)
	}
	want := index.Document{
		ID: e.Article, Rev: e.Rev, Month: "2026-11", N: 1, Source: "bao-mau", Class: frontier.Press, Tier: 2,
		URL: "https://bao-mau.example/a", Title: "Tin", Lead: "Tóm tắt", Body: "Sạt lở, gọi **** *** ***", Language: "vi",
		FirstSeen: d.FirstSeen, Watches: []string{"w1", "w2"}, Places: []string{"06", "060"},
	}
	if !d.FirstSeen.Equal(noon) || fmt.Sprint(d) != fmt.Sprint(want) {
		t.Errorf("document = %+v, want %+v", d, want)
	}
	o.want("0912")
	if fmt.Sprint(o.at) != "[index]" {
		t.Errorf("the hook heard of %v, want index once", o.at)
	}
	s, err := indexstate.Get(t.Context(), o.db.Read(), e.Article)
	if err != nil || s.Rev != e.Rev || !s.Live || s.IndexedAt.IsZero() || s.Month != "2026-11" {
		t.Errorf("state = %+v, %v", s, err)
	}

	// An edit, told of twice and after it the event before it: the newest text stays.
	edit := o.archive("bao-mau.example/a", "Đường đã thông", noon.Add(time.Hour), "w1")
	o.handle(edit, edit, e)
	o.handle(e)
	o.want("đường", "Đường đã thông")
	o.want("sạt")
	after, err := indexstate.Get(t.Context(), o.db.Read(), e.Article)
	if err != nil || after.Rev != edit.Rev || !after.IndexedAt.Equal(s.IndexedAt) {
		t.Errorf("state after an edit = %+v, %v; want revision %d and the first time kept", after, err, edit.Rev)
	}
}

func TestHandleRemovesWhatIsNoLongerMentioned(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.handle(o.archive("bao-mau.example/a", "Sạt lở ở đèo", noon, "w1"))
	o.want("đèo", "Sạt lở ở đèo")
	gone := o.archive("bao-mau.example/a", "Tin đèo đã gỡ", noon.Add(time.Hour))
	o.handle(gone)
	o.want("đèo")
	s, err := indexstate.Get(t.Context(), o.db.Read(), gone.Article)
	if err != nil || s.Live || s.IndexedAt.IsZero() {
		t.Errorf("state = %+v, %v; want not live, with the time it was first found", s, err)
	}
	o.handle(o.archive("bao-mau.example/a", "Lại đèo", noon.Add(2*time.Hour), "w1"))
	o.want("đèo", "Lại đèo")
}

// That no byte stays is proved where the bytes lie; here, that the month is written anew, once.
func TestTakenDownArticleIsErased(t *testing.T) {
	t.Parallel()
	o := open(t)
	e := o.archive("bao-mau.example/a", "bí mật", noon, "w1")
	o.handle(e, o.archive("bao-mau.example/b", "ở lại", noon, "w1"))
	o.tx(func(ctx context.Context, tx *records.Tx) error {
		_, err := articles.Delete(ctx, tx, e.Article, "quản trị", "theo yêu cầu")
		return err
	})
	e.Rev++
	e.Mentions = nil
	for range 2 {
		o.handle(e)
		left, err := filepath.Glob(filepath.Join(o.dir, "*"))
		if want := []string{filepath.Join(o.dir, "2026-11.2")}; err != nil || !slices.Equal(left, want) {
			t.Errorf("directories = %v, %v; want %v", left, err, want)
		}
	}
	o.want(`"bí mật"`)
	o.want("lại", "ở lại")
	o.behind(0)
}

// One event that can never be done must not hold up the others of its batch.
func TestHandleTellsErrorsApart(t *testing.T) {
	t.Parallel()
	o := open(t)
	good := o.archive("bao-mau.example/a", "tốt", noon, "w1")
	unknown := news.MentionEvent{Schema: news.Schema, Article: "khongco", Rev: 1}
	errs := o.Handle(t.Context(), []news.MentionEvent{unknown, good, unknown})
	if !stream.IsPermanent(errs[0]) || errs[1] != nil || !stream.IsPermanent(errs[2]) {
		t.Errorf("Handle = %v, want permanent, nil, permanent", errs)
	}
	o.want("tốt", "tốt")
	if errs := o.Handle(t.Context(), nil); len(errs) != 0 {
		t.Errorf("Handle of nothing = %v", errs)
	}
	o.stop()
	errs = o.Handle(t.Context(), []news.MentionEvent{good})
	if !stream.IsInfrastructure(errs[0]) {
		t.Errorf("Handle with a closed index = %v, want infrastructure: it is not the article's fault", errs[0])
	}
	o.start()
}

func TestRepairBuildsLostAndDamagedMonths(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(dir string) error{
		"lost":    os.RemoveAll,
		"damaged": func(dir string) error { return os.Truncate(filepath.Join(dir, "index_meta.json"), 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.handle(
				o.archive("bao-mau.example/a", "lũ tháng mười một", noon, "w1"),
				o.archive("bao-mau.example/b", "lũ tháng mười", noon.AddDate(0, -1, 0), "w1"),
			)
			o.stop()
			if err := damage(filepath.Join(o.dir, "2026-11.1")); err != nil {
				t.Fatal(err)
			}
			o.start()
			o.want("lũ", "lũ tháng mười")
			repaired, err := o.Repair(t.Context())
			if err != nil || !slices.Equal(repaired, []string{"2026-11"}) {
				t.Fatalf("Repair = %v, %v; want 2026-11", repaired, err)
			}
			o.want("lũ", "lũ tháng mười", "lũ tháng mười một")
			if err := o.Health(t.Context()); err != nil {
				t.Errorf("Health = %v", err)
			}
			if again, err := o.Repair(t.Context()); err != nil || len(again) != 0 {
				t.Errorf("Repair again = %v, %v; want nothing", again, err)
			}
		})
	}
}

func TestRebuildAllTakesTheRecordsForTruth(t *testing.T) {
	t.Parallel()
	o := open(t)
	const n = index.MaxBatch + 20 // more than one slice
	for i := range n {
		o.archive(fmt.Sprintf("bao-mau.example/%04d", i), fmt.Sprintf("lũ số %d", i), noon, "w1")
	}
	o.archive("bao-mau.example/none", "lũ không ai theo", noon)
	// The index holds what the records do not know, in a month of its own and in one of theirs.
	strays := []index.Op{
		index.Put(&index.Document{ID: "lac", Rev: 1, Month: "2026-11", FirstSeen: noon, Body: "lũ lạc"}),
		index.Put(&index.Document{ID: "xua", Rev: 1, Month: "2026-01", FirstSeen: noon.AddDate(0, -10, 0), Body: "lũ xưa"}),
	}
	if _, err := o.index.Apply(t.Context(), strays); err != nil {
		t.Fatal(err)
	}
	o.behind(n)
	calls := map[string][]int{}
	err := o.RebuildAll(t.Context(), func(month string, done, total int) { calls[month] = append(calls[month], done, total) })
	if err != nil {
		t.Fatalf("RebuildAll = %v", err)
	}
	if c, err := o.index.Count(t.Context(), ""); err != nil || c != n {
		t.Errorf("Count = %d, %v; want %d", c, err, n)
	}
	if all, _, err := o.index.Months(t.Context()); err != nil || !slices.Equal(all, []string{"2026-11"}) {
		t.Errorf("Months = %v, %v; want 2026-11", all, err)
	}
	if got, want := fmt.Sprint(calls["2026-11"]), fmt.Sprint([]int{index.MaxBatch, n, n, n}); got != want {
		t.Errorf("progress = %v, want %v", got, want)
	}
	o.behind(0)
	o.want("lạc OR xưa")
}
