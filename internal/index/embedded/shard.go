package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	bindex "github.com/blevesearch/bleve_index_api"
	berrors "go.etcd.io/bbolt/errors"

	"lamro/internal/index"
)

// A month lies in a directory such as "2026-11.3"; the number rises when it is built anew. The
// marker in it is written last: without one the directory is unfinished and goes.
const (
	asideSuffix = ".aside"
	marker      = "lamro.json"
)

// shard is one month.
type shard struct {
	month string
	seq   int
	path  string

	bleve bleve.Index
	core  bindex.Index // nil while closed
	err   error        // why it is closed

	failed error // while it is built: a write to it failed
}

func (x *Index) directory(month string, seq int) string {
	return filepath.Join(x.dir, month+"."+strconv.Itoa(seq))
}

func parseDirectory(name string) (month string, seq int, ok bool) {
	month, number, ok := strings.Cut(name, ".")
	seq, err := strconv.Atoi(number)
	return month, seq, ok && err == nil && index.CheckMonth(month) == nil
}

// open opens the directory of a month; what goes wrong inside Bleve, panics too, is an error.
func (sh *shard) open() (err error) {
	if g, err := readMarker(sh.path); err != nil || g != generation {
		return errors.Join(err, fmt.Errorf("it holds %q, not %q: %w", g, generation, errFormat))
	}
	defer func() {
		if err != nil {
			sh.bleve, sh.core, sh.err = nil, nil, err
		}
	}()
	defer recovered(&err)
	if err := newestLoads(sh.path); err != nil {
		return err
	}
	b, err := bleve.OpenUsing(sh.path, settings(nil))
	if err != nil {
		return err
	}
	return sh.use(b)
}

// recovered makes an error of a panic inside Bleve: a file that was damaged, or a disk that ran
// full, while a month is open must not end the process.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = errors.Join(*err, fmt.Errorf("panic: %v", r))
	}
}

// settings are Bleve's, where its own are not ours.
func settings(more map[string]any) map[string]any {
	all := map[string]any{
		// A directory that is open elsewhere would be waited for without an end.
		"bolt_timeout": "2s",
		// News comes a few articles at a time. By default all segments below 2,000 documents count
		// as equal, so that each small one makes the whole month be merged again.
		"scorchMergePlanOptions": map[string]any{"FloorSegmentSize": 50},
	}
	maps.Copy(all, more)
	return all
}

// newestLoads says why the newest state of a month cannot be read. Bleve by itself goes back
// to an older state without an error when a segment is missing or garbled, and then removes the
// newer one: acknowledged documents would be gone and nobody told.
func newestLoads(path string) error {
	b, err := bleve.OpenUsing(path, settings(map[string]any{"read_only": true}))
	if err != nil {
		return err
	}
	return errors.Join(loadNewest(b), b.Close())
}

func loadNewest(b bleve.Index) error {
	core, err := b.Advanced()
	if err != nil {
		return err
	}
	s, ok := core.(*scorch.Scorch)
	if !ok {
		return fmt.Errorf("the index is a %T", core)
	}
	epochs, err := s.RootBoltSnapshotEpochs() // newest first
	if err != nil {
		return err
	}
	if len(epochs) == 0 {
		return errors.New("it holds no state at all")
	}
	state, err := s.LoadSnapshot(epochs[0])
	if err != nil {
		return err
	}
	return state.Close()
}

func (sh *shard) use(b bleve.Index) error {
	core, err := b.Advanced()
	if err != nil {
		return errors.Join(err, b.Close())
	}
	sh.bleve, sh.core, sh.err = b, core, nil
	return nil
}

func (sh *shard) close() error {
	if sh.core == nil {
		return nil
	}
	err := sh.bleve.Close()
	sh.bleve, sh.core, sh.err = nil, nil, ErrClosed
	return err
}

var errFormat = errors.New("written by another version")

// damaged tells files that cannot be read from a system that is short of something: only the
// former are moved aside.
func damaged(err error) bool {
	for _, passing := range []error{
		fs.ErrPermission, berrors.ErrTimeout,
		syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOSPC, syscall.EROFS,
	} {
		if errors.Is(err, passing) {
			return false
		}
	}
	return true
}

// create makes the directory of a month, without its marker.
func (x *Index) create(month string) (*shard, error) {
	entries, err := os.ReadDir(x.dir)
	if err != nil {
		return nil, err
	}
	seq := 1
	for _, e := range entries {
		if m, n, ok := parseDirectory(strings.TrimSuffix(e.Name(), asideSuffix)); ok && m == month && n >= seq {
			seq = n + 1
		}
	}
	sh := &shard{month: month, seq: seq, path: x.directory(month, seq)}
	b, err := bleve.NewUsing(sh.path, bleve.NewIndexMapping(), bleve.Config.DefaultIndexType, bleve.Config.DefaultKVStore, settings(nil))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("create index of %s: %w", month, err), removeDirectory(sh.path))
	}
	if err := sh.use(b); err != nil {
		return nil, fmt.Errorf("create index of %s: %w", month, err)
	}
	return sh, nil
}

// finish makes the directory one that a start opens, through a power cut too. Bleve syncs its
// segments but neither its metadata nor the directories: a cut soon after creation lost all.
func (sh *shard) finish() error {
	data, err := json.Marshal(map[string]string{"generation": generation, "month": sh.month})
	if err != nil {
		return err
	}
	if err := syncTree(sh.path); err != nil {
		return err
	}
	path := filepath.Join(sh.path, marker)
	return inOrder(
		func() error { return os.WriteFile(path+".new", data, 0o600) },
		func() error { return syncPath(path + ".new") },
		func() error { return os.Rename(path+".new", path) },
		func() error { return syncPath(sh.path) },
		func() error { return syncPath(filepath.Dir(sh.path)) },
	)
}

// inOrder takes steps until one fails.
func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func readMarker(dir string) (gen string, err error) {
	data, err := os.ReadFile(filepath.Join(dir, marker)) // #nosec G304 -- the operator's own data directory
	if err != nil {
		return "", err
	}
	var m struct{ Generation string }
	err = json.Unmarshal(data, &m)
	return m.Generation, err
}

func complete(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, marker))
	return err == nil
}

func syncTree(root string) error {
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // Bleve cleans up while we walk
		}
		if err != nil {
			return err
		}
		if err := syncPath(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func syncPath(path string) error {
	f, err := os.Open(path) // #nosec G304 -- the operator's own data directory
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// removeDirectory removes a month's directory, the marker first, so that half of one is never
// taken for whole.
func removeDirectory(dir string) error {
	if err := os.Remove(filepath.Join(dir, marker)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", dir, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("remove %s: %w", dir, err)
	}
	return syncPath(filepath.Dir(dir))
}

// reader is the month as it is now, whatever is written afterwards.
func (sh *shard) reader() (bindex.IndexReader, error) {
	if sh.core == nil {
		return nil, fmt.Errorf("the index of %s is closed: %w", sh.month, sh.err)
	}
	return sh.core.Reader()
}

func (sh *shard) count(ctx context.Context) (n int, err error) {
	defer recovered(&err)
	r, err := sh.reader()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	tfr, err := r.TermFieldReader(ctx, []byte(liveTerm), fieldLive, false, false, false)
	if err != nil {
		return 0, err
	}
	defer tfr.Close()
	return int(tfr.Count()), nil // #nosec G115 -- a month of documents fits
}

func (sh *shard) get(id string) (d index.Document, err error) {
	defer recovered(&err)
	r, err := sh.reader()
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	stored, err := load(r, id)
	if err != nil {
		return d, err
	}
	return decode(stored)
}

// load reads what is stored of a live document.
func load(r bindex.IndexReader, id string) ([]byte, error) {
	doc, err := r.Document(id)
	if err != nil {
		return nil, fmt.Errorf("read article %s: %w", id, err)
	}
	var stored []byte
	if doc != nil {
		doc.VisitFields(func(f bindex.Field) {
			if f.Name() == fieldDoc {
				stored = f.Value()
			}
		})
	}
	if stored == nil {
		return nil, index.ErrNotFound
	}
	return stored, nil
}

func emptyDirectory(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return syncPath(dir)
}
