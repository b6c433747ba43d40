// Package captures keeps pages as they were fetched: one small compressed WARC file each, hashed,
// written once and never changed, evidence that the page said so. It owns the files; which of
// them exist and why is in the records, and judging them is people's work.
package captures

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Errors that callers decide by.
var (
	// ErrDiskFull is returned by Write where the disk has no room: crawling must pause.
	ErrDiskFull = errors.New("disk full")
	// ErrDamaged is returned where a file is not what its hash says, or no capture.
	ErrDamaged = errors.New("capture damaged")
)

// CodeDiskFull is the machine code of ErrDiskFull.
const CodeDiskFull = "disk-full"

const (
	suffix     = ".warc.gz"
	tempSuffix = ".tmp"
)

// An Exchange is one request and what came back.
type Exchange struct {
	URL            string
	Method         string // GET where empty
	RequestHeader  http.Header
	Status         int
	Proto          string // such as "HTTP/1.1", which is what is written where it is empty
	ResponseHeader http.Header
	Body           []byte // as received, still compressed where the outlet compressed it
	FetchedAt      time.Time
	RemoteIP       string // "" where unknown
	Robots         string // the robots decision that allowed the fetch, in words
	Truncated      string // "", or why the body is not whole: length, time, disconnect, unspecified
}

// PayloadDigest names the bytes of the body: equal digests are equal bytes.
func (e Exchange) PayloadDigest() string {
	sum := sha256.Sum256(e.Body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// id is the same whenever the same exchange is written, so that a write that was interrupted
// ends in one file.
func (e Exchange) id() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%d\x00%s", e.URL, e.FetchedAt.UnixMilli(), e.PayloadDigest())
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:16]))
}

// A Ref names a capture and what its file hashes to.
type Ref struct {
	ID            string
	Path          string // below the store's directory, with slashes
	SHA256        string // of the file, in hex
	PayloadDigest string
	Bytes         int64 // of the file
}

// A Store is a directory of captures.
type Store struct {
	dir      string
	software string
	writers  sync.Pool // of *gzip.Writer: each holds close to a megabyte

	mu   sync.Mutex
	made map[string]bool // directories known to be on disk
}

// Open returns the store in dir and creates the directory. software, such as "Lamro/1.2", is
// written into each file.
func Open(dir, software string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open captures: %w", err)
	}
	return &Store{dir: dir, software: software, made: make(map[string]bool)}, nil
}

// Write puts an exchange into its file and on the disk: when Write returns, it is there after a
// power cut too. The caller then writes the row; a file without a row is swept at the next
// start. The same exchange written again replaces its file with an equal one. An error leaves
// no file; a full disk is ErrDiskFull.
func (s *Store) Write(ctx context.Context, e Exchange) (Ref, error) {
	if err := ctx.Err(); err != nil {
		return Ref{}, err
	}
	ref := Ref{ID: e.id(), PayloadDigest: e.PayloadDigest()}
	ref.Path = e.FetchedAt.UTC().Format("2006/01/02/") + ref.ID + suffix
	var file bytes.Buffer
	if err := s.encode(&file, ref, e); err != nil {
		return Ref{}, fmt.Errorf("capture %s: %w", ref.ID, err)
	}
	sum := sha256.Sum256(file.Bytes())
	ref.SHA256, ref.Bytes = hex.EncodeToString(sum[:]), int64(file.Len())
	if err := s.place(ref.Path, file.Bytes()); err != nil {
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			err = fmt.Errorf("%w: %w", ErrDiskFull, err)
		}
		return Ref{}, fmt.Errorf("capture %s: %w", ref.ID, err)
	}
	return ref, nil
}

// place writes a temporary file and renames it, so that a capture is whole or absent.
func (s *Store) place(path string, data []byte) (err error) {
	full := s.full(path)
	if err := s.mkdir(filepath.Dir(full)); err != nil {
		return err
	}
	temp := full + tempSuffix
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o400) // #nosec G304 -- below our directory
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(temp))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(temp, full); err != nil {
		return err
	}
	return syncDir(filepath.Dir(full))
}

// mkdir makes the directory of a day and puts each new level on the disk.
func (s *Store) mkdir(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made[dir] {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for d := filepath.Dir(dir); len(d) >= len(s.dir); d = filepath.Dir(d) {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	s.made[dir] = true
	return nil
}

// Erase removes the file at path for good; one that is gone already is no error.
func (s *Store) Erase(path string) error {
	full := s.full(path)
	if err := remove(full); err != nil {
		return fmt.Errorf("erase capture: %w", err)
	}
	if err := syncDir(filepath.Dir(full)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("erase capture: %w", err)
	}
	return nil
}

// Sweep removes temporary files and the files of captures that known does not know: what a
// process that died left between the file and its row. It looks at days from since on, so that
// a start need not walk years. Only at start-up, before anything writes.
func (s *Store) Sweep(ctx context.Context, since time.Time, known func(ctx context.Context, id string) (bool, error)) (removed int, err error) {
	first := since.UTC().Format("2006/01/02")
	err = filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(s.dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && rel < first[:min(len(rel), len(first))] {
				return fs.SkipDir
			}
			return nil
		}
		orphan, err := isOrphan(ctx, d.Name(), known)
		if err != nil || !orphan {
			return err
		}
		removed++
		return s.Erase(rel)
	})
	if err != nil {
		return removed, fmt.Errorf("sweep captures: %w", err)
	}
	return removed, nil
}

func isOrphan(ctx context.Context, name string, known func(context.Context, string) (bool, error)) (bool, error) {
	if strings.HasSuffix(name, tempSuffix) {
		return true, nil
	}
	id, ok := strings.CutSuffix(name, suffix)
	if !ok {
		return false, nil // not ours
	}
	there, err := known(ctx, id)
	return !there, err
}

func (s *Store) full(path string) string { return filepath.Join(s.dir, filepath.FromSlash(path)) }

func (s *Store) gzip(w *bytes.Buffer) *gzip.Writer {
	if z, ok := s.writers.Get().(*gzip.Writer); ok {
		z.Reset(w)
		return z
	}
	return gzip.NewWriter(w)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir) // #nosec G304 -- below our directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
