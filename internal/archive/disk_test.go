//go:build linux

package archive_test

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lamro/internal/archive"
	"lamro/internal/captures"
	"lamro/internal/records"
)

// A full disk stops the archive with one clear error; what was kept before stays whole, and
// nothing half is left.
func TestFullDiskIsSaidAndLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	for _, full := range []string{"captures", "records"} {
		t.Run(full, func(t *testing.T) {
			t.Parallel()
			disk := t.TempDir()
			if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
				t.Skipf("skipped: mounting a small file system needs root: %v", err)
			}
			t.Cleanup(func() {
				if err := unix.Unmount(disk, unix.MNT_DETACH); err != nil {
					t.Errorf("unmount: %v", err)
				}
			})
			dir := map[string]string{"captures": t.TempDir(), "records": t.TempDir(), full: disk}
			db, err := records.Open(t.Context(), filepath.Join(dir["records"], "records.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			files, err := captures.Open(filepath.Join(dir["captures"], "captures"), "Lamro/test")
			if err != nil {
				t.Fatal(err)
			}
			a := archive.New(db, files, nil, nil, slog.New(slog.DiscardHandler))
			kept := 0
			for ; ; kept++ {
				p := page(kept, fmt.Sprintf("%d %s", kept, strings.Repeat("nội dung ", 5000)))
				p.Exchange.Body = noise(kept, 50<<10)
				if _, err = a.Keep(t.Context(), p, nil); err != nil {
					break
				}
				if kept > 1000 {
					t.Fatal("the disk never fills")
				}
			}
			if !errors.Is(err, archive.ErrDiskFull) {
				t.Errorf("Keep on a full disk = %v, want ErrDiskFull", err)
			}
			var rows int
			if err := db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM captures`).Scan(&rows); err != nil || rows != kept {
				t.Errorf("%d rows, %v; want the %d kept", rows, err, kept)
			}
			r := &room{dir: dir["captures"]}
			if n := r.files(t); n != kept {
				t.Errorf("%d files, want %d", n, kept)
			}
		})
	}
}

// noise does not compress.
func noise(seed, n int) []byte {
	b := make([]byte, n)
	x := uint64(seed)*2862933555777941757 + 3037000493 // #nosec G115 -- any number will do
	for i := range b {
		x = x*6364136223846793005 + 1442695040888963407
		b[i] = byte(x >> 56)
	}
	return b
}
