package extract

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lamro/crawler/page"
)

// title is the headline as readers see it: the source's selector, the layout's heading, a
// heading that the page's own title repeats, else what the page says of itself without the
// outlet's name.
func (d *document) title() string {
	if t := textOf(find(d.root, d.in.Selectors.Title)); t != "" {
		return t
	}
	if t := textOf(cascadia.QueryAll(d.root, titleLayouts[0])); t != "" && d.vietnamese {
		return t
	}
	og := page.Text(html.UnescapeString(d.meta.first("og:title", "twitter:title")))
	for _, h := range d.headings() {
		k := key(h)
		if runes(h) >= 8 && (strings.Contains(key(og), k) || strings.HasPrefix(key(d.meta.htmlTitle), k)) {
			return h
		}
	}
	if og != "" {
		return d.withoutSite(og)
	}
	if t := page.Plain(d.meta.article.headline); t != "" {
		return t
	}
	if hs := d.headings(); len(hs) == 1 && runes(hs[0]) >= 8 {
		return hs[0] // titles such as "Chi tiết tin" name no article
	}
	return d.withoutSite(d.meta.htmlTitle)
}

// headings are the texts of the main headings that are not the outlet's own name, which many
// pages make a heading that links to the front page.
func (d *document) headings() []string {
	var out []string
	for n := range d.root.Descendants() {
		if n.DataAtom != atom.H1 || linksHome(n) {
			continue
		}
		if t := textOf([]*html.Node{n}); t != "" {
			out = append(out, t)
		}
	}
	return out
}

func linksHome(h *html.Node) bool {
	if h.Parent != nil && h.Parent.DataAtom == atom.A && isHome(attr(h.Parent, "href")) {
		return true
	}
	for n := range h.Descendants() {
		if n.DataAtom == atom.A && isHome(attr(n, "href")) {
			return true
		}
	}
	return false
}

func isHome(href string) bool {
	if i := strings.Index(href, "://"); i >= 0 {
		_, path, _ := strings.Cut(href[i+3:], "/")
		return path == ""
	}
	return href == "/"
}

// withoutSite drops the outlet's name behind or before a title. What stands behind the last
// separator is a name only where the page calls itself so, or where it is short and a long title
// remains.
func (d *document) withoutSite(title string) string {
	site := key(d.meta.first("og:site_name", "application-name"))
	for _, separator := range []string{" | ", " - ", " – ", " — ", " :: ", " » "} {
		i := strings.LastIndex(title, separator)
		if i < 0 {
			continue
		}
		before, behind := title[:i], title[i+len(separator):]
		switch k := key(behind); {
		case site != "" && (k == site || strings.Contains(k, site)):
			return before
		case separator != " - " && separator != " – " && separator != " — " && runes(behind) <= 30 && runes(before) >= 20:
			return before
		case strings.HasPrefix(k, "báo") && runes(behind) <= 40 && runes(before) >= 20:
			return before
		case looksLikeHost(behind) && runes(before) >= 8:
			return before
		}
	}
	return title
}

func looksLikeHost(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return !strings.Contains(s, " ") && (strings.HasSuffix(s, ".vn") || strings.HasSuffix(s, ".com") || strings.HasSuffix(s, ".net") || strings.HasSuffix(s, ".org"))
}

// textOf is the text of the first of the elements that has any, on one line.
func textOf(nodes []*html.Node) string {
	for _, n := range nodes {
		var parts []string
		for _, b := range render(n, nil) {
			parts = append(parts, b.text)
		}
		if t := page.Text(strings.Join(parts, " ")); t != "" {
			return t
		}
	}
	return ""
}
