package query

import (
	"errors"
	"fmt"
)

// Limits of a query. They bound the work that one query can ask for.
const (
	MaxLength     = 64 << 10 // bytes, as typed and in the canonical form
	MaxDepth      = 50       // nested parentheses and negations
	MaxTerms      = 2000
	MaxDistance   = 50 // of NEAR, ONEAR and "a b"~n
	MinPrefix     = 2  // letters before the asterisk
	MaxExpansions = 64 // spellings of one phrase with i and y, where the query asks for them
)

// DefaultDistance is that of NEAR and ONEAR without a number. Other systems allow four words,
// which are about six syllables of Vietnamese.
const DefaultDistance = 6

// SyntaxError says where a query stops making sense and what to do about it. Code is the key
// under which the interface has what is wrong, and the remedy, in each language.
type SyntaxError struct {
	Code       string // such as "unclosed-quote"; see Codes
	Pos        int    // bytes into the query, where the remedy belongs
	Found      string // what stands there, "" where nothing is wrong with it by itself
	Expected   string // what may stand there
	Suggestion string // the whole query put right, "" where only its writer can
}

// Error says in English what is wrong and what to do.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("position %d: %s", e.Pos, problems[e.Code])
	if e.Suggestion != "" {
		s += " Try: " + e.Suggestion
	}
	return s
}

// IsSyntax takes the SyntaxError out of err, nil where it holds none.
func IsSyntax(err error) *SyntaxError {
	var e *SyntaxError
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// A Warning says that a query was understood in one way where its writer may mean another. Code
// is the key under which the interface has it in each language. Each stands once in a query, at
// its first place.
type Warning struct {
	Code string // see WarningCodes
	Pos  int    // bytes into the query
	Text string // in English
}
