package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lamro/internal/app"
	"lamro/internal/records"
	"lamro/internal/testweb"
)

// update makes testdata/data-v1.tar.gz anew. It is what the first version left behind: later
// versions open it, they do not replace it.
var update = flag.Bool("update-old-data", false, "write the data directory of this version into testdata")

const (
	oldData    = "testdata/data-v1.tar.gz"
	oldDataMax = 300 << 10
)

// remembered is what a data directory held when it was left, beside it in the archive.
type remembered struct {
	Articles int      `json:"articles"`
	Found    []string `json:"found"` // addresses
	Alerts   int      `json:"alerts"`
	Audit    string   `json:"audit"` // head of the chain
}

// Data of the first version opens: it is brought up to date, what it held is found, and its
// evidence is whole.
func TestOpensOldData(t *testing.T) {
	t.Parallel()
	if *update {
		leaveOldData(t)
	}
	dir := t.TempDir()
	was := unpack(t, dir)
	o := office{Data: dir, Scale: 1}
	a, calls, err := o.open(t.Context(), logOf(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if v := verified(t, calls); v.AuditHead != was.Audit || v.Captures != was.Articles {
		t.Errorf("verified %+v, want %d captures and the audit chain up to %s", v, was.Articles, was.Audit)
	}
	// Its sources are gone, so nobody crawls.
	if err := a.Run(t.Context(), app.RunOptions{Only: []string{app.RoleAnalyze, app.RoleIndex, app.RoleAlert}, For: time.Second}); err != nil {
		t.Errorf("Run over old data = %v", err)
	}
	got := found(t, calls, "")
	for _, address := range was.Found {
		if got[address] != 1 {
			t.Errorf("%s is found %d times", address, got[address])
		}
		delete(got, address)
	}
	if len(got) > 0 {
		t.Errorf("found as well: %v", got)
	}
	if marked, bare := found(t, calls, `"Bắc Kạn"`), found(t, calls, `"bac kan"`); len(marked) == 0 || len(bare) < len(marked) {
		t.Errorf("%d found with marks, %d without", len(marked), len(bare))
	}
	db, err := records.Open(t.Context(), filepath.Join(dir, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n := count(t, db, `SELECT COUNT(*) FROM alerts`); n != was.Alerts {
		t.Errorf("%d alerts, want %d", n, was.Alerts)
	}
}

// leaveOldData crawls the small web, news and backlog, and packs what is left behind.
func leaveOldData(t *testing.T) {
	t.Helper()
	const scale = 60
	web, err := testweb.Start(testweb.Config{Small: true, For: 30 * time.Second, Scale: scale, Hold: true})
	if err != nil {
		t.Fatal(err)
	}
	defer web.Close()
	o := office{Data: t.TempDir(), Sources: app.DemoSources(web.Outlets()), Scale: scale}
	w := o.start(t)
	until(t, 30*time.Second, func() string { return missing(web.Polled(), "the feeds are not polled") })
	w.drained(t, 30*time.Second)
	web.Release()
	until(t, time.Minute, func() string {
		return missing(count(t, w.db, `SELECT COUNT(*) FROM alerts`) > 0, "nothing alerted yet")
	})
	w.drained(t, 30*time.Second)
	w.stop()
	a, calls, err := o.open(t.Context(), logOf(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	is := remembered{Audit: verified(t, calls).AuditHead}
	for address := range found(t, calls, "") {
		is.Found = append(is.Found, address)
	}
	slices.Sort(is.Found)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := records.Open(t.Context(), filepath.Join(o.Data, "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	is.Articles, is.Alerts = count(t, db, `SELECT COUNT(*) FROM articles`), count(t, db, `SELECT COUNT(*) FROM alerts`)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(is, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.Data, "remembered.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	packed := pack(t, o.Data)
	if len(packed) > oldDataMax {
		t.Fatalf("the data directory packs to %d bytes, more than %d", len(packed), oldDataMax)
	}
	t.Logf("%d articles, %d found, %d alerts in %d bytes", is.Articles, len(is.Found), is.Alerts, len(packed))
	if err := os.WriteFile(oldData, packed, 0o600); err != nil {
		t.Fatal(err)
	}
}

// pack is a directory without sockets, as a compressed archive.
func pack(t *testing.T, dir string) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o600, Size: int64(len(data))}); err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	if err := errors.Join(err, w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// unpack writes the archive below dir and returns what it remembers.
func unpack(t *testing.T, dir string) (is remembered) {
	t.Helper()
	f, err := os.Open(oldData)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if !filepath.IsLocal(head.Name) {
			t.Fatalf("%s is not below the directory", head.Name)
		}
		path := filepath.Join(dir, head.Name)
		data, err := io.ReadAll(r)
		if err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "remembered.json"))
	if err == nil {
		err = json.Unmarshal(text, &is)
	}
	if err != nil {
		t.Fatal(err)
	}
	return is
}
