// Package feed reads what an outlet offers as a list of its articles: RSS, Atom, RDF, JSON Feed,
// sitemaps and list pages, also where they are broken in the ways that real ones are. It gives
// addresses and what the list says of them; fetching and telling old from new is the crawler's.
package feed

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lamro/crawler/dates"
	"lamro/crawler/page"
	"lamro/crawler/urlkey"
)

// A Kind is the format a document turned out to have, whatever its source was said to be.
type Kind string

// The kinds. HTML from a source that should be a feed is not an error here: the crawler tells
// people, and Links may hold the feed that they meant.
const (
	RSS          Kind = "rss" // with RDF
	Atom         Kind = "atom"
	JSON         Kind = "json"
	Sitemap      Kind = "sitemap"
	NewsSitemap  Kind = "news-sitemap"
	SitemapIndex Kind = "sitemap-index" // its items are sitemaps
	HTML         Kind = "html"
)

// Limits of a feed. What is beyond MaxItems is the oldest.
const (
	MaxItems   = 2000
	MaxBytes   = 64 << 20
	maxSummary = 4000 // bytes
)

// Errors of Parse and ParseList.
var (
	ErrEmpty    = errors.New("feed is empty")
	ErrUnknown  = errors.New("not a feed, sitemap or page")
	ErrTooLarge = errors.New("feed too large")
)

// A Feed is what a document lists, newest first; items without a date stand last, in the order
// of the document.
type Feed struct {
	Kind    Kind
	Title   string
	Items   []Item
	Partial bool   // the document was broken: Items are those that stood whole in it
	Links   []Link // feeds that an HTML page names
}

// An Item is one entry. Only URL, made absolute, leads anywhere; it is empty where the entry has
// none. GUID is a hint: outlets repeat and change it.
type Item struct {
	URL          string
	Title        string
	Summary      string // what a reader sees of it, at most 4,000 bytes
	GUID         string
	PublishedAt  time.Time // zero where none is given or it is impossible
	PublishedDay bool      // only the day is known: PublishedAt is its last second
	UpdatedAt    time.Time // last change; published no later
}

// A Link is a feed that a page offers.
type Link struct {
	URL   string
	Title string
}

// Parse reads the document fetched from address, whatever of the kinds it is. A document that is
// cut off or broken gives what is whole in it and Partial; an error means that nothing was found.
func Parse(address, contentType string, body []byte) (Feed, error) {
	if len(body) > MaxBytes {
		return Feed{}, fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLarge, len(body), MaxBytes)
	}
	text, _ := page.Decode(body, contentType)
	if strings.TrimSpace(text) == "" {
		return Feed{}, ErrEmpty
	}
	var f Feed
	var err error
	switch kind, doc := sniff(text); kind {
	case RSS, Atom:
		f = parseXML(kind, repair(doc))
	case JSON:
		f, err = parseJSON(doc)
	case Sitemap, SitemapIndex:
		f = parseSitemap(kind, repair(doc))
	case HTML:
		f, err = parsePage(address, doc)
	default:
		return Feed{}, ErrUnknown
	}
	if err != nil {
		return Feed{}, err
	}
	return finish(f, address), nil
}

// finish makes addresses absolute and orders the items.
func finish(f Feed, base string) Feed {
	for i := range f.Items {
		f.Items[i].URL = absolute(base, f.Items[i].URL)
	}
	f.Items = newest(f.Items)
	return f
}

// newest orders items by their time, and keeps the first MaxItems.
func newest(items []Item) []Item {
	slices.SortStableFunc(items, func(a, b Item) int { return b.when().Compare(a.when()) })
	return items[:min(len(items), MaxItems)]
}

func (it Item) when() time.Time {
	if it.PublishedAt.IsZero() {
		return it.UpdatedAt
	}
	return it.PublishedAt
}

func (it *Item) setPublished(text string) {
	if d, ok := dates.Parse(text); ok {
		it.PublishedAt, it.PublishedDay = d.Time, d.Day
	}
}

func (it *Item) setUpdated(text string) {
	if d, ok := dates.Parse(text); ok {
		it.UpdatedAt = d.Time
	}
}

// absolute is ref against base, empty where that is no web address.
func absolute(base, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	u, err := urlkey.Resolve(base, ref)
	if err != nil {
		u, err = urlkey.Resolve("", ref) // the feed itself has no usable address
	}
	if err != nil {
		return ""
	}
	return u
}

// summary is the visible text of a fragment of HTML, cut between words.
func summary(fragment string) string {
	s := page.Plain(fragment)
	if len(s) <= maxSummary {
		return s
	}
	cut := strings.LastIndexByte(s[:maxSummary], ' ')
	if cut < 0 {
		return strings.ToValidUTF8(s[:maxSummary], "")
	}
	return s[:cut]
}

// firstOf is the first string that is not empty.
func firstOf(ss ...string) string { return cmp.Or(ss...) }

// Code is the machine code of an error of this package.
func Code(err error) string {
	switch {
	case errors.Is(err, ErrEmpty):
		return "empty"
	case errors.Is(err, ErrUnknown):
		return "unknown-format"
	case errors.Is(err, ErrTooLarge), errors.Is(err, page.ErrTooLarge), errors.Is(err, page.ErrTooManyTags), errors.Is(err, page.ErrTooDeep):
		return "too-large"
	case errors.Is(err, ErrSelector):
		return "selector"
	}
	return "feed"
}
