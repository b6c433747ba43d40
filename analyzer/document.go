package analyzer

import (
	"net/url"
	"strings"
	"time"

	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// About is what a query can ask of an article besides its text, and where its outlet is at home.
type About struct {
	Source   string
	Home     string // code of the place that the source writes for
	Tier     int    // of the source, 0 where unknown
	Site     string // host of the address
	Language string
	At       time.Time // when it was published
}

// AboutArticle is what is known of a version. Its time is that of index.Document.At(Published):
// the publication, but never later than the first sight, which stands for an unknown one.
func AboutArticle(art news.Article, source Source) About {
	at := art.PublishedAt
	if at.IsZero() || at.After(art.FirstSeen) {
		at = art.FirstSeen
	}
	return About{
		Source: art.Source, Home: source.Home, Tier: source.Tier, Site: Site(art.URL), Language: art.Language, At: at,
	}
}

// Site is the host of an address as queries name it: lower case, without a port; "" where there
// is none.
func Site(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Document resolves the places of a text and puts it together for matching: what the analyzer
// does with an article, and `try match` with a line.
func Document(g *places.Gazetteer, fields []query.Field, about About) match.Document {
	found := g.Resolve(places.Document{Fields: fields, Home: about.Home, Source: about.Source, Site: about.Site, At: about.At})
	d := match.NewDocument(fields, about.Source, found.Places)
	d.Site, d.Language, d.Tier, d.At = about.Site, about.Language, about.Tier, about.At
	return d
}

// A Reader reads the fields of one document after another in the same memory. The zero value is
// ready; it is for one goroutine.
type Reader struct {
	texts  []*vietnamese.Reader
	fields []query.Field
}

// Fields are the fields of an article, valid until the next call.
func (r *Reader) Fields(art news.Article) []query.Field {
	r.Reset()
	r.Add(news.FieldTitle, art.Title)
	r.Add(news.FieldLead, art.Lead)
	return r.Add(news.FieldBody, art.Body)
}

// Reset begins another document.
func (r *Reader) Reset() { r.fields = r.fields[:0] }

// Add reads one more field and returns all of them, valid until Reset.
func (r *Reader) Add(name, text string) []query.Field {
	n := len(r.fields)
	if n == len(r.texts) {
		r.texts = append(r.texts, &vietnamese.Reader{})
	}
	r.fields = append(r.fields, query.Field{Name: name, Text: r.texts[n].Read(text)})
	return r.fields
}
