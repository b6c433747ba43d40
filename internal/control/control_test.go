package control_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lamro/internal/control"
)

type greeting struct {
	Name string `json:"name"`
}

func calls() *control.Mux {
	m := control.NewMux()
	control.Register(m, "greet", func(_ context.Context, in greeting) (greeting, error) {
		if in.Name == "" {
			return greeting{}, control.Invalid("a name is missing")
		}
		return greeting{"chào " + in.Name}, nil
	})
	control.Register(m, "break", func(context.Context, struct{}) (struct{}, error) {
		return struct{}{}, errors.New("disk on fire")
	})
	return m
}

func serve(t *testing.T, dir string) *control.Client {
	t.Helper()
	l, err := control.Listen(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: calls(), ReadHeaderTimeout: time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	c, err := control.Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A command must see the same answer whether a process runs or not.
func TestCallsAnswerTheSameBothWays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*control.Client{"socket": serve(t, t.TempDir()), "direct": control.Direct(calls())} {
		var out greeting
		if err := c.Call(t.Context(), "greet", greeting{"Ba Bể"}, &out); err != nil || out.Name != "chào Ba Bể" {
			t.Errorf("%s: greet = %q, %v", name, out.Name, err)
		}
		var e *control.Error
		if err := c.Call(t.Context(), "greet", greeting{}, &out); !errors.As(err, &e) || e.Code != "invalid" || e.Message != "a name is missing" {
			t.Errorf("%s: greet without a name = %v, want the refusal", name, err)
		}
		if err := c.Call(t.Context(), "break", struct{}{}, nil); !errors.As(err, &e) || e.Code != "internal" || e.Message != "disk on fire" {
			t.Errorf("%s: break = %v, want code internal with its text", name, err)
		}
		if err := c.Call(t.Context(), "greet", map[string]string{"unknown": "x"}, nil); !errors.As(err, &e) || e.Code != "invalid" {
			t.Errorf("%s: unknown field = %v, want a refusal", name, err)
		}
		if err := c.Call(t.Context(), "nothing", struct{}{}, nil); err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("%s: unknown call = %v, want 404", name, err)
		}
	}
}

func TestOneProcessPerDirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mới")
	first, err := control.Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	var e *control.Error
	if _, err := control.Acquire(dir); !errors.As(err, &e) || e.Code != "conflict" || !strings.Contains(e.Message, "--data") {
		t.Fatalf("second Acquire = %v, want a conflict that says what to do", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := control.Acquire(dir)
	if err != nil {
		t.Fatalf("Acquire after Release = %v", err)
	}
	_ = again.Release()
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := control.Dial(t.Context(), dir); !errors.Is(err, control.ErrNotRunning) {
		t.Fatalf("Dial without a socket = %v, want ErrNotRunning", err)
	}
	// A killed process leaves its socket behind.
	l, err := control.Listen(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	l.(interface{ SetUnlinkOnClose(bool) }).SetUnlinkOnClose(false) //nolint:errcheck // a socket of Unix has it
	_ = l.Close()
	if _, err := control.Dial(t.Context(), dir); !errors.Is(err, control.ErrNotRunning) {
		t.Fatalf("Dial of a dead socket = %v, want ErrNotRunning", err)
	}
	serve(t, dir)
}

func TestLongDirectoryNames(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 120))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c := serve(t, dir)
	var out greeting
	if err := c.Call(t.Context(), "greet", greeting{"x"}, &out); err != nil {
		t.Fatal(err)
	}
	path, err := os.ReadFile(filepath.Join(dir, "lamro.sock.path"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(strings.TrimSpace(string(path)))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("socket mode = %v, %v; want 0600", info.Mode(), err)
	}
}
