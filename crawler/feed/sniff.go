package feed

import (
	"regexp"
	"strings"
)

// sniff tells what a decoded document is by its root element, and gives it from the root on:
// without declaration and DOCTYPE, whose encoding no longer holds and whose entities are not
// expanded. Rubbish before the root, such as a warning of the outlet's script, is passed over.
func sniff(text string) (Kind, string) {
	doc := afterProlog(text)
	if strings.HasPrefix(doc, "{") {
		return JSON, doc
	}
	if rootName(doc) == "channel" {
		doc = "<rss>" + doc + "</rss>" // the oldest feeds have no root of their own
	}
	if kind := kindOf(rootName(doc)); kind != "" {
		return kind, doc
	}
	window := doc[:min(len(doc), 64<<10)]
	if m := anyRoot.FindStringSubmatchIndex(window); m != nil {
		return kindOf(strings.ToLower(doc[m[2]:m[3]])), doc[m[0]:]
	}
	return "", ""
}

var anyRoot = regexp.MustCompile(`(?i)<(?:[a-z][\w-]*:)?(rss|rdf|feed|urlset|sitemapindex|html|head|body)[\s>]`)

func kindOf(root string) Kind {
	switch root {
	case "rss", "rdf":
		return RSS
	case "feed":
		return Atom
	case "urlset":
		return Sitemap
	case "sitemapindex":
		return SitemapIndex
	case "html", "head", "body", "!doctype html":
		return HTML
	}
	return ""
}

// afterProlog skips white space, processing instructions, comments and a DOCTYPE that is not
// HTML's.
func afterProlog(s string) string {
	for {
		s = strings.TrimLeft(s, " \t\r\n\uFEFF")
		switch {
		case strings.HasPrefix(s, "<?"):
			s = after(s, "?>")
		case strings.HasPrefix(s, "<!--"):
			s = after(s, "-->")
		case hasPrefixFold(s, "<!doctype") && rootName(s) != "!doctype html":
			s = afterDoctype(s)
		default:
			return s
		}
	}
}

func after(s, end string) string {
	_, rest, _ := strings.Cut(s, end)
	return rest
}

func afterDoctype(s string) string {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return s[i+1:]
			}
		}
	}
	return ""
}

// rootName is the lower-case name of the element that s begins with, without its prefix.
func rootName(s string) string {
	if hasPrefixFold(s, "<!doctype") {
		if rest := strings.TrimLeft(s[len("<!doctype"):], " \t\r\n"); hasPrefixFold(rest, "html") {
			return "!doctype html"
		}
		return ""
	}
	if !strings.HasPrefix(s, "<") {
		return ""
	}
	end := strings.IndexAny(s, " \t\r\n/>")
	if end < 0 || end > 64 {
		return ""
	}
	name := strings.ToLower(s[1:end])
	if _, local, ok := strings.Cut(name, ":"); ok {
		return local
	}
	return name
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
