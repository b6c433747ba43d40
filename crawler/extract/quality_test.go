package extract_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/markusmobius/go-trafilatura"

	"lamro/crawler/extract"
)

// TestQuality prints how well articles are read next to plain go-trafilatura, on the corpora in
// the directory of test data that LAMRO_QUALITY_DATA names: shingles of four words (mean
// precision, mean recall and their F1, as the scrapinghub benchmark counts), and pieces of text
// that must and must not be there (as trafilatura counts).
func TestQuality(t *testing.T) {
	root := os.Getenv("LAMRO_QUALITY_DATA")
	if root == "" {
		t.Skip("LAMRO_QUALITY_DATA is not set")
	}
	for _, corpus := range []string{"extraction/scrapinghub/ground-truth.jsonl", "extraction/fundus/ground-truth.jsonl",
		"restricted/extraction/vietnamese/ground-truth.jsonl", "extraction/trafilatura/snippets.jsonl"} {
		t.Run(filepath.Base(filepath.Dir(corpus)), func(t *testing.T) {
			measure(t, filepath.Join(root, filepath.FromSlash(corpus)))
		})
	}
	t.Run("dates", func(t *testing.T) { measureDates(t, filepath.Join(root, "dates", "htmldate", "dates.jsonl")) })
}

type truth struct {
	ID             string   `json:"id"`
	URL            string   `json:"url"`
	Title          string   `json:"title"`
	Lead           string   `json:"lead"`
	Text           string   `json:"text"`
	Published      string   `json:"published"`
	MustContain    []string `json:"must_contain"`
	MustNotContain []string `json:"must_not_contain"`
	HTMLPath       string   `json:"html_path"`
}

func measure(t *testing.T, file string) {
	var ours, plain score
	var titles, days, pages, dated int
	var spent time.Duration
	for _, want := range readTruth(t, file) {
		body := readPage(t, filepath.Join(filepath.Dir(file), filepath.FromSlash(want.HTMLPath)))
		start := time.Now()
		p, err := extract.Extract(extract.Input{URL: want.URL, Body: body})
		spent += time.Since(start)
		if err != nil {
			t.Errorf("%s: %v", want.ID, err)
			continue
		}
		other := ""
		if r, err := trafilatura.Extract(bytes.NewReader(body), trafilatura.Options{EnableFallback: true, HtmlDateMode: trafilatura.Disabled}); err == nil {
			other = r.ContentText
		}
		if want.Lead != "" {
			want.Text = want.Lead + "\n\n" + want.Text
		}
		f := ours.add(p.Text(), want)
		g := plain.add(other, want)
		if f < g-0.1 || f < 0.5 {
			t.Logf("%s: F1 %.2f by %s, plain trafilatura %.2f", want.ID, f, p.Method, g)
		}
		pages++
		if strings.Contains(fold(p.Title), fold(want.Title)) || strings.Contains(fold(want.Title), fold(p.Title)) && p.Title != "" {
			titles++
		} else if want.Title != "" {
			t.Logf("%s: title %q, want %q", want.ID, p.Title, want.Title)
		}
		if want.Published != "" {
			dated++
			if got := p.PublishedAt.Format(time.DateOnly); sameDay(p.PublishedAt, want.Published) {
				days++
			} else {
				t.Logf("%s: published %s from %s, want %s", want.ID, got, p.PublishedFrom, want.Published)
			}
		}
	}
	t.Logf("%d pages: ours %s; plain trafilatura %s; titles %d, days %d of %d; %v a page",
		pages, &ours, &plain, titles, days, dated, (spent / time.Duration(max(pages, 1))).Round(10*time.Microsecond))
}

func measureDates(t *testing.T, file string) {
	found, right, total := 0, 0, 0
	from := map[string][2]int{}
	for _, want := range readTruth(t, file) {
		p, err := extract.Extract(extract.Input{URL: want.URL, Body: readPage(t, filepath.Join(filepath.Dir(file), filepath.FromSlash(want.HTMLPath)))})
		if err != nil {
			t.Errorf("%s: %v", want.ID, err)
			continue
		}
		total++
		count := from[p.PublishedFrom]
		count[1]++
		if !p.PublishedAt.IsZero() {
			found++
			if sameDay(p.PublishedAt, want.Published) {
				right++
				count[0]++
			}
		}
		from[p.PublishedFrom] = count
	}
	t.Logf("%d pages: a date on %d, the right day on %d; by place [right all]: %v", total, found, right, from)
}

// sameDay compares days in the zone that the page gives, or in UTC: truths differ in that.
func sameDay(got time.Time, want string) bool {
	day := want[:min(len(want), 10)]
	return got.Format(time.DateOnly) == day || got.UTC().Format(time.DateOnly) == day
}

// A score collects shingles or snippets, whichever the corpus has.
type score struct {
	precisions, recalls []float64
	tp, fp, fn          int
}

func (s *score) add(got string, want truth) float64 {
	if want.MustContain != nil || want.MustNotContain != nil {
		for _, m := range want.MustContain {
			if strings.Contains(got, m) {
				s.tp++
			} else {
				s.fn++
			}
		}
		for _, m := range want.MustNotContain {
			if strings.Contains(got, m) {
				s.fp++
			}
		}
		return 1
	}
	p, r := shingles(got, want.Text)
	s.precisions, s.recalls = append(s.precisions, p), append(s.recalls, r)
	return f1(p, r)
}

func (s *score) String() string {
	p, r := mean(s.precisions), mean(s.recalls)
	if s.tp+s.fp+s.fn > 0 {
		p, r = float64(s.tp)/float64(s.tp+s.fp), float64(s.tp)/float64(s.tp+s.fn)
	}
	return strings.Join([]string{"P", three(p), "R", three(r), "F1", three(f1(p, r))}, " ")
}

var word = regexp.MustCompile(`[\pL\pM\pN_]+`)

func shingles(got, want string) (precision, recall float64) {
	count := func(s string) map[string]int {
		words := word.FindAllString(s, -1)
		out := map[string]int{}
		for i := range max(1, len(words)-3) {
			out[strings.Join(words[min(i, len(words)):min(i+4, len(words))], " ")]++
		}
		return out
	}
	g, w := count(got), count(want)
	tp, all, truths := 0, 0, 0
	for k, n := range g {
		tp += min(n, w[k])
		all += n
	}
	for _, n := range w {
		truths += n
	}
	return float64(tp) / float64(max(all, 1)), float64(tp) / float64(max(truths, 1))
}

func f1(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(max(len(xs), 1))
}

func three(x float64) string { b, _ := json.Marshal(float64(int(x*1000+0.5)) / 1000); return string(b) }

func fold(s string) string { return strings.ToLower(strings.Join(word.FindAllString(s, -1), " ")) }

func readTruth(t *testing.T, file string) []truth {
	t.Helper()
	f, err := os.Open(file) //nolint:gosec // the measurer's own data
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	var out []truth
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var row truth
		if err := d.Decode(&row); err == io.EOF {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
}

func readPage(t *testing.T, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(file) //nolint:gosec // the measurer's own data
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if body, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return body
}
