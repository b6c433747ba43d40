package match

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// syllables says of itself what it is.
//
//go:embed syllables.txt
var syllables string

// frequencies guess in how many documents a term stands, to choose what anchors a watch. They need
// not be right, only seldom wrong about which of two terms is the rarer.
type frequencies struct {
	exact, folded map[vietnamese.Key]float32 // share of documents
}

// unlisted is the share of a syllable that the table does not have.
const unlisted = 1.0 / 1024

func newFrequencies() frequencies {
	f := frequencies{exact: map[vietnamese.Key]float32{}, folded: map[vietnamese.Key]float32{}}
	for line := range strings.Lines(syllables) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		band, words, _ := strings.Cut(line, " ")
		n, _ := strconv.Atoi(band)
		share := float32(math.Exp2(-float64(n) / 2))
		for _, t := range vietnamese.Read(words).Tokens {
			f.exact[t.Exact] = max(f.exact[t.Exact], share)
			f.folded[t.Folded] = min(1, f.folded[t.Folded]+share)
		}
	}
	return f
}

// Each further syllable makes a phrase so much rarer. Real phrases differ widely; that one more
// syllable is worth four bands of the table chose the best anchors of the values tried.
const further = 1.0 / 16

// phrase is about the share of documents that have a phrase.
func (f *frequencies) phrase(p *query.Phrase) float32 {
	share := float32(1)
	for i := range p.Exact {
		share = min(share, f.syllable(p, i))
	}
	for range len(p.Exact) - 1 {
		share *= further
	}
	return share
}

// syllable is about the share of documents that have one syllable of a phrase.
func (f *frequencies) syllable(p *query.Phrase, i int) float32 {
	known, key := f.exact, p.Exact[i]
	if p.Mode == query.Fold || p.Mode != query.Exact && !p.Marked {
		known, key = f.folded, p.Folded[i]
	}
	if share, ok := known[key]; ok {
		return share
	}
	return unlisted
}

// prefixShare is about the share of documents that have a token that begins with two letters, and
// each further letter makes it so much rarer.
const (
	prefixShare   = 0.9
	furtherLetter = 0.5
)

func (f *frequencies) prefix(p *query.Prefix) float32 {
	share := float32(prefixShare)
	for range utf8.RuneCountInString(p.Letters) - 2 {
		share *= furtherLetter
	}
	return share
}
