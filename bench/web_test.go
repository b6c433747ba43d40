package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"lamro/internal/testweb"
)

// webVariable asks the test binary to be a web instead: its value says which.
const webVariable = "LAMRO_BENCH_WEB"

// bulk says which web to serve.
type bulk struct {
	Pages, Outlets, SizeKB int
	Mentions               float64
}

// served is what such a web tells of itself in its one line of output.
type served struct {
	Outlets   []testweb.Outlet
	Addresses []string
}

func TestMain(m *testing.M) {
	if which := os.Getenv(webVariable); which != "" {
		if err := beWeb(which); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// beWeb serves until standard input ends.
func beWeb(which string) error {
	var b bulk
	if err := json.Unmarshal([]byte(which), &b); err != nil {
		return err
	}
	web, err := testweb.Bulk(testweb.BulkConfig{
		Config: testweb.Config{Pace: -1}, Pages: b.Pages, Outlets: b.Outlets, SizeKB: b.SizeKB, Mentions: b.Mentions,
	})
	if err != nil {
		return err
	}
	defer web.Close()
	if err := json.NewEncoder(os.Stdout).Encode(served{web.Outlets(), web.Addresses()}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// serve starts a web in a process of its own, so that what it takes is not counted as ours.
func serve(tb testing.TB, b bulk) served {
	tb.Helper()
	which, err := json.Marshal(b)
	if err != nil {
		tb.Fatal(err)
	}
	binary, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	web := exec.Command(binary) // ends with its standard input, not with a signal
	web.Env = append(os.Environ(), webVariable+"="+string(which))
	web.Stderr = tb.Output()
	in, err := web.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := web.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := web.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := web.Wait(); err != nil {
			tb.Errorf("web: %v", err)
		}
	})
	var s served
	if err := json.NewDecoder(out).Decode(&s); err != nil {
		tb.Fatalf("web: %v", err)
	}
	return s
}
