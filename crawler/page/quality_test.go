package page_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lamro/crawler/page"
)

// Real pages, none of them in an old Vietnamese encoding: Repair leaves every one as it is.
func TestRepairQuality(t *testing.T) {
	t.Parallel()
	root := os.Getenv("LAMRO_QUALITY_DATA")
	if root == "" {
		t.Skip("LAMRO_QUALITY_DATA is not set")
	}
	pages := 0
	for _, set := range []string{"extraction", "dates", "restricted/extraction"} {
		err := filepath.WalkDir(filepath.Join(root, set), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(strings.TrimSuffix(path, ".gz"), ".html") {
				return err
			}
			doc, err := page.Parse(firstOf(page.Decode(read(t, path), "text/html")))
			if err != nil {
				return nil //nolint:nilerr // a page beyond the limits is none to repair
			}
			pages++
			if enc := page.Repair(doc); enc != "" {
				t.Errorf("%s is taken for %s", path, enc)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d pages", pages)
}

func firstOf(text, _ string) string { return text }

func read(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
