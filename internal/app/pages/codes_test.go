package pages

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every code of the crawler, also one that is added tomorrow, has words in every language.
func TestEveryCodeOfTheCrawlerHasWords(t *testing.T) {
	t.Parallel()
	codes := append(codesOf(t, "../../../crawler"), codesOf(t, "../../../crawler/fetch")...)
	if len(codes) < 30 {
		t.Fatalf("found %d codes, want those of the crawler: %v", len(codes), codes)
	}
	files, err := filepath.Glob("../../web/locales/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("texts = %v, %v", files, err)
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
		for _, c := range codes {
			if key := "error." + code(c); texts[key] == "" {
				t.Errorf("%s has no text for the code %q (%s)", filepath.Base(f), c, key)
			}
		}
	}
}

// codesOf are the values of the constants of a package whose names begin with Code.
func codesOf(t *testing.T, dir string) (codes []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") || len(spec.Values) != 1 {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				value, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				codes = append(codes, value)
			}
			return true
		})
	}
	return codes
}
