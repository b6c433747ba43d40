// Package archtest keeps the import rules of ARCHITECTURE.md as a test: contracts know no
// technology, stages know no stages, technology knows only its contract, and only app knows who
// is who. A package that is not in the table fails, so that adding one is a decision.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type pkg struct {
	ImportPath string
	Imports    []string
	Standard   bool
	Module     *module
}

type module struct {
	Path, Version, Dir string
	Main, Indirect     bool
}

// root is the directory of the module.
var root = filepath.Join("..", "..")

// list runs go list with args in the module and returns what it says of each package. It looks
// at the packages as they are for Linux, whatever the test runs on.
func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	args = append([]string{"list", "-json=ImportPath,Imports,Standard,Module"}, args...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	cmd.Env = append(cmd.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		if e, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, e.Stderr)
		}
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// allowed reports whether one of the patterns names path: a name, a name with /... for all below
// it, or ... for everything.
func allowed(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if root, ok := strings.CutSuffix(p, "/..."); ok {
			return path == root || strings.HasPrefix(path, root+"/")
		}
		return p == path || p == "..."
	})
}

func TestImports(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range list(t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, "lamro/")
		seen[name] = true
		rule, ok := rules[name]
		if !ok {
			t.Errorf("package %s is not in the table of internal/archtest/rules.go: say there what it may import", name)
			continue
		}
		for _, path := range p.Imports {
			if !mayImport(name, rule, path) {
				t.Errorf("%s must not import %s", name, strings.TrimPrefix(path, "lamro/"))
			}
		}
	}
	for name := range rules {
		if !seen[name] {
			t.Errorf("the table names %s, which does not exist", name)
		}
	}
}

func mayImport(name string, rule rule, path string) bool {
	if own, ok := strings.CutPrefix(path, "lamro/"); ok {
		return allowed(rule.own, own)
	}
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
		return allowed(rule.others, path)
	}
	if slices.Contains(pure, name) && allowed(outside, path) {
		return false
	}
	who, ok := confined[path]
	return !ok || allowed(who, name)
}

// The table itself keeps the principles that ARCHITECTURE.md states.
func TestTableKeepsThePrinciples(t *testing.T) {
	t.Parallel()
	stages := []string{"crawler", "analyzer", "alerter"}
	stage := func(name string) string {
		first, _, _ := strings.Cut(name, "/")
		if slices.Contains(stages, first) {
			return first
		}
		return ""
	}
	for name, rule := range rules {
		for _, own := range rule.own {
			switch {
			case own == "..." && name != "internal/app":
				t.Errorf("%s may import everything; only internal/app may", name)
			case stage(name) != "" && stage(own) != "" && stage(own) != stage(name):
				t.Errorf("%s may import %s: a stage knows no stage", name, own)
			case (own == "internal/app" || strings.HasPrefix(own, "internal/app/")) && name != "cmd/lamro" && name != "internal/e2e":
				t.Errorf("%s may import %s: only cmd knows app", name, own)
			}
		}
	}
	for technology, home := range homes {
		for name, rule := range rules {
			if name != home && slices.ContainsFunc(rule.others, func(p string) bool {
				return p == technology || strings.HasPrefix(p, technology+"/")
			}) {
				t.Errorf("%s may import %s, whose room is %s", name, technology, home)
			}
		}
	}
}

// homes gives each technology the one room that knows it.
var homes = map[string]string{
	"modernc.org/sqlite":                  "internal/records",
	"github.com/pressly/goose":            "internal/records",
	"github.com/nats-io/nats.go":          "internal/stream",
	"github.com/nats-io/nats-server":      "internal/stream",
	"github.com/blevesearch":              "internal/index/embedded",
	"github.com/gocolly/colly":            "crawler/fetch",
	"github.com/robfig/cron":              "crawler",
	"github.com/nlnwa/gowarc":             "internal/captures",
	"github.com/nlnwa/whatwg-url":         "crawler/urlkey",
	"github.com/wneessen/go-mail":         "alerter/email",
	"github.com/alexedwards/scs":          "internal/account",
	"golang.org/x/crypto":                 "internal/account",
	"github.com/spf13/cobra":              "cmd/lamro",
	"github.com/prometheus/client_golang": "internal/app",
}
