package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"lamro/analyzer/places"
	"lamro/internal/app"
	"lamro/internal/settings"
	"lamro/internal/try"
)

// TestQualityTry runs the stages by themselves, as `lamro try` does, over everything that comes
// with the truth, and prints one table. Reading articles is measured beside the stage, in
// crawler/extract.
func TestQualityTry(t *testing.T) {
	dir := qualityData(t)
	rows := [][]string{{"try", "on", "right", "of", "what it counts"}}
	add := func(stage, on string, right, of int, what string) {
		if of > 0 {
			rows = append(rows, []string{stage, on, fmt.Sprint(right), fmt.Sprint(of), what})
		}
	}
	mentioned := textMatcher(t)
	for _, s := range sets {
		if s.pages {
			continue
		}
		found, all := 0, s.read(t, dir)
		for _, r := range all {
			if len(mentioned(r)) > 0 {
				found++
			}
		}
		if s.province {
			add("match", s.path, found, len(all), "name the province and are found")
		} else {
			add("match", s.path, len(all)-found, len(all), "are of others and not found")
		}
	}
	right, of := tryAliases(t, dir, mentioned)
	add("match", "lang/alias_vectors.jsonl", right, of, "found or not, as written down")
	right, of = tryFeeds(t, dir)
	add("feed", "feeds/", right, of, "feeds that are read")
	right, of = tryRobots(t, dir, "robots/google_robotstxt.jsonl")
	add("robots", "robots/google_robotstxt.jsonl", right, of, "allowed or not, as written down")
	right, of = tryRobots(t, dir, "robots/wild.jsonl")
	add("robots", "robots/wild.jsonl", right, of, "allowed or not, as written down")
	right, of = tryTones(t, dir)
	add("text", "lang/tone_placement.tsv", right, of, "spellings that are one word, with the right letters")
	right, of = tryHomoglyphs(t, dir)
	add("text", "lang/homoglyph_vectors.jsonl", right, of, "look-alikes that are the word meant")
	printTable(t, rows)
}

// tryEach gives each input to a stage, as a line, and returns the answers in order.
func tryEach[Out any](t *testing.T, fn func(context.Context, []byte) (any, error), inputs []map[string]any) []Out {
	t.Helper()
	var in, out bytes.Buffer
	for i, input := range inputs {
		input["id"] = i
		line, err := json.Marshal(input)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	if _, err := try.Run(t.Context(), &in, &out, io.Discard, runtime.GOMAXPROCS(0), fn); err != nil {
		t.Fatal(err)
	}
	answers := make([]Out, 0, len(inputs))
	for d := json.NewDecoder(&out); ; {
		var o Out
		if err := d.Decode(&o); err == io.EOF {
			return answers
		} else if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, o)
	}
}

// textMatcher matches a text as it stands with the watches that the project ships.
func textMatcher(t *testing.T) func(row) []string {
	t.Helper()
	s, err := settings.Load(settings.Options{Shipped: true, ParseQuery: app.ParseWatchQuery, CheckPlaces: app.CheckPlaces})
	if err != nil {
		t.Fatal(err)
	}
	g, err := places.Load(bytes.NewReader(s.Province.Places.Data), s.Province.Places.Name)
	if err != nil {
		t.Fatal(err)
	}
	set, _, err := try.CompileWatches(s.Province.Watches)
	if err != nil {
		t.Fatal(err)
	}
	match := try.Match(g, set, nil)
	return func(r row) []string {
		text := strings.TrimSpace(strings.Join([]string{r.Lead, r.Text, r.Summary}, "\n"))
		out := tryEach[struct{ Mentions []struct{ Watch string } }](t, match,
			[]map[string]any{{"title": r.Title, "text": text, "published_at": r.Published}})
		var watches []string
		for _, m := range out[0].Mentions {
			watches = append(watches, m.Watch)
		}
		return watches
	}
}

func tryAliases(t *testing.T, dir string, mentioned func(row) []string) (right, of int) {
	t.Helper()
	all, _ := readRows[struct {
		Text, Why string
		Match     bool
	}](t, filepath.Join(dir, "lang", "alias_vectors.jsonl"))
	for _, v := range all {
		if got := mentioned(row{Text: v.Text}); len(got) > 0 == v.Match {
			right++
		} else {
			t.Logf("match: %q (%s) gives %v", v.Text, v.Why, got)
		}
	}
	return right, len(all)
}

// tryFeeds counts the fixtures of other parsers, broken ones too, that are read.
func tryFeeds(t *testing.T, dir string) (right, of int) {
	t.Helper()
	var inputs []map[string]any
	err := filepath.WalkDir(filepath.Join(dir, "feeds"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && isFeed(filepath.ToSlash(path)) {
			inputs = append(inputs, map[string]any{"url": "https://bao.example/feed", "path": path})
		}
		return err
	})
	if err != nil {
		t.Logf("feeds: %v", err)
	}
	for _, out := range tryEach[struct{ Kind string }](t, try.Feed, inputs) {
		if out.Kind != "" && out.Kind != "html" {
			right++
		}
	}
	return right, len(inputs)
}

// isFeed tells the fixtures from what is expected of them.
func isFeed(path string) bool {
	if strings.HasSuffix(path, ".json") {
		return !strings.Contains(path, "expected") && (strings.Contains(path, "/parser/json/") || strings.Contains(path, "/feedparser/json/"))
	}
	return strings.HasSuffix(path, ".xml")
}

func tryRobots(t *testing.T, dir, path string) (right, of int) {
	t.Helper()
	all, _ := readRows[map[string]any](t, filepath.Join(dir, filepath.FromSlash(path)))
	for i, out := range tryEach[struct{ Allowed bool }](t, try.Robots, all) {
		if out.Allowed == all[i]["allowed"] {
			right++
		} else {
			t.Logf("robots: %v for %v gives %v", all[i]["test"], all[i]["url"], out.Allowed)
		}
	}
	return right, len(all)
}

// word is a text as `try text` reads it: the keys to match by, and without marks.
type word struct {
	Tokens []struct{ Normal, Folded string }
}

// same tells whether two texts are the same words to the matcher.
func (w word) same(v word) bool { return len(w.Tokens) > 0 && slices.Equal(w.Tokens, v.Tokens) }

func readWords(t *testing.T, texts []string) []word {
	t.Helper()
	var inputs []map[string]any
	for _, text := range texts {
		inputs = append(inputs, map[string]any{"text": text})
	}
	return tryEach[word](t, try.Text, inputs)
}

// tryTones counts the syllables whose two spellings are one word, with the letters that belong
// to it.
func tryTones(t *testing.T, dir string) (right, of int) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "lang", "tone_placement.tsv"))
	if err != nil {
		t.Logf("tones: %v", err)
		return 0, 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) < 3 || strings.HasPrefix(cells[0], "#") {
			continue
		}
		of++
		if w := readWords(t, cells[:2]); w[0].same(w[1]) && w[0].Tokens[0].Folded == cells[2] {
			right++
		} else {
			t.Logf("tones: %q gives %v", cells, w)
		}
	}
	return right, of
}

func tryHomoglyphs(t *testing.T, dir string) (right, of int) {
	t.Helper()
	all, _ := readRows[struct{ Text, Expected, Note string }](t, filepath.Join(dir, "lang", "homoglyph_vectors.jsonl"))
	for _, v := range all {
		if w := readWords(t, []string{v.Text, v.Expected}); w[0].same(w[1]) {
			right++
		} else {
			t.Logf("look-alikes: %q, want %q: %s", v.Text, v.Expected, v.Note)
		}
	}
	return right, len(all)
}
