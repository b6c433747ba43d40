package analyzer_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"lamro/analyzer"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/mentions"
	"lamro/internal/records/recordstest"
	"lamro/internal/records/watches"
	"lamro/internal/stream"
)

// office is an installation with three watches and whatever was told of mentions.
type office struct {
	t    *testing.T
	db   *records.DB
	a    *analyzer.Analyzer
	at   func(stage string)
	fail error
	told []news.MentionEvent
	lock *sync.Mutex // of told, where several goroutines handle
	g    *places.Gazetteer
}

func (o *office) Send(_ context.Context, e news.MentionEvent) error {
	if o.fail != nil {
		return o.fail
	}
	if o.lock != nil {
		o.lock.Lock()
		defer o.lock.Unlock()
	}
	o.told = append(o.told, e)
	return nil
}

var morning = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)

func newOffice(t *testing.T) *office {
	t.Helper()
	db := recordstest.Open(t)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	f, err := os.Open("../configs/provinces/bac-kan/places.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := places.Load(f, "places.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, db: db, g: g}
	o.a = analyzer.New(o.config())
	o.watch(watches.Watch{ID: "tinh", Query: "place:06", Severity: news.Normal})
	o.watch(watches.Watch{ID: "thien-tai", Query: `place:06 AND ("sạt lở" OR "lũ quét")`, Severity: news.Critical})
	if err := o.a.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) config() analyzer.Config {
	return analyzer.Config{
		Records: o.db, Places: o.g, Publish: o, Log: slog.New(slog.DiscardHandler),
		Source: func(id string) analyzer.Source {
			return map[string]analyzer.Source{"bao-tinh": {Home: "06", Tier: 1}}[id]
		},
		At: func(stage string) {
			if o.at != nil {
				o.at(stage)
			}
		},
	}
}

func (o *office) tx(fn func(ctx context.Context, tx *records.Tx) error) {
	o.t.Helper()
	if err := o.db.Tx(o.t.Context(), fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) watch(w watches.Watch) {
	o.t.Helper()
	w.Name, w.Enabled, w.Alert = w.ID, true, true
	o.tx(func(ctx context.Context, tx *records.Tx) error {
		_, err := watches.Save(ctx, tx, w, "an", morning)
		return err
	})
}

// archive puts a page into the records and returns its message.
func (o *office) archive(key, title, body string, change func(*articles.NewVersion)) (msg news.Article) {
	o.t.Helper()
	v := articles.NewVersion{
		URLKey: key, KeyRule: 1, URL: "https://" + key, Source: "nguon-a", Title: title, Body: body, SeenAt: morning,
		Cause: news.Seen, Extractor: "test", Lane: news.Live, Capture: "c",
	}
	if change != nil {
		change(&v)
	}
	o.tx(func(ctx context.Context, tx *records.Tx) error {
		r, err := articles.Put(ctx, tx, v)
		if err != nil {
			return err
		}
		msg, err = articles.Message(ctx, tx, r.ID, r.N)
		return err
	})
	return msg
}

func (o *office) handle(msg news.Article) {
	o.t.Helper()
	if err := o.a.Handle(o.t.Context(), msg); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) rev(id string) int64 {
	o.t.Helper()
	a, err := articles.Get(o.t.Context(), o.db.Read(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return a.Rev
}

func names(found []news.Mention) string {
	var ids []string
	for _, m := range found {
		ids = append(ids, m.Watch)
	}
	return strings.Join(ids, " ")
}

func TestHandleWritesThenTells(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	msg := o.archive("x.example/1", "Sạt lở ở Pác Nặm", "Sáng nay tại huyện Pác Nặm, tỉnh Bắc Kạn có sạt lở.", nil)
	o.at = func(stage string) {
		found, n, rev, err := mentions.ForArticle(t.Context(), o.db.Read(), msg.ID)
		if stage != "publish" || err != nil || names(found) != "thien-tai tinh" || n != 1 || rev != 2 {
			t.Errorf("at %q the records hold %q of version %d, revision %d, %v", stage, names(found), n, rev, err)
		}
	}
	o.handle(msg)
	if len(o.told) != 1 {
		t.Fatalf("told %d events, want 1", len(o.told))
	}
	e := o.told[0]
	want := news.MentionEvent{
		Schema: news.Schema, Article: msg.ID, Rev: 2, N: 1, Source: "nguon-a", Set: 2, Lane: news.Live, Alert: true,
		BodyHash: msg.BodyHash, SeenAt: msg.SeenAt, Mentions: e.Mentions,
	}
	if !reflect.DeepEqual(e, want) || e.Highest() != news.Critical {
		t.Errorf("event = %+v, want %+v", e, want)
	}
	if m := e.Mentions[0]; !m.Certain || m.Class != news.Exact || len(m.Spans) < 4 || m.Why == "" || m.WatchRev != 1 {
		t.Errorf("mention = %+v", m)
	}
	if a, err := articles.Get(t.Context(), o.db.Read(), msg.ID); err != nil || !a.EverMentioned {
		t.Errorf("article = %+v, %v; want it marked as mentioned", a, err)
	}
}

func TestSecondDeliveryTellsTheSameOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	msg := o.archive("x.example/1", "Mưa ở Bắc Kạn", "Mưa to.", nil)
	o.fail = errors.New("no server")
	if err := o.a.Handle(t.Context(), msg); !errors.Is(err, o.fail) {
		t.Fatalf("Handle with a broken stream = %v", err)
	}
	o.fail = nil
	o.handle(msg)
	o.handle(msg)
	if len(o.told) != 2 || !reflect.DeepEqual(o.told[0], o.told[1]) || o.told[0].Rev != 2 || !o.told[0].Alert {
		t.Errorf("told %+v, want the same event twice at revision 2", o.told)
	}
	if rev := o.rev(msg.ID); rev != 2 {
		t.Errorf("revision = %d, want 2: raised once", rev)
	}
}

func TestWhatNobodyWaitsForIsNotTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	msg := o.archive("x.example/1", "Chợ mới khai trương", "Người dân đi chợ mới, minh bạch thông tin giá cả.", nil)
	o.handle(msg)
	o.handle(msg)
	if len(o.told) != 0 || o.rev(msg.ID) != 1 {
		t.Errorf("told %+v at revision %d, want nothing at 1", o.told, o.rev(msg.ID))
	}
	if last, err := mentions.Last(t.Context(), o.db.Read(), msg.ID); err != nil || last.N != 1 {
		t.Errorf("Last = %+v, %v; want version 1 to be done", last, err)
	}
}

func TestEditThatDropsTheMentionIsTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.archive("x.example/1", "Mưa ở Bắc Kạn", "Mưa to.", nil)
	second := o.archive("x.example/1", "Mưa ở miền núi", "Mưa rất to.", nil)
	o.handle(first)
	o.handle(second)
	o.handle(first) // late
	if len(o.told) != 2 || o.told[1].N != 2 || len(o.told[1].Mentions) != 0 || o.told[1].Alert || o.told[1].Rev <= o.told[0].Rev {
		t.Fatalf("told %+v, want a second event without mentions", o.told)
	}
	if found, n, _, err := mentions.ForArticle(t.Context(), o.db.Read(), first.ID); err != nil || n != 2 || len(found) != 0 {
		t.Errorf("the records hold %q of version %d, %v", names(found), n, err)
	}
}

func TestOnlyNewsMayAlert(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, change := range map[string]func(*articles.NewVersion){
		"old":          func(v *articles.NewVersion) { v.NotNews = news.NotNewsOld },
		"first poll":   func(v *articles.NewVersion) { v.NotNews, v.Lane = news.NotNewsFirstPoll, news.Backfill },
		"re-extracted": func(v *articles.NewVersion) { v.Cause, v.NotNews = news.ReExtracted, news.NotNewsReExtracted },
	} {
		o.told = nil
		o.handle(o.archive("x.example/"+strings.ReplaceAll(name, " ", "-"), "Mưa ở Bắc Kạn "+name, "Mưa to "+name, change))
		if len(o.told) != 1 || o.told[0].Alert {
			t.Errorf("%s: told %+v, want one event that may not alert", name, o.told)
		}
	}
}

func TestUncertainMentionIsTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.handle(o.archive("x.example/1", "Cam Bạch Thông", "Cam đã chín.", nil))
	if len(o.told) != 1 || len(o.told[0].Mentions) != 1 || o.told[0].Mentions[0].Certain {
		t.Errorf("told %+v, want one uncertain mention", o.told)
	}
}

func TestHomeOfTheSourceDecides(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.handle(o.archive("x.example/1", "Cam Bạch Thông", "Cam đã chín.", func(v *articles.NewVersion) { v.Source = "bao-tinh" }))
	if len(o.told) != 1 || !o.told[0].Mentions[0].Certain {
		t.Errorf("told %+v, want one certain mention", o.told)
	}
}

func TestDeletedArticleLeavesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	msg := o.archive("x.example/1", "Mưa ở Bắc Kạn", "Mưa to.", nil)
	o.tx(func(ctx context.Context, tx *records.Tx) error {
		_, err := articles.Delete(ctx, tx, msg.ID, "an", "test")
		return err
	})
	o.handle(msg)
	if found, _, _, err := mentions.ForArticle(t.Context(), o.db.Read(), msg.ID); err != nil || len(found) != 0 || len(o.told) != 0 {
		t.Errorf("found %q, told %+v, %v; want nothing", names(found), o.told, err)
	}
}

func TestArticleThatNobodyKnowsIsPermanent(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	err := o.a.Handle(t.Context(), news.Article{ID: "nobody", N: 1, Title: "Mưa ở Bắc Kạn"})
	if !stream.IsPermanent(err) {
		t.Errorf("Handle = %v, want a permanent error", err)
	}
}

func TestReloadPutsChangedWatchesInPlace(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	set := o.a.Set()
	if err := o.a.Reload(t.Context()); err != nil || o.a.Set() != set {
		t.Errorf("Reload without a change = %v, compiled again: %v", err, o.a.Set() != set)
	}
	o.watch(watches.Watch{ID: "mua", Query: `"mưa to"`, Severity: news.Low})
	if err := o.a.Reload(t.Context()); err != nil || o.a.Set().Revision() != 3 || o.a.Set().Len() != 3 {
		t.Fatalf("Reload = %v, revision %d of %d watches", err, o.a.Set().Revision(), o.a.Set().Len())
	}
	o.handle(o.archive("x.example/1", "Mưa ở Bắc Kạn", "Mưa to.", nil))
	if len(o.told) != 1 || names(o.told[0].Mentions) != "mua tinh" || o.told[0].Set != 3 || !o.told[0].Alert {
		t.Errorf("told %+v, want one event by set 3", o.told)
	}
}

// A watch can ask for whatever is known of an article.
func TestWatchesAskForMoreThanWords(t *testing.T) {
	t.Parallel()
	art := news.Article{
		Source: "bao-tinh", URL: "https://M.Bao-Tinh.example:8443/a", Language: "vi", FirstSeen: morning,
		PublishedAt: morning.Add(time.Hour),
	}
	got := analyzer.AboutArticle(art, analyzer.Source{Home: "06", Tier: 1})
	want := analyzer.About{Source: "bao-tinh", Home: "06", Tier: 1, Site: "m.bao-tinh.example", Language: "vi", At: morning}
	if got != want {
		t.Errorf("AboutArticle = %+v, want %+v: published in the future counts as first seen", got, want)
	}
	art.PublishedAt = morning.Add(-time.Hour)
	if got := analyzer.AboutArticle(art, analyzer.Source{}); got.At != art.PublishedAt {
		t.Errorf("At = %v, want the publication", got.At)
	}
}

// A version whose message comes after that of a newer one is history: its mentions are kept and
// alert as those of any seen version, and what the article says now stays.
func TestOlderVersionThatComesLateIsHistory(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.archive("x.example/1", "Sạt lở ở Bắc Kạn", "Sạt lở đất tại tỉnh Bắc Kạn.", nil)
	second := o.archive("x.example/1", "Mưa ở Bắc Kạn", "Đính chính: không có sạt lở.", nil)
	o.handle(second)
	o.handle(first)
	if len(o.told) != 2 {
		t.Fatalf("told %d events, want 2", len(o.told))
	}
	if e := o.told[1]; e.N != 1 || !e.Alert || e.Rev <= o.told[0].Rev || names(e.Mentions) != "thien-tai tinh" || e.Lane != news.Live {
		t.Errorf("told %+v, want the mentions of version 1 at a revision of their own", e)
	}
	found, n, _, err := mentions.ForArticle(t.Context(), o.db.Read(), first.ID)
	if err != nil || n != 2 || names(found) != names(o.told[0].Mentions) {
		t.Errorf("the article holds %q of version %d, %v; want those of version 2", names(found), n, err)
	}
	if past, err := mentions.ForVersion(t.Context(), o.db.Read(), first.ID, 1); err != nil || names(past) != "thien-tai tinh" {
		t.Errorf("version 1 holds %q, %v", names(past), err)
	}
	rev := o.rev(first.ID)
	o.handle(first)
	o.handle(second)
	if o.rev(first.ID) != rev || len(o.told) != 3 || !reflect.DeepEqual(o.told[2], o.told[0]) {
		t.Errorf("delivered again: revision %d, told %+v; want %d and the event of version 2 once more", o.rev(first.ID), o.told[2:], rev)
	}
}

func TestOlderVersionWithoutMentionsLeavesTheIndexAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.archive("x.example/1", "Mưa ở miền núi", "Mưa to.", nil)
	second := o.archive("x.example/1", "Mưa ở Bắc Kạn", "Mưa to.", nil)
	o.handle(second)
	rev := o.rev(first.ID)
	o.handle(first)
	if len(o.told) != 1 || o.rev(first.ID) != rev {
		t.Errorf("told %+v at revision %d, want only version 2 at %d", o.told, o.rev(first.ID), rev)
	}
}
