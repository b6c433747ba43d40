package extract

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lamro/crawler/page"
	"lamro/crawler/urlkey"
)

// meta is what a page says of itself to machines.
type meta struct {
	values    map[string]string // name, property or itemprop of meta elements, lower case; first wins
	htmlTitle string
	canonical string
	base      string
	lang      string
	article   article // of JSON-LD
}

// article is what JSON-LD says of the article; other things that it describes do not count.
type article struct{ headline, description, published string }

func readMeta(doc *html.Node) meta {
	m := meta{values: map[string]string{}}
	for n := range doc.Descendants() {
		switch n.DataAtom {
		case atom.Html:
			m.lang = attr(n, "lang")
		case atom.Title:
			if m.htmlTitle == "" && n.FirstChild != nil && n.Namespace == "" {
				m.htmlTitle = page.Text(n.FirstChild.Data)
			}
		case atom.Base:
			m.base = attr(n, "href")
		case atom.Link:
			if m.canonical == "" && strings.EqualFold(attr(n, "rel"), "canonical") {
				m.canonical = attr(n, "href")
			}
		case atom.Meta:
			for _, name := range []string{"property", "name", "itemprop"} {
				k, v := strings.ToLower(attr(n, name)), attr(n, "content")
				if _, known := m.values[k]; k != "" && v != "" && !known {
					m.values[k] = v
				}
			}
		case atom.Script:
			if strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") && n.FirstChild != nil {
				m.article.read(n.FirstChild.Data)
			}
		}
	}
	return m
}

// first is the first of the named values that is there.
func (m meta) first(names ...string) string {
	for _, name := range names {
		if v := strings.TrimSpace(m.values[name]); v != "" {
			return v
		}
	}
	return ""
}

// read takes over what a JSON-LD script says of an article. Scripts are often not quite JSON:
// line breaks stand in strings, comments around them.
func (a *article) read(script string) {
	script = strings.Map(func(r rune) rune {
		if r < 0x20 {
			return ' '
		}
		return r
	}, script)
	script = scriptComments.Replace(script)
	if i := strings.IndexAny(script, "{["); i > 0 {
		script = script[i:]
	}
	d := json.NewDecoder(strings.NewReader(script))
	for range 20 {
		var value any
		if d.Decode(&value) != nil {
			return
		}
		a.visit(value, 0)
	}
}

var scriptComments = strings.NewReplacer("<![CDATA[", " ", "]]>", " ", "<!--", " ", "-->", " ")

func (a *article) visit(value any, depth int) {
	if depth > 8 {
		return
	}
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			a.visit(e, depth+1)
		}
	case map[string]any:
		if isArticle(v["@type"]) {
			take(&a.headline, v["headline"])
			take(&a.description, v["description"])
			take(&a.published, v["datePublished"])
		}
		for _, k := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement"} {
			if k == "itemListElement" && a.published != "" {
				continue
			}
			a.visit(v[k], depth+1)
		}
	}
}

func take(to *string, value any) {
	if s, ok := value.(string); ok && *to == "" {
		*to = strings.TrimSpace(s)
	}
}

func isArticle(kind any) bool {
	switch k := kind.(type) {
	case string:
		return strings.HasSuffix(k, "Article") || k == "BlogPosting" || k == "Report" || k == "LiveBlogPosting"
	case []any:
		for _, e := range k {
			if isArticle(e) {
				return true
			}
		}
	}
	return false
}

// canonical is the absolute canonical link, empty where there is none.
func (d *document) canonical() string {
	ref := firstOf(d.meta.canonical, d.meta.first("og:url"))
	if ref == "" {
		return ""
	}
	base := d.in.URL
	if b, err := urlkey.Resolve(base, d.meta.base); err == nil && d.meta.base != "" {
		base = b
	}
	u, err := urlkey.Resolve(base, strings.TrimSpace(ref))
	if err != nil {
		u, err = urlkey.Resolve("", strings.TrimSpace(ref))
	}
	if err != nil {
		return ""
	}
	return u
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}
