package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lamro/configs"
	"lamro/internal/records"
	"lamro/internal/records/outbox"
	"lamro/internal/records/quarantine"
)

// update rewrites what the scripts compare with; the difference is to be read.
var update = flag.Bool("update", false, "rewrite the outputs that the scripts expect")

// In scripts `lamro` is this test binary once more.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"lamro": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: setup,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status":     exactly,
			"until":      until,
			"answers":    answers,
			"grab":       grab,
			"quarantine": quarantined(t.Context()),
		},
		RequireExplicitExec: true,
		UpdateScripts:       *update,
	})
}

// setup gives every script free ports, the address of a small web of its own, and the shipped
// settings beside those that it brings along.
func setup(env *testscript.Env) error {
	env.Setenv("LAMRO_WEB_LISTEN", "127.0.0.1:0")
	env.Setenv("LAMRO_WEB_ADMIN_LISTEN", "127.0.0.1:0")
	srv := httptest.NewServer(serve(filepath.Join("testdata", "web")))
	env.Defer(srv.Close)
	env.Setenv("WEB", srv.URL)
	dir := filepath.Join(env.WorkDir, "configs")
	if _, err := os.Stat(dir); err != nil {
		return nil //nolint:nilerr // the script uses the built-in settings
	}
	return complete(dir, srv.URL)
}

// serve serves files in which $WEB stands for the address and $NOW for the time.
func serve(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := fs.ReadFile(os.DirFS(dir), strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		text := strings.NewReplacer("$WEB", "http://"+r.Host, "$NOW", time.Now().Format(time.RFC1123Z)).Replace(string(data))
		if strings.HasSuffix(r.URL.Path, ".html") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		}
		_, _ = w.Write([]byte(text))
	})
}

// complete puts the shipped settings where a script brings no file of its own.
func complete(dir, web string) error {
	return fs.WalkDir(configs.FS, ".", func(path string, d fs.DirEntry, err error) error {
		to := filepath.Join(dir, path)
		if err != nil || d.IsDir() {
			return errors.Join(err, os.MkdirAll(to, 0o755))
		}
		own, err := os.ReadFile(to)
		if err == nil {
			return os.WriteFile(to, []byte(strings.ReplaceAll(string(own), "$WEB", web)), 0o644)
		}
		data, err := fs.ReadFile(configs.FS, path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}

// exactly is `status N COMMAND…`: the command ends with exactly this status.
func exactly(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("%s ended with status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// until is `until REGEXP COMMAND…`: the command succeeds within a bounded time with an output
// that matches.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP COMMAND…")
	}
	want := regexp.MustCompile("(?m)" + args[0])
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if ts.Exec(args[1], args[2:]...) == nil && want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		select {
		case <-deadline:
			ts.Fatalf("%s never printed %q", strings.Join(args[1:], " "), args[0])
		case <-tick.C:
		}
	}
}

// answers is `answers QUESTIONS OUT`: every line of the file QUESTIONS is a command, whose
// status and output go to the file OUT. A word with blanks stands in single quotes.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: answers QUESTIONS OUT")
	}
	word := regexp.MustCompile(`'[^']*'|\S+`)
	var out strings.Builder
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		words := word.FindAllString(line, -1)
		for i := range words {
			words[i] = os.Expand(strings.Trim(words[i], "'"), ts.Getenv)
		}
		err := ts.Exec(words[0], words[1:]...)
		fmt.Fprintf(&out, "> %s%v\n%s%s", line, err, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out.String()), 0o600))
}

// grab is `grab NAME REGEXP`: what the group of the expression met in the last output.
func grab(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: grab NAME REGEXP")
	}
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("the output has no %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// quarantined is `quarantine DATA ARTICLE`: the analyzer gave up this article, as after five
// starts that its process did not survive. No process may be running.
func quarantined(ctx context.Context) func(ts *testscript.TestScript, neg bool, args []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 2 {
			ts.Fatalf("usage: quarantine DATA ARTICLE")
		}
		db, err := records.Open(ctx, ts.MkAbs(filepath.Join(args[0], "records.db")))
		ts.Check(err)
		defer db.Close()
		ts.Check(db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
			return quarantine.Put(ctx, tx, quarantine.Row{
				Topic: outbox.Articles, Consumer: "analyzer", Message: outbox.MessageID(args[1], 1), Article: args[1], N: 1,
				Cause: "the process ended while it was handled", Attempts: 5,
				At: time.Date(2026, 11, 24, 1, 2, 0, 0, time.UTC),
			})
		}))
	}
}
