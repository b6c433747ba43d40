package analyzer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"lamro/analyzer"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/mentions"
	"lamro/internal/records/outbox"
	"lamro/internal/records/watches"
)

var window = morning.AddDate(0, 0, -30)

// backfill reloads the watches and applies them to the end.
func (o *office) backfill() {
	o.t.Helper()
	if err := o.a.Reload(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	for more := true; more; {
		var err error
		if more, err = o.a.Backfill(o.t.Context(), window); err != nil {
			o.t.Fatal(err)
		}
	}
}

// change makes a new revision of a watch.
func (o *office) change(id string, change func(*watches.Watch)) {
	o.t.Helper()
	w, err := watches.Get(o.t.Context(), o.db.Read(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	change(&w)
	o.tx(func(ctx context.Context, tx *records.Tx) error {
		_, err := watches.Save(ctx, tx, w, "an", morning)
		return err
	})
}

func (o *office) state() mentions.Backfill {
	o.t.Helper()
	b, err := mentions.ReadBackfill(o.t.Context(), o.db.Read())
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

func (o *office) found(article string) string {
	o.t.Helper()
	found, _, _, err := mentions.ForArticle(o.t.Context(), o.db.Read(), article)
	if err != nil {
		o.t.Fatal(err)
	}
	return names(found)
}

// waiting are the mention events of the outbox, oldest first.
func (o *office) waiting() (events []news.MentionEvent, subjects []string) {
	o.t.Helper()
	rows, err := outbox.Waiting(o.t.Context(), o.db.Read(), 10_000)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Topic != outbox.Mentions {
			continue
		}
		var e news.MentionEvent
		if err := json.Unmarshal(r.Payload, &e); err != nil {
			o.t.Fatal(err)
		}
		events, subjects = append(events, e), append(subjects, r.Subject)
	}
	return events, subjects
}

func TestNewWatchIsAppliedToWhatIsStored(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	plain := o.archive("x.example/1", "Giá rau tăng", "Giá rau ở chợ tăng.", nil)
	named := o.archive("x.example/2", "Mưa ở Bắc Kạn", "Giá rau cũng tăng.", nil)
	other := o.archive("x.example/3", "Bóng bàn", "Giải bóng bàn.", nil)
	old := o.archive("x.example/4", "Giá rau năm ngoái", "Giá rau.", func(v *articles.NewVersion) { v.SeenAt = window.Add(-time.Hour) })
	for _, msg := range []news.Article{plain, named, other, old} {
		o.handle(msg)
	}
	o.backfill()
	if b := o.state(); b.Running() || b.Done != 2 || b.Articles != 0 {
		t.Errorf("before any change the backfill is %+v, want nothing to do", b)
	}
	o.watch(watches.Watch{ID: "rau", Query: `"giá rau"`, Severity: news.High})
	o.backfill()

	for id, want := range map[string]string{plain.ID: "rau", named.ID: "rau tinh", other.ID: "", old.ID: ""} {
		if got := o.found(id); got != want {
			t.Errorf("article %s holds %q, want %q", id, got, want)
		}
	}
	events, subjects := o.waiting()
	if len(events) != 3 || len(o.told) != 1 {
		t.Fatalf("%d events wait and %d were told, want 1 by the live analysis and 2 more to wait", len(events), len(o.told))
	}
	for i, e := range events[1:] {
		if e.Alert || e.Lane != news.Backfill || e.Set != 3 || subjects[i+1] != "mentions.backfill.high" {
			t.Errorf("event %+v on %s, want no alert in the lane of the backfill", e, subjects[i+1])
		}
	}
	if b := o.state(); b.Running() || b.Done != 3 || b.Articles != 3 || b.Looked != 3 || b.Changed != 2 || b.Failed != 0 {
		t.Errorf("the backfill is %+v, want all 3 articles of the window looked at and 2 changed", b)
	}
	seen, err := mentions.Recent(t.Context(), o.db.Read(), "rau", 10)
	if err != nil || len(seen) != 2 || seen[0].NotNews != news.NotNewsBackfill {
		t.Errorf("Recent = %+v, %v; want two that are no news", seen, err)
	}
	if seen, err = mentions.Recent(t.Context(), o.db.Read(), "tinh", 10); err != nil || len(seen) != 1 || seen[0].NotNews != "" {
		t.Errorf("Recent of the other watch = %+v, %v; want it to be news still", seen, err)
	}

	// What the backfill wrote is never told as news, however late the message of the version comes.
	o.handle(plain)
	o.handle(named)
	if len(o.told) != 1 {
		t.Errorf("told %+v after another delivery, want nothing more", o.told[1:])
	}
}

func TestChangedWatchTakesBackWhatItMatchesNoMore(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	msg := o.archive("x.example/1", "Mưa ở Bắc Kạn", "Có sạt lở ở huyện Ba Bể.", nil)
	o.handle(msg)
	rev := o.rev(msg.ID)
	o.change("thien-tai", func(w *watches.Watch) { w.Name = "Tên khác" })
	o.backfill()
	if b := o.state(); b.Articles != 0 || o.rev(msg.ID) != rev {
		t.Errorf("a new name began a backfill: %+v", b)
	}
	o.change("thien-tai", func(w *watches.Watch) { w.Query = `place:06 AND "động đất"` })
	o.backfill()
	if got := o.found(msg.ID); got != "tinh" {
		t.Errorf("the article holds %q, want tinh", got)
	}
	events, _ := o.waiting()
	if e := events[len(events)-1]; len(events) != 2 || names(e.Mentions) != "tinh" || e.Alert || e.Rev != rev+1 {
		t.Errorf("%d events, the last %+v; want one that tells what is left", len(events), e)
	}

	// A watch whose matches stay the same is noted and not told again.
	o.change("tinh", func(w *watches.Watch) { w.Query = `place:06 OR "chuyện không có"` })
	o.backfill()
	found, _, now, err := mentions.ForArticle(t.Context(), o.db.Read(), msg.ID)
	if err != nil || now != rev+1 || len(found) != 1 || found[0].WatchRev != 2 {
		t.Errorf("mentions %+v at revision %d, %v; want revision 2 of the watch and no new one of the article", found, now, err)
	}
}

func TestPausedWatchKeepsWhatItFound(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	msg := o.archive("x.example/1", "Mưa ở Bắc Kạn", "Có sạt lở.", nil)
	o.handle(msg)
	o.change("thien-tai", func(w *watches.Watch) { w.Enabled = false })
	o.watch(watches.Watch{ID: "mua", Query: `"mưa"`, Severity: news.Low})
	o.backfill()
	if got := o.found(msg.ID); got != "mua thien-tai tinh" {
		t.Errorf("the article holds %q, want the paused watch's mention too", got)
	}
	later := o.archive("x.example/2", "Mưa ở Bắc Kạn", "Lại có sạt lở.", nil)
	o.handle(later)
	if got := o.found(later.ID); got != "mua tinh" {
		t.Errorf("an article after the pause holds %q", got)
	}
	o.change("thien-tai", func(w *watches.Watch) { w.Enabled = true })
	o.backfill()
	if got := o.found(later.ID); got != "mua thien-tai tinh" {
		t.Errorf("after the watch was resumed the article holds %q", got)
	}
}

func TestDeletedArticleIsNotBackfilled(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	msg := o.archive("x.example/1", "Giá rau tăng", "Giá rau ở chợ tăng.", nil)
	o.handle(msg)
	o.tx(func(ctx context.Context, tx *records.Tx) error {
		_, err := articles.Delete(ctx, tx, msg.ID, "an", "test")
		return err
	})
	o.watch(watches.Watch{ID: "rau", Query: `"giá rau"`, Severity: news.High})
	o.backfill()
	if got := o.found(msg.ID); got != "" {
		t.Errorf("a deleted article holds %q", got)
	}
}

// fill archives and handles n articles about vegetables.
func (o *office) fill(n int) (ids []string) {
	o.t.Helper()
	for i := range n {
		msg := o.archive(fmt.Sprintf("x.example/%d", i), fmt.Sprintf("Giá rau ngày %d", i), "Giá rau ở chợ tăng.", nil)
		o.handle(msg)
		ids = append(ids, msg.ID)
	}
	return ids
}

// A process that ends in the middle of a pass leaves whole steps; the next goes on there.
func TestBackfillGoesOnWhereAProcessEnded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ids := o.fill(2*analyzer.BackfillSlice + 5)
	o.watch(watches.Watch{ID: "rau", Query: `"giá rau"`, Severity: news.High})
	if err := o.a.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the beginning, and one step
		if more, err := o.a.Backfill(t.Context(), window); err != nil || !more {
			t.Fatalf("Backfill = %v, %v; want more", more, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.a.Backfill(ended, window); !errors.Is(err, context.Canceled) {
		t.Fatalf("Backfill with an ended context = %v", err)
	}
	if b := o.state(); !b.Running() || b.Looked != analyzer.BackfillSlice || b.Articles != len(ids) {
		t.Fatalf("the backfill is %+v, want one step of %d articles", b, len(ids))
	}

	// Another process: nothing in memory, and one more watch. The pass goes on with both; the
	// articles of the first step are met by a second pass, the others are not.
	o.a = analyzer.New(o.config())
	if more, err := o.a.Backfill(t.Context(), window); err != nil || more {
		t.Errorf("Backfill before the watches are compiled = %v, %v; want it to wait", more, err)
	}
	o.watch(watches.Watch{ID: "cho", Query: `"ở chợ"`, Severity: news.Low})
	o.backfill()
	for _, id := range ids {
		if got := o.found(id); got != "cho rau" {
			t.Fatalf("article %s holds %q, want both watches", id, got)
		}
	}
	if b := o.state(); b.Running() || b.Done != 4 || b.Articles != analyzer.BackfillSlice {
		t.Errorf("the last pass is %+v, want it to have looked only at what the first step had met", b)
	}
	events, _ := o.waiting()
	if want := len(ids) + analyzer.BackfillSlice; len(events) != want {
		t.Errorf("%d events, want %d: one for each change", len(events), want)
	}
}

// Live analysis, edits, changed watches and the backfill at once: in the end every article holds
// what the last watches find in its newest version, and no event of the backfill may alert.
func TestBackfillBesideLiveAnalysis(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var told sync.Mutex
	o.lock = &told
	const n = 60
	var msgs []news.Article
	for i := range n {
		msgs = append(msgs, o.archive(fmt.Sprintf("x.example/%d", i), fmt.Sprintf("Giá rau ngày %d", i), "Giá rau ở chợ tăng.", nil))
	}
	for i := range n / 2 {
		msgs = append(msgs, o.archive(fmt.Sprintf("x.example/%d", i), fmt.Sprintf("Giá cá ngày %d", i), "Giá cá ở chợ tăng.", nil))
	}
	var work sync.WaitGroup
	for w := range 4 {
		work.Go(func() {
			for i := w; i < len(msgs); i += 4 {
				if err := o.a.Handle(t.Context(), msgs[i]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Go(func() {
		for i := range 6 {
			query := fmt.Sprintf(`"giá rau" OR "giá cá" OR "điều %d"`, i)
			err := o.db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
				w, err := watches.Get(ctx, tx, "rau")
				if errors.Is(err, records.ErrNotFound) {
					w, err = watches.Watch{ID: "rau", Name: "Rau", Severity: news.Low, Enabled: true}, nil
				}
				if err != nil {
					return err
				}
				w.Query = query
				_, err = watches.Save(ctx, tx, w, "an", morning)
				return err
			})
			if err == nil {
				err = o.a.Reload(t.Context())
			}
			if err != nil {
				t.Error(err)
			}
			if _, err := o.a.Backfill(t.Context(), window); err != nil {
				t.Error(err)
			}
		}
	})
	work.Wait()
	o.backfill()
	for _, msg := range msgs {
		found, latest, _, err := mentions.ForArticle(t.Context(), o.db.Read(), msg.ID)
		if err != nil || len(found) != 1 || found[0].WatchRev != 6 {
			t.Errorf("article %s holds %+v of version %d, %v; want the last revision of the watch", msg.ID, found, latest, err)
		}
		if last, err := mentions.Last(t.Context(), o.db.Read(), msg.ID); err != nil || last.N != latest || last.Set != o.a.Set().Revision() {
			t.Errorf("article %s was last analyzed as %+v, %v", msg.ID, last, err)
		}
	}
	events, _ := o.waiting()
	revs := map[string]bool{}
	for _, e := range events {
		id := outbox.MessageID(e.Article, e.Rev)
		if revs[id] || e.Alert && e.Lane == news.Backfill {
			t.Errorf("event %s is told twice or alerts from the backfill: %+v", id, e)
		}
		revs[id] = true
	}
}
