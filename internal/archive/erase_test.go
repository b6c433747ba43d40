package archive_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"

	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/outbox"
	"lamro/internal/records/quarantine"
	"lamro/internal/stream"
)

// Ruling 7: the text is found in every store that holds it before the deletion, through gzip and
// S2, and nowhere after. Neighbours stay readable.
func TestDeletedTextIsFoundNowhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// Small blocks, so that the message ends up in a compressed one.
	small := func(c *stream.Config) { c.MaxStore = 8 << 20 }
	r := open(t, dir, small)
	const secret = "CHUỖI-BÍ-MẬT-0917"
	p := page(500, "Trước "+secret+" sau. "+strings.Repeat(secret+" ", 300))
	p.Version.Title, p.Version.URL = secret, "https://bao.example/"+secret
	p.Version.URLKey = "bao.example/" + secret
	filler := func(from, to int) {
		for i := from; i < to; i++ {
			r.keep(t, page(i, strings.Repeat(fmt.Sprintf("Tin thường số %d. ", i), 500)))
		}
	}
	filler(0, 40)
	id := r.keep(t, p).ID
	filler(40, 160)
	err := r.db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		return errors.Join(articles.MarkMentioned(ctx, tx, id), quarantine.Put(ctx, tx, quarantine.Row{
			Topic: outbox.Articles, Consumer: "analyzer-live", Message: id + ":1", Article: id, N: 1, Cause: "at " + secret, At: fetched}))
	})
	if err != nil {
		t.Fatal(err)
	}
	r.drain(t)
	reopen := func() {
		r.close(t)
		r = open(t, dir, small)
	}
	found := search(t, dir, secret)
	for _, store := range []string{"records.db-wal", "captures", "stream"} {
		if found[store] == 0 {
			t.Errorf("before the deletion: not in %s; found in %v", store, found)
		}
	}
	reopen() // closing moves the log into the file
	if found := search(t, dir, secret); found["records.db"] == 0 || found["stream"] == 0 {
		t.Errorf("before the deletion, closed once: found in %v", found)
	}

	if err := r.archive.Delete(t.Context(), id, "admin", "theo đề nghị", nil); err != nil {
		t.Fatal(err)
	}
	if found := search(t, dir, secret); len(found) != 0 {
		t.Errorf("after the deletion: still in %v", found)
	}
	r.drain(t)
	reopen()
	if found := search(t, dir, secret); len(found) != 0 {
		t.Errorf("after the deletion and a restart: still in %v", found)
	}
	if a, m := r.messages(t, 0), r.messages(t, 1); a != 160 || m != 1 {
		t.Errorf("streams hold %d articles and %d events, want 160 others and the deletion's", a, m)
	}
	if _, err := articles.Message(t.Context(), r.db.Read(), articles.ID("bao.example/tin-39"), 1); err != nil {
		t.Errorf("a neighbour: %v", err)
	}
	// A page of it that comes in later leaves nothing either.
	if res := r.keep(t, p); !res.Deleted {
		t.Errorf("Keep after the deletion = %+v", res)
	}
	if found := search(t, dir, secret); found["captures"] != 0 || found["records.db"] != 0 {
		t.Errorf("after it came in again: found in %v", found)
	}
}

// The relay has read the text, the deletion comes, the relay publishes: the message must go too.
func TestDeletionOvertakesTheRelay(t *testing.T) {
	t.Parallel()
	r := open(t, t.TempDir(), nil)
	id := r.keep(t, page(1, "Nội dung")).ID
	r.relay.At = func(string) {
		r.relay.At = nil
		if err := r.archive.Delete(t.Context(), id, "admin", "", nil); err != nil {
			t.Error(err)
		}
		// As if this copy had left the relay after the streams were erased.
		if _, err := r.stream.Publish(t.Context(), outbox.Articles, "articles.live.bao-a", id+":1:late", []byte(`{}`)); err != nil {
			t.Error(err)
		}
	}
	r.drain(t)
	if n := r.messages(t, 0); n != 0 {
		t.Errorf("ARTICLES holds %d messages, want none", n)
	}
}

// search counts the files below dir that hold text, by store.
func search(t *testing.T, dir, text string) map[string]int {
	t.Helper()
	found := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the server rewrites its own files
		}
		if err != nil {
			return err
		}
		for _, form := range [][]byte{data, ungzip(data), uns2(data)} {
			if bytes.Contains(form, []byte(text)) {
				rel, _ := filepath.Rel(dir, path)
				found[strings.Split(rel, string(filepath.Separator))[0]]++
				return nil
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func ungzip(data []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(z)
	return out
}

// uns2 reads a block file: its head names the compression, the rest is one S2 stream.
func uns2(data []byte) []byte {
	i := bytes.Index(data, []byte("\xff\x06\x00\x00S2sTwO"))
	if i < 0 {
		return nil
	}
	out, _ := io.ReadAll(s2.NewReader(bytes.NewReader(data[i:])))
	return out
}
