package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// built is the program, built once for all tests that start it as people do.
var built struct {
	once sync.Once
	path string
	err  error
}

// binary is the path of the built program.
func binary(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "lamro-e2e-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "lamro")
		// Not the test's context: the other tests use it after this one ended.
		out, err := exec.CommandContext(context.Background(), "go", "build", "-o", built.path, "lamro/cmd/lamro").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}
