package places_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lamro/analyzer/places"
	"lamro/analyzer/places/national"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// shipped is the directory of places that the project ships.
func shipped(t testing.TB) *places.Gazetteer {
	t.Helper()
	f, err := os.Open("../../configs/provinces/bac-kan/places.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := places.Load(f, "places.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

type row struct {
	ID, Doc, Title, Lead, Text, Summary, Field, Name, Sense, Relevance, URL string
	RelevanceBy                                                             string `json:"relevance_by"`
	Start, End                                                              int
}

// lines reads a set of the quality data, or skips the test with one line.
func lines(t testing.TB, path string) []row {
	t.Helper()
	dir := os.Getenv("LAMRO_QUALITY_DATA")
	if dir == "" {
		t.Skip("LAMRO_QUALITY_DATA is not set: quality not measured")
	}
	f, err := os.Open(filepath.Join(dir, path))
	if err != nil {
		t.Skipf("no quality data: %v", err)
	}
	defer f.Close()
	var out []row
	s := bufio.NewScanner(f)
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		var r row
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, r)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func read(r row) places.Document {
	return places.Document{Fields: []query.Field{
		{Name: "title", Text: vietnamese.Read(r.Title)},
		{Name: "text", Text: vietnamese.Read(r.Lead + "\n" + r.Text + "\n" + r.Summary)},
	}}
}

// ambiguous are the names of the labelled occurrences.
var ambiguous = []string{"Chợ Mới", "Chợ Đồn", "Ba Bể", "Bạch Thông", "Ngân Sơn", "Na Rì", "Pác Nặm"}

// without is the directory that the project ships without what it says of one name beyond the
// units that bear it: its landmarks and the longer words that contain it.
func without(t *testing.T, name string) *places.Gazetteer {
	t.Helper()
	data, err := os.ReadFile("../../configs/provinces/bac-kan/places.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		entry := strings.HasPrefix(line, "  - {code: lm-") || strings.HasPrefix(line, "  - {text: ")
		if entry && strings.Contains(strings.ToLower(line), strings.ToLower(name)) {
			line = "\n"
		}
		out = append(out, line)
	}
	g, err := places.Load(strings.NewReader(strings.Join(out, "")), "places.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// generated is the directory made for another province.
func generated(t *testing.T, code string) *places.Gazetteer {
	t.Helper()
	d, err := national.Load()
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	if err := places.Generate(&file, d, code); err != nil {
		t.Fatal(err)
	}
	g, err := places.Load(strings.NewReader(file.String()), code+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// count is how a set of labelled occurrences came out.
type count struct{ right, wrong, missed, unsure int }

func (c count) String() string {
	return fmt.Sprintf("precision %.4f (%d wrong), recall %.4f (%d missed), %d right, %d unsure",
		float64(c.right)/float64(c.right+c.wrong), c.wrong, float64(c.right)/float64(c.right+c.missed), c.missed, c.right, c.unsure)
}

// half is a or b, by the hash of a document's id: rules are improved by looking at half a.
func half(doc string) string {
	h := fnv.New32a()
	h.Write([]byte(doc))
	if h.Sum32()%2 == 0 {
		return "a"
	}
	return "b"
}

// measure counts the occurrences that pass; errors of half a are shown.
func measure(t *testing.T, g *places.Gazetteer, docs map[string]row, occurrences []row, sense string, pass func(row) bool) (c count) {
	t.Helper()
	found := map[string]places.Found{}
	for _, o := range occurrences {
		if !pass(o) {
			continue
		}
		d := docs[o.Doc]
		if _, ok := found[o.Doc]; !ok {
			found[o.Doc] = g.Resolve(places.Document{Fields: []query.Field{
				{Name: "title", Text: vietnamese.Read(d.Title)}, {Name: "text", Text: vietnamese.Read(d.Text)},
			}})
		}
		text := d.Text
		if o.Field == "title" {
			text = d.Title
		}
		start, end := len(string([]rune(text)[:o.Start])), len(string([]rune(text)[:o.End]))
		var at *places.Place
		for _, p := range found[o.Doc].Places {
			if p.Field == o.Field && p.Start < end && start < p.End {
				at = &p
			}
		}
		certain := at != nil && at.Certain && at.InArea
		switch {
		case certain && o.Sense == sense:
			c.right++
		case certain:
			c.wrong++
		case o.Sense == sense:
			c.missed++
		}
		if at != nil && !at.Certain {
			c.unsure++
		}
		if certain != (o.Sense == sense) && half(o.Doc) == "a" {
			t.Logf("%s is %s, not %v: %s: …%s…", o.Name, o.Sense, certain, why(found[o.Doc], o.Field, start),
				strings.ToValidUTF8(text[max(start-120, 0):min(end+120, len(text))], ""))
		}
	}
	return c
}

// why is the reason given for what stands at a byte of a field.
func why(found places.Found, field string, at int) string {
	for _, p := range found.Places {
		if p.Field == field && p.Start <= at && at < p.End {
			return p.Why
		}
	}
	for _, o := range found.Others {
		if o.Field == field && o.Start <= at && at < o.End {
			return o.Why
		}
	}
	return "nothing found"
}

// How well the names that other places share are told apart: by half of the documents, and for
// each name by general rules alone.
func TestQualityOfPlaceSense(t *testing.T) {
	docs := map[string]row{}
	for _, d := range lines(t, "restricted/disambiguation/documents.jsonl") {
		docs[d.ID] = d
	}
	occurrences := lines(t, "restricted/disambiguation/occurrences.jsonl")
	g := shipped(t)
	all := measure(t, g, docs, occurrences, "bac_kan", func(row) bool { return true })
	t.Logf("all: %v", all)
	for _, h := range []string{"a", "b"} {
		t.Logf("half %s: %v", h, measure(t, g, docs, occurrences, "bac_kan", func(o row) bool { return half(o.Doc) == h }))
	}
	var sum count
	for _, name := range ambiguous {
		c := measure(t, without(t, name), docs, occurrences, "bac_kan", func(o row) bool { return o.Name == name })
		t.Logf("%s by general rules alone: %v", name, c)
		sum.right, sum.wrong, sum.missed, sum.unsure = sum.right+c.right, sum.wrong+c.wrong, sum.missed+c.missed, sum.unsure+c.unsure
	}
	t.Logf("each name by general rules alone: %v", sum)
	other := measure(t, generated(t, "91"), docs, occurrences, "an_giang", func(o row) bool { return o.Name == "Chợ Mới" })
	t.Logf("Chợ Mới as a place of An Giang, with the directory made for it: %v", other)
	if float64(all.right) < 0.97*float64(all.right+all.wrong) || float64(all.right) < 0.97*float64(all.right+all.missed) {
		t.Errorf("place sense: %v, want precision and recall of at least 0.97", all)
	}
}

// How many articles that name the province are found.
func TestQualityOfArticlesThatNameTheProvince(t *testing.T) {
	g := shipped(t)
	for _, path := range []string{"bac-kan/articles.open.jsonl", "restricted/bac-kan/articles.press.jsonl"} {
		rows := lines(t, path)
		found := 0
		for _, r := range rows {
			if inArea(g.Resolve(read(r)).Places) != nil {
				found++
			} else {
				t.Logf("missed: %s %s", r.ID, r.URL)
			}
		}
		t.Logf("%s: %d of %d found", path, found, len(rows))
	}
}

// How well articles about the province are ranked above those that only name it, on the rows that
// a person judged and on all.
func TestQualityOfAbout(t *testing.T) {
	g := shipped(t)
	judged, all := map[string][]float64{}, map[string][]float64{}
	for _, path := range []string{"bac-kan/articles.open.jsonl", "restricted/bac-kan/articles.press.jsonl"} {
		for _, r := range lines(t, path) {
			score := 0.0
			for _, a := range g.Resolve(read(r)).About {
				if a.Code == "06" {
					score = a.Score
				}
			}
			all[r.Relevance] = append(all[r.Relevance], score)
			if r.RelevanceBy == "reviewer" {
				judged[r.Relevance] = append(judged[r.Relevance], score)
			}
		}
	}
	auc := areaUnderCurve(judged["central"], judged["passing"])
	t.Logf("judged by a person: AUC of central over passing %.4f (%d and %d), of partial over passing %.4f (%d)", auc,
		len(judged["central"]), len(judged["passing"]), areaUnderCurve(judged["partial"], judged["passing"]), len(judged["partial"]))
	t.Logf("all: AUC of central over passing %.4f (%d and %d), of partial over passing %.4f (%d), of central over partial %.4f",
		areaUnderCurve(all["central"], all["passing"]), len(all["central"]), len(all["passing"]),
		areaUnderCurve(all["partial"], all["passing"]), len(all["partial"]), areaUnderCurve(all["central"], all["partial"]))
	for level, scores := range all {
		t.Logf("%s: median %.3f, tenth %.3f, ninth tenth %.3f", level, quantile(scores, 0.5), quantile(scores, 0.1), quantile(scores, 0.9))
	}
	if auc < 0.85 {
		t.Errorf("AUC %.4f, want at least 0.85", auc)
	}
}

// areaUnderCurve is how often a score of high is above one of low; ties count half.
func areaUnderCurve(high, low []float64) float64 {
	wins := 0.0
	for _, h := range high {
		for _, l := range low {
			switch {
			case h > l:
				wins++
			case h == l:
				wins += 0.5
			}
		}
	}
	return wins / float64(len(high)*len(low))
}

func quantile(scores []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(scores))
	return s[int(q*float64(len(s)-1))]
}

// What is found in texts that do not name the province.
func TestQualityOfNegatives(t *testing.T) {
	g := shipped(t)
	for _, path := range []string{
		"negatives/wikipedia_vi.jsonl", "negatives/chinhphu_portal.jsonl",
		"restricted/negatives/news_trends.jsonl", "restricted/headlines/rss_headlines.jsonl",
	} {
		rows := lines(t, path)
		found, unsure := 0, 0
		for _, r := range rows {
			places := g.Resolve(read(r)).Places
			if p := inArea(places); p != nil {
				found++
				t.Logf("found: %s %s: %s", r.ID, p.Name, p.Why)
				continue
			}
			for _, p := range places {
				if p.InArea {
					unsure++
					t.Logf("unsure: %s %s: %s", r.ID, p.Name, p.Why)
					break
				}
			}
		}
		t.Logf("%s: %d of %d found, %d unsure", path, found, len(rows), unsure)
	}
}

func inArea(found []places.Place) *places.Place {
	for _, p := range found {
		if p.InArea && p.Certain {
			return &p
		}
	}
	return nil
}

// Resolving beside reading, on real texts of about 590 syllables.
func BenchmarkQualityResolve(b *testing.B) {
	g := shipped(b)
	var texts []string
	size := 0
	for _, r := range lines(b, "restricted/negatives/news_trends.jsonl") {
		if n := len(strings.Fields(r.Text)); n > 400 && n < 800 {
			texts = append(texts, r.Text)
			size += len(r.Text)
		}
	}
	for _, r := range lines(b, "restricted/bac-kan/articles.press.jsonl") {
		if n := len(strings.Fields(r.Text)); n > 400 && n < 800 {
			texts = append(texts, r.Text)
			size += len(r.Text)
		}
	}
	docs := make([]places.Document, len(texts))
	for i, text := range texts {
		docs[i] = places.Document{Fields: []query.Field{{Name: "text", Text: vietnamese.Read(text)}}}
	}
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(size / len(texts)))
		var r vietnamese.Reader
		for i := 0; b.Loop(); i++ {
			r.Read(texts[i%len(texts)])
		}
	})
	b.Run("resolve", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(size / len(texts)))
		for i := 0; b.Loop(); i++ {
			g.Resolve(docs[i%len(docs)])
		}
	})
}
