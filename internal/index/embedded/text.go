package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/document"
	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/vietnamese"
)

// A view is one of the two readings of a text. A third, of the tokens that stand without marks,
// is not needed: a token is bare exactly where its spelling is the same in both.
type view int

const (
	exact  view = iota
	folded      // marks taken off
)

func (v view) field(text string) string {
	return text + [...]string{".exact", ".folded"}[v]
}

// textField is one view of a text for Bleve to index. It is analysed by itself and not through
// Bleve's tokens, because positions are most of an index and of the work of a search: Bleve
// writes five numbers for each of them, of which this one needs one.
type textField struct {
	*document.TextField
	reading *reading
	view    view
}

// newTextFields are the fields of a text.
func newTextFields(name, text string) (fields []document.Field) {
	r := &reading{text: text}
	for _, v := range []view{exact, folded} {
		fields = append(fields, textField{document.NewTextFieldCustom(v.field(name), nil, nil, asText, nil), r, v})
	}
	return fields
}

// Analyze implements bindex.Field.
func (f textField) Analyze() { f.reading.once.Do(f.reading.read) }

// AnalyzedLength implements bindex.Field.
func (f textField) AnalyzedLength() int { return f.reading.length }

// AnalyzedTokenFrequencies implements bindex.Field.
func (f textField) AnalyzedTokenFrequencies() bindex.TokenFrequencies { return f.reading.views[f.view] }

// reading finds where the words of a text stand, once, in Bleve's own goroutines, for both views.
// It is package vietnamese that says what a word is, so that every part of Lamro has the same.
type reading struct {
	text   string
	once   sync.Once
	length int // in tokens
	views  [folded + 1]bindex.TokenFrequencies
}

// border stands in the exact view where the first token of a sentence stands. No token holds
// a "#".
const border = "#s"

func (r *reading) read() {
	read := vietnamese.Read(r.text)
	r.length = len(read.Tokens)
	for v := range r.views {
		r.views[v] = bindex.TokenFrequencies{}
	}
	sentence := int32(-1)
	for i, t := range read.Tokens {
		if t.Sentence != sentence {
			sentence = t.Sentence
			standsAt(r.views[exact], border, i+1)
		}
		standsAt(r.views[exact], term(read.Exact(i)), i+1)
		standsAt(r.views[folded], term(read.Folded(i)), i+1)
	}
	for _, terms := range r.views {
		for _, t := range terms {
			pack(t.Locations[0])
		}
	}
}

// word is a term of a text for Bleve, with its only location.
type word struct {
	bindex.TokenFreq
	location  bindex.TokenLocation
	locations [1]*bindex.TokenLocation
}

// standsAt says that a term stands at a position, which is not before its others. Its first
// position is that of its only location, the others lie in what Bleve has for the places of a
// value in a document: there a position is one number.
func standsAt(terms bindex.TokenFrequencies, term string, position int) {
	t := terms[term]
	if t == nil {
		w := &word{TokenFreq: bindex.TokenFreq{Term: []byte(term)}, location: bindex.TokenLocation{Position: position}}
		w.locations[0] = &w.location
		w.Locations = w.locations[:]
		t = &w.TokenFreq
		terms[term] = t
	} else {
		others := &t.Locations[0].ArrayPositions
		*others = append(*others, uint64(position)) // #nosec G115 -- not negative
	}
	t.SetFrequency(t.Frequency() + 1)
}

// pack makes each further position of l its distance from the one before, which is a byte for
// most.
func pack(l *bindex.TokenLocation) {
	last := uint64(l.Position) // #nosec G115 -- not negative
	for i, p := range l.ArrayPositions {
		l.ArrayPositions[i], last = p-last, p
	}
}

// unpack appends to into the positions that pack packed.
func unpack(into []int, first uint64, distances []uint64) []int {
	position := int(first) // #nosec G115 -- a text has fewer tokens than bytes
	into = append(into, position)
	for _, d := range distances {
		position += int(d) // #nosec G115 -- as above
		into = append(into, position)
	}
	return into
}

// How long spellings stand in the index. The longest prefix that is looked for is shorter than
// what is left of any of them.
const (
	maxTerm   = 200 // bytes of a spelling that stands as it is
	stemBytes = 120 // that are left of a longer one, before its hash
	maxPrefix = 100
)

// term is how a spelling stands in the index. No token holds a "#", so that a hash is never
// taken for one.
func term(spelling string) string {
	if len(spelling) <= maxTerm {
		return spelling
	}
	n := stemBytes
	for !utf8.RuneStart(spelling[n]) {
		n--
	}
	sum := sha256.Sum256([]byte(spelling))
	return spelling[:n] + "#" + hex.EncodeToString(sum[:16])
}
