package try_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"lamro/internal/try"
)

// Every way to write a name of the area, and what only looks like one, by the shipped watches.
func TestShippedWatchesMeetEverySpelling(t *testing.T) {
	t.Parallel()
	stage := try.Match(gazetteer(t), shippedWatches(t), nil)
	vectors, err := os.ReadFile("../vietnamese/testdata/alias_vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(vectors) {
		var v struct {
			Text, Why string
			Match     bool
		}
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		n++
		answer, err := stage(t.Context(), line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		var got struct{ Mentions []struct{ Watch string } }
		raw, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if (len(got.Mentions) > 0) != v.Match {
			t.Errorf("%q (%s): met by %v, want met: %v", v.Text, v.Why, got.Mentions, v.Match)
		}
	}
	if n != 52 {
		t.Errorf("%d vectors, want 52", n)
	}
}
