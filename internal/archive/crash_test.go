package archive_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"lamro/internal/archive"
	"lamro/internal/captures"
	"lamro/internal/records"
	"lamro/internal/records/outbox"
	"lamro/internal/stream"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("ARCHIVE_TEST_DIR"); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child keeps pages while a relay publishes them, until it is killed. It keeps the same pages in
// each life, as a crawl that starts again does.
func child(dir string) error {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	db, err := records.Open(ctx, filepath.Join(dir, "records.db"))
	if err != nil {
		return err
	}
	s, err := stream.Open(ctx, stream.Config{Dir: filepath.Join(dir, "stream"), MaxStore: 64 << 20, DB: db, Log: log})
	if err != nil {
		return err
	}
	files, err := captures.Open(filepath.Join(dir, "captures"), "Lamro/test")
	if err != nil {
		return err
	}
	relay := archive.NewRelay(db, s, log)
	relay.At = func(string) { fmt.Println("publish") }
	a := archive.New(db, files, s, relay.Wake, log)
	if err := a.Sweep(ctx); err != nil {
		return err
	}
	if os.Getenv("ARCHIVE_TEST_LAST") == "" {
		go relay.Run(ctx) //nolint:errcheck // the process ends by being killed
	}
	for i := range 150 {
		res, err := a.Keep(ctx, page(i, fmt.Sprintf("Nội dung %d", i)), nil)
		if err != nil {
			return err
		}
		if res.Changed {
			fmt.Println("kept")
		}
	}
	if os.Getenv("ARCHIVE_TEST_LAST") != "" {
		return relay.Drain(ctx)
	}
	select {}
}

// Killed at any place, after the last start every page is one article, one version, one file and
// one message; pages that came back are observations.
func TestKill9LosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 5 {
		life(t, dir, []string{"kept", "publish"}[round%2], 20)
	}
	life(t, dir, "", 0)
	r := open(t, dir, nil)
	if err := r.archive.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.drain(t)
	for query, want := range map[string]int{
		`SELECT COUNT(*) FROM articles`:                      150,
		`SELECT COUNT(*) FROM versions`:                      150,
		`SELECT COUNT(*) FROM captures`:                      150,
		`SELECT COUNT(*) FROM articles WHERE rev <> 1`:       0,
		`SELECT COUNT(*) FROM outbox WHERE published_at = 0`: 0,
		`SELECT COUNT(DISTINCT published_seq) FROM outbox`:   150,
		`SELECT COUNT(*) FROM audit`:                         150,
	} {
		var got int
		if err := r.db.Read().QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %d, %v; want %d", query, got, err, want)
		}
	}
	if n := r.files(t); n != 150 {
		t.Errorf("%d capture files, want 150", n)
	}
	if n := r.messages(t, 0); n != 150 {
		t.Errorf("%s holds %d messages, want 150", outbox.Articles, n)
	}
}

// life runs the child and kills it right after it said word n times; without a word it
// lives until everything is kept and published.
func life(t *testing.T, dir, word string, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "ARCHIVE_TEST_DIR="+dir)
	if word == "" {
		cmd.Env = append(cmd.Env, "ARCHIVE_TEST_LAST=1")
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == word {
			if n--; n == 0 {
				cancel()
			}
		}
	}
	if err := cmd.Wait(); (err == nil) != (word == "") {
		t.Fatalf("the child's end = %v, after waiting for %q", err, word)
	}
}
