package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"sync"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// The fields of a document. Each text has three, side by side: "title.exact" and so on.
const (
	fieldDoc    = "doc"  // the document itself, stored only
	fieldCard   = "card" // see card
	fieldLive   = "live" // liveTerm, where the document is no tombstone
	fieldStory  = "story"
	fieldSource = "source"
	fieldClass  = "class"
	fieldTier   = "tier"
	fieldPlace  = "place"
	fieldWatch  = "watch"
	fieldCase   = "case"
	fieldSeen   = "seen"
	fieldPub    = "published"

	liveTerm = "1"
)

// A view is one of the three readings of a text.
type view int

const (
	exact  view = iota
	folded      // marks taken off
	bare        // only what carries no marks; anything else leaves its position empty
)

func (v view) field(text string) string {
	return text + [...]string{".exact", ".folded", ".bare"}[v]
}

// reading makes the tokens of a text once, in Bleve's own goroutines, for all three views.
type reading struct {
	text string
	once sync.Once
	view [3]analysis.TokenStream
}

// tokens is one view of a reading, as the analyzer that Bleve asks for.
type tokens struct {
	r *reading
	v view
}

// Analyze implements analysis.Analyzer. The bytes that Bleve holds are none: the tokens are
// made from the text by package vietnamese, so that every part of Lamro has the same.
func (t tokens) Analyze([]byte) analysis.TokenStream {
	t.r.once.Do(t.r.read)
	return t.r.view[t.v]
}

func (r *reading) read() {
	read := vietnamese.Read(r.text)
	all := make([]analysis.Token, 0, 3*len(read.Tokens))
	for v := range r.view {
		r.view[v] = make(analysis.TokenStream, 0, len(read.Tokens))
	}
	add := func(v view, position int, key []byte) {
		all = append(all, analysis.Token{Term: key, Position: position, Type: analysis.AlphaNumeric})
		r.view[v] = append(r.view[v], &all[len(all)-1])
	}
	for i, t := range read.Tokens {
		f := term(read.Folded(i))
		add(exact, i+1, term(read.Exact(i)))
		add(folded, i+1, f)
		if t.Bare() {
			add(bare, i+1, f)
		}
	}
}

// maxTerm is the longest key, in bytes, that stands in the index as it is.
const maxTerm = 200

// term is how a key stands in the index. No token holds a "#", so that a hash is never taken
// for one.
func term(key string) []byte {
	if len(key) <= maxTerm {
		return []byte(key)
	}
	sum := sha256.Sum256([]byte(key))
	return []byte("#" + hex.EncodeToString(sum[:16]))
}

// whole is the analyzer of fields whose value is one term.
type whole struct{}

// Analyze implements analysis.Analyzer.
func (whole) Analyze(value []byte) analysis.TokenStream {
	return analysis.TokenStream{{Term: value, End: len(value), Position: 1}}
}

const (
	asText    = bindex.IndexField | bindex.IncludeTermVectors
	asFilter  = bindex.IndexField | bindex.SkipFreqNorm
	asCounted = asFilter | bindex.DocValues
)

func build(d *index.Document) (*document.Document, error) {
	stored, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	doc := document.NewDocument(d.ID)
	doc.AddField(document.NewTextFieldCustom(fieldDoc, nil, stored, bindex.StoreField, nil))
	for _, f := range []struct{ name, text string }{
		{news.FieldTitle, d.Title}, {news.FieldLead, d.Lead}, {news.FieldBody, d.Body},
	} {
		r := &reading{text: f.text}
		for _, v := range []view{exact, folded, bare} {
			doc.AddField(document.NewTextFieldCustom(v.field(f.name), nil, nil, asText, tokens{r, v}))
		}
	}
	key := func(options bindex.FieldIndexingOptions, name string, values ...string) {
		for _, value := range values {
			if value != "" {
				doc.AddField(document.NewTextFieldCustom(name, nil, []byte(value), options, whole{}))
			}
		}
	}
	key(asFilter, fieldLive, liveTerm)
	key(asFilter, fieldStory, d.Group())
	key(asFilter, fieldSource, d.Source)
	key(asFilter, fieldClass, d.Class)
	key(asFilter, fieldTier, strconv.Itoa(d.Tier))
	key(asFilter, fieldCase, d.Case)
	key(asCounted, fieldPlace, unique(d.Places)...)
	key(asCounted, fieldWatch, unique(d.Watches)...)
	c := cardOf(d)
	key(asCounted, fieldCard, c.String())
	for name, ms := range map[string]int64{fieldSeen: c.seen, fieldPub: c.published} {
		doc.AddField(document.NewNumericFieldWithIndexingOptions(name, nil, float64(ms), asFilter))
	}
	return doc, nil
}

// tombstone keeps the revision of a deleted article, so that an older one never comes back.
func tombstone(id string, rev int64, kind string) *document.Document {
	doc := document.NewDocument(id)
	c := card{kind: kind, rev: rev, id: []byte(id)}
	doc.AddField(document.NewTextFieldCustom(fieldCard, nil, []byte(c.String()), asCounted, whole{}))
	return doc
}

func unique(values []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, v := range values {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
