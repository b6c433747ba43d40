package try_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"lamro/internal/query"
	"lamro/internal/try"
)

// FuzzQuery: whatever is asked, the answer is one line; a canonical form is understood without
// a warning and is its own canonical form, and a suggestion is a query.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{
		`title:("sạt lở" OR lũ*) NEAR/5 ~cho`, `"Chợ Mới`, `a, b`, `“mưa”~3 and -c`, `from:31/2/2026`, "\xff(", `a NEAR/5 b NEAR/5 c`,
	} {
		f.Add(q, "auto", false)
		f.Add(q, "fold", true)
	}
	f.Fuzz(func(t *testing.T, text, mode string, iy bool) {
		line, err := json.Marshal(map[string]any{"id": 7, "query": text, "mode": mode, "iy": iy})
		if err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if _, err := try.Run(t.Context(), bytes.NewReader(line), &out, &errs, 1, try.Query); err != nil {
			t.Fatal(err)
		}
		var got struct {
			ID        int
			Canonical string
			Error     *struct {
				Code, Message, Suggestion string
				Position                  int
			}
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.ID != 7 || strings.Count(out.String(), "\n") != 1 {
			t.Fatalf("answer %q: %v", out.String(), err)
		}
		switch {
		case got.Error == nil:
			again, err := query.ParseWith(got.Canonical, query.Options{Mode: query.Mode(mode), IY: iy})
			if err != nil || again.String() != got.Canonical {
				t.Errorf("canonical form %q of %q is read as %v, %v", got.Canonical, text, again, err)
			}
		case got.Error.Code == "" || got.Error.Message == "" || got.Error.Code == "panic":
			t.Errorf("%q fails as %+v", text, got.Error)
		}
	})
}
