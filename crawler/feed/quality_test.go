package feed_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lamro/crawler/feed"
)

// TestQuality counts how many fixtures of other parsers are read, under the directory of test
// data that LAMRO_QUALITY_DATA names.
func TestQuality(t *testing.T) {
	root := os.Getenv("LAMRO_QUALITY_DATA")
	if root == "" {
		t.Skip("LAMRO_QUALITY_DATA is not set")
	}
	documents, whole, partial := 0, 0, 0
	err := filepath.WalkDir(filepath.Join(root, "feeds"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isFixture(path) {
			return err
		}
		body, err := os.ReadFile(path) //nolint:gosec // the measurer's own data
		if err != nil {
			return err
		}
		documents++
		switch f, err := feed.Parse("https://bao.example/feed", "", body); {
		case err != nil:
			t.Logf("%s: %v", filepath.Base(path), err)
		case f.Partial:
			partial++
		default:
			whole++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("feeds: %d documents, %.2f %% read (%d whole, %d partly), target 98.5 %%",
		documents, 100*float64(whole+partial)/float64(documents), whole, partial)
}

func isFixture(path string) bool {
	slash := filepath.ToSlash(path)
	isJSON := strings.Contains(slash, "/parser/json/") || strings.Contains(slash, "/feedparser/json/")
	return strings.HasSuffix(path, ".xml") || strings.HasSuffix(path, ".json") && isJSON && !strings.Contains(slash, "expected")
}
