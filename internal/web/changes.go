package web

import (
	"strings"
	"unicode"
)

// A Change is a stretch of text that two versions share, or that one of them has.
type Change struct {
	Kind string // "same", "del" or "ins"
	Text string
}

// maxCells bounds the table of a comparison. Longer texts are compared by paragraphs.
const maxCells = 4 << 20

// changes compares two texts word by word.
func changes(old, new string) []Change {
	a, b := words(old), words(new)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	midA, midB := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(midA)*len(midB) > maxCells {
		midA, midB = split(strings.Join(midA, "")), split(strings.Join(midB, ""))
	}
	var out changeList
	out.add("same", a[:head])
	if len(midA)*len(midB) > maxCells {
		out.add("del", midA)
		out.add("ins", midB)
	} else {
		out.align(midA, midB)
	}
	out.add("same", a[len(a)-tail:])
	return out
}

type changeList []Change

func (l *changeList) add(kind string, parts []string) {
	text := strings.Join(parts, "")
	if text == "" {
		return
	}
	if n := len(*l); n > 0 && (*l)[n-1].Kind == kind {
		(*l)[n-1].Text += text
		return
	}
	*l = append(*l, Change{kind, text})
}

// align adds the differences of a and b along their longest common part.
func (l *changeList) align(a, b []string) {
	width := len(b) + 1
	longest := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			l.add("same", a[i:i+1])
			i, j = i+1, j+1
		case longest[(i+1)*width+j] >= longest[i*width+j+1]:
			l.add("del", a[i:i+1])
			i++
		default:
			l.add("ins", b[j:j+1])
			j++
		}
	}
	l.add("del", a[i:])
	l.add("ins", b[j:])
}

// words parts a text into words, each with the space that follows it; together they are the
// text.
func words(s string) []string {
	var all []string
	start, space := 0, false
	for i, r := range s {
		is := unicode.IsSpace(r)
		if space && !is {
			all = append(all, s[start:i])
			start = i
		}
		space = is
	}
	if start < len(s) {
		all = append(all, s[start:])
	}
	return all
}

// split parts a text into paragraphs, each with its blank line.
func split(s string) []string { return strings.SplitAfter(s, "\n\n") }
