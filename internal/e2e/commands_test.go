// Package e2e walks whole roads: real servers, real files, a real browser, and processes that
// are killed. What one room promises is tested in that room.
package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"lamro/internal/app"
	"lamro/internal/settings"
	"lamro/internal/testweb"
)

const root = "../.."

// Every block of README that a reader would type is run: with a contact in place of
// YOUR-ADDRESS, sources on loopback, and an end after seconds; what one asks of a running process
// is run by the scripts of package cmd/lamro.
func TestREADMECommandsRun(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	seen := map[string]bool{}
	for _, b := range blocks {
		for line := range strings.Lines(b[1]) {
			line = strings.TrimSpace(line)
			seen[line] = true
			switch line {
			case "go run ./cmd/lamro demo":
				t.Run("demo", readmeDemo)
			case "go run ./cmd/lamro up --contact YOUR-ADDRESS":
				t.Run("up", readmeUp)
			case "make test":
				if err := exec.CommandContext(t.Context(), "make", "-C", root, "-n", "test").Run(); err != nil {
					t.Errorf("make has no target test: %v", err)
				}
			default:
				if command, ok := strings.CutPrefix(line, "lamro "); ok && scripted(t, command) {
					continue
				}
				t.Errorf("README shows %q, and no test runs it", line)
			}
		}
	}
	if len(seen) < 3 {
		t.Errorf("README shows %d commands, want demo, up and make test", len(seen))
	}
}

// scripted says whether the scripts of package cmd/lamro run a command; ARTICLE is an id there.
func scripted(t *testing.T, command string) bool {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(root, "cmd/lamro/testdata/changes.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(script), "\nexec lamro "+strings.ReplaceAll(command, "ARTICLE", "$ARTICLE")+"\n")
}

// lamro runs the built binary and returns what it printed; it must succeed.
func lamro(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary(t), args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Env = append(os.Environ(), "LAMRO_WEB_LISTEN=127.0.0.1:0", "LAMRO_WEB_ADMIN_LISTEN=127.0.0.1:0")
	if err := cmd.Run(); err != nil {
		t.Fatalf("lamro %s: %v\n%s%s", strings.Join(args, " "), err, errs.String(), out.String())
	}
	return out.String(), errs.String()
}

// The demo keeps its promises by the ledger of its own web: everything that is a mention is found
// and nothing else, everything that must be told is told once, and no host is treated badly.
func readmeDemo(t *testing.T) {
	t.Parallel()
	out, _ := lamro(t, "demo", "--for", "45s", "--json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var report testweb.Report
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &report); err != nil {
		t.Fatalf("the last line is no judgement: %v\n%s", err, lines[len(lines)-1])
	}
	t.Logf("%s", lines[len(lines)-1])
	if d := report.Demo; !report.OK() || d.Pages < 200 || d.Mentions.Found == 0 || d.Alerts.Sent == 0 {
		t.Errorf("something is off: %+v", d)
	}
}

func readmeUp(t *testing.T) {
	t.Parallel()
	web, err := testweb.Start(testweb.Config{Small: true})
	if err != nil {
		t.Fatal(err)
	}
	defer web.Close()
	out, errs := lamro(t, "up", "--contact", "bao-chi@coquan.vn", "--config", loopbackSettings(t, web.Outlets()),
		"--data", filepath.Join(t.TempDir(), "data"), "--for", "15s", "--json")
	if !strings.Contains(errs, "Lamro is running: http://127.0.0.1:") || !strings.Contains(errs, "First administrator: admin") {
		t.Errorf("the start says:\n%s", errs)
	}
	count := map[string]int{}
	for line := range strings.Lines(out) {
		var e app.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("not JSON: %s", line)
		}
		count[e.Kind]++
	}
	if count["article"] == 0 || count["mention"] == 0 || count["stopped"] != 1 {
		t.Errorf("events: %v; want articles, mentions and one end", count)
	}
}

// loopbackSettings writes the shipped settings with the outlets of an invented web as sources
// and returns the settings file.
func loopbackSettings(t *testing.T, outlets []testweb.Outlet) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "configs"))); err != nil {
		t.Fatal(err)
	}
	sources, err := yaml.Marshal(settings.SourcesFile{Sources: app.DemoSources(outlets)})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "provinces/bac-kan/sources.yaml"), string(sources))
	file := filepath.Join(dir, "lamro.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("allow_private: false", "allow_private: true", "scale: 1", "scale: 60").Replace(string(text))
	write(t, file, changed)
	return file
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The container form says what Debian's docker-compose understands.
func TestComposeFileIsValid(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("docker-compose"); err != nil {
		needs(t, "docker-compose", err)
	}
	out, err := exec.CommandContext(t.Context(), "docker-compose", "-f", filepath.Join(root, "docker-compose.yml"), "config", "-q").CombinedOutput()
	if err != nil {
		t.Errorf("docker-compose config: %v\n%s", err, out)
	}
}
