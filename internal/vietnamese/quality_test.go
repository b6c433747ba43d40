package vietnamese_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lamro/internal/vietnamese"
)

// quality is the directory with the sets that are measured on and too large to be kept here.
func quality(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("LAMRO_QUALITY_DATA")
	if dir == "" {
		t.Skip("LAMRO_QUALITY_DATA is not set")
	}
	return dir
}

type story struct{ Title, Text, Body string }

func stories(t *testing.T, pattern string) (out []story) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Skipf("no %s", pattern)
	}
	for _, f := range files {
		lines(t, f, func(s story) { out = append(out, s) })
	}
	return out
}

// treebank is the sentences of UD_Vietnamese-COL, by document.
func treebank(t *testing.T, dir string) (docs [][]string) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "lang/ud_col_202208_sentences.txt"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	last := ""
	for s := bufio.NewScanner(f); s.Scan(); {
		if url, ok := strings.CutPrefix(s.Text(), "# doc_url = "); ok && url != last {
			docs, last = append(docs, nil), url
		}
		if text, ok := strings.CutPrefix(s.Text(), "# text = "); ok {
			docs[len(docs)-1] = append(docs[len(docs)-1], strings.TrimSpace(text))
		}
	}
	return docs
}

func TestLanguageQuality(t *testing.T) {
	t.Parallel()
	dir := quality(t)
	var sentences, headlines, posts, others []string
	for _, d := range treebank(t, dir) {
		sentences = append(sentences, d...)
	}
	for _, s := range stories(t, filepath.Join(dir, "restricted/headlines/*.jsonl")) {
		headlines = append(headlines, s.Title)
	}
	for _, s := range stories(t, filepath.Join(dir, "restricted/negatives/*.jsonl")) {
		posts = append(posts, s.Text)
	}
	for _, set := range []string{"fundus", "scrapinghub", "readability"} {
		for _, s := range stories(t, filepath.Join(dir, "extraction", set, "ground-truth.jsonl")) {
			for _, text := range []string{s.Title, s.Text, s.Body} {
				for paragraph := range strings.SplitSeq(text, "\n") {
					if !strings.ContainsAny(strings.ToLower(text), "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ") && strings.TrimSpace(paragraph) != "" {
						others = append(others, paragraph)
					}
				}
			}
		}
	}
	share := func(texts []string, fold bool) float64 {
		n := 0
		for _, s := range texts {
			if fold {
				s = vietnamese.Fold(s)
			}
			if vietnamese.Read(s).Language() == "vi" {
				n++
			}
		}
		return float64(n) / float64(len(texts))
	}
	t.Logf("with marks: headlines %.3f of %d, sentences %.3f of %d, posts %.3f of %d", share(headlines, false), len(headlines), share(sentences, false), len(sentences), share(posts, false), len(posts))
	t.Logf("without marks: headlines %.3f, sentences %.3f, posts %.3f", share(headlines, true), share(sentences, true), share(posts, true))
	wrong := 0
	for _, s := range others {
		if vietnamese.Read(s).Language() == "vi" {
			wrong++
			if wrong < 40 && len(s) < 200 {
				t.Logf("taken for Vietnamese: %q", s)
			}
		}
	}
	t.Logf("other languages: %d of %d paragraphs and titles taken for Vietnamese", wrong, len(others))
}

func TestSentenceQuality(t *testing.T) {
	t.Parallel()
	var found, right, all int
	for _, doc := range treebank(t, quality(t)) {
		ends := map[int]bool{}
		joined := ""
		for _, s := range doc {
			joined += s
			ends[len(joined)] = true
			if strings.ContainsAny(s[max(0, len(s)-4):], ".!?…") {
				joined += " "
			} else {
				joined += "\n" // a headline, a line of a list
			}
		}
		all += len(doc) - 1
		last := len(strings.TrimSpace(joined))
		for _, s := range vietnamese.Read(joined).Sentences {
			if s[1] == last {
				continue
			}
			found++
			if ends[s[1]] {
				right++
			} else if found%7 == 0 {
				t.Logf("not an end: …%s|%s…", joined[max(0, s[1]-40):s[1]], joined[s[1]:min(len(joined), s[1]+30)])
			}
			delete(ends, s[1])
		}
		for e := range ends {
			if e%5 == 0 && e < last {
				t.Logf("missed: …%s|%s…", joined[max(0, e-40):e], joined[e:min(len(joined), e+30)])
			}
		}
	}
	p, r := float64(right)/float64(found), float64(right)/float64(all)
	t.Logf("sentence ends: %d of %d found right, of %d: F1 %.4f (precision %.4f, recall %.4f)", right, found, all, 2*p*r/(p+r), p, r)
}
