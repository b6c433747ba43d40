package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	bindex "github.com/blevesearch/bleve_index_api"
	zap "github.com/blevesearch/zapx/v17"
	"golang.org/x/sys/unix"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/query"
)

var noon = time.Date(2026, 11, 15, 12, 0, 0, 0, news.Zone())

func doc(id, body string, at time.Time) *index.Document {
	return &index.Document{ID: id, Rev: 1, Month: news.Month(at), N: 1, Source: "bao-mau", Title: "Tin", Body: body, FirstSeen: at}
}

func apply(t testing.TB, x index.Index, ops ...index.Op) {
	t.Helper()
	if _, err := x.Apply(t.Context(), ops); err != nil {
		t.Fatalf("Apply = %v", err)
	}
}

func count(t *testing.T, x index.Index, text string) int {
	t.Helper()
	q, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := x.Search(t.Context(), index.Search{Query: q})
	if err != nil {
		t.Fatalf("Search = %v", err)
	}
	return p.Articles
}

// One month that cannot be read must not keep the others from opening, and nothing of it may be
// passed off as whole until it is built anew.
func TestDamagedMonthIsMovedAsideAndBuiltAnew(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(dir string) error{
		"metadata emptied": func(dir string) error { return os.Truncate(filepath.Join(dir, "index_meta.json"), 0) },
		"metadata missing": func(dir string) error { return os.Remove(filepath.Join(dir, "index_meta.json")) },
		"root garbled": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "store", "root.bolt"), bytes.Repeat([]byte("x"), 1<<16), 0o600)
		},
		"root missing":      func(dir string) error { return os.Remove(filepath.Join(dir, "store", "root.bolt")) },
		"store missing":     func(dir string) error { return os.RemoveAll(filepath.Join(dir, "store")) },
		"segment missing":   func(dir string) error { return forSegments(dir, os.Remove) },
		"segment cut short": func(dir string) error { return forSegments(dir, func(p string) error { return os.Truncate(p, 10) }) },
		"other generation": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "lamro.json"), []byte(`{"generation":"bleve-0"}`), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			x := open(t, dir)
			apply(t, x, index.Put(doc("a", "sạt lở", noon)), index.Put(doc("b", "sạt lở", noon.AddDate(0, -1, 0))))
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			if err := damage(filepath.Join(dir, "2026-11.1")); err != nil {
				t.Fatal(err)
			}
			for range 2 { // also when the process ends before the month is built
				x = open(t, dir)
				_, incomplete, err := x.Months(t.Context())
				if err != nil || !slices.Equal(incomplete, []string{"2026-11"}) {
					t.Fatalf("Months: incomplete = %v, %v; want 2026-11", incomplete, err)
				}
				if x.Health(t.Context()) == nil {
					t.Error("Health = nil with a month missing")
				}
				if n := count(t, x, "sạt lở"); n != 1 {
					t.Errorf("found %d in what is left, want 1", n)
				}
				if err := x.Close(); err != nil {
					t.Fatal(err)
				}
			}
			x = open(t, dir)
			defer x.Close()
			// What comes before it is built goes in a new directory, and the month stays incomplete.
			apply(t, x, index.Put(doc("c", "sạt lở", noon)))
			err := x.Rebuild(t.Context(), "2026-11", func(put func(context.Context, []index.Op) error) error {
				return put(t.Context(), []index.Op{index.Put(doc("a", "sạt lở", noon)), index.Put(doc("c", "sạt lở", noon))})
			})
			if err != nil {
				t.Fatalf("Rebuild = %v", err)
			}
			if err := x.Health(t.Context()); err != nil {
				t.Errorf("Health after Rebuild = %v", err)
			}
			if n := count(t, x, "sạt lở"); n != 3 {
				t.Errorf("found %d after Rebuild, want 3", n)
			}
			if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 2 {
				t.Errorf("directories after Rebuild: %v, %v; want the two months", left, err)
			}
		})
	}
}

func forSegments(dir string, do func(path string) error) error {
	paths, err := filepath.Glob(filepath.Join(dir, "store", "*.zap"))
	if err != nil || len(paths) == 0 {
		return fmt.Errorf("no segments in %s: %w", dir, err)
	}
	for _, p := range paths {
		if err := do(p); err != nil {
			return err
		}
	}
	return nil
}

// A process may end at any point of a rebuild: what is unfinished goes, what is newest stays.
func TestOpenCleansUpAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := open(t, dir)
	apply(t, x, index.Put(doc("a", "sạt lở", noon)))
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	// Killed after the successor was finished and before the old one was removed …
	if err := os.CopyFS(filepath.Join(dir, "2026-11.2"), os.DirFS(filepath.Join(dir, "2026-11.1"))); err != nil {
		t.Fatal(err)
	}
	// … and another time while it was being written.
	if err := os.CopyFS(filepath.Join(dir, "2026-11.3"), os.DirFS(filepath.Join(dir, "2026-11.1"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "2026-11.3", "lamro.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "lost+found"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x = open(t, dir)
	defer x.Close()
	if n := count(t, x, "sạt lở"); n != 1 {
		t.Errorf("found %d, want 1", n)
	}
	left, err := filepath.Glob(filepath.Join(dir, "2026-*"))
	if want := []string{filepath.Join(dir, "2026-11.2")}; err != nil || !slices.Equal(left, want) {
		t.Errorf("directories = %v, %v; want %v", left, err, want)
	}
}

// The text of a page that was taken down is in the segments until Erase, and nowhere after,
// read as Bleve reads it: stored fields are compressed and terms lie in a transducer.
func TestErasedTextIsInNoSegment(t *testing.T) {
	t.Parallel()
	const secret = "bímậtxyzzy"
	dir := t.TempDir()
	x := open(t, dir)
	defer x.Close()
	for i := range 5 {
		apply(t, x, index.Put(doc(fmt.Sprintf("other%d", i), "chuyện khác", noon)))
	}
	apply(t, x, index.Put(doc("secret", "trước "+secret+" sau", noon)))
	if n := held(t, dir, secret); n == 0 {
		t.Fatal("the text was not found before its deletion: the test does not see")
	}
	apply(t, x, index.Delete("secret", 2, "2026-11"))
	if n := held(t, dir, secret); n == 0 {
		t.Log("the deletion alone removed the text; Erase has nothing to do")
	}
	if err := x.Erase(t.Context(), []index.Ref{{ID: "secret", Month: "2026-11"}}); err != nil {
		t.Fatalf("Erase = %v", err)
	}
	if n := held(t, dir, secret); n != 0 {
		t.Errorf("the text was found %d times after Erase, want 0", n)
	}
	if n := held(t, dir, "chuyện"); n == 0 {
		t.Error("other texts are gone with it")
	}
}

// held counts where a word stands below dir.
func held(t *testing.T, dir, word string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && e.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if bytes.Contains(data, []byte(word)) {
			n++
		}
		if filepath.Ext(path) == ".zap" {
			n += heldInSegment(t, path, word)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func heldInSegment(t *testing.T, path, word string) (n int) {
	t.Helper()
	seg, err := (&zap.ZapPlugin{}).Open(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EINVAL) {
		return 0 // merged away meanwhile, or only just created and empty
	}
	if err != nil {
		t.Fatal(err)
	}
	defer seg.Close()
	for _, field := range seg.Fields() {
		dict, err := seg.Dictionary(field)
		if err != nil {
			t.Fatal(err)
		}
		all := dict.AutomatonIterator(nil, nil, nil)
		for {
			var entry *bindex.DictEntry
			if entry, err = all.Next(); err != nil {
				t.Fatal(err)
			}
			if entry == nil {
				break
			}
			if strings.Contains(entry.Term, word) {
				n++
			}
		}
	}
	for i := range seg.Count() {
		err := seg.VisitStoredFields(i, func(_ string, _ byte, value []byte, _ []uint64) bool {
			if bytes.Contains(value, []byte(word)) {
				n++
			}
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// A write that fails is reported, what was written before stays searchable, and the same write
// succeeds once there is space: Bleve alone would call it done.
func TestFullDiskPausesWritingOnly(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	x := open(t, dir)
	defer x.Close()
	apply(t, x, index.Put(doc("first", "sạt lở", noon)))
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)

	var ops []index.Op
	for i := range 200 {
		ops = append(ops, index.Put(doc(fmt.Sprintf("d%d", i), strings.Repeat(fmt.Sprintf("mưa %d lũ ", i), 100), noon)))
	}
	for range 3 {
		if _, err := x.Apply(t.Context(), ops); err == nil {
			t.Fatal("Apply on a full disk = nil, want an error")
		}
		if n := count(t, x, `"sạt lở"`); n != 1 {
			t.Errorf("found %d of what was written before, want 1", n)
		}
		if n := count(t, x, "lũ"); n != 0 {
			t.Errorf("found %d of what is not on disk, want 0", n)
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	apply(t, x, ops...)
	if n := count(t, x, "lũ"); n != len(ops) {
		t.Errorf("found %d once there was space, want %d", n, len(ops))
	}
	if err := x.Health(t.Context()); err != nil {
		t.Errorf("Health = %v", err)
	}
}

func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); errors.Is(err, unix.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
