package testweb

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html/template"
	"strings"
	"time"
)

// renderFeed writes a feed as of an instant. What it lists is decided by that instant alone, so
// that the ledger knows exactly what a poll has seen.
func (s *site) renderFeed(f feedPlan, now time.Time) (body []byte, contentType string, err error) {
	if f.typ == typeList {
		body, err = s.renderList(now)
		return body, "text/html; charset=utf-8", err
	}
	pages := s.newest(now, func(p *page) bool { return p.in(f, now) })
	var doc any
	contentType = "application/xml; charset=utf-8"
	switch f.typ {
	case typeAtom:
		doc, contentType = s.atom(f, pages, now), "application/atom+xml; charset=utf-8"
	case typeSitemap, typeNewsSitemap:
		doc = s.sitemap(pages, now, f.typ == typeNewsSitemap)
	default:
		doc, contentType = s.rss(f, pages, now), "application/rss+xml; charset=utf-8"
	}
	out := bytes.NewBufferString(xml.Header)
	if err := xml.NewEncoder(out).Encode(doc); err != nil {
		return nil, "", fmt.Errorf("write feed %s: %w", f.path, err)
	}
	if s.form == formNFD {
		return []byte(decomposed(out.String())), contentType, nil
	}
	return out.Bytes(), contentType, nil
}

// link is the address that a feed gives: with the outlet's tracking, where it has any.
func (s *site) link(p *page) string {
	switch {
	case s.tracking == "":
		return p.url()
	case strings.Contains(p.path, "?"):
		return p.url() + "&" + s.tracking
	}
	return p.url() + "?" + s.tracking
}

type rssDoc struct {
	XMLName struct{}  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	About   string    `xml:"channel>description"`
	Lang    string    `xml:"channel>language"`
	Items   []rssItem `xml:"channel>item"`
}

type rssItem struct {
	Title string `xml:"title"`
	Link  string `xml:"link"`
	GUID  string `xml:"guid"`
	Date  string `xml:"pubDate,omitempty"`
	About string `xml:"description"`
}

func (s *site) rss(f feedPlan, pages []*page, now time.Time) rssDoc {
	doc := rssDoc{Version: "2.0", Title: s.name, Link: s.home + f.path, About: Disclaimer, Lang: "vi-vn"}
	for _, p := range pages {
		t, _ := p.at(now)
		item := rssItem{Title: t.title, Link: s.link(p), GUID: p.url(), About: t.lead}
		if !s.noDates && !p.published.IsZero() {
			item.Date = p.published.In(zone).Format(time.RFC1123Z)
		}
		doc.Items = append(doc.Items, item)
	}
	return doc
}

type atomDoc struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	About   string      `xml:"subtitle"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	Title     string   `xml:"title"`
	Link      atomLink `xml:"link"`
	ID        string   `xml:"id"`
	Published string   `xml:"published,omitempty"`
	Updated   string   `xml:"updated"`
	Summary   string   `xml:"summary"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

func (s *site) atom(f feedPlan, pages []*page, now time.Time) atomDoc {
	doc := atomDoc{Title: s.name, About: Disclaimer, ID: s.home + f.path}
	latest := s.web.started
	for _, p := range pages {
		t, changed := p.at(now)
		if changed.After(latest) {
			latest = changed
		}
		doc.Entries = append(doc.Entries, atomEntry{
			Title: t.title, Link: atomLink{"alternate", s.link(p)}, ID: p.url(), Summary: t.lead,
			Published: p.published.In(zone).Format(time.RFC3339), Updated: changed.In(zone).Format(time.RFC3339),
		})
	}
	doc.Updated = latest.In(zone).Format(time.RFC3339)
	return doc
}

type sitemapDoc struct {
	XMLName xml.Name     `xml:"urlset"`
	NS      string       `xml:"xmlns,attr"`
	NewsNS  string       `xml:"xmlns:news,attr,omitempty"`
	Comment string       `xml:",comment"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc  string       `xml:"loc"`
	Last string       `xml:"lastmod,omitempty"`
	News *sitemapNews `xml:"news:news,omitempty"`
}

type sitemapNews struct {
	Name  string `xml:"news:publication>news:name"`
	Lang  string `xml:"news:publication>news:language"`
	Date  string `xml:"news:publication_date"`
	Title string `xml:"news:title"`
}

func (s *site) sitemap(pages []*page, now time.Time, news bool) sitemapDoc {
	doc := sitemapDoc{NS: "http://www.sitemaps.org/schemas/sitemap/0.9", Comment: " " + Disclaimer + " "}
	if news {
		doc.NewsNS = "http://www.google.com/schemas/sitemap-news/0.9"
	}
	for _, p := range pages {
		t, changed := p.at(now)
		u := sitemapURL{Loc: s.link(p)}
		if !changed.IsZero() {
			u.Last = changed.In(zone).Format(time.RFC3339)
		}
		if news {
			u.News = &sitemapNews{Name: s.name, Lang: "vi", Date: p.published.In(zone).Format(time.RFC3339), Title: t.title}
		}
		doc.URLs = append(doc.URLs, u)
	}
	return doc
}

// listItem is one line of a list page.
type listItem struct{ Title, Link, Date, Lead string }

// listPage is the front page of an outlet, and the feed of one that has no other.
var listPage = template.Must(template.New("list").Parse(`<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{{.Name}}</title></head><body>
<header><a href="/">{{.Name}}</a><nav><ul>{{range .Menu}}<li><a href="/#{{.}}">{{.}}</a></li>{{end}}</ul></nav>
<select class="thoi-tiet" aria-label="Thời tiết">{{range .Provinces}}<option>{{.}}</option>{{end}}</select></header>
<main><h1>Tin mới</h1>
{{range .Items}}<div class="news-item"><h3><a href="{{.Link}}">{{.Title}}</a></h3><span class="date">{{.Date}}</span><p>{{.Lead}}</p></div>
{{end}}</main><footer>{{.Disclaimer}}</footer></body></html>
`))

func (s *site) renderList(now time.Time) ([]byte, error) {
	data := struct {
		Name, Disclaimer string
		Menu, Provinces  []string
		Items            []listItem
	}{Name: s.name, Disclaimer: Disclaimer, Menu: menu(), Provinces: provinces()}
	for _, p := range s.newest(now, func(*page) bool { return true }) {
		t, _ := p.at(now)
		item := listItem{Title: t.title, Link: p.path, Lead: t.lead}
		if !s.noDates && !p.published.IsZero() {
			item.Date = p.published.In(zone).Format("02/01/2006 15:04")
		}
		data.Items = append(data.Items, item)
	}
	var out bytes.Buffer
	if err := listPage.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("write list of %s: %w", s.id, err)
	}
	if s.form == formNFD {
		return []byte(decomposed(out.String())), nil
	}
	return out.Bytes(), nil
}
