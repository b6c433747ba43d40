package bench

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lamro/internal/testweb"
)

// dataVariable names the directory with the texts that quality is measured on. It is no part of
// the project, and nothing of it is kept.
const dataVariable = "LAMRO_QUALITY_DATA"

// qualityData is that directory; where it is not set the test is skipped.
func qualityData(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(dataVariable)
	if dir == "" {
		t.Skip(dataVariable + " is not set: quality not measured")
	}
	return dir
}

// A row is a text of a set, in the fields that the sets share.
type row struct {
	ID        string `json:"id"`
	URL       any    `json:"url"` // a list in some
	Title     string `json:"title"`
	Lead      string `json:"lead"`
	Text      string `json:"text"`
	Summary   string `json:"summary"`
	Published string `json:"published"`
	Source    string `json:"source"`
	HTMLPath  string `json:"html_path"`
}

// readRows reads a file of JSON lines; ok is false where there is none.
func readRows[T any](t testing.TB, path string) (rows []T, ok bool) {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var r T
		switch err := d.Decode(&r); {
		case errors.Is(err, io.EOF):
			return rows, true
		case err != nil:
			t.Fatalf("%s: %v", filepath.Base(path), err)
		}
		rows = append(rows, r)
	}
}

// A set is a file of texts and what is known of them.
type set struct {
	path     string
	province bool           // all of its texts name the province
	only     func(row) bool // nil: all
	pages    bool           // it holds whole pages; else each text is made into one
}

// sets are the Vietnamese texts and pages. What is fake or only a headline may name the province
// all the same: of the sets that are not of the province only the negatives are known not to.
var sets = []set{
	{path: "bac-kan/articles.open.jsonl", province: true},
	{path: "restricted/bac-kan/articles.press.jsonl", province: true},
	{path: "negatives/wikipedia_vi.jsonl"},
	{path: "negatives/chinhphu_portal.jsonl"},
	{path: "restricted/negatives/news_trends.jsonl"},
	{path: "fake-real/vfnd.jsonl"},
	{path: "restricted/headlines/rss_headlines.jsonl"},
	{path: "extraction/fundus/ground-truth.jsonl", only: func(r row) bool { return strings.Contains(r.Source, "VnExpress") }, pages: true},
	{path: "restricted/extraction/vietnamese/ground-truth.jsonl", pages: true},
}

// read returns the rows of a set that are meant.
func (s set) read(t *testing.T, dir string) []row {
	t.Helper()
	all, ok := readRows[row](t, filepath.Join(dir, filepath.FromSlash(s.path)))
	if !ok {
		t.Logf("%s is not there", s.path)
	}
	var rows []row
	for _, r := range all {
		if s.only == nil || s.only(r) {
			rows = append(rows, r)
		}
	}
	return rows
}

// document is a row as an outlet would publish it.
func (s set) document(dir string, r row) testweb.Document {
	d := testweb.Document{
		ID: r.ID, Title: r.Title, Lead: r.Lead, Published: published(r.Published),
		Text: strings.ReplaceAll(cmp.Or(r.Text, r.Summary), "\n", "\n\n"),
	}
	if s.pages {
		d.HTMLPath = filepath.Join(dir, filepath.FromSlash(filepath.Dir(s.path)), filepath.FromSlash(r.HTMLPath))
	}
	return d
}

// published reads the dates of the sets; what is none of their forms is unknown.
func published(s string) time.Time {
	for _, layout := range []string{time.RFC3339, time.RFC1123Z, "2006-01-02 15:04:05-07:00", time.DateTime, time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at
		}
	}
	return time.Time{}
}
