package pages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/web"
)

// Every code of the query language, also one that is added tomorrow, has words in every language.
func TestEveryCodeOfTheQueryLanguageHasWords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../web/locales/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("texts = %v, %v", files, err)
	}
	var keys []string
	for _, c := range query.Codes() {
		keys = append(keys, "query."+c)
	}
	for _, c := range append(query.WarningCodes(), unknownPlace) {
		keys = append(keys, "query.warning."+c)
	}
	for _, err := range []error{query.ErrLoneSyllable, query.ErrShortPrefix, query.ErrNothingPositive} {
		var e *web.QueryError
		if !errors.As(queryError(err), &e) {
			t.Errorf("%v is no problem of a query", err)
			continue
		}
		keys = append(keys, "query."+e.Code)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			if texts[key] == "" {
				t.Errorf("%s has no text for %s", filepath.Base(f), key)
			}
		}
	}
}

// office is records with one place, and a matcher that takes every article about rice.
func office(t *testing.T) *pages {
	t.Helper()
	db, err := records.Open(t.Context(), filepath.Join(t.TempDir(), "records.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &pages{Deps{
		DB: db, PlaceName: func(code string) string { return map[string]string{"06": "Bắc Kạn"}[code] },
		Narrow: func(codes []string) []string { return codes },
		Find: func(*query.Query) func(news.Article) []news.Mention {
			return func(a news.Article) []news.Mention {
				if !strings.Contains(a.Body, "lúa") {
					return nil
				}
				return []news.Mention{{Watch: "x", Class: news.Exact, Certain: !strings.Contains(a.Body, "có lẽ")}}
			}
		},
		Window: 30 * 24 * time.Hour,
	}}
}

func TestEchoNamesPlacesAndSources(t *testing.T) {
	t.Parallel()
	p := office(t)
	q, err := query.ParseWith(`place:06 AND (title:"kỹ sư" OR lũ*) AND "mưa to" NEAR/5 (chợ OR "Chợ Mới") AND "mưa lũ"~3 `+
		`NOT (source:bao-la OR place:99) from:2026-11-01`, query.Options{IY: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.echo(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range got.Steps {
		line := fmt.Sprintf("%d %s %s %s %s %s", s.Depth, s.Kind, strings.Join(s.Args, " "), s.Name, s.In, s.Meets)
		if s.IY {
			line += " iy"
		}
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"0 all", "1 place 06 Bắc Kạn", "1 any", "2 phrase kỹ sư title bare iy", "2 prefix lũ same",
		"1 near 5", "2 phrase mưa to bare", "2 any", "3 word chợ same", "3 phrase Chợ Mới bare", "1 loose mưa lũ 3 bare",
		"1 none", "2 source bao-la bao-la", "2 place 99", "1 from 2026-11-01",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("steps =\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if !reflect.DeepEqual(got.Places, []web.PlaceEcho{{Term: "place:06", Name: "Bắc Kạn"}}) || got.Warnings[0] != unknownPlace {
		t.Errorf("places %v, warnings %v", got.Places, got.Warnings)
	}
}

func TestPreviewCountsWhatIsStoredByDay(t *testing.T) {
	t.Parallel()
	p := office(t)
	watches := standing{p}
	if got, err := watches.Preview(t.Context(), web.WatchQuery{Query: `"lúa mới"`}); err != nil || got.Days != nil || !got.Whole {
		t.Errorf("Preview of nothing = %+v, %v", got, err)
	}
	today := day(time.Now())
	for i, text := range []string{"lúa", "lúa, có lẽ", "ngô", "lúa", "lúa", "lúa"} {
		seen := today.AddDate(0, 0, -i/2)
		if i == 5 {
			seen = today.AddDate(0, 0, -40) // outside of the window
		}
		err := p.DB.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
			key := fmt.Sprintf("x.example/%d", i)
			_, err := articles.Put(ctx, tx, articles.NewVersion{
				URLKey: key, KeyRule: 1, URL: "https://" + key, Source: "bao-la", Title: fmt.Sprint("Tin ", i), Body: text, SeenAt: seen,
				Cause: news.Seen, Extractor: "test", Lane: news.Live, Capture: "c",
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := watches.Preview(t.Context(), web.WatchQuery{Query: `"lúa mới"`})
	if err != nil || got.Articles != 5 || got.Matched != 4 || got.Certain != 3 || !got.Whole {
		t.Errorf("Preview = %+v, %v; want 4 of 5, 3 of them certain", got, err)
	}
	var counts []int
	for _, d := range got.Days[len(got.Days)-3:] {
		counts = append(counts, d.Articles)
	}
	if !reflect.DeepEqual(counts, []int{1, 1, 2}) || !got.Days[len(got.Days)-1].Day.Equal(today) {
		t.Errorf("days = %v, want 1, 1 and 2 up to today", got.Days)
	}
	if len(got.Samples) != 4 || got.Samples[3].Title != "Tin 4" {
		t.Errorf("samples = %+v, want the newest first", got.Samples)
	}
	var bad *web.QueryError
	if _, err := watches.Preview(t.Context(), web.WatchQuery{Query: `"lúa`}); !errors.As(err, &bad) || bad.Code != "unclosed-quote" {
		t.Errorf("Preview of a wrong query = %v", err)
	}
}
