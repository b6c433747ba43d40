package feed

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"

	"lamro/crawler/dates"
	"lamro/crawler/page"
	"lamro/crawler/urlkey"
)

// Selectors say in CSS where a list page keeps its entries. Item is needed; the others look
// inside an item. Without Link it is the first link, or the item itself; without Title the text
// of the link.
type Selectors struct {
	Item, Link, Title, Summary, Date string
}

// ErrSelector is wrapped in the error for a selector that is not CSS.
var ErrSelector = errors.New("selector is not CSS")

// Validate tells which selector cannot be used.
func (s Selectors) Validate() error {
	if s.Item == "" {
		return fmt.Errorf("%w: item is needed", ErrSelector)
	}
	for name, css := range map[string]string{"item": s.Item, "link": s.Link, "title": s.Title, "summary": s.Summary, "date": s.Date} {
		if css == "" {
			continue
		}
		if _, err := cascadia.ParseGroup(css); err != nil {
			return fmt.Errorf("%w: %s %q: %w", ErrSelector, name, css, err)
		}
	}
	return nil
}

// ParseList reads a list page by the selectors of its source. seen is when it was fetched:
// list pages write "2 giờ trước". A page on which Item selects nothing gives no items and no
// error; the crawler tells that from a page with nothing new.
func ParseList(address, contentType string, body []byte, s Selectors, seen time.Time) (Feed, error) {
	if err := s.Validate(); err != nil {
		return Feed{}, err
	}
	text, _ := page.Decode(body, contentType)
	doc, err := document(text)
	if err != nil {
		return Feed{}, err
	}
	f := Feed{Kind: HTML, Title: page.Text(doc.Find("title").First().Text()), Links: links(doc, address)}
	known := map[string]bool{}
	doc.Find(s.Item).Each(func(_ int, entry *goquery.Selection) {
		it := listItem(entry, s, seen)
		it.URL = absolute(base(doc, address), it.URL)
		if it.URL != "" && !known[it.URL] {
			known[it.URL] = true
			f.Items = append(f.Items, it)
		}
	})
	return finish(f, address), nil
}

func listItem(entry *goquery.Selection, s Selectors, seen time.Time) Item {
	link := entry.Filter("a[href]")
	if s.Link != "" {
		link = entry.Find(s.Link)
	} else if link.Length() == 0 {
		link = firstWithText(entry.Find("a[href]"))
	}
	link = link.First()
	href, _ := link.Attr("href")
	title := page.Text(link.Text())
	if s.Title != "" {
		title = page.Text(entry.Find(s.Title).First().Text())
	}
	if title == "" {
		title = page.Text(link.AttrOr("title", ""))
	}
	it := Item{URL: href, Title: title}
	if s.Summary != "" {
		it.Summary = summary(entry.Find(s.Summary).First().Text())
	}
	if s.Date != "" {
		at := entry.Find(s.Date).First()
		d, ok := dates.Near(at.AttrOr("datetime", ""), seen)
		if !ok {
			d, ok = dates.Near(page.Text(at.Text()), seen)
		}
		if ok {
			it.PublishedAt, it.PublishedDay = d.Time, d.Day
		}
	}
	return it
}

// firstWithText passes over the link around an item's picture.
func firstWithText(links *goquery.Selection) *goquery.Selection {
	withText := links.FilterFunction(func(_ int, a *goquery.Selection) bool { return page.Text(a.Text()) != "" })
	if withText.Length() > 0 {
		return withText.First()
	}
	return links.First()
}

// parsePage reads a page without selectors: the feeds it names, and the links that look like
// headlines of its own site.
func parsePage(address, text string) (Feed, error) {
	doc, err := document(text)
	if err != nil {
		return Feed{}, err
	}
	f := Feed{Kind: HTML, Title: page.Text(doc.Find("title").First().Text()), Links: links(doc, address)}
	known := map[string]bool{}
	doc.Find("h1 a[href], h2 a[href], h3 a[href], h4 a[href], [class*=title] a[href], a[class*=title][href]").Each(func(_ int, a *goquery.Selection) {
		u := absolute(base(doc, address), a.AttrOr("href", ""))
		title := page.Text(a.Text())
		if utf8.RuneCountInString(title) < 20 || known[u] || !urlkey.SameSite(address, u) {
			return
		}
		known[u] = true
		f.Items = append(f.Items, Item{URL: u, Title: title})
	})
	return f, nil
}

func document(text string) (*goquery.Document, error) {
	root, err := page.Parse(page.WithoutData(text))
	if err != nil {
		return nil, err
	}
	page.Repair(root)
	return goquery.NewDocumentFromNode(root), nil
}

// base is the address that the links of a page are relative to.
func base(doc *goquery.Document, address string) string {
	if b := absolute(address, doc.Find("base[href]").First().AttrOr("href", "")); b != "" {
		return b
	}
	return address
}

// links are the feeds that a page names in its head or links to.
func links(doc *goquery.Document, address string) []Link {
	var out []Link
	known := map[string]bool{}
	doc.Find("link[rel~=alternate][type*=rss], link[rel~=alternate][type*=atom], link[rel~=alternate][type*='feed+json'], " +
		"a[href$='.rss'], a[href$='/rss'], a[href$='/feed'], a[href$='/feed/'], a[href$='/atom.xml'], a[href$='/rss.xml']").Each(func(_ int, s *goquery.Selection) {
		u := absolute(base(doc, address), s.AttrOr("href", ""))
		if u == "" || known[u] || len(out) == 100 {
			return
		}
		known[u] = true
		out = append(out, Link{URL: u, Title: page.Text(firstOf(strings.TrimSpace(s.AttrOr("title", "")), s.Text()))})
	})
	return out
}
