package feed

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"lamro/crawler/dates"
	"lamro/crawler/page"
)

// parseXML reads RSS, RDF or Atom. A document that the parser refuses is read entry by entry, so
// that one broken entry costs only itself.
func parseXML(kind Kind, doc string) Feed {
	outer := entries(doc, kind)
	if len(outer.entries) > MaxItems {
		doc = outer.rebuild(outer.newest(MaxItems))
	}
	if f, err := parseWhole(kind, doc); err == nil {
		return f
	}
	f := Feed{Kind: kind, Partial: true}
	if head, err := parseWhole(kind, outer.rebuild(nil)); err == nil {
		f.Title = head.Title
	} else if m := firstTitle.FindStringSubmatch(outer.head); m != nil {
		f.Title = page.Plain(strings.TrimSuffix(strings.TrimPrefix(m[1], cdataOpen), cdataClose))
		outer.head = outer.root + outer.channel() // the head is what is broken
	}
	for _, entry := range outer.newest(MaxItems) {
		if one, err := parseWhole(kind, outer.rebuild([]string{entry})); err == nil {
			f.Items = append(f.Items, one.Items...)
		}
	}
	return f
}

var (
	firstTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	errPanic   = errors.New("feed parser panicked")
)

func parseWhole(kind Kind, doc string) (f Feed, err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	parsed, err := gofeed.NewParser().ParseString(doc)
	if err != nil {
		return Feed{}, err
	}
	f = Feed{Kind: kind, Title: page.Plain(parsed.Title)}
	for _, it := range parsed.Items {
		f.Items = append(f.Items, item(kind, it))
	}
	return f, nil
}

// item takes over what concerns us: no author, no picture. The parser's own dates are not used,
// since it takes the month first where the day cannot be.
func item(kind Kind, it *gofeed.Item) Item {
	out := Item{
		URL:     it.Link,
		Title:   page.Plain(it.Title),
		Summary: summary(firstOf(it.Description, it.Content)),
		GUID:    page.Text(it.GUID),
	}
	if original := it.Extensions["feedburner"]["origLink"]; len(original) > 0 {
		out.URL = firstOf(original[0].Value, out.URL)
	}
	if out.URL == "" && strings.HasPrefix(it.GUID, "http") {
		out.URL = it.GUID
	}
	out.setUpdated(it.Updated)
	out.setPublished(it.Published)
	if kind == Atom && it.Published == "" {
		out.setPublished(it.Updated) // Atom asks for the one and leaves the other to choice
	}
	return out
}

// An outline is an XML feed cut at its entries.
type outline struct {
	root    string   // the start tag of the root
	head    string   // what stands before the first entry, root included
	entries []string // whole entries
	rss     bool
	rootEnd string
}

var entryTag = regexp.MustCompile(`(?i)<(/?)((?:[a-z][\w-]*:)?(?:item|entry))[\s/>]|<!\[CDATA\[|<!--`)

// entries cuts doc at its entries; an entry without end is left out.
func entries(doc string, kind Kind) outline {
	o := outline{rss: kind == RSS}
	if i := strings.IndexByte(doc, '>'); i >= 0 {
		o.root = doc[:i+1]
	}
	if i := strings.IndexAny(o.root, " \t\r\n/>"); i > 0 {
		o.rootEnd = "</" + o.root[1:i] + ">"
	}
	o.head = doc
	start := -1
	for at := 0; at < len(doc); {
		m := entryTag.FindStringSubmatchIndex(doc[at:])
		if m == nil {
			break
		}
		tag, from, to := doc[at+m[0]:at+m[1]], at+m[0], at+m[1]
		at = to
		switch {
		case tag == cdataOpen:
			at = skip(doc, to, cdataClose)
		case tag == "<!--":
			at = skip(doc, to, "-->")
		case m[2] != m[3]: // an end tag
			if end := strings.IndexByte(doc[to-1:], '>'); start >= 0 && end >= 0 {
				o.entries = append(o.entries, doc[start:to+end])
				start = -1
			}
		default:
			if len(o.entries) == 0 && start < 0 {
				o.head = doc[:from]
			}
			start = from
		}
	}
	return o
}

func skip(s string, from int, end string) int {
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

// rebuild is a well-ended feed of the same head with these entries.
func (o outline) rebuild(entries []string) string {
	doc := o.head + strings.Join(entries, "\n")
	if o.channel() != "" && !strings.Contains(o.head, "</channel>") {
		doc += "</channel>"
	}
	return doc + o.rootEnd
}

// channel is the start tag that RSS has between root and entries.
func (o outline) channel() string {
	if o.rss && hasPrefixFold(o.root, "<rss") {
		return "<channel>"
	}
	return ""
}

var entryDate = regexp.MustCompile(`(?is)<(?:[a-z]+:)?(?:pubdate|published|date|updated|issued|modified)[^>]*>(.*?)</`)

// newest are the n entries with the latest dates, in the document's order where they have none.
func (o outline) newest(n int) []string {
	if len(o.entries) <= n {
		return o.entries
	}
	type dated struct {
		at    time.Time
		entry string
	}
	all := make([]dated, len(o.entries))
	for i, entry := range o.entries {
		all[i].entry = entry
		if m := entryDate.FindStringSubmatch(entry); m != nil {
			if d, ok := dates.Parse(m[1]); ok {
				all[i].at = d.Time
			}
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return cmp.Compare(b.at.Unix(), a.at.Unix()) })
	out := make([]string, n)
	for i := range out {
		out[i] = all[i].entry
	}
	return out
}
