package embedded

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
	"lamro/internal/news"
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
		for _, field := range newTextFields(f.name, f.text) {
			doc.AddField(field)
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
