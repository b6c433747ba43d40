package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lamro/internal/app"
	"lamro/internal/control"
	"lamro/internal/news"
)

// childEnv carries a life to a process of this test binary that is to be an office.
const childEnv = "LAMRO_E2E_LIFE"

// A life is one process of an office and how it ends: by its own kill -9 at a place, or when its
// standard input closes and everything is done.
type life struct {
	Office office
	Stage  string // of app.Options.At; "" lives on
	N      int    // dies when it passes Stage for the N-th time
	Poison string // dies before an article with this text is analyzed
}

// probeEnv carries an address to a process of this test binary that is to ask for it, from
// inside another network.
const probeEnv = "LAMRO_E2E_PROBE"

func TestMain(m *testing.M) {
	if url := os.Getenv(probeEnv); url != "" {
		if err := probe(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if text := os.Getenv(childEnv); text != "" {
		if err := live(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Nearly all the time these tests wait, for paces, polls and processes that start.
	flag.Parse()
	if err := flag.Set("test.parallel", "5"); err != nil {
		panic(err)
	}
	code := m.Run()
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path))
	}
	os.Exit(code)
}

// probe prints what an address answers; other answers than 200 are errors.
func probe(url string) error {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return nil
}

// die is what a power cut does to a process: nothing is closed, flushed or said.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func live(text string) error {
	var l life
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var passed atomic.Int64
	a, _, err := l.Office.open(ctx, log, func(opt *app.Options) {
		opt.At = func(stage string) {
			if stage == l.Stage && passed.Add(1) == int64(l.N) {
				die()
			}
		}
		opt.Analyzing = func(art news.Article) {
			if l.Poison != "" && strings.Contains(art.Body, l.Poison) {
				die()
			}
		}
	})
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	running, finish := context.WithCancel(ctx)
	defer finish()
	go func() { ended <- a.Run(running, app.RunOptions{Started: func(app.Started) { fmt.Println("started") }}) }()
	told := make(chan error, 1)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		told <- a.Drained(running)
	}()
	select {
	case err = <-told:
		finish()
		err = errors.Join(err, <-ended)
	case err = <-ended:
	}
	return errors.Join(err, a.Close())
}

// A child is a running process of an office.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	log   *strings.Builder // what it said, once it has ended
	ended chan struct{}    // closed when it has
	err   error            // of its end
}

// begin starts a process that lives l. It is killed when the test ends or limit is over.
func (l life) begin(t *testing.T, limit time.Duration) *child {
	t.Helper()
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	c := &child{cmd: exec.CommandContext(ctx, os.Args[0]), log: &strings.Builder{}, ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	c.cmd.Stderr = c.log
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.ended)
		defer cancel()
		c.err = c.cmd.Wait()
	}()
	t.Cleanup(func() {
		cancel()
		<-c.ended
	})
	return c
}

// killed waits for the end of the process and tells whether it was by kill -9.
func (c *child) killed() bool {
	<-c.ended
	exit, ok := errors.AsType[*exec.ExitError](c.err)
	if !ok {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// kill kills the process from outside and waits for its end.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-c.ended
}

// answers asks the process on a data directory until it says yes, and returns false where it
// has died first.
func (c *child) answers(t *testing.T, data string, yes func(*control.Client) bool) bool {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-c.ended:
			return false
		case <-tick.C:
		}
		if calls, err := control.Dial(t.Context(), data); err == nil && yes(calls) {
			return true
		}
	}
}

// finish lets the process do all that is left, and waits until it has ended well.
func (c *child) finish(t *testing.T) {
	t.Helper()
	_ = c.stdin.Close()
	if <-c.ended; c.err != nil {
		t.Fatalf("the last process ended with %v\n%s", c.err, c.log)
	}
}
