package extract

import (
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"lamro/crawler/page"
)

// Bounds of what is taken for a lead, in characters.
const (
	minLead = 30
	maxSapo = 1500
)

// lead finds the sapo: most Vietnamese systems keep it outside the body, where an extractor of
// bodies misses it. Without an element for it, the page's description is the lead, unless the
// body already says the same; in other languages descriptions are written for search engines.
func (d *document) lead(title string, body []block) string {
	if t := d.leadText(find(d.root, d.in.Selectors.Lead)); t != "" {
		return t
	}
	if !d.vietnamese {
		return ""
	}
	for _, layout := range leadLayouts {
		if t := d.leadText(cascadia.QueryAll(d.root, layout)); runes(t) >= minLead && runes(t) <= maxSapo && key(t) != key(title) {
			return t
		}
	}
	for _, raw := range []string{d.meta.first("og:description"), d.meta.article.description, d.meta.first("description")} {
		t := page.Plain(html.UnescapeString(raw))
		if runes(t) < minLead || runes(t) > maxSapo || strings.HasPrefix(key(title), keyStart(t)) {
			continue
		}
		if holds(body, t) {
			return ""
		}
		return d.inFull(t)
	}
	return ""
}

// leadText is the text of a lead's element without the links to related articles in it.
func (d *document) leadText(nodes []*html.Node) string {
	for _, n := range nodes {
		var parts []string
		for _, b := range render(n, extra) {
			if !leadsElsewhere(b) && !isBoilerplate(b.text) {
				parts = append(parts, b.text)
			}
		}
		if t := page.Text(strings.Join(parts, " ")); t != "" {
			return t
		}
	}
	return ""
}

// inFull is the visible paragraph that begins as t does, since descriptions are often cut.
func (d *document) inFull(t string) string {
	start := keyStart(t)
	for _, b := range d.visible {
		if runes(b.text) <= maxSapo && runes(b.text) >= runes(t)-3 && strings.HasPrefix(key(b.text), start) {
			return page.Text(b.text)
		}
	}
	return t
}

// holds reports whether a body says what t begins with.
func holds(body []block, t string) bool {
	start := keyStart(t)
	for _, b := range body {
		if strings.Contains(key(b.text), start) {
			return true
		}
	}
	return false
}

// partLead keeps lead and body apart: what both hold stays in one. A first paragraph that is the
// lead leaves the body; a lead from deeper inside the body is no lead.
func partLead(lead string, body []block) (string, []block) {
	if lead == "" || len(body) == 0 {
		return lead, body
	}
	k := key(lead)
	if first := key(body[0].text); first == k || len(first) > 60 && (strings.HasSuffix(k, first) || strings.HasPrefix(k, first)) {
		if len(body) > 1 {
			return lead, body[1:]
		}
		return "", body
	}
	for i := 1; i < min(3, len(body)); i++ { // a section's name or a place may stand above it
		if key(body[i].text) == k {
			return lead, slices.Delete(body, i, i+1)
		}
	}
	if holds(body, lead) {
		return "", body
	}
	return lead, body
}
