package extract

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lamro/crawler/dates"
	"lamro/internal/news"
)

// published is when the article appeared, by the most trusted place that says so.
func (d *document) published(title string, body []block) (at time.Time, day bool, from string) {
	for _, place := range []struct {
		name string
		read func() (dates.Date, bool)
	}{
		{news.FromText, func() (dates.Date, bool) { return d.near(textOf(find(d.root, d.in.Selectors.Published))) }},
		{news.FromJSONLD, func() (dates.Date, bool) { return dates.Parse(d.meta.article.published) }},
		{news.FromMeta, d.metaDate},
		{news.FromTime, d.timeElement},
		{news.FromText, func() (dates.Date, bool) { return d.visibleDate(title, body) }},
		{news.FromURL, func() (dates.Date, bool) { return urlDate(d.in.URL) }},
	} {
		if date, ok := place.read(); ok && d.notInFuture(date) {
			return date.Time, date.Day, place.name
		}
	}
	return time.Time{}, false, ""
}

// notInFuture refuses times that the page cannot have been published at; two days are left for
// wrong zones and dates of print.
func (d *document) notInFuture(date dates.Date) bool {
	return d.in.FetchedAt.IsZero() || date.Time.Before(d.in.FetchedAt.Add(48*time.Hour))
}

func (d *document) near(text string) (dates.Date, bool) { return dates.Near(text, d.in.FetchedAt) }

func (d *document) metaDate() (dates.Date, bool) {
	for _, name := range []string{
		"article:published_time", "og:article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "publish-date",
		"publish_date", "published_time", "published-date", "article.published", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created",
		"parsely-pub-date", "sailthru.date", "article_date_original", "cxenseparse:recs:publishtime", "dc.date", "dcterms.date", "date",
	} {
		if date, ok := dates.Parse(d.meta.values[name]); ok {
			return date, true
		}
	}
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && strings.EqualFold(attr(n, "itemprop"), "datePublished") {
			for _, text := range []string{attr(n, "content"), attr(n, "datetime"), textOf([]*html.Node{n})} {
				if date, ok := dates.Parse(text); ok {
					return date, true
				}
			}
		}
	}
	return dates.Date{}, false
}

// timeElement is the time element that says it is the publication's, else the first one that is
// not beside the article.
func (d *document) timeElement() (dates.Date, bool) {
	var first dates.Date
	found := false
	for n := range d.root.Descendants() {
		if n.DataAtom != atom.Time || within(n, atom.Aside, atom.Footer, atom.Nav, atom.Li) {
			continue
		}
		date, ok := dates.Parse(attr(n, "datetime"))
		if !ok {
			continue
		}
		if class := strings.ToLower(attr(n, "class")); strings.Contains(class, "publi") || strings.Contains(class, "entry-date") || hasAttr(n, "pubdate") {
			return date, true
		}
		if !found {
			first, found = date, true
		}
	}
	return first, found
}

func within(n *html.Node, tags ...atom.Atom) bool {
	for p := range n.Ancestors() {
		for _, tag := range tags {
			if p.DataAtom == tag {
				return true
			}
		}
	}
	return false
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// How far from the headline a visible date may stand, in paragraphs, and how long such a line
// may be, in bytes.
const (
	linesAfter  = 15
	linesBefore = 6
	maxDateLine = 120
)

// visibleDate looks for a line that is a date: below the headline and above the body, then above
// the headline. The clock in a page's head is far from both.
func (d *document) visibleDate(title string, body []block) (dates.Date, bool) {
	headline, start := -1, len(d.visible)
	titleKey := key(title)
	for i, b := range d.visible {
		if headline < 0 && titleKey != "" && key(b.text) == titleKey {
			headline = i
		}
		if headline >= 0 && i > headline && len(body) > 0 && key(b.text) == key(body[0].text) {
			start = i
			break
		}
	}
	if headline < 0 {
		return d.datedElement()
	}
	for i := headline + 1; i < min(start, headline+1+linesAfter, len(d.visible)); i++ {
		if date, ok := d.dateLine(d.visible[i]); ok {
			return date, true
		}
	}
	for i := headline - 1; i >= max(0, headline-linesBefore); i-- {
		if date, ok := d.dateLine(d.visible[i]); ok {
			return date, true
		}
	}
	return dates.Date{}, false
}

// dateLine reads a paragraph that holds a date and little else.
func (d *document) dateLine(b block) (dates.Date, bool) {
	if len(b.text) > maxDateLine || isClock(b.node) {
		return dates.Date{}, false
	}
	for line := range strings.SplitSeq(b.text, "\n") {
		if date, ok := dates.Parse(line); ok {
			return date, true
		}
		if len(line) <= 45 {
			if date, ok := d.near(line); ok {
				return date, true
			}
		}
	}
	return dates.Date{}, false
}

// datedElement is for pages whose headline is nowhere in the text: an element whose class says
// that it holds the date.
func (d *document) datedElement() (dates.Date, bool) {
	for _, b := range d.visible {
		class := ""
		if b.node != nil {
			class = strings.ToLower(attr(b.node, "class") + " " + attr(b.node, "id"))
		}
		if !strings.Contains(class, "date") && !strings.Contains(class, "time") && !strings.Contains(class, "publish") {
			continue
		}
		if date, ok := d.dateLine(b); ok {
			return date, true
		}
	}
	return dates.Date{}, false
}

// isClock reports an element that shows the time of now.
func isClock(n *html.Node) bool {
	for range 3 {
		if n == nil || n.Type != html.ElementNode {
			return false
		}
		name := strings.ToLower(attr(n, "class") + " " + attr(n, "id"))
		if strings.Contains(name, "clock") || strings.Contains(name, "today") || strings.Contains(name, "current") {
			return true
		}
		n = n.Parent
	}
	return false
}

var (
	urlDay   = regexp.MustCompile(`[/_-](20\d\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?:[/_.-]|$)`)
	urlStamp = regexp.MustCompile(`-(20\d\d)([01]\d)([0-3]\d)([0-2]\d)([0-5]\d)([0-5]\d)\d{0,6}\.(?:htm|html|chn)$`)
)

// urlDate reads the day that many addresses carry.
func urlDate(address string) (dates.Date, bool) {
	address, _, _ = strings.Cut(address, "?")
	if m := urlStamp.FindStringSubmatch(address); m != nil {
		return dates.Parse(m[1] + "-" + m[2] + "-" + m[3] + " " + m[4] + ":" + m[5] + ":" + m[6])
	}
	if m := urlDay.FindStringSubmatch(address); m != nil {
		return dates.Parse(m[1] + "-" + m[2] + "-" + m[3])
	}
	return dates.Date{}, false
}
