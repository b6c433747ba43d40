package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lamro/internal/archive"
	"lamro/internal/captures"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/audit"
	capturerows "lamro/internal/records/captures"
	"lamro/internal/records/outbox"
	"lamro/internal/records/quarantine"
	"lamro/internal/stream"
)

// room is an installation without its stages.
type room struct {
	dir     string
	db      *records.DB
	stream  *stream.Stream
	archive *archive.Archive
	relay   *archive.Relay
}

func open(t testing.TB, dir string, change func(*stream.Config)) *room {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	db, err := records.Open(t.Context(), filepath.Join(dir, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	cfg := stream.Config{Dir: filepath.Join(dir, "stream"), MaxStore: 64 << 20, DB: db, Log: log}
	if change != nil {
		change(&cfg)
	}
	s, err := stream.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	files, err := captures.Open(filepath.Join(dir, "captures"), "Lamro/test")
	if err != nil {
		t.Fatal(err)
	}
	relay := archive.NewRelay(db, s, log)
	return &room{dir: dir, db: db, stream: s, relay: relay, archive: archive.New(db, files, s, relay.Wake, log)}
}

func (r *room) close(t testing.TB) {
	t.Helper()
	if err := errors.Join(r.stream.Close(), r.db.Close()); err != nil {
		t.Fatal(err)
	}
}

var fetched = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func page(i int, body string) archive.Page {
	url := fmt.Sprintf("https://bao.example/tin-%d", i)
	return archive.Page{
		Exchange: captures.Exchange{
			URL: url, Status: 200, ResponseHeader: http.Header{"Content-Type": {"text/html"}},
			Body: []byte("<html><p>" + body + "</p></html>"), FetchedAt: fetched.Add(time.Duration(i) * time.Second),
			Robots: "allowed",
		},
		Version: articles.NewVersion{
			URLKey: fmt.Sprintf("bao.example/tin-%d", i), KeyRule: 1, URL: url, Source: "bao-a", Title: "Tin", Body: body,
			SeenAt: fetched.Add(time.Duration(i) * time.Second), Cause: news.Seen, Lane: news.Live, Extractor: "test 1",
		},
	}
}

func (r *room) keep(t testing.TB, p archive.Page) articles.Result {
	t.Helper()
	res, err := r.archive.Keep(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func (r *room) drain(t testing.TB) {
	t.Helper()
	if err := r.relay.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (r *room) messages(t testing.TB, topic int) uint64 {
	t.Helper()
	h, err := r.stream.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h[topic].Messages
}

func (r *room) files(t testing.TB) (n int) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(r.dir, "captures"), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestKeepIsOneTransactionWithItsCapture(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), nil)
	res := r.keep(t, page(1, "Sạt lở"))
	caps, err := capturerows.ForArticle(t.Context(), r.db.Read(), res.ID)
	if err != nil || len(caps) != 1 || caps[0].SHA256 == "" || caps[0].Status != 200 {
		t.Fatalf("captures = %+v, %v", caps, err)
	}
	v, err := articles.GetVersion(t.Context(), r.db.Read(), res.ID, 1)
	if err != nil || v.Capture != caps[0].ID {
		t.Errorf("version's capture = %q, %v; want %q", v.Capture, err, caps[0].ID)
	}
	rows, err := audit.List(t.Context(), r.db.Read(), audit.Filter{Subject: caps[0].ID})
	if err != nil || len(rows) != 1 || !strings.Contains(string(rows[0].Detail), caps[0].SHA256) {
		t.Errorf("audit = %+v, %v; want the hash of the file", rows, err)
	}
	// The same bytes once more are an observation: no file, no version, no message.
	again := page(1, "Sạt lở")
	again.Exchange.FetchedAt = again.Exchange.FetchedAt.Add(time.Hour)
	if got := r.keep(t, again); got.Changed {
		t.Errorf("Keep again = %+v, want unchanged", got)
	}
	times, err := capturerows.Observations(t.Context(), r.db.Read(), caps[0].ID)
	if err != nil || len(times) != 1 || !times[0].Equal(again.Exchange.FetchedAt) {
		t.Errorf("observations = %v, %v", times, err)
	}
	if n := r.files(t); n != 1 {
		t.Errorf("%d files, want 1", n)
	}
	if _, err := audit.Verify(t.Context(), r.db.Read()); err != nil {
		t.Error(err)
	}
}

func TestKeepFailsAsAWhole(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), nil)
	boom := errors.New("page row is gone")
	_, err := r.archive.Keep(t.Context(), page(1, "A"), func(context.Context, *records.Tx, articles.Result) error { return boom })
	if !errors.Is(err, boom) {
		t.Fatalf("Keep = %v, want the caller's error", err)
	}
	if n := r.files(t); n != 0 {
		t.Errorf("%d files left", n)
	}
	if _, err := articles.ByURLKey(t.Context(), r.db.Read(), page(1, "").Version.URLKey); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("ByURLKey = %v, want not found", err)
	}
}

func TestRelayPublishesInOrderAndOnce(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), nil)
	var ids []string
	for i := range 100 {
		ids = append(ids, r.keep(t, page(i, "Nội dung")).ID)
	}
	r.drain(t)
	r.drain(t)
	var mu sync.Mutex
	var got []string
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- stream.Articles(r.stream).Consume(ctx, stream.Consumer{Name: "analyzer", Workers: 1}, func(_ context.Context, a news.Article) error {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, a.ID)
			return nil
		})
	}()
	if err := r.stream.Drained(t.Context(), "analyzer"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, " ") != strings.Join(ids, " ") {
		t.Errorf("published %d, want the %d in order", len(got), len(ids))
	}
}

func TestRelayRunsUntilStoppedAndIsWoken(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), nil)
	published := make(chan struct{}, 100)
	r.relay.At = func(string) { published <- struct{}{} }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.relay.Run(ctx) }()
	for i := range 3 {
		r.keep(t, page(i, "Nội dung"))
		<-published
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	if rows, _, err := outbox.Backlog(t.Context(), r.db.Read()); err != nil || rows != 0 {
		t.Errorf("%d rows wait, %v; what was published is marked also while stopping", rows, err)
	}
}

// The stream is lost; told to make it anew, the relay fills it from the records.
func TestLostStreamIsFilledAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, nil)
	for i := range 10 {
		r.keep(t, page(i, "Nội dung"))
	}
	r.drain(t)
	r.close(t)
	if err := os.RemoveAll(filepath.Join(dir, "stream", "jetstream", "$G", "streams", "ARTICLES")); err != nil {
		t.Fatal(err)
	}
	r = open(t, dir, func(c *stream.Config) { c.Recreate = true })
	if n := r.messages(t, 0); n != 0 {
		t.Fatalf("the new stream holds %d messages", n)
	}
	r.drain(t)
	if n := r.messages(t, 0); n != 10 {
		t.Errorf("the stream was filled with %d messages, want 10", n)
	}
}

// The records are newer than the stream: an old copy of it was put back.
func TestRelayFindsWhatAnOlderStreamLacks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, nil)
	r.keep(t, page(0, "Nội dung"))
	r.drain(t)
	r.close(t)
	backup := filepath.Join(t.TempDir(), "stream")
	if err := os.CopyFS(backup, os.DirFS(filepath.Join(dir, "stream"))); err != nil {
		t.Fatal(err)
	}
	r = open(t, dir, nil)
	for i := 1; i < 6; i++ {
		r.keep(t, page(i, "Nội dung"))
	}
	r.drain(t)
	r.close(t)
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, "stream")), os.CopyFS(filepath.Join(dir, "stream"), os.DirFS(backup))); err != nil {
		t.Fatal(err)
	}
	r = open(t, dir, nil)
	if n := r.messages(t, 0); n != 1 {
		t.Fatalf("the old stream holds %d messages, want 1", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r.relay.At = func(string) { cancel() }
	if err := r.relay.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if n := r.messages(t, 0); n != 6 {
		t.Errorf("the stream holds %d messages, want 6", n)
	}
}

// A row that can never travel must not stop the rows behind it.
func TestRelayQuarantinesWhatNoStreamTakes(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), nil)
	err := r.db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		return outbox.Add(ctx, tx, outbox.Row{Topic: outbox.Mentions, Subject: "mentions.live.low", Message: "big:1",
			Article: "big", N: 1, Payload: make([]byte, 8<<20), AddedAt: fetched})
	})
	if err != nil {
		t.Fatal(err)
	}
	r.keep(t, page(1, "Nội dung"))
	r.drain(t)
	if n := r.messages(t, 0); n != 1 {
		t.Errorf("%d articles published, want 1", n)
	}
	rows, err := quarantine.List(t.Context(), r.db.Read(), 10)
	if err != nil || len(rows) != 1 || rows[0].Message != "big:1" || rows[0].Consumer != "relay" {
		t.Errorf("quarantine = %+v, %v", rows, err)
	}
}

func TestReplaySendsOnceMore(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), nil)
	res := r.keep(t, page(1, "Nội dung"))
	event := news.MentionEvent{Schema: news.Schema, Article: res.ID, Rev: 2, N: 1, Lane: news.Live}
	if err := stream.Mentions(r.stream).Send(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	r.drain(t)
	err := r.db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		return errors.Join(
			quarantine.Put(ctx, tx, quarantine.Row{Topic: outbox.Articles, Consumer: "analyzer-live", Message: res.ID + ":1", Seq: 1, Article: res.ID, N: 1, Cause: "x", At: fetched}),
			quarantine.Put(ctx, tx, quarantine.Row{Topic: outbox.Mentions, Consumer: "indexer-live", Message: res.ID + ":2", Seq: 1, Article: res.ID, N: 2, Cause: "x", At: fetched}))
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := quarantine.List(t.Context(), r.db.Read(), 10)
	if err != nil || len(rows) != 2 {
		t.Fatalf("quarantine = %+v, %v", rows, err)
	}
	for _, row := range rows {
		if err := r.archive.Replay(t.Context(), row.ID); err != nil {
			t.Fatal(err)
		}
	}
	r.drain(t)
	if a, m := r.messages(t, 0), r.messages(t, 1); a != 2 || m != 2 {
		t.Errorf("streams hold %d articles and %d events, want 2 and 2", a, m)
	}
	if n, err := quarantine.Count(t.Context(), r.db.Read()); err != nil || n != 0 {
		t.Errorf("%d rows left, %v", n, err)
	}
}

func TestSweepFinishesWhatAProcessLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := open(t, dir, nil)
	kept := r.keep(t, page(1, "A"))
	orphans, err := captures.Open(filepath.Join(dir, "captures"), "Lamro/test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := orphans.Write(t.Context(), page(2, "B").Exchange); err != nil {
		t.Fatal(err)
	}
	// A deletion whose process ended right after its transaction.
	err = r.db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		_, err := articles.Delete(ctx, tx, kept.ID, "admin", "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.archive.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.files(t); n != 0 {
		t.Errorf("%d files left, want none", n)
	}
	if e, err := articles.Erasures(t.Context(), r.db.Read()); err != nil || len(e) != 0 {
		t.Errorf("erasures left: %+v, %v", e, err)
	}
}

func BenchmarkKeep(b *testing.B) {
	for name, size := range map[string]int{"20KB": 20 << 10, "170KB": 170 << 10} {
		b.Run(name, func(b *testing.B) {
			r := open(b, b.TempDir(), nil)
			html := strings.Repeat("<p class=\"text\">Mưa lớn làm đường trơn.</p>\n", size/50)
			n := 0
			for b.Loop() {
				n++
				p := page(n, fmt.Sprintf("Bài số %d. %s", n, strings.Repeat("Mưa lớn làm đường trơn. ", 150)))
				p.Exchange.Body = fmt.Appendf(nil, "%d %s", n, html)
				r.keep(b, p)
			}
		})
	}
}
