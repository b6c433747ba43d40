package e2e

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	zap "github.com/blevesearch/zapx/v17"
	"github.com/klauspost/compress/s2"

	"lamro/internal/app"
	"lamro/internal/records/articles"
	"lamro/internal/settings"
)

// Ruling 7 on the whole road: the text of an article is found before its deletion in every store
// that holds it (through gzip, S2 and Bleve's stored fields) and nowhere after, a search finds
// it no more, and the page does not come back though its outlet lists it on.
func TestDeletedArticleIsNowhere(t *testing.T) {
	t.Parallel()
	const secret = "xyzzyquux0917" // one token, the same in every form of the text
	paper := openPress(t)
	mail := mailServer(t)
	o := office{
		Data: t.TempDir(), Sources: []settings.Source{paper.source()}, Mail: mail.Port(), Scale: 1000,
		// Small blocks, so that the message lies in one that is closed and compressed.
		Set: map[string]string{"stream.max_bytes": "8MiB"},
	}
	w := o.start(t)
	until(t, 20*time.Second, func() string { return missing(paper.polled() > 0, "the feed is not polled") })
	address := paper.print("Tin về "+secret+" ở tỉnh Bắc Kạn", "Mở đầu có "+secret+".\n\n"+story(0, 20)+"\n\n"+strings.Repeat(secret+" ", 40))
	until(t, 20*time.Second, func() string { return missing(len(mail.Mails()) > 0, "nobody is told") })
	fresh := holders(t, o.Data, secret)
	const others = 60
	for i := range others {
		paper.print(fmt.Sprintf("Tin số %d ở tỉnh Bắc Kạn", i+1), story(i+1, 250))
	}
	until(t, 60*time.Second, func() string {
		n := count(t, w.db, `SELECT COUNT(*) FROM articles`)
		return missing(n == others+1, "%d articles are archived", n)
	})
	w.drained(t, 30*time.Second)
	if got := found(t, w.Client, secret); len(got) != 1 || got[address] != 1 {
		t.Fatalf("before the deletion the search finds %v, want %s", got, address)
	}
	if n := len(mail.Mails()); n != others+1 {
		t.Errorf("%d mails arrived, want one for each of %d articles", n, others+1)
	}
	w.stop() // closing moves the log of the records into the file
	closed := holders(t, o.Data, secret)
	for store, held := range map[string]map[string]int{"records.db-wal": fresh, "records.db": closed, "captures": closed, "stream": closed, "index": closed} {
		if held[store] == 0 {
			t.Errorf("before the deletion the text is not in %s: it is in %v, later in %v", store, fresh, closed)
		}
	}

	w = o.start(t)
	id := texts(t, w.db, `SELECT id FROM articles WHERE url = $1`, address)[0]
	if err := w.Call(t.Context(), "article.delete", app.Deletion{ID: id, Reason: "theo đề nghị"}, nil); err != nil {
		t.Fatal(err)
	}
	if held := holders(t, o.Data, secret); len(held) != 0 {
		t.Errorf("right after the deletion the text is still in %v", held)
	}
	polls, reads := paper.polled(), paper.read(address)
	until(t, 30*time.Second, func() string {
		return missing(paper.polled() >= polls+3, "the feed was read %d times more", paper.polled()-polls)
	})
	w.drained(t, 30*time.Second)
	if n := paper.read(address); n != reads {
		t.Errorf("the page was read %d times after the deletion", n-reads)
	}
	if got := found(t, w.Client, secret); len(got) != 0 {
		t.Errorf("after the deletion the search finds %v", got)
	}
	if got := found(t, w.Client, ""); len(got) != others {
		t.Errorf("%d others are found, want %d", len(got), others)
	}
	if art, err := articles.Get(t.Context(), w.db.Read(), id); err != nil || art.DeletedAt.IsZero() {
		t.Errorf("the article is %+v, %v; want the mark of its deletion", art, err)
	}
	verified(t, w.Client)
	w.stop()
	if held := holders(t, o.Data, secret); len(held) != 0 {
		t.Errorf("after the feed listed it again and a stop the text is in %v", held)
	}
	w = o.start(t)
	w.drained(t, 30*time.Second)
	if held := holders(t, o.Data, secret); len(held) != 0 {
		t.Errorf("after another start the text is in %v", held)
	}
}

// holders counts the files that hold a text in any form, by the store they belong to.
func holders(t *testing.T, dir, text string) map[string]int {
	t.Helper()
	held := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a part rewrote its own files meanwhile
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		forms := [][]byte{data, gunzipped(data), uncompressed(data)}
		if filepath.Ext(path) == ".zap" {
			forms = append(forms, segment(t, path))
		}
		for _, form := range forms {
			if bytes.Contains(bytes.ToLower(form), []byte(text)) {
				rel, _ := filepath.Rel(dir, path)
				held[strings.Split(rel, string(filepath.Separator))[0]]++
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func gunzipped(data []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(z) // as far as it goes
	return out
}

// uncompressed reads a block of a stream: its head names the compression, the rest is S2.
func uncompressed(data []byte) []byte {
	i := bytes.Index(data, []byte("\xff\x06\x00\x00S2sTwO"))
	if i < 0 {
		return nil
	}
	out, _ := io.ReadAll(s2.NewReader(bytes.NewReader(data[i:])))
	return out
}

// segment reads the terms and the stored fields of a segment of the index.
func segment(t *testing.T, path string) []byte {
	t.Helper()
	seg, err := (&zap.ZapPlugin{}).Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // merged away meanwhile
	}
	if err != nil {
		t.Fatal(err)
	}
	defer seg.Close()
	var out bytes.Buffer
	for _, field := range seg.Fields() {
		dict, err := seg.Dictionary(field)
		if err != nil {
			t.Fatal(err)
		}
		all := dict.AutomatonIterator(nil, nil, nil)
		for {
			entry, err := all.Next()
			if err != nil {
				t.Fatal(err)
			}
			if entry == nil {
				break
			}
			fmt.Fprintln(&out, entry.Term)
		}
	}
	for i := range seg.Count() {
		err := seg.VisitStoredFields(i, func(_ string, _ byte, value []byte, _ []uint64) bool {
			fmt.Fprintf(&out, "%s\n", value)
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}
