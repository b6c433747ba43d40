package page

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// What a document may measure before it is parsed. Parsing and extraction cannot be cancelled,
// and their cost grows faster than the page; real pages stay far below (the largest of 1,429 had
// 2.2 MB and 4,098 start tags).
const (
	MaxBytes = 4 << 20
	MaxTags  = 30_000
)

// Errors of Parse.
var (
	ErrTooLarge    = errors.New("page too large")
	ErrTooManyTags = errors.New("page has too many tags")
	ErrTooDeep     = errors.New("page is nested too deeply")
)

// Parse builds the tree of an HTML document that is within the limits. After ErrTooManyTags and
// ErrTooDeep the text can still be had with Words.
func Parse(text string) (*html.Node, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are read", ErrTooLarge, len(text), MaxBytes)
	}
	if n := countTags(text); n > MaxTags {
		return nil, fmt.Errorf("%w: more than %d", ErrTooManyTags, MaxTags)
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTooDeep, err)
	}
	return doc, nil
}

// countTags counts start tags up to one more than MaxTags.
func countTags(text string) int {
	z := html.NewTokenizer(strings.NewReader(text))
	n := 0
	for n <= MaxTags {
		switch z.Next() {
		case html.ErrorToken:
			return n
		case html.StartTagToken, html.SelfClosingTagToken:
			n++
		}
	}
	return n
}

// Words is the visible text of a document that could not be parsed, one paragraph for each
// block: the tokenizer needs no tree. Menus are in it too, so it is less than an extraction.
func Words(text string) (title string, paragraphs []string) {
	z := html.NewTokenizer(strings.NewReader(text))
	var b strings.Builder
	hidden := ""
	flush := func() {
		if p := Text(html.UnescapeString(b.String())); p != "" {
			if hidden == "title" {
				title = p
			} else {
				paragraphs = append(paragraphs, p)
			}
		}
		b.Reset()
	}
	for {
		switch z.Next() {
		case html.ErrorToken:
			flush()
			return title, paragraphs
		case html.TextToken:
			if hidden == "" || hidden == "title" {
				b.Write(z.Raw())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if gap(name) == "" {
				continue
			}
			flush()
			switch n := string(name); n {
			case "script", "style", "noscript", "template", "title":
				if hidden == "" {
					hidden = n
				}
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if gap(name) == "" {
				continue
			}
			flush()
			if string(name) == hidden {
				hidden = ""
			}
		}
	}
}

// WithoutData drops the content of data: URLs. Some portals write pictures into the page, and
// twenty megabytes of them hold a few kilobytes of text.
func WithoutData(text string) string {
	const mark = ";base64,"
	if !strings.Contains(text, mark) {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, mark)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		i += len(mark)
		b.WriteString(text[:i])
		text = strings.TrimLeft(text[i:], base64Alphabet)
	}
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
