//go:build linux

package stream_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lamro/internal/news"
	"lamro/internal/stream"
)

// smallDisk mounts a file system of some megabytes, or skips where that needs rights.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Skipf("skipped: mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// A full disk freezes the server until it is restarted. Nothing that was acknowledged is lost,
// and a consumer that was running goes on with what comes after.
func TestFullDiskFreezesAndARestartHeals(t *testing.T) {
	t.Parallel()
	in := install(t)
	disk := smallDisk(t, 64)
	in.cfg.Dir = filepath.Join(disk, "stream")
	in.cfg.MaxStore = 15 << 20
	in.cfg.MinFree = 8 << 20
	s := in.open(t)
	var handled seen
	consume(t, func(ctx context.Context) error {
		return stream.Articles(s).Consume(ctx, quick, func(_ context.Context, a news.Article) error {
			handled.add(a.ID)
			return nil
		})
	})
	send(t, s, article(1, news.Live))
	drained(t, s, "analyzer")

	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	a := article(0, news.Live)
	a.Body = string(make([]byte, 100<<10))
	acked := map[string]bool{"a1": true}
	var failed error
	for i := 0; failed == nil; i++ {
		if i > 100 {
			t.Fatal("the disk is full and the stream does not say so")
		}
		a.ID = fmt.Sprint("full", i)
		if failed = stream.Articles(s).Send(ctx, a); failed == nil {
			acked[a.ID] = true
		}
	}
	if !stream.IsInfrastructure(failed) {
		t.Errorf("Send on a full disk = %v, want an infrastructure error", failed)
	}
	if err := s.Check(ctx); err == nil {
		t.Error("Check finds nothing wrong on a full disk")
	}
	if err := s.Restart(ctx); !errors.Is(err, stream.ErrNoSpace) {
		t.Errorf("Restart while the disk is full = %v, want ErrNoSpace", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := stream.Articles(s).Send(ctx, article(2, news.Live)); err == nil {
		t.Log("the stream recovered without a restart")
	}
	if err := s.Restart(ctx); err != nil {
		t.Fatalf("Restart = %v", err)
	}
	if err := s.Check(ctx); err != nil {
		t.Errorf("Check after the restart = %v", err)
	}
	send(t, s, article(3, news.Live))
	acked["a3"] = true
	drained(t, s, "analyzer")
	for id := range acked {
		if handled.count(id) == 0 {
			t.Errorf("%s was acknowledged and never handled", id)
		}
	}
}

// fill takes all space that is left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 64<<10)
	for {
		if _, err := f.Write(block); err != nil {
			if !errors.Is(err, unix.ENOSPC) {
				t.Fatal(err)
			}
			if len(block) <= 4096 {
				return
			}
			block = block[:len(block)/2]
		}
	}
}
