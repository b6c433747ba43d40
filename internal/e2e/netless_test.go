package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lamro/internal/app"
	"lamro/internal/records"
)

// An exile is a run of the program in a network of its own that holds nothing but loopback.
type exile struct {
	cmd      *exec.Cmd
	data     string
	out, err bytes.Buffer
}

// exiled starts `lamro up` with arguments where there is no network. Only root can.
func exiled(t *testing.T, args ...string) *exile {
	t.Helper()
	needs(t, "root, to make a network without the world", tool(t, "unshare", "-n", "true"))
	x := &exile{data: filepath.Join(t.TempDir(), "data")}
	// A network of its own has its own ports, so the addresses of the settings are free.
	line := []string{"-n", "sh", "-c", `ip link set lo up && exec "$0" "$@"`, binary(t), "up", "--data", x.data, "--json"}
	x.cmd = exec.CommandContext(t.Context(), "unshare", append(line, args...)...)
	x.cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	x.cmd.Dir = filepath.Join("..", "..")
	x.cmd.Stdout, x.cmd.Stderr = &x.out, &x.err
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return x
}

// ask asks for an address from inside the network of x.
func (x *exile) ask(t *testing.T, url string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "nsenter", "-t", strconv.Itoa(x.cmd.Process.Pid), "-n", os.Args[0])
	cmd.Env = append(os.Environ(), probeEnv+"="+url)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// ended waits for the end, which must be a good one, and returns the events by their kind.
func (x *exile) ended(t *testing.T) map[string][]app.Event {
	t.Helper()
	if err := x.cmd.Wait(); err != nil {
		t.Fatalf("lamro up ended with %v\n%s", err, x.err.String())
	}
	events := map[string][]app.Event{}
	for line := range strings.Lines(x.out.String()) {
		var e app.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("not an event: %s", line)
		}
		events[e.Kind] = append(events[e.Kind], e)
	}
	if len(events["started"]) != 1 || len(events["stopped"]) != 1 {
		t.Errorf("%d times started, %d times stopped, want once", len(events["started"]), len(events["stopped"]))
	}
	return events
}

// sources are those that the installation visits.
func (x *exile) sources(t *testing.T) (visited []string, fetches int) {
	t.Helper()
	db, err := records.Open(t.Context(), filepath.Join(x.data, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return texts(t, db, `SELECT id FROM sources WHERE enabled = 1 ORDER BY id`), count(t, db, `SELECT COUNT(*) FROM fetches WHERE status <> 0`)
}

// Where no source can be reached each is named once and the way to see something is said once;
// the system stays ready, and ends well.
func TestWithoutNetwork(t *testing.T) {
	t.Parallel()
	x := exiled(t, "--contact", "bao-chi@lamro.vn", "--for", "15s")
	until(t, 14*time.Second, func() string {
		said, err := x.ask(t, "http://127.0.0.1:8081/readyz")
		return missing(err == nil, "not ready: %v %s", err, said)
	})
	until(t, 14*time.Second, func() string {
		said, err := x.ask(t, "http://127.0.0.1:8081/metrics")
		return missing(err == nil && strings.Contains(said, "lamro_sources_in_trouble") && !strings.Contains(said, "lamro_sources_in_trouble 0\n"),
			"no source in trouble: %v", err)
	})
	if said, err := x.ask(t, "http://127.0.0.1:8081/readyz"); err != nil {
		t.Errorf("not ready any more: %v %s", err, said)
	}
	if said, err := x.ask(t, "http://127.0.0.1:8080/dang-nhap"); err != nil {
		t.Errorf("the interface does not answer: %v %s", err, said)
	}
	events := x.ended(t)
	visited, fetches := x.sources(t)
	told := map[string]int{}
	for _, e := range events["source-failed"] {
		told[e.Source]++
		if !strings.HasSuffix(e.Code, "unreachable") || e.Text == "" {
			t.Errorf("source %s failed with %+v, want that it cannot be reached, in words", e.Source, e)
		}
	}
	for _, id := range visited {
		if told[id] != 1 {
			t.Errorf("source %s is told of %d times, want once", id, told[id])
		}
		delete(told, id)
	}
	if len(told) > 0 || len(visited) == 0 {
		t.Errorf("told of others than the %d sources visited: %v", len(visited), told)
	}
	if hints := events["offline"]; len(hints) != 1 || strings.Count(x.err.String(), "lamro demo") != 1 || !strings.Contains(hints[0].Text, "lamro demo") {
		t.Errorf("the hint is %+v and in words:\n%s\nwant once, with `lamro demo`", hints, x.err.String())
	}
	if fetches != 0 {
		t.Errorf("%d fetches were answered", fetches)
	}
	t.Logf("%d sources could not be reached", len(visited))
}

// Without a contact nothing is fetched, and the start says how to give one. SIGTERM ends it well,
// long before its time is over.
func TestWithoutContact(t *testing.T) {
	t.Parallel()
	x := exiled(t, "--for", "1h")
	until(t, 30*time.Second, func() string {
		said, err := x.ask(t, "http://127.0.0.1:8081/metrics")
		return missing(err == nil && strings.Contains(said, "lamro_sources_in_trouble") && !strings.Contains(said, "lamro_sources_in_trouble 0\n"),
			"no source has been looked at: %v", err)
	})
	begun := time.Now()
	if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	events := x.ended(t)
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("stopping took %s, want at most 20 s", took)
	}
	for _, e := range events["source-failed"] {
		if e.Code != "no-contact" {
			t.Errorf("source %s failed with %q though nobody may be asked", e.Source, e.Code)
		}
	}
	if n := len(events["no-contact"]); n != 1 || strings.Count(x.err.String(), "--contact") != 1 {
		t.Errorf("%d times said that a contact is missing, in words:\n%s", n, x.err.String())
	}
	if _, fetches := x.sources(t); fetches != 0 {
		t.Errorf("%d fetches", fetches)
	}
}
