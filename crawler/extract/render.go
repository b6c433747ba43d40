package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lamro/crawler/page"
)

// A block is one paragraph as a reader sees it.
type block struct {
	text   string
	node   *html.Node // the element that holds it
	linked int        // how many of its characters are links
	strong bool       // all of it is bold or italic, or it stands at the right
}

// render gives the paragraphs below root. skip says which elements are left out with all that is
// in them; a line break parts lines, two part paragraphs.
func render(root *html.Node, skip func(*html.Node) bool) []block {
	r := renderer{skip: skip}
	r.walk(root, state{node: root})
	r.flush(root)
	return r.blocks
}

type renderer struct {
	skip   func(*html.Node) bool
	blocks []block

	text                   strings.Builder
	runes, linked, strongs int
	right                  bool
}

type state struct {
	node                *html.Node // the block element around
	link, strong, right bool
}

func (r *renderer) walk(n *html.Node, s state) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			r.write(c.Data, s)
		case html.ElementNode:
			r.element(c, s)
		}
	}
}

func (r *renderer) element(n *html.Node, s state) {
	if invisible(n) || r.skip != nil && r.skip(n) {
		return
	}
	switch n.DataAtom {
	case atom.Br:
		r.breakLine(s)
		return
	case atom.A:
		s.link = true
	case atom.B, atom.Strong, atom.I, atom.Em:
		s.strong = true
	case atom.Td, atom.Th:
		r.text.WriteByte(' ')
		r.walk(n, s)
		r.text.WriteByte(' ')
		return
	}
	if !isBlock(n) {
		r.walk(n, s)
		return
	}
	r.flush(s.node)
	s.node = n
	s.right = s.right || strings.Contains(attr(n, "style")+" text-align:"+attr(n, "align"), "right")
	r.walk(n, s)
	r.flush(n)
}

func (r *renderer) write(text string, s state) {
	n := 0
	for _, c := range text {
		if !unicode.IsSpace(c) {
			n++
		}
	}
	if n == 0 && r.text.Len() == 0 {
		return
	}
	r.text.WriteString(oneLine.Replace(text))
	r.runes += n
	if s.link {
		r.linked += n
	}
	if s.strong {
		r.strongs += n
	}
	r.right = r.right || s.right && n > 0
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

// breakLine ends a line; where the line before is empty, it ends the paragraph.
func (r *renderer) breakLine(s state) {
	if t := r.text.String(); strings.HasSuffix(strings.TrimRight(t, " \t\u00a0"), "\n") {
		r.flush(s.node)
		return
	}
	r.text.WriteByte('\n')
}

func (r *renderer) flush(node *html.Node) {
	if r.runes > 0 {
		var lines []string
		for line := range strings.SplitSeq(r.text.String(), "\n") {
			if line = page.Text(line); line != "" {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			r.blocks = append(r.blocks, block{
				text:   strings.Join(lines, "\n"),
				node:   node,
				linked: r.linked,
				strong: r.strongs == r.runes || r.right,
			})
		}
	}
	r.text.Reset()
	r.runes, r.linked, r.strongs, r.right = 0, 0, 0, false
}

// invisible reports whether a reader never sees the element's text.
func invisible(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Head, atom.Select,
		atom.Textarea, atom.Svg, atom.Audio, atom.Video, atom.Object, atom.Button:
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if style := strings.ReplaceAll(strings.ToLower(a.Val), " ", ""); strings.Contains(style, "display:none") {
				return true
			}
		}
	}
	return false
}

func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.B, atom.I, atom.U, atom.S, atom.Em, atom.Strong, atom.Span, atom.Font, atom.Small, atom.Big, atom.Sub, atom.Sup,
		atom.Mark, atom.Abbr, atom.Cite, atom.Code, atom.Q, atom.Time, atom.Label, atom.Img, atom.Input, atom.Ins, atom.Del, atom.Var,
		atom.Kbd, atom.Samp, atom.Bdi, atom.Bdo, atom.Wbr, atom.Data, atom.Dfn, atom.Ruby, atom.Rt, atom.Rp, atom.Strike, atom.Tt, atom.Acronym:
		return false
	case 0: // elements of nobody's standard are mostly wrappers in a line
		return strings.Contains(n.Data, "-")
	}
	return true
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// key is s reduced to lower-case letters and digits, for comparing texts across their marks-up.
func key(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// keyStart is the first 40 characters of a text's key: enough to find it again.
func keyStart(s string) string {
	k := key(s)
	n := 0
	for i := range k {
		if n++; n > 40 {
			return k[:i]
		}
	}
	return k
}

func runes(s string) int { return utf8.RuneCountInString(s) }
