package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// The fields of a document. Each text has two, side by side: "title.exact" and "title.folded".
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
	fieldSite   = "site" // the host and every domain above it
	fieldLang   = "language"
	fieldSeen   = "seen"
	fieldPub    = "published"

	liveTerm = "1"
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

// reading makes the tokens of a text once, in Bleve's own goroutines, for both views.
type reading struct {
	text string
	once sync.Once
	view [2]analysis.TokenStream
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

// border stands in the exact view where the first token of a sentence stands. No token holds
// a "#".
const border = "#s"

func (r *reading) read() {
	read := vietnamese.Read(r.text)
	all := make([]analysis.Token, 0, 2*len(read.Tokens)+len(read.Sentences))
	for v := range r.view {
		r.view[v] = make(analysis.TokenStream, 0, len(read.Tokens)+len(read.Sentences)*(1-v))
	}
	add := func(v view, position int, term []byte) {
		all = append(all, analysis.Token{Term: term, Position: position, Type: analysis.AlphaNumeric})
		r.view[v] = append(r.view[v], &all[len(all)-1])
	}
	sentence := int32(-1)
	for i, t := range read.Tokens {
		if t.Sentence != sentence {
			sentence = t.Sentence
			add(exact, i+1, []byte(border))
		}
		add(exact, i+1, term(read.Exact(i)))
		add(folded, i+1, term(read.Folded(i)))
	}
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
func term(spelling string) []byte {
	if len(spelling) <= maxTerm {
		return []byte(spelling)
	}
	n := stemBytes
	for !utf8.RuneStart(spelling[n]) {
		n--
	}
	sum := sha256.Sum256([]byte(spelling))
	return []byte(spelling[:n] + "#" + hex.EncodeToString(sum[:16]))
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
		for _, v := range []view{exact, folded} {
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
	key(asFilter, fieldSite, domains(d.Site())...)
	key(asFilter, fieldLang, d.Language)
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

// domains are host and what it is a subdomain of.
func domains(host string) []string {
	all := []string{host}
	for {
		_, above, ok := strings.Cut(host, ".")
		if !ok {
			return all
		}
		host = above
		all = append(all, host)
	}
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
