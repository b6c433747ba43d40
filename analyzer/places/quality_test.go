package places_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"lamro/analyzer/places"
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
	Start, End                                                              int
}

// lines reads a set of the quality data, or skips the test with one line.
func lines(t *testing.T, path string) []row {
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

// How well the names that other places share are told apart: recorded, not a gate.
func TestQualityOfPlaceSense(t *testing.T) {
	g := shipped(t)
	docs := map[string]row{}
	for _, d := range lines(t, "restricted/disambiguation/documents.jsonl") {
		docs[d.ID] = d
	}
	found := map[string]places.Found{}
	var right, wrong, missed, unsure int
	for _, o := range lines(t, "restricted/disambiguation/occurrences.jsonl") {
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
		case certain && o.Sense == "bac_kan":
			right++
		case certain:
			wrong++
			t.Logf("wrong: %s %s %d: %s", o.Doc, o.Name, o.Start, at.Why)
		case o.Sense == "bac_kan":
			missed++
			t.Logf("missed: %s %s %d %+v", o.Doc, o.Name, o.Start, at)
		}
		if at != nil && !at.Certain {
			unsure++
		}
	}
	t.Logf("place sense: precision %.3f (%d wrong), recall %.3f (%d missed), %d unsure",
		float64(right)/float64(right+wrong), wrong, float64(right)/float64(right+missed), missed, unsure)
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
