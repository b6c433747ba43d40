package match

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lamro/internal/vietnamese"
)

// dataVariable names the directory with the texts. It is no part of the project, and nothing of
// it is kept.
const dataVariable = "LAMRO_QUALITY_DATA"

// newsSets are the sets of that directory that hold news as it was published.
var newsSets = []string{
	"restricted/negatives/news_trends.jsonl",
	"restricted/clusters/ktlab200.jsonl",
	"restricted/disambiguation/documents.jsonl",
	"restricted/bac-kan/articles.press.jsonl",
	"fake-real/vfnd.jsonl",
}

const (
	// meanLength is how many syllables an article of Vietnamese news has on average.
	meanLength = 590
	// minLength leaves out what is no article but a headline or a caption.
	minLength = 30
)

// A document is a text to match and its words, one and the same number of each kind.
type document struct {
	text          string
	exact, folded []string
}

// readDocuments reads the news of the directory, each text once, in an order that does not depend
// on the sets. Texts longer than a limit are cut there, and the limit is the greatest at which a
// document has no more than meanLength words on average.
func readDocuments(t testing.TB) []document {
	t.Helper()
	dir := os.Getenv(dataVariable)
	if dir == "" {
		t.Skip(dataVariable + " is not set: nothing to match")
	}
	var docs []document
	seen := map[string]bool{}
	for _, name := range newsSets {
		for _, text := range readTexts(t, filepath.Join(dir, filepath.FromSlash(name))) {
			d := newDocument(text)
			key := strings.Join(d.exact[:min(len(d.exact), 60)], " ")
			if len(d.exact) < minLength || seen[key] {
				continue
			}
			seen[key] = true
			docs = append(docs, d)
		}
	}
	cut(docs, meanLength)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	return docs
}

// readTexts reads title, lead and text of each line, joined as paragraphs.
func readTexts(t testing.TB, path string) (texts []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var row struct{ Title, Lead, Text string }
		switch err := d.Decode(&row); {
		case errors.Is(err, io.EOF):
			return texts
		case err != nil:
			t.Fatalf("%s: %v", filepath.Base(path), err)
		}
		parts := slices.DeleteFunc([]string{row.Title, row.Lead, row.Text}, func(s string) bool { return s == "" })
		texts = append(texts, strings.Join(parts, "\n\n"))
	}
}

func newDocument(text string) document {
	d := document{text: text}
	read := vietnamese.Read(text)
	for i := range read.Tokens {
		d.exact = append(d.exact, read.Exact(i))
		d.folded = append(d.folded, read.Folded(i))
	}
	return d
}

// cut shortens the longest documents until they have no more than mean words on average.
func cut(docs []document, mean int) {
	low, high := 0, 0
	for _, d := range docs {
		high = max(high, len(d.exact))
	}
	for low < high {
		limit := (low + high + 1) / 2
		total := 0
		for _, d := range docs {
			total += min(len(d.exact), limit)
		}
		if total <= mean*len(docs) {
			low = limit
		} else {
			high = limit - 1
		}
	}
	for i, d := range docs {
		if len(d.exact) > low {
			docs[i] = newDocument(d.text[:vietnamese.Read(d.text).Tokens[low-1].End])
		}
	}
}

// describe says how many documents there are and how long.
func describe(docs []document) string {
	words, bytes := 0, 0
	for _, d := range docs {
		words += len(d.exact)
		bytes += len(d.text)
	}
	n := float64(max(len(docs), 1))
	return fmt.Sprintf("%d documents of %.0f syllables and %.0f bytes on average", len(docs), float64(words)/n, float64(bytes)/n)
}
