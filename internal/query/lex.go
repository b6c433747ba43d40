package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"lamro/internal/vietnamese"
)

type kind int

const (
	end kind = iota
	word
	quoted
	open
	shut
	and
	or
	not
	minus
	field
)

// lexeme is one piece of a query; text is what a word, a quotation or the value of a field says.
type lexeme struct {
	kind kind
	pos  int // bytes of the query
	name string
	text string
}

// describe says what was found, for messages.
func (l lexeme) describe() string {
	switch l.kind {
	case end:
		return "the end"
	case open:
		return "("
	case shut:
		return ")"
	case minus:
		return "-"
	case and, or, not:
		return l.text
	case field:
		return l.name + ":" + l.text
	default:
	}
	return `"` + l.text + `"`
}

// operators stand in capitals only: "và" and "or" are words.
var operators = map[string]kind{"AND": and, "OR": or, "NOT": not, "VÀ": and, "HOẶC": or, "KHÔNG": not}

// fields and the names by which Vietnamese users know them.
var fields = map[string]string{
	"place": "place", "nơi": "place", "noi": "place",
	"source": "source", "báo": "source", "bao": "source",
}

// later are words of other search services that mean an operator there. Taking them for text
// would find something else in silence.
var later = map[string]bool{"NEAR": true, "ONEAR": true, "SAMESENT": true}

var laterFields = map[string]bool{
	"title": true, "body": true, "site": true, "lang": true, "tier": true, "from": true, "to": true, "author": true,
}

// reserved says whether a lone word must stand in quotation marks to be taken for text.
func reserved(s string) bool { return operators[s] != 0 || later[s] }

func isQuote(r rune) bool { return strings.ContainsRune("\"“”„‟«»＂", r) }
func isOpen(r rune) bool  { return r == '(' || r == '（' }
func isShut(r rune) bool  { return r == ')' || r == '）' }
func isMinus(r rune) bool { return strings.ContainsRune("-–−－", r) }

// lex cuts a query into lexemes, the last of kind end.
func lex(s string) ([]lexeme, *SyntaxError) {
	var out []lexeme
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
		case isOpen(r):
			out = append(out, lexeme{kind: open, pos: i})
			i += size
		case isShut(r):
			out = append(out, lexeme{kind: shut, pos: i})
			i += size
		case isQuote(r):
			l, next, err := lexQuoted(s, i, i+size)
			if err != nil {
				return nil, err
			}
			out, i = append(out, l), next
		case isMinus(r) && i+size < len(s) && startsTerm(s[i+size:]):
			out = append(out, lexeme{kind: minus, pos: i})
			i += size
		default:
			l, next, err := lexWord(s, i)
			if err != nil {
				return nil, err
			}
			out, i = append(out, l), next
		}
	}
	return append(out, lexeme{kind: end, pos: len(s)}), nil
}

func startsTerm(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.IsSpace(r) && !isShut(r)
}

func lexQuoted(s string, at, from int) (lexeme, int, *SyntaxError) {
	n := strings.IndexFunc(s[from:], isQuote)
	if n < 0 {
		return lexeme{}, 0, &SyntaxError{Code: "unclosed-quote", Pos: at, Expected: `a closing quotation mark (")`,
			Suggestion: s[:at] + `"` + strings.TrimSpace(s[from:]) + `"`}
	}
	_, size := utf8.DecodeRuneInString(s[from+n:])
	l := lexeme{kind: quoted, pos: at, text: s[from : from+n]}
	next := from + n + size
	if strings.HasPrefix(s[next:], "~") {
		return lexeme{}, 0, &SyntaxError{Code: "not-supported", Pos: next, Expected: "a space after the phrase",
			Suggestion: "distances such as ~5 are not understood; join the words with AND"}
	}
	return l, next, nil
}

func lexWord(s string, at int) (lexeme, int, *SyntaxError) {
	n := strings.IndexFunc(s[at:], func(r rune) bool { return unicode.IsSpace(r) || isOpen(r) || isShut(r) || isQuote(r) })
	if n < 0 {
		n = len(s) - at
	}
	text := vietnamese.Normalize(s[at : at+n])
	next := at + n
	if k := operators[text]; k != 0 {
		return lexeme{kind: k, pos: at, text: text}, next, nil
	}
	if name, _, _ := strings.Cut(text, "/"); later[name] {
		return lexeme{}, 0, &SyntaxError{Code: "not-supported", Pos: at, Expected: "AND, OR or NOT",
			Suggestion: name + ` is not understood; write AND, or put the word in quotation marks: "` + name + `"`}
	}
	if name, value, ok := strings.Cut(text, ":"); ok {
		if canonical := fields[strings.ToLower(name)]; canonical != "" {
			return lexField(s, at, next, canonical, value)
		}
		if laterFields[strings.ToLower(name)] {
			return lexeme{}, 0, &SyntaxError{Code: "unknown-field", Pos: at, Expected: "place: or source:",
				Suggestion: name + ": is not understood; put the text in quotation marks to search for it"}
		}
	}
	if i := strings.IndexAny(s[at:next], "*~"); i >= 0 {
		return lexeme{}, 0, &SyntaxError{Code: "not-supported", Pos: at + i, Expected: "whole words",
			Suggestion: "write the words out and join them with OR"}
	}
	return lexeme{kind: word, pos: at, text: text}, next, nil
}

func lexField(s string, at, next int, name, value string) (lexeme, int, *SyntaxError) {
	if !isCode(value) {
		expected, example := "the code of a place", "place:06"
		if name == "source" {
			expected, example = "the id of a source", "source:bao-tinh"
		}
		colon := strings.IndexByte(s[at:], ':')
		return lexeme{}, 0, &SyntaxError{Code: "bad-" + name, Pos: at + colon + 1,
			Expected: expected + ", letters, digits and hyphens", Suggestion: example}
	}
	return lexeme{kind: field, pos: at, name: name, text: value}, next, nil
}

func isCode(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 40
}
