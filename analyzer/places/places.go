// Package places finds the units, landmarks and roads of the office's area in a text and decides
// by their context whether they are meant: sure, unsure, or something else of the same name.
// What it knows of the country stands in places.yaml; which watch cares is package match's.
package places

import (
	"slices"
	"time"

	"lamro/internal/news"
	"lamro/internal/query"
)

// Document is a text to look for places in.
type Document struct {
	Fields []query.Field
	Home   string    // code of the place the outlet writes for, "" where unknown
	Source string    // id or name of the outlet, and
	Site   string    // the host of its address: what says where it is at home while Home is ""
	At     time.Time // when it was published, or seen; the zero time where unknown
}

// Place is one spot of a text where a place of the directory is meant.
type Place struct {
	Field      string
	Start, End int // bytes of the field's original
	Code       string
	Name       string   // as it was called at the time
	Codes      []string // its own code and those of all it lies or lay in, of the unit that took it over whole, and of the area
	InArea     bool
	Class      news.Class // how the name is written
	Certain    bool
	Why        string // Reason in English words
	Reason     Reason
}

// Other is one spot of a text that looks like a place of the directory and is something else.
type Other struct {
	Field      string
	Start, End int
	Name       string
	Why        string // Reason in English words
	Reason     Reason
}

// Found is what Resolve found, each list in the order of the text.
type Found struct {
	Places []Place
	Others []Other
	About  []About // what the text is about, the most central first
}

// Codes are the codes of places, each once, in order.
func Codes(found []Place) []string {
	var codes []string
	for _, p := range found {
		codes = append(codes, p.Codes...)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
