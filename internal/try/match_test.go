package try_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/try"
)

func run(t *testing.T, in string, fn func(ctx context.Context, raw []byte) (any, error)) []string {
	t.Helper()
	var out, errw bytes.Buffer
	if _, err := try.Run(t.Context(), strings.NewReader(in), &out, &errw, 1, fn); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

func TestText(t *testing.T) {
	t.Parallel()
	got := run(t, `{"id":1,"text":"Hoà Bình. ĐƯỜNG 3,5 km"}
{"id":2,"text":""}`, try.Text)
	want := []string{
		`{"id":1,"normal":"Hoà Bình. ĐƯỜNG 3,5 km","folded":"hoa binh. duong 3,5 km","language":"vi","tokens":[` +
			`{"start":0,"end":4,"normal":"hòa","folded":"hoa"},{"start":5,"end":10,"normal":"bình","folded":"binh"},` +
			`{"start":12,"end":21,"normal":"đường","folded":"duong"},{"start":22,"end":25,"normal":"3,5","folded":"3,5"},` +
			`{"start":26,"end":28,"normal":"km","folded":"km"}],"sentences":[[0,11],[12,28]]}`,
		`{"id":2,"normal":"","folded":"","language":"","tokens":[],"sentences":[]}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("try text =\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func gazetteer(t *testing.T) *places.Gazetteer {
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

func TestMatch(t *testing.T) {
	t.Parallel()
	g := gazetteer(t)
	seeds, err := try.ReadWatches("w.jsonl", []byte(`{"watch":"lo","query":"\"sạt lở\""}

{"watch":"pac-nam","query":"place:060"}
{"watch":"mua","query":"mua"}
`))
	if err != nil {
		t.Fatal(err)
	}
	set, warnings, err := try.CompileWatches(seeds)
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].Error(), "mua") {
		t.Fatalf("CompileWatches = %v, warnings %v; want one about mua", err, warnings)
	}
	lines := run(t, `{"id":"a","title":"Sạt lở","text":"ở huyện Pác Nặm","published_at":null}
{"id":"b","title":"Tin khác","text":"không có gì"}
{"id":"c","title":5}`, try.Match(g, set, nil))
	type span struct {
		Field, Term string
		Start, End  int
	}
	var got struct {
		ID       string
		Mentions []struct {
			Watch, Class, Why string
			Certain           bool
			Spans             []span
		}
	}
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Mentions) != 2 {
		t.Fatalf("try match = %s", lines[0])
	}
	lo, place := got.Mentions[0], got.Mentions[1]
	if lo.Watch != "lo" || lo.Class != "exact" || !lo.Certain || lo.Spans[0] != (span{"title", "sạt lở", 0, 10}) {
		t.Errorf("first mention = %+v", lo)
	}
	if place.Watch != "pac-nam" || !place.Certain || place.Why == "" || place.Spans[0] != (span{"text", "place:060", 12, 22}) {
		t.Errorf("second mention = %+v", place)
	}
	if lines[1] != `{"id":"b","mentions":[]}` {
		t.Errorf("nothing found = %s", lines[1])
	}
	if !strings.HasPrefix(lines[2], `{"id":"c","error":{"code":"bad-input"`) {
		t.Errorf("bad line = %s", lines[2])
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	g := gazetteer(t)
	home := func(source string) string { return map[string]string{"bao-bac-kan": "06"}[source] }
	got := run(t, `{"id":"a","title":"Mưa đá","text":"Mưa đá ở huyện Pác Nặm, ngớt ở chợ mới.","published_at":"2024-05-01"}
{"id":"b","title":"Tin khác","text":"không có gì"}
{"id":"c","title":"","text":"Ở Bạch Thông có cam.","source":"bao-bac-kan"}
{"id":"d","title":"","text":"Ở Bạch Thông có cam.","source":"bao-khac"}
{"id":"e","title":5}`, try.Places(g, home))
	want := []string{
		`{"id":"a","places":[{"field":"text","start":22,"end":32,"code":"060","name":"Pác Nặm","in_area":true,"confidence":"certain",` +
			`"why":"\"huyện\" before a name that no other province has"}],"others":[{"field":"text","start":45,"end":56,"name":"chợ mới",` +
			`"why":"written as common words, without capitals"}],"about":[{"code":"06","name":"Bắc Kạn","score":0.369},{"code":"060","name":"Pác Nặm","score":0.369}]}`,
		`{"id":"b","places":[],"others":[],"about":[]}`,
		`"confidence":"certain","why":"the outlet writes for the area"`,
		`"confidence":"uncertain","why":"nothing in the text says that the place of the area is meant"`,
		`{"id":"e","error":{"code":"bad-input"`,
	}
	for i, w := range want {
		if i >= len(got) || !strings.Contains(got[i], w) {
			t.Errorf("line %d = %s, want %s in it", i, got[i], w)
		}
	}
}

func TestReadWatchesNamesTheLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"watch":"a","query":"\"lũ"}`:                                  "w:1: query of a: position 0",
		"{\"watch\":\"a\",\"query\":\"lũ\"}\n{\n":                       "w:2:",
		"watches:\n  - {id: a, name: A, query: '(lũ', severity: low}\n": "w:2",
	} {
		if _, err := try.ReadWatches("w", []byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ReadWatches(%q) = %v, want %q in it", in, err, want)
		}
	}
}

// shippedWatches are the watches of the project, compiled.
func shippedWatches(t *testing.T) *match.Set {
	t.Helper()
	data, err := os.ReadFile("../../configs/provinces/bac-kan/watches.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seeds, err := try.ReadWatches("watches.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	set, warnings, err := try.CompileWatches(seeds)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("CompileWatches: %v, %v", warnings, err)
	}
	return set
}

// The watches that the project ships are all watches.
func TestShippedWatchesCompile(t *testing.T) {
	t.Parallel()
	if n := shippedWatches(t).Len(); n < 40 {
		t.Errorf("%d watches, want 40 or more", n)
	}
}

// A time of publication is read as people and exports write it: from: and to: depend on it.
func TestMatchReadsTimesAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	g := gazetteer(t)
	seeds, err := try.ReadWatches("w.jsonl", []byte("\uFEFF"+`{"watch":"on","query":"lũ from:2018-11-17 to:2018-11-17"}`))
	if err != nil {
		t.Fatal(err)
	}
	set, _, err := try.CompileWatches(seeds)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{
		"2018-11-17T12:15:00+07:00":          true,
		"2018-11-17T12:15:00+0700":           true,
		"2018-11-17 12:15:00":                true,
		"2018-11-17 12:15":                   true,
		"2018-11-17":                         true,
		"17/11/2018 12:15":                   true,
		"17/11/2018":                         true,
		"Thứ Bảy, 17/11/2018, 12:15 (GMT+7)": true,
		"Sat, 17 Nov 2018 12:15:00 +0700":    true,
		"2018-11-17T18:00:00Z":               false, // the 18th here
		"2018-11-17 18:00:00Z":               false,
		"2018-11-18 00:00:00":                false,
		"hôm qua":                            false,
		"":                                   false,
		"31/02/2018":                         false,
	} {
		in, err := json.Marshal(map[string]string{"title": "Lũ", "published_at": at})
		if err != nil {
			t.Fatal(err)
		}
		got := run(t, string(in), try.Match(g, set, nil))
		if on := strings.Contains(got[0], `"watch":"on"`); on != want {
			t.Errorf("published_at %q: %s, want the day of the watch: %v", at, got[0], want)
		}
	}
}
