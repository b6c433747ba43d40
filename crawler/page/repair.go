package page

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"lamro/internal/vietnamese/legacy"
)

// Repair converts in place what a document holds in an old Vietnamese encoding under the name of
// another: pages of .VnTime or VNI fonts say windows-1252, and articles in them were pasted into
// pages that are UTF-8 otherwise. It answers with the encoding found, "" where there is none or
// nothing is sure; then the document is as it was. Texts that read better as they stand stay.
func Repair(doc *html.Node) legacy.Encoding {
	texts := suspects(doc)
	enc := encodingOf(texts)
	if enc == "" {
		return ""
	}
	for _, t := range texts {
		if legacy.Fits(*t.text, enc) {
			if s, err := legacy.DecodeText(*t.text, enc); err == nil {
				*t.text = s
			}
		}
	}
	return enc
}

// A suspect is a text of a document that may be in an old encoding.
type suspect struct {
	text *string         // in the tree
	font legacy.Encoding // that of the font it is set in, where that says
}

// suspects are the texts that people read and that hold no letter which only Unicode has.
func suspects(doc *html.Node) (all []suspect) {
	var walk func(n *html.Node, font legacy.Encoding)
	walk = func(n *html.Node, font legacy.Encoding) {
		switch n.Type {
		case html.TextNode:
			if strings.TrimSpace(n.Data) != "" && !legacy.Modern(n.Data) {
				all = append(all, suspect{&n.Data, font})
			}
			return
		case html.ElementNode:
			if n.Data == "script" || n.Data == "style" {
				return
			}
			for i := range n.Attr {
				switch a := &n.Attr[i]; a.Key {
				case "alt", "title", "content":
					if strings.Contains(a.Val, " ") && !legacy.Modern(a.Val) {
						all = append(all, suspect{&a.Val, ""})
					}
				case "face", "style":
					if f := fontEncoding(a.Val); f != "" {
						font = f
					}
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, font)
		}
	}
	walk(doc, "")
	return all
}

// encodingOf is what all the texts together show, else what the fonts say of theirs if that fits.
func encodingOf(texts []suspect) legacy.Encoding {
	var all strings.Builder
	byFont := map[legacy.Encoding]*strings.Builder{legacy.TCVN3: {}, legacy.VNI: {}}
	for _, t := range texts {
		all.WriteString(*t.text + "\n")
		if b := byFont[t.font]; b != nil {
			b.WriteString(*t.text + "\n")
		}
	}
	if enc, ok := legacy.DetectText(all.String()); ok {
		return enc
	}
	for _, enc := range []legacy.Encoding{legacy.TCVN3, legacy.VNI} {
		s := byFont[enc].String()
		if found, ok := legacy.DetectText(s); ok {
			return found
		}
		if legacy.Fits(s, enc) {
			return enc
		}
	}
	return ""
}

// The fonts of ABC begin with ".Vn", those of VNI with "VNI".
var abcFont, vniFont = regexp.MustCompile(`(?i)(?:^|[\s:,;"'])\.vn[a-z]`), regexp.MustCompile(`(?i)(?:^|[\s:,;"'])vni[ -]`)

func fontEncoding(value string) legacy.Encoding {
	switch {
	case abcFont.MatchString(value):
		return legacy.TCVN3
	case vniFont.MatchString(value):
		return legacy.VNI
	}
	return ""
}
