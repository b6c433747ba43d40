package query_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

var update = flag.Bool("update", false, "rewrite testdata/bad.tsv from its first column")

// What analysts get wrong: a query, the code, the byte where the remedy belongs and the query put
// right, by lines. Each was looked at; -update is for new lines and changed texts.
func TestWrongQueriesNameThePlaceAndTheRemedy(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/bad.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out strings.Builder
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "# ") {
			out.WriteString(line + "\n")
			continue
		}
		n++
		s, want, _ := strings.Cut(line, "\t")
		_, err := query.Parse(s)
		e := query.IsSyntax(err)
		if e == nil {
			t.Errorf("Parse(%q) = %v, want a syntax error", s, err)
			continue
		}
		got := fmt.Sprintf("%s\t%d\t%s", e.Code, e.Pos, e.Suggestion)
		fmt.Fprintf(&out, "%s\t%s\n", s, got)
		if got != want && !*update {
			t.Errorf("Parse(%q) = %q, want %q", s, got, want)
		}
		checkSuggestion(t, s, e)
	}
	if n < 300 {
		t.Errorf("%d wrong queries, want at least 300", n)
	}
	if *update {
		if err := os.WriteFile("testdata/bad.tsv", []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func checkSuggestion(t *testing.T, s string, e *query.SyntaxError) {
	t.Helper()
	if e.Pos < 0 || e.Pos > len(s) {
		t.Errorf("Parse(%q): position %d", s, e.Pos)
	}
	if e.Suggestion == "" {
		return
	}
	if _, err := query.Parse(e.Suggestion); err != nil || e.Suggestion == s {
		t.Errorf("Parse(%q) suggests %q: %v", s, e.Suggestion, err)
	}
	if strings.Count(s, `"`)%2 != 0 {
		return
	}
	for i, phrase := range strings.Split(s, `"`) {
		if i%2 == 1 && vietnamese.Canonical(phrase) != "" && !strings.ContainsAny(phrase, `*\`) && phrase != "tiếng Việt" && !strings.Contains(e.Suggestion, phrase) {
			t.Errorf("Parse(%q) suggests %q, which loses %q", s, e.Suggestion, phrase)
		}
	}
}

// A mistake beside any phrase in quotation marks never costs the phrase.
func TestSuggestionsKeepWhatIsInQuotationMarks(t *testing.T) {
	t.Parallel()
	phrases := []string{`"Ba Bể"`, `“chợ mới”`, `"an giang"`, `title:"sạt lở"`, `(lũ OR "hạn hán")`, `"mưa lũ"~3`, `-"bể bơi"`, `lũ`, `place:06`, `place:"Na Rì"`}
	between := []string{
		" not near/5 ", " NEAR/x ", " NEAR 5 ", " AROUND(5) ", " /s ", " XOR ", " BUT ", " NEAR/5 NOT ", " AND OR ", " OR AND NOT ", " NEAR/5 near/3 ", " - ", " – ",
		" ? ", " * ", " ^2 ", "^2 ", "~ ", "* ", ") ", " ( ", " [ ", " } ", ` \ `, " tilte:", " country:", " tiêu đề:", " W/5 (lũ AND bão) NEAR/5 ", " NEAR/5 place:06 OR ", " title:body:",
	}
	suggested := 0
	for _, a := range phrases {
		for _, b := range phrases {
			for _, op := range between {
				for _, s := range []string{a + op + b, a + " OR " + b + op + "lũ", "(" + a + op + b + ") AND hạn"} {
					_, err := query.Parse(s)
					e := query.IsSyntax(err)
					if e == nil || e.Suggestion == "" {
						continue
					}
					suggested++
					checkSuggestion(t, s, e)
					for _, phrase := range []string{"Ba Bể", "chợ mới", "an giang", "sạt lở", "hạn hán", "mưa lũ", "bể bơi", "Na Rì"} {
						if strings.Contains(s, phrase) && !strings.Contains(e.Suggestion, phrase) {
							t.Errorf("Parse(%q) suggests %q, which loses %q", s, e.Suggestion, phrase)
						}
					}
				}
			}
		}
	}
	if suggested < 3000 {
		t.Errorf("%d suggestions were looked at, want at least 3,000", suggested)
	}
}

// Every code has its text in the interface, the English one as Error says it.
func TestCodesHaveTextsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"vi", "en"} {
		b, err := os.ReadFile("../web/locales/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
		check := func(key, english string) {
			if got := texts[key]; got == "" || (got == english) != (lang == "en") {
				t.Errorf("%s: %s = %q, in English %q", lang, key, got, english)
			}
		}
		for _, code := range query.Codes() {
			english := strings.TrimPrefix((&query.SyntaxError{Code: code}).Error(), "position 0: ")
			check("query."+code, english)
		}
		for _, code := range query.WarningCodes() {
			check("query.warning."+code, query.WarningText(code))
		}
		for kind, english := range query.StepKinds() {
			check("query.explain."+kind, english)
		}
	}
}

// What is too much is refused at once.
func TestHugeQueriesAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, code string }{
		{strings.Repeat("lũ ", 10000), "too-many-terms"},
		{strings.Repeat("lũ|", 10000), "too-many-terms"},
		{strings.Repeat("(", 1000) + "lũ" + strings.Repeat(")", 1000), "too-deep"},
		{strings.Repeat("NOT ", 1000) + "lũ", "too-deep"},
		{strings.Repeat("~", 1000) + "lũ", "lone-fold"},
		{strings.Repeat("title:", 1000) + "lũ", "too-deep"},
		{strings.Repeat("a", 1<<20), "too-long"},
		{strings.Repeat(`"`, 1<<20), "too-long"},
		{strings.Repeat("'a", 30000), ""},
		{`"` + strings.Repeat("a ", 30000) + `"`, ""},
		{strings.Repeat(`a "b* `, 10000), "wildcard-in-quotes"},
		{strings.Repeat("title:(a ", 60), "too-deep"},
		{strings.Repeat("a XOR ", 10000), "foreign-operator"},
		{strings.Repeat("NEAR(", 13000), "term-expected"},
		{strings.Repeat("a NOT NEAR (", 5000), "too-deep"},
		{strings.Repeat("place:a ", 8000), "bad-place"},
	} {
		_, err := query.Parse(c.in)
		if e := query.IsSyntax(err); c.code == "" && err != nil || c.code != "" && (e == nil || e.Code != c.code) {
			t.Errorf("Parse(%.20q… of %d bytes) = %v, want %q", c.in, len(c.in), err, c.code)
		}
	}
}
