package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lamro/internal/app"
	"lamro/internal/testweb"
)

// smallDisk mounts a file system of some megabytes for the test. Only root can.
func smallDisk(t *testing.T, megabytes int64) string {
	t.Helper()
	dir, image := t.TempDir(), filepath.Join(t.TempDir(), "disk.img")
	err := os.WriteFile(image, nil, 0o600)
	if err == nil {
		err = os.Truncate(image, megabytes<<20)
	}
	for _, command := range [][]string{{"mkfs.ext4", "-q", "-F", "-m", "0", image}, {"mount", "-o", "loop", image, dir}} {
		if err == nil {
			err = tool(t, command...)
		}
	}
	if err != nil {
		t.Logf("no loop file system, so one in memory: %v", err)
		err = unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes))
	}
	needs(t, "root, to mount a small file system", err)
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// tool runs a program of the system, which may lie where only root looks.
func tool(t *testing.T, command ...string) error {
	t.Helper()
	path, err := exec.LookPath(command[0])
	if err != nil {
		path = "/usr/sbin/" + command[0]
	}
	out, err := exec.CommandContext(t.Context(), path, command[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", command[0], err, out)
	}
	return nil
}

// fill takes the room on the disk of dir but for some bytes, in a file that it returns.
func fill(t *testing.T, dir string, leave uint64) (ballast string) {
	t.Helper()
	ballast = filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 256<<10); len(block) >= 4096; {
		if free(t, dir) < leave+uint64(len(block)) {
			block = block[:len(block)/2]
			continue
		}
		if _, err := f.Write(block); errors.Is(err, unix.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return ballast
}

func free(t *testing.T, dir string) uint64 {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	return st.Bavail * uint64(st.Bsize) //nolint:unconvert // its type differs between systems
}

// The disk runs full in the middle of a crawl: crawling pauses and says why, doctor says what to
// do, and once there is room everything goes on by itself, in the same process, with nothing
// lost and nothing told twice.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]uint64{"nothing left": 0, "a little left": 2 << 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk := smallDisk(t, 320)
			const pages, scale = 120, 200
			web, err := testweb.Bulk(testweb.BulkConfig{
				Config: testweb.Config{Hold: true, Scale: scale}, Pages: pages, Outlets: 3, SizeKB: 60, Mentions: 0.5, Live: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = web.Close() })
			mail := mailServer(t)
			w := office{
				Data: filepath.Join(disk, "data"), Sources: app.DemoSources(web.Outlets()), Mail: mail.Port(), Scale: scale, AckWait: 2 * time.Second,
			}.start(t)
			until(t, 20*time.Second, func() string { return missing(web.Polled(), "the feeds are not polled") })
			ballast := fill(t, disk, leave)
			web.Release()
			until(t, 60*time.Second, func() string { return missing(len(w.seen.of("crawl-paused")) > 0, "crawling does not pause") })
			if e := w.seen.of("crawl-paused")[0]; e.Code != "disk-full" || !strings.Contains(e.Text, "disk") {
				t.Errorf("crawling pauses with %+v, want the code disk-full and words", e)
			}
			var d app.Diagnosis
			if err := w.Call(t.Context(), "doctor", app.None{}, &d); err != nil {
				t.Fatal(err)
			}
			if c := part(d, "disk"); c.Well || !strings.Contains(c.Do, "make room") || d.Healthy {
				t.Errorf("doctor says %+v of the disk, want what is wrong and what to do", c)
			}
			t.Logf("while the disk is full: %d of %d pages archived, %d paused; %+v", count(t, w.db, `SELECT COUNT(*) FROM articles`), pages, len(w.seen.of("crawl-paused")), d.Parts)

			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			until(t, 90*time.Second, func() string {
				n := count(t, w.db, `SELECT COUNT(*) FROM articles`)
				return missing(n == pages, "%d of %d pages are archived", n, pages)
			})
			w.drained(t, 90*time.Second)
			checkDocuments(t, w.Client, web)
			checkAlerts(t, w.db, web)
			if n, want := len(mail.Mails()), len(mentioned(web)); n != want {
				t.Errorf("%d mails arrived, want %d", n, want)
			}
			for _, query := range []string{`SELECT COUNT(*) FROM quarantine`, `SELECT COUNT(*) FROM pages WHERE state = 'quarantined'`} {
				if n := count(t, w.db, query); n != 0 {
					t.Errorf("%s = %d, want none", query, n)
				}
			}
			if n := len(verified(t, w.Client).Problems); n > 0 {
				t.Errorf("%d problems", n)
			}
		})
	}
}
