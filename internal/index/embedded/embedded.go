// Package embedded is the search index inside the process: Bleve, one directory per month of
// first_seen. It keeps the contract of package index, guards revisions within the documents
// themselves and leaves locking the data directory to its caller.
package embedded

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"lamro/internal/index"
)

var _ index.Index = (*Index)(nil)

// ErrClosed is returned by every method after Close.
var ErrClosed = errors.New("the index is closed")

// generation names what the directories hold; a change makes every month incomplete, so that
// it is built anew from the records.
const generation = "bleve-3"

// Config says where the index lies.
type Config struct {
	Dir string // created if need be; the caller holds the lock of the data directory
	Log *slog.Logger
}

// Validate says what is wrong with c.
func (c Config) Validate() error {
	if c.Dir == "" || c.Log == nil {
		return errors.New("embedded index: a directory and a logger are needed")
	}
	return nil
}

// Index is the embedded index.
//
// The guard against older revisions lies in the documents, not in the records: a batch writes
// text and revision at once, a month that is built anew brings its own, and nothing must be
// kept in step with a second store. A deletion leaves a tombstone of id and revision.
type Index struct {
	dir string
	log *slog.Logger

	// upkeep is held while a month is built anew, so that one is at a time.
	upkeep sync.Mutex

	// writer is held by every write, so that a month has one writer; it comes before mu.
	writer sync.Mutex
	next   map[string]*shard // months being built anew; guarded by writer

	shelf shelf

	// mu guards what follows; months change under writer and mu, so either is enough to read.
	mu     sync.RWMutex
	months map[string]*shard
	broken map[string][]string // directories moved aside, by month
	closed bool
}

// Open opens or creates the index. A month that cannot be read is moved aside and listed as
// incomplete by Months; only what would keep every month from opening is an error.
func Open(cfg Config) (*Index, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create index directory: %w", err)
	}
	x := &Index{
		dir: cfg.Dir, log: cfg.Log,
		next: map[string]*shard{}, months: map[string]*shard{}, broken: map[string][]string{},
	}
	if err := x.openMonths(); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// openMonths opens the newest complete directory of every month and removes what a crash left
// of others.
func (x *Index) openMonths() error {
	entries, err := os.ReadDir(x.dir)
	if err != nil {
		return fmt.Errorf("list index directory: %w", err)
	}
	found := map[string][]int{}
	for _, e := range entries {
		name, aside := strings.CutSuffix(e.Name(), asideSuffix)
		month, seq, ok := parseDirectory(name)
		switch {
		case !ok || !e.IsDir():
		case aside:
			x.broken[month] = append(x.broken[month], filepath.Join(x.dir, e.Name()))
		case !complete(filepath.Join(x.dir, name)):
			if err := removeDirectory(filepath.Join(x.dir, name)); err != nil {
				return err
			}
		default:
			found[month] = append(found[month], seq)
		}
	}
	for month, seqs := range found {
		slices.Sort(seqs)
		newest := seqs[len(seqs)-1]
		for _, old := range seqs[:len(seqs)-1] {
			if err := removeDirectory(x.directory(month, old)); err != nil {
				return err
			}
		}
		if err := x.openMonth(month, newest); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) openMonth(month string, seq int) error {
	sh := &shard{month: month, seq: seq, path: x.directory(month, seq)}
	err := sh.open()
	if err == nil {
		x.months[month] = sh
		return nil
	}
	if !damaged(err) {
		return fmt.Errorf("open index of %s: %w", month, err)
	}
	aside := sh.path + asideSuffix
	if err := errors.Join(os.Rename(sh.path, aside), syncPath(x.dir)); err != nil {
		return fmt.Errorf("move the index of %s aside: %w", month, err)
	}
	x.log.Warn("a month of the index cannot be read and is built anew from the records", "month", month, "err", err)
	x.broken[month] = append(x.broken[month], aside)
	return nil
}

// Close implements index.Index.
func (x *Index) Close() error {
	x.upkeep.Lock()
	defer x.upkeep.Unlock()
	x.writer.Lock()
	defer x.writer.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	var errs []error
	for _, sh := range x.months {
		errs = append(errs, sh.close())
	}
	clear(x.months)
	return errors.Join(errs...)
}

// read holds the months open until done is called.
func (x *Index) read() (done func(), err error) {
	x.mu.RLock()
	if x.closed {
		x.mu.RUnlock()
		return nil, ErrClosed
	}
	return x.mu.RUnlock, nil
}

// Generation implements index.Index.
func (x *Index) Generation() string { return generation }

// Health implements index.Index.
func (x *Index) Health(context.Context) error {
	done, err := x.read()
	if err != nil {
		return err
	}
	defer done()
	var errs []error
	for _, month := range slices.Sorted(maps.Keys(x.broken)) {
		errs = append(errs, fmt.Errorf("the index of %s is incomplete until it is built anew", month))
	}
	for _, sh := range x.sorted() {
		if sh.core == nil {
			errs = append(errs, fmt.Errorf("the index of %s is closed: %w", sh.month, sh.err))
		}
	}
	return errors.Join(errs...)
}

// Months implements index.Index.
func (x *Index) Months(context.Context) (all, incomplete []string, err error) {
	done, err := x.read()
	if err != nil {
		return nil, nil, err
	}
	defer done()
	return slices.Sorted(maps.Keys(x.months)), slices.Sorted(maps.Keys(x.broken)), nil
}

// Count implements index.Index.
func (x *Index) Count(ctx context.Context, month string) (int, error) {
	done, err := x.read()
	if err != nil {
		return 0, err
	}
	defer done()
	total := 0
	for _, sh := range x.sorted() {
		if month != "" && sh.month != month {
			continue
		}
		n, err := sh.count(ctx)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// Get implements index.Index.
func (x *Index) Get(ctx context.Context, article index.Ref) (index.Document, error) {
	done, err := x.read()
	if err != nil {
		return index.Document{}, err
	}
	defer done()
	for _, sh := range x.sorted() {
		if article.Month != "" && article.Month != sh.month {
			continue
		}
		d, err := sh.get(article.ID)
		if err == nil || !errors.Is(err, index.ErrNotFound) {
			return d, err
		}
	}
	return index.Document{}, fmt.Errorf("article %s: %w", article.ID, index.ErrNotFound)
}

// sorted are the open months, newest first; mu or writer is held.
func (x *Index) sorted() []*shard {
	return slices.SortedFunc(maps.Values(x.months), func(a, b *shard) int { return cmp.Compare(b.month, a.month) })
}

func decode(stored []byte) (d index.Document, err error) {
	if err := json.Unmarshal(stored, &d); err != nil {
		return d, fmt.Errorf("read a document of the index: %w", err)
	}
	return d, nil
}
