package stream_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/quarantine"
	"lamro/internal/stream"
)

// installation is one installation's streams and records in a directory of its own.
type installation struct {
	dir string
	db  *records.DB
	cfg stream.Config
}

func install(t testing.TB) *installation {
	t.Helper()
	dir := t.TempDir()
	db, err := records.Open(t.Context(), filepath.Join(dir, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &installation{dir: dir, db: db, cfg: stream.Config{
		Dir: filepath.Join(dir, "stream"), MaxStore: 256 << 20, DB: db, Log: slog.New(slog.DiscardHandler),
	}}
}

func (in *installation) open(t testing.TB) *stream.Stream {
	t.Helper()
	s, err := stream.Open(t.Context(), in.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func article(n int, lane news.Lane) news.Article {
	return news.Article{Schema: news.Schema, ID: fmt.Sprintf("a%d", n), N: 1, Source: "bao-a", Lane: lane,
		Title: "Tin", Body: "Sạt lở <b>&</b>", Cause: news.Seen}
}

func send(t testing.TB, s *stream.Stream, as ...news.Article) {
	t.Helper()
	for _, a := range as {
		if err := stream.Articles(s).Send(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
}

// consume runs a consumer until the test or the returned function ends it.
func consume(t testing.TB, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Consume = %v, want nil", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func drained(t testing.TB, s *stream.Stream, names ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	if err := s.Drained(ctx, names...); err != nil {
		p, _ := s.Progress(t.Context())
		t.Fatalf("%v; progress %+v", err, p)
	}
}

var quick = stream.Consumer{
	Name: "analyzer", AckWait: 2 * time.Second, Grace: 5 * time.Second,
	Delay: func(int) time.Duration { return 10 * time.Millisecond },
}

// seen records what a handler was given.
type seen struct {
	mu  sync.Mutex
	all []string
}

func (s *seen) add(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, id)
	n := 0
	for _, x := range s.all {
		if x == id {
			n++
		}
	}
	return n
}

func (s *seen) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

func (s *seen) count(id string) (n int) {
	for _, x := range s.ids() {
		if x == id {
			n++
		}
	}
	return n
}

func TestEachMessageArrivesAsItWasSent(t *testing.T) {
	t.Parallel()
	s := install(t).open(t)
	want := article(1, news.Live)
	send(t, s, want, want, article(2, news.Backfill)) // the second is the same message
	got := make(chan news.Article, 10)
	consume(t, func(ctx context.Context) error {
		return stream.Articles(s).Consume(ctx, quick, func(_ context.Context, a news.Article) error {
			got <- a
			return nil
		})
	})
	drained(t, s, "analyzer")
	close(got)
	var all []news.Article
	for a := range got {
		all = append(all, a)
	}
	if len(all) != 2 {
		t.Fatalf("%d messages, want 2: one id is stored once", len(all))
	}
	if !slices.Contains(all, want) {
		t.Errorf("got %+v, want %+v among them", all, want)
	}
}

func TestFailingMessagesComeAgainAndEndInQuarantine(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	send(t, s, article(1, news.Live), article(2, news.Live), article(3, news.Live), article(4, news.Live), article(5, news.Live))
	var tried seen
	consume(t, func(ctx context.Context) error {
		return stream.Articles(s).Consume(ctx, quick, func(_ context.Context, a news.Article) error {
			n := tried.add(a.ID)
			switch a.ID {
			case "a2":
				return errors.New("always")
			case "a3":
				panic("poison")
			case "a4":
				return stream.Permanent(errors.New("never"))
			case "a5":
				if n < 3 {
					return errors.New("twice")
				}
			}
			return nil
		})
	})
	drained(t, s, "analyzer")
	for id, want := range map[string]int{"a1": 1, "a2": 5, "a3": 5, "a4": 1, "a5": 3} {
		if got := tried.count(id); got != want {
			t.Errorf("%s was tried %d times, want %d", id, got, want)
		}
	}
	rows, err := quarantine.List(t.Context(), in.db.Read(), 10)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]quarantine.Row{}
	for _, r := range rows {
		got[r.Article] = r
	}
	for id, want := range map[string]struct {
		cause    string
		attempts int
	}{"a2": {"always", 5}, "a3": {"panic: poison", 5}, "a4": {"never", 1}} {
		r := got[id]
		if r.Cause != want.cause || r.Attempts != want.attempts || r.Message != id+":1" || r.N != 1 ||
			r.Consumer != "analyzer-live" || r.Topic != "ARTICLES" || r.Seq == 0 || r.At.IsZero() {
			t.Errorf("quarantine of %s = %+v, want cause %q after %d attempts", id, r, want.cause, want.attempts)
		}
	}
	if len(rows) != 3 {
		t.Errorf("%d rows, want 3", len(rows))
	}
	if n := countAttempts(t, in.db); n != 0 {
		t.Errorf("%d attempt rows left, want none", n)
	}
}

func countAttempts(t *testing.T, db *records.DB) (n int) {
	t.Helper()
	if err := db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM attempts`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A message this program cannot read must not come back for ever, nor stop the others.
func TestUnreadableMessagesAreQuarantinedAtOnce(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	for i, data := range []string{`{`, `{"schema":99}`, `{}`, `{"schema":1,"n":"one"}`} {
		if _, err := s.Publish(t.Context(), "ARTICLES", "articles.live.bao-a", fmt.Sprintf("bad%d:1", i), []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	send(t, s, article(1, news.Live))
	var handled seen
	consume(t, func(ctx context.Context) error {
		return stream.Articles(s).Consume(ctx, quick, func(_ context.Context, a news.Article) error {
			handled.add(a.ID)
			return nil
		})
	})
	drained(t, s, "analyzer")
	if got := handled.ids(); !slices.Equal(got, []string{"a1"}) {
		t.Errorf("handled %v, want a1 only", got)
	}
	if n, err := quarantine.Count(t.Context(), in.db.Read()); err != nil || n != 4 {
		t.Errorf("quarantine holds %d, %v; want 4", n, err)
	}
}

func TestLiveNeverWaitsBehindBackfill(t *testing.T) {
	t.Parallel()
	s := install(t).open(t)
	for i := range 50 {
		send(t, s, article(100+i, news.Backfill))
	}
	release := make(chan struct{})
	live := make(chan string, 1)
	consume(t, func(ctx context.Context) error {
		return stream.Articles(s).Consume(ctx, quick, func(_ context.Context, a news.Article) error {
			if a.Lane == news.Backfill {
				<-release
				return nil
			}
			live <- a.ID
			return nil
		})
	})
	send(t, s, article(1, news.Live))
	select {
	case <-live: // while every backfill worker is held
	case <-time.After(30 * time.Second):
		t.Error("the live message waits")
	}
	close(release)
	drained(t, s, "analyzer")
}

// What a stage does when it is told to stop: end what was begun, and leave the rest untouched.
func TestStoppingAcknowledgesFinishedWorkAndStartsAgain(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	for i := range 30 {
		send(t, s, article(i, news.Live))
	}
	var handled seen
	begun := make(chan struct{}, 100)
	held := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- stream.Articles(s).Consume(ctx, quick, func(ctx context.Context, a news.Article) error {
			begun <- struct{}{}
			<-held
			if ctx.Err() != nil {
				return ctx.Err()
			}
			handled.add(a.ID)
			return nil
		})
	}()
	<-begun
	<-begun
	cancel()
	close(held)
	if err := <-done; err != nil {
		t.Fatalf("Consume = %v, want nil", err)
	}
	first := len(handled.ids())
	if first < 2 {
		t.Fatalf("%d messages were ended, want the 2 that were begun", first)
	}
	consume(t, func(ctx context.Context) error {
		return stream.Articles(s).Consume(ctx, quick, func(_ context.Context, a news.Article) error {
			handled.add(a.ID)
			return nil
		})
	})
	drained(t, s, "analyzer")
	for i := range 30 {
		if n := handled.count(fmt.Sprintf("a%d", i)); n != 1 {
			t.Errorf("a%d was ended %d times, want once", i, n)
		}
	}
	if n, err := quarantine.Count(t.Context(), in.db.Read()); err != nil || n != 0 {
		t.Errorf("quarantine holds %d, %v; want none", n, err)
	}
}

// An interrupted or starved handler says nothing about its message.
func TestInfrastructureErrorsDoNotCount(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	send(t, s, article(1, news.Live))
	for range 7 {
		failed := make(chan struct{}, 10)
		stop := consume(t, func(ctx context.Context) error {
			return stream.Articles(s).Consume(ctx, quick, func(context.Context, news.Article) error {
				failed <- struct{}{}
				return stream.Infrastructure(errors.New("no records"))
			})
		})
		<-failed
		stop()
	}
	if n, err := quarantine.Count(t.Context(), in.db.Read()); err != nil || n != 0 {
		t.Fatalf("quarantine holds %d, %v; want none after seven starts", n, err)
	}
	stop := consume(t, func(ctx context.Context) error {
		return stream.Articles(s).Consume(ctx, quick, func(context.Context, news.Article) error { return nil })
	})
	drained(t, s, "analyzer")
	stop() // a message is acknowledged before its row goes
	if n := countAttempts(t, in.db); n != 0 {
		t.Errorf("%d attempt rows left, want none", n)
	}
}

func TestMissingStreamIsRefusedUntilToldOtherwise(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	send(t, s, article(1, news.Live))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// What a power cut leaves of a server that does not sync: an empty checksum.
	sum := filepath.Join(in.cfg.Dir, "jetstream", "$G", "streams", "ARTICLES", "meta.sum")
	if err := os.Truncate(sum, 0); err != nil {
		t.Fatal(err)
	}
	_, err := stream.Open(t.Context(), in.cfg)
	if !errors.Is(err, stream.ErrMissing) {
		t.Fatalf("Open = %v, want ErrMissing", err)
	}
	for _, word := range []string{"ARTICLES", "backup", "--recreate-streams"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not name %q", err, word)
		}
	}
	in.cfg.Recreate = true
	s = in.open(t)
	if last, err := s.LastSeq(t.Context(), "ARTICLES"); err != nil || last != 0 {
		t.Errorf("last message of the new stream = %d, %v; want none", last, err)
	}
}

// A smaller limit must not make the server leave a stream out at the next start.
func TestLimitsCanBeRaisedAndLowered(t *testing.T) {
	t.Parallel()
	in := install(t)
	for i, limit := range []int64{256 << 20, 64 << 20, 64 << 20, 512 << 20} {
		in.cfg.MaxStore = limit
		s := in.open(t)
		send(t, s, article(i, news.Live))
		h, err := s.Health(t.Context())
		if err != nil {
			t.Fatalf("limit %d: %v", limit, err)
		}
		if got, want := h[0].MaxBytes, limit/16*12; got != want {
			t.Errorf("ARTICLES may take %d bytes, want %d", got, want)
		}
		if h[0].Messages != uint64(i)+1 {
			t.Errorf("%d messages, want %d", h[0].Messages, i+1)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFullStreamRefusesAndSaysSo(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.cfg.MaxStore = 4 << 20
	s := in.open(t)
	a := article(1, news.Live)
	a.Body = string(make([]byte, 200<<10))
	var err error
	for i := 0; i < 100 && err == nil; i++ {
		a.ID = fmt.Sprint("big", i)
		err = stream.Articles(s).Send(t.Context(), a)
	}
	if !errors.Is(err, stream.ErrFull) || !stream.IsInfrastructure(err) || stream.IsPermanent(err) {
		t.Errorf("Send = %v, want ErrFull, marked as infrastructure", err)
	}
	a.Body = string(make([]byte, 8<<20))
	if err := stream.Articles(s).Send(t.Context(), a); !stream.IsPermanent(err) {
		t.Errorf("Send of a message beyond the limit = %v, want permanent", err)
	}
}

func TestBatchesLetOneBadEventNotStopOthers(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	topic := stream.Mentions(s)
	for i := range 40 {
		e := news.MentionEvent{Schema: news.Schema, Article: fmt.Sprintf("a%d", i), Rev: 3, Lane: news.Live}
		if err := topic.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	var ended seen
	var sizes seen
	consume(t, func(ctx context.Context) error {
		c := quick
		c.Name = "indexer"
		return topic.ConsumeBatch(ctx, c, func(_ context.Context, es []news.MentionEvent) []error {
			sizes.add(fmt.Sprint(len(es)))
			results := make([]error, len(es))
			for i, e := range es {
				switch e.Article {
				case "a7":
					results[i] = stream.Permanent(errors.New("never"))
				case "a13":
					panic("poison")
				default:
					ended.add(e.Article)
				}
			}
			return results
		})
	})
	drained(t, s, "indexer")
	for i := range 40 {
		id := fmt.Sprintf("a%d", i)
		if bad := i == 7 || i == 13; !bad && ended.count(id) == 0 {
			t.Errorf("%s was not handled; batches %v", id, sizes.ids())
		}
	}
	rows, err := quarantine.List(t.Context(), in.db.Read(), 10)
	if err != nil || len(rows) != 2 {
		t.Fatalf("quarantine = %+v, %v; want a7 and a13", rows, err)
	}
}

// What reads a stream for an erasure is no consumer of ours: asking for progress goes on.
func TestProgressDuringAnErasure(t *testing.T) {
	t.Parallel()
	s := install(t).open(t)
	send(t, s, article(1, news.Live), article(2, news.Live))
	if n, err := s.Erase(t.Context(), "a1", 1); err != nil || n != 1 {
		t.Fatalf("Erase = %d, %v; want one message", n, err)
	}
	if all, err := s.Progress(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("Progress = %+v, %v; want nothing, for nobody consumes", all, err)
	}
}

func BenchmarkPublish(b *testing.B) {
	for name, size := range map[string]int{"4KB": 4 << 10, "170KB": 170 << 10} {
		b.Run(name, func(b *testing.B) {
			in := install(b)
			in.cfg.MaxStore = 4 << 30
			s := in.open(b)
			a := article(0, news.Live)
			a.Body = string(make([]byte, size))
			n := 0
			for b.Loop() {
				n++
				a.ID = fmt.Sprint("b", n)
				if err := stream.Articles(s).Send(b.Context(), a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
