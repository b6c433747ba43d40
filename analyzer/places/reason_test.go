package places

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// Every code of a reason has an English sentence, and a sentence without arguments reads as one.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Reason") {
			return true
		}
		lit, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			t.Fatalf("%s is no literal", spec.Names[0].Name)
		}
		code, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		codes++
		switch words := english[code]; {
		case words == "":
			t.Errorf("reason %q has no words", code)
		case strings.Count(words, "%") > 1:
			t.Errorf("reason %q takes more than one argument", code)
		}
		return true
	})
	if codes != len(english) {
		t.Errorf("%d codes, %d sentences", codes, len(english))
	}
	if got := because(ReasonParent, "Bắc Kạn").String(); got != "in Bắc Kạn, which is named beside it" {
		t.Errorf("String = %q", got)
	}
}
