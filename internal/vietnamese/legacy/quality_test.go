package legacy_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/vietnamese"
	"lamro/internal/vietnamese/legacy"
)

// Real texts: each is found out in each encoding, and none is touched as it is.
func TestDetectionQuality(t *testing.T) {
	t.Parallel()
	root := os.Getenv("LAMRO_QUALITY_DATA")
	if root == "" {
		t.Skip("LAMRO_QUALITY_DATA is not set")
	}
	e := newEncoder(t)
	var texts []string
	for _, name := range []string{"negatives/wikipedia_vi.jsonl", "negatives/chinhphu_portal.jsonl", "bac-kan/articles.open.jsonl"} {
		for _, s := range readTexts(t, filepath.Join(root, name)) {
			texts = append(texts, pieces(s)...)
		}
	}
	others := readTexts(t, filepath.Join(root, "extraction/scrapinghub/ground-truth.jsonl"))
	for _, name := range []string{"extraction/fundus/ground-truth.jsonl", "extraction/readability/ground-truth.jsonl"} {
		others = append(others, readTexts(t, filepath.Join(root, name))...)
	}
	sentences, err := os.ReadFile(filepath.Join(root, "lang/ud_col_202208_sentences.txt"))
	if err != nil {
		t.Fatal(err)
	}
	others = append(others, strings.Split(string(sentences), "\n")...)
	touched := 0
	for _, s := range append(append([]string(nil), texts...), others...) {
		for _, form := range []string{s, norm.NFD.String(s), vietnamese.Fold(s)} {
			if enc, ok := legacy.DetectText(form); ok {
				touched++
				t.Errorf("%q is taken for %s", form[:min(len(form), 300)], enc)
			}
		}
	}
	t.Logf("%d texts, %d of other sets, %d touched", len(texts), len(others), touched)
	for _, enc := range encodings {
		found, wrong := 0, 0
		for _, s := range texts {
			got, ok := legacy.Detect(e.encode(s, enc))
			switch {
			case got == enc:
				found++
			case ok:
				wrong++
				t.Errorf("%q in %s is taken for %s", s[:min(len(s), 300)], enc, got)
			}
		}
		t.Logf("%-12s %d of %d found, %d taken for another", enc, found, len(texts), wrong)
		if found*100 < len(texts)*97 || wrong > 0 {
			t.Errorf("%s: %d of %d found, %d wrong, want 97 %% and none wrong", enc, found, len(texts), wrong)
		}
	}
}

func readTexts(t *testing.T, path string) (texts []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var row struct{ Text, Body string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if s := row.Text + row.Body; s != "" {
			texts = append(texts, s)
		}
	}
	return texts
}

// pieces cuts a text into pieces of 60 words, up to three of them, as short articles are; a piece
// that holds few Vietnamese letters, such as a table of figures or a foreign list, is left out.
func pieces(s string) (out []string) {
	words := strings.Fields(s)
	for len(words) >= 60 && len(out) < 3 {
		p := strings.Join(words[:60], " ")
		words = words[60:]
		marked := 0
		for _, r := range p {
			if r >= 0x1ea0 && r <= 0x1ef9 {
				marked++
			}
		}
		if marked >= 20 {
			out = append(out, p)
		}
	}
	return out
}
