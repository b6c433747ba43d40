package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"lamro/internal/index"
)

// childDir names the index that this binary writes to when a test runs it as a child.
const childDir = "LAMRO_TEST_INDEX_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		writeUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes batches over two months and erases now and then; each line that it
// prints is a promise that the batch of that number is on disk.
func writeUntilKilled(dir string) {
	x := open(fatal{}, dir)
	start, err := x.Count(context.Background(), "")
	if err != nil {
		panic(err)
	}
	for n := start; ; n++ {
		var ops []index.Op
		for i := range 5 {
			at := noon.AddDate(0, -i%2, 0)
			ops = append(ops, index.Put(doc(fmt.Sprintf("d%d-%d", n, i), "sạt lở", at)))
		}
		gone := fmt.Sprintf("x%d", n)
		ops = append(ops, index.Put(doc(gone, "bí mật", noon)), index.Delete(gone, 2, "2026-11"))
		if _, err := x.Apply(context.Background(), ops); err != nil {
			panic(err)
		}
		fmt.Println(n)
		if n%7 == 6 {
			if err := x.Erase(context.Background(), []index.Ref{{ID: gone, Month: "2026-11"}}); err != nil {
				panic(err)
			}
		}
	}
}

// fatal lets a child use the helpers of tests.
type fatal struct{ testing.TB }

func (fatal) Helper()                   {}
func (fatal) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

// kill -9 at any point, also while a month is written anew, loses nothing that was promised and
// brings nothing back that was deleted.
func TestKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	promised := map[string]bool{}
	for round := range 4 {
		for n := range killAfter(t, dir, 11+3*round) {
			promised[n] = true
		}
		x := open(t, dir)
		if _, incomplete, err := x.Months(t.Context()); err != nil || len(incomplete) != 0 {
			t.Errorf("round %d: incomplete months %v, %v", round, incomplete, err)
		}
		for n := range promised {
			for i := range 5 {
				if _, err := x.Get(t.Context(), index.Ref{ID: fmt.Sprintf("d%s-%d", n, i)}); err != nil {
					t.Errorf("round %d: document %d of batch %s: %v", round, i, n, err)
				}
			}
		}
		if n := count(t, x, `"bí mật"`); n != 0 {
			t.Errorf("round %d: %d deleted documents are back", round, n)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(promised) < 40 {
		t.Errorf("only %d batches were written", len(promised))
	}
}

// killAfter runs the child until it has promised some batches, and kills it a moment later.
func killAfter(t *testing.T, dir string, batches int) map[string]bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	promised := map[string]bool{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		promised[strings.TrimSpace(lines.Text())] = true
		if len(promised) == batches {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // killed
	return promised
}
