package query

import (
	"fmt"
	"strings"
)

// missing says that a term was expected where l stands, and drops what asks for it.
func (p *parser) missing(l lexeme) *SyntaxError {
	e := &SyntaxError{Code: "term-expected", Pos: l.pos, Found: l.describe(), Expected: "a word, a phrase, a field or ("}
	b := p.before
	switch {
	case l.kind == near || l.kind == together || l.kind == and || l.kind == or:
		e.Suggestion = without(p.s, l.pos, l.end)
	case b.kind == open && l.kind == shut:
		e.Code = "empty-group"
		e.Suggestion = without(p.s, b.pos, l.end)
	case b.kind != end:
		e.Suggestion = without(p.s, b.pos, b.end)
	case l.kind == shut:
		e.Code = "unopened"
		e.Suggestion = without(p.s, l.pos, l.end)
	case l.kind == end:
		e.Code = "empty"
	}
	return e
}

// badPhrase says why a term cannot be looked for, nil where it can.
func (p *parser) badPhrase(n *Phrase, l lexeme) *SyntaxError {
	if len(n.Exact) == 0 {
		e := &SyntaxError{Code: "no-word", Pos: l.pos, Found: l.describe(), Expected: "letters or digits", Suggestion: without(p.s, l.pos, l.end)}
		if r := strings.TrimFunc(l.text, isMinus); r == "" && l.text != "" && l.kind == word {
			e.Code, e.Expected = "lone-dash", "a word right after the dash, or quotation marks around the phrase"
			e.Suggestion = dashed(p.s, l.pos, l.end)
		}
		return e
	}
	if twins := n.twins(); p.options.IY && 1<<min(twins, 30) > MaxExpansions {
		return &SyntaxError{Code: "too-many-spellings", Pos: l.pos, Found: l.describe(),
			Expected: fmt.Sprintf("at most %d spellings of one phrase", MaxExpansions)}
	}
	return nil
}

// badPrefix says why letters with an asterisk cannot be looked for, nil where they can.
func (p *parser) badPrefix(n *Prefix, l lexeme) *SyntaxError {
	if n == nil {
		e := &SyntaxError{Code: "wildcard-words", Pos: l.end - 1, Found: l.describe() + "*", Expected: "one word before the asterisk"}
		if whole := NewPhrase(l.text, Anywhere, p.options); len(whole.Written) > 1 {
			last := len(whole.Written) - 1
			e.Suggestion = fmt.Sprintf(`%s"%s" ONEAR/0 %s*%s`, p.s[:l.pos], strings.Join(whole.Written[:last], " "), whole.Written[last], p.s[l.end:])
		}
		return e
	}
	if n.letters() < MinPrefix {
		return &SyntaxError{Code: "prefix-too-short", Pos: l.end - 1, Found: l.describe() + "*",
			Expected: fmt.Sprintf("at least %d letters before the asterisk", MinPrefix)}
	}
	return nil
}
