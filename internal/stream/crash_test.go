package stream_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/quarantine"
	"lamro/internal/stream"
)

// The test binary is also the process that dies.
func TestMain(m *testing.M) {
	if dir := os.Getenv("STREAM_TEST_DIR"); dir != "" {
		if err := child(dir, os.Getenv("STREAM_TEST_JOB"), os.Getenv("STREAM_TEST_ROUND")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(dir, job, round string) error {
	ctx := context.Background()
	db, err := records.Open(ctx, filepath.Join(dir, "records.db"))
	if err != nil {
		return err
	}
	s, err := stream.Open(ctx, stream.Config{
		Dir: filepath.Join(dir, "stream"), MaxStore: 256 << 20, DB: db, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	if job == "publish" {
		for i := 0; ; i++ {
			a := article(0, news.Live)
			a.ID = fmt.Sprintf("r%s-%d", round, i)
			if err := stream.Articles(s).Send(ctx, a); err != nil {
				return err
			}
			fmt.Println(a.ID)
		}
	}
	switch job {
	case "batch":
		return batches(ctx, s, round)
	case "lanes":
		return beside(ctx, s)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		c := quick
		c.AckWait = 300 * time.Millisecond
		done <- stream.Articles(s).Consume(ctx, c, func(_ context.Context, a news.Article) error {
			if a.ID == "poison" {
				fmt.Println("poison")
				return syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			fmt.Println(a.ID)
			return nil
		})
	}()
	if err := s.Drained(ctx, "analyzer"); err != nil {
		return err
	}
	cancel()
	if err := <-done; err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	return db.Close()
}

// batches works on events in batches, and dies in the second or third of them in all rounds but the last.
func batches(ctx context.Context, s *stream.Stream, round string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	calls, done := 0, make(chan error, 1)
	go func() {
		c := quick
		c.Name, c.AckWait = "indexer", 300*time.Millisecond
		done <- stream.Mentions(s).ConsumeBatch(ctx, c, func(_ context.Context, es []news.MentionEvent) []error {
			if calls++; round != "last" && (calls == 3 || len(es) > 30) {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			for _, e := range es {
				fmt.Println(e.Article)
			}
			return nil
		})
	}()
	if err := s.Drained(ctx, "indexer"); err != nil {
		return err
	}
	cancel()
	return errors.Join(<-done, s.Close())
}

// beside has one message end the process, and as far as it may choose only while an event is in
// the hands of two other consumers, who do not finish before that.
func beside(ctx context.Context, s *stream.Stream) error {
	const patience = 1500 * time.Millisecond
	begun, dying := make(chan struct{}, 2), make(chan struct{})
	wait := func(c <-chan struct{}) {
		select {
		case <-c:
		case <-time.After(patience):
		}
	}
	var g errgroup.Group
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	consumer := func(name string) stream.Consumer {
		c := quick
		c.Name, c.AckWait = name, 300*time.Millisecond
		return c
	}
	g.Go(func() error {
		return stream.Articles(s).Consume(ctx, consumer("analyzer"), func(context.Context, news.Article) error {
			fmt.Println("poison")
			wait(begun)
			wait(begun)
			close(dying)
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		})
	})
	g.Go(func() error {
		return stream.Mentions(s).Consume(ctx, consumer("alerter"), func(context.Context, news.MentionEvent) error {
			begun <- struct{}{}
			wait(dying)
			fmt.Println("alerter")
			return nil
		})
	})
	g.Go(func() error {
		return stream.Mentions(s).ConsumeBatch(ctx, consumer("indexer"), func(context.Context, []news.MentionEvent) []error {
			begun <- struct{}{}
			wait(dying)
			fmt.Println("indexer")
			return nil
		})
	})
	for _, name := range []string{"analyzer", "alerter", "indexer"} {
		if err := s.Drained(ctx, name); err != nil {
			return err
		}
	}
	cancel()
	return errors.Join(g.Wait(), s.Close())
}

// start runs the child and gives its lines to each, which says when to kill it. It returns the
// child's own error, nil when it ended by itself.
func start(t *testing.T, dir, job string, round any, each func(line string) (kill bool)) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "STREAM_TEST_DIR="+dir, "STREAM_TEST_JOB="+job, fmt.Sprint("STREAM_TEST_ROUND=", round))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if each(lines.Text()) {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	err = cmd.Wait()
	if said.Len() > 0 {
		t.Fatalf("child: %s", said.String())
	}
	return err
}

func TestWhatWasAcknowledgedSurvivesKill9(t *testing.T) {
	t.Parallel()
	in := install(t)
	if err := in.db.Close(); err != nil {
		t.Fatal(err)
	}
	acked := map[string]bool{}
	for round := range 3 {
		n := 0
		err := start(t, in.dir, "publish", round, func(id string) bool {
			acked[id] = true
			n++
			return n == 150
		})
		if err == nil {
			t.Fatal("the child was not killed")
		}
	}
	var err error
	if in.db, err = records.Open(t.Context(), filepath.Join(in.dir, "records.db")); err != nil {
		t.Fatal(err)
	}
	defer in.db.Close()
	in.cfg.DB = in.db
	s := in.open(t)
	var stored seen
	stop := consume(t, func(ctx context.Context) error {
		return stream.Articles(s).Consume(ctx, quick, func(_ context.Context, a news.Article) error {
			stored.add(a.ID)
			return nil
		})
	})
	drained(t, s, "analyzer")
	stop()
	for id := range acked {
		if stored.count(id) != 1 {
			t.Errorf("%s was acknowledged and is there %d times", id, stored.count(id))
		}
	}
	t.Logf("%d acknowledged in three rounds, %d stored", len(acked), len(stored.ids()))
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// The whole process dies each time the message is handled: nobody is left to count, so the start
// must be written down before. Five starts, then it is in quarantine and all others are done.
func TestMessageThatKillsTheProcessEndsInQuarantine(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	for i := range 10 {
		send(t, s, article(i, news.Live))
	}
	poison := article(0, news.Live)
	poison.ID = "poison"
	send(t, s, poison)
	for i := 10; i < 20; i++ {
		send(t, s, article(i, news.Live))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := in.db.Close(); err != nil {
		t.Fatal(err)
	}
	starts, others := 0, map[string]bool{}
	for round := 0; ; round++ {
		if round > 8 {
			t.Fatalf("still dying after %d starts", starts)
		}
		err := start(t, in.dir, "consume", round, func(id string) bool {
			if id == "poison" {
				starts++
			} else {
				others[id] = true
			}
			return false
		})
		if err == nil {
			break
		}
	}
	if starts != stream.MaxAttempts {
		t.Errorf("the handler was started %d times on the poison, want %d", starts, stream.MaxAttempts)
	}
	if len(others) != 20 {
		t.Errorf("%d other messages were handled, want 20", len(others))
	}
	db, err := records.Open(t.Context(), filepath.Join(in.dir, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := quarantine.List(t.Context(), db.Read(), 10)
	if err != nil || len(rows) != 1 || rows[0].Article != "poison" || rows[0].Attempts != stream.MaxAttempts {
		t.Errorf("quarantine = %+v, %v; want the poison after %d attempts", rows, err, stream.MaxAttempts)
	}
}

// Whatever kills the process again and again, an event that only waited its turn in a batch was
// not started on: it must never be taken for the cause.
func TestEventsThatWaitedAreNotBlamed(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	const events = 60
	for i := range events {
		e := news.MentionEvent{Schema: news.Schema, Article: fmt.Sprint("a", i), Rev: 1, Lane: news.Live}
		if err := stream.Mentions(s).Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Close(), in.db.Close()); err != nil {
		t.Fatal(err)
	}
	handled, deaths := map[string]bool{}, 0
	for _, round := range []any{0, 1, 2, 3, 4, 5, 6, "last"} {
		err := start(t, in.dir, "batch", round, func(id string) bool {
			handled[id] = true
			return false
		})
		if err != nil {
			deaths++
		}
	}
	if deaths <= stream.MaxAttempts {
		t.Errorf("the process died %d times, which shows nothing", deaths)
	}
	db, err := records.Open(t.Context(), filepath.Join(in.dir, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if rows, err := quarantine.List(t.Context(), db.Read(), 100); err != nil || len(rows) > 0 || len(handled) != events {
		t.Errorf("%d of %d events handled, %d in quarantine, %v", len(handled), events, len(rows), err)
	}
}

// An event that another consumer holds at each death is not the cause: after the second death it
// is worked on while nothing else is, and so is the message that is.
func TestNeighboursInOtherLanesAreNotBlamed(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.open(t)
	send(t, s, article(0, news.Live))
	if err := stream.Mentions(s).Send(t.Context(), news.MentionEvent{Schema: news.Schema, Article: "innocent", Rev: 1, Lane: news.Live}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), in.db.Close()); err != nil {
		t.Fatal(err)
	}
	said, deaths := map[string]int{}, 0
	for round := 0; start(t, in.dir, "lanes", round, func(line string) bool {
		said[line]++
		return false
	}) != nil; round++ {
		if deaths++; deaths > stream.MaxAttempts {
			t.Fatalf("still dying after %v", said)
		}
	}
	if deaths != stream.MaxAttempts || said["poison"] != stream.MaxAttempts || said["alerter"] == 0 || said["indexer"] == 0 {
		t.Errorf("%d deaths, %v; want %d by the poison, and the event handled by both", deaths, said, stream.MaxAttempts)
	}
	db, err := records.Open(t.Context(), filepath.Join(in.dir, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := quarantine.List(t.Context(), db.Read(), 10)
	if err != nil || len(rows) != 1 || rows[0].Consumer != "analyzer-live" {
		t.Errorf("quarantine = %+v, %v; want the poison alone", rows, err)
	}
}
