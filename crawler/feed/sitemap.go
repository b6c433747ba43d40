package feed

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"lamro/crawler/page"
)

// maxEntries is how many entries of a sitemap are looked at: twice what the protocol allows.
const maxEntries = 100_000

// parseSitemap streams a sitemap, so that a large one costs no tree. lastmod is when a page
// changed, not when it was published: it goes to UpdatedAt.
func parseSitemap(kind Kind, doc string) Feed {
	f := Feed{Kind: kind}
	d := xml.NewDecoder(strings.NewReader(doc))
	d.Strict = false
	var it *Item
	var text strings.Builder
	inNews, announced := false, false
	for {
		token, err := d.Token()
		if err != nil {
			f.Partial = !errors.Is(err, io.EOF)
			if announced && len(f.Items) == 0 {
				f.Kind = NewsSitemap // with no news today
			}
			return f
		}
		switch t := token.(type) {
		case xml.StartElement:
			text.Reset()
			switch strings.ToLower(t.Name.Local) {
			case "urlset":
				announced = announcesNews(t)
			case "url", "sitemap":
				it = &Item{}
			case "news":
				inNews = true
				f.Kind = NewsSitemap
			}
		case xml.CharData:
			if it != nil && text.Len() < 4*maxSummary {
				text.Write(t)
			}
		case xml.EndElement:
			switch strings.ToLower(t.Name.Local) {
			case "url", "sitemap":
				if it != nil && it.URL != "" {
					f.Items = append(f.Items, *it)
				}
				it = nil
				if len(f.Items) >= maxEntries {
					return f
				}
			case "news":
				inNews = false
			default:
				it.setField(t.Name, inNews, text.String())
			}
			text.Reset()
		}
	}
}

// announcesNews reports whether the root declares the name space of news.
func announcesNews(root xml.StartElement) bool {
	for _, a := range root.Attr {
		if strings.Contains(a.Value, "/sitemap-news/") && a.Name.Space == "xmlns" {
			return true
		}
	}
	return false
}

// setField takes over one child of an entry. Pictures and videos have titles and addresses too:
// only the entry's own loc counts, and the title of its news element.
func (it *Item) setField(name xml.Name, inNews bool, value string) {
	if it == nil {
		return
	}
	value = strings.TrimSpace(value)
	switch local := strings.ToLower(name.Local); {
	case local == "loc" && it.URL == "" && !strings.Contains(name.Space, "image"):
		it.URL = value
	case local == "lastmod":
		it.setUpdated(value)
	case local == "publication_date" && it.PublishedAt.IsZero():
		it.setPublished(value)
	case local == "title" && inNews:
		it.Title = page.Plain(value)
	}
}
