// Package extract reads an article out of a page: title, lead, body, when it was published and
// what address it claims, without menus, related links and bylines. It is a pure function of
// what was fetched; archiving and deciding what is news are left to others, and no author is
// ever part of its result.
package extract

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"lamro/crawler/page"
	"lamro/internal/news"
	"lamro/internal/vietnamese/legacy"
)

// Version is stored with every version of an article; it is raised when the same bytes may give
// another text.
const Version = 1

// Limits of what is kept besides the body, in bytes.
const (
	maxTitle = 1000
	maxLead  = 8000
)

// Selectors say in CSS where the pages of one source keep their parts. All are optional; one
// that selects nothing on a page is as if it were not there.
type Selectors struct {
	Title, Lead, Body, Published string
	Remove                       string // what of the body is no part of the article
}

// ErrSelector is wrapped in the error for a selector that is not CSS.
var ErrSelector = errors.New("selector is not CSS")

// ErrNotPage is wrapped in the error for pictures, PDF and other bytes that are no page.
var ErrNotPage = errors.New("not a page")

// Validate tells which selector cannot be used.
func (s Selectors) Validate() error {
	for _, part := range [][2]string{{"title", s.Title}, {"lead", s.Lead}, {"body", s.Body}, {"published", s.Published}, {"remove", s.Remove}} {
		if part[1] == "" {
			continue
		}
		if _, err := cascadia.ParseGroup(part[1]); err != nil {
			return fmt.Errorf("%w: %s %q: %w", ErrSelector, part[0], part[1], err)
		}
	}
	return nil
}

// Input is a page as it was fetched.
type Input struct {
	URL         string // the final address; links are relative to it
	ContentType string
	Body        []byte    // without content encoding
	FetchedAt   time.Time // what "2 giờ trước" is relative to; zero where unknown
	Selectors   Selectors
}

// A Page is what was read. Texts are plain, NFC, paragraphs parted by a blank line.
type Page struct {
	Title string
	Lead  string // the sapo, where it is not part of the body
	Body  string // at most news.MaxBody bytes, then Truncated

	PublishedAt   time.Time // zero where the page does not say, or says what cannot be
	PublishedDay  bool      // only the day is known: PublishedAt is its last second
	PublishedFrom string    // one of the constants of news, empty with PublishedAt

	Canonical string // absolute; whether it may join articles is urlkey.Canonical's to say
	Language  string // two letters, empty where unknown
	Charset   string
	Legacy    legacy.Encoding // the old Vietnamese encoding that lay beneath Charset and was converted, empty where none did
	Truncated bool
	Method    Method
	Problem   Problem
}

// A Method says how the body was found, surest first.
type Method string

// The methods.
const (
	BySelectors Method = "selectors" // of the source
	ByLayout    Method = "layout"    // a content system that many outlets use
	ByContent   Method = "content"   // by what the page looks like
	ByWords     Method = "words"     // all visible words: the page could not be parsed
)

// A Problem says that the page, although it was served as one, is no article.
type Problem string

// The problems. A page with a problem is not archived as an article.
const (
	SoftNotFound Problem = "soft-404"
	Login        Problem = "login"
	Challenge    Problem = "challenge" // a page that asks the browser to prove itself
	Empty        Problem = "empty"
)

// Text is lead and body as one text.
func (p Page) Text() string {
	if p.Lead == "" || p.Body == "" {
		return p.Lead + p.Body
	}
	return p.Lead + "\n\n" + p.Body
}

// Code is the machine code of an error of this package.
func Code(err error) string {
	switch {
	case errors.Is(err, page.ErrTooLarge):
		return "too-large"
	case errors.Is(err, ErrNotPage):
		return "not-html"
	case errors.Is(err, ErrSelector):
		return "selector"
	}
	return "extract"
}

// Extract reads the article of a page. The same input gives the same page. A page within the
// limits of package page always gives one, if only with a Problem; one that is too deep or has
// too many tags gives all its visible words, so that what it says is still seen.
func Extract(in Input) (Page, error) {
	if err := in.Selectors.Validate(); err != nil {
		return Page{}, err
	}
	if kind := sniff(in.Body); kind != "" {
		return Page{}, fmt.Errorf("%w: %s", ErrNotPage, kind)
	}
	text, charset := page.Decode(in.Body, in.ContentType)
	text = page.WithoutData(text)
	doc, err := page.Parse(text)
	switch {
	case errors.Is(err, page.ErrTooLarge):
		return Page{}, err
	case err != nil:
		p := words(text)
		p.Charset = charset
		return p, nil //nolint:nilerr // too deep or too many tags to parse: the words are read all the same
	}
	found := page.Repair(doc)
	p := read(doc, in)
	p.Charset, p.Legacy = charset, found
	return p, nil
}

// read puts a page together from its tree, which it may change.
func read(doc *html.Node, in Input) Page {
	d := &document{root: doc, in: in, meta: readMeta(doc)}
	d.visible = render(doc, chrome)
	p := Page{Language: d.language(), Canonical: d.canonical()}
	d.vietnamese = p.Language == "vi"
	p.Title = d.title()
	body, method := d.body()
	body = tidy(body, p.Title)
	lead := d.lead(p.Title, body)
	p.Lead, body = partLead(lead, body)
	p.PublishedAt, p.PublishedDay, p.PublishedFrom = d.published(p.Title, body)
	p.Method = method
	p.Body, p.Truncated = join(body)
	p.Title, p.Lead = cut(p.Title, maxTitle), cut(p.Lead, maxLead)
	p.Problem = d.problem(p)
	return p
}

// A document is a page while it is read.
type document struct {
	root       *html.Node
	in         Input
	meta       meta
	visible    []block // what a reader sees of the whole page
	vietnamese bool
}

func words(text string) Page {
	title, paragraphs := page.Words(text)
	blocks := make([]block, len(paragraphs))
	for i, p := range paragraphs {
		blocks[i].text = p
	}
	p := Page{Title: cut(title, maxTitle), Method: ByWords}
	p.Body, p.Truncated = join(blocks)
	p.Language = languageOf(p.Body)
	if p.Body == "" {
		p.Problem = Empty
	}
	return p
}

// join makes the body of its paragraphs, whole ones as far as they fit.
func join(blocks []block) (body string, truncated bool) {
	var b strings.Builder
	for _, block := range blocks {
		gap := ""
		if b.Len() > 0 {
			gap = "\n\n"
		}
		if room := news.MaxBody - b.Len() - len(gap); len(block.text) > room {
			if b.Len() == 0 {
				b.WriteString(cut(block.text, news.MaxBody))
			}
			return b.String(), true
		}
		b.WriteString(gap + block.text)
	}
	return b.String(), false
}

// cut shortens s to at most n bytes on a rune's border.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimRight(s[:n], " \n")
}

// sniff names the format of bytes that are surely no page.
func sniff(body []byte) string {
	kind, _, _ := strings.Cut(http.DetectContentType(body), ";")
	switch major, _, _ := strings.Cut(kind, "/"); {
	case major == "image", major == "video", major == "audio", major == "font":
		return kind
	case kind == "application/pdf", kind == "application/zip", kind == "application/x-gzip", kind == "application/x-rar-compressed":
		return kind
	}
	return ""
}
