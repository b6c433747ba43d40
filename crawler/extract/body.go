package extract

import (
	nurl "net/url"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/andybalholm/cascadia"
	"github.com/go-shiori/dom"
	"github.com/markusmobius/go-htmldate"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lamro/crawler/dates"
	"lamro/crawler/page"
)

// minBody is how many characters an element must hold to be taken for the body by its class.
const minBody = 150

// body finds the paragraphs of the article: where the source's selector says, else where a known
// layout has them, else where the page looks like text.
func (d *document) body() ([]block, Method) {
	remove := find(d.root, d.in.Selectors.Remove)
	skip := func(n *html.Node) bool {
		for _, r := range remove {
			if r == n {
				return true
			}
		}
		return extra(n)
	}
	if blocks := longest(find(d.root, d.in.Selectors.Body), skip); size(blocks) > 0 {
		return blocks, BySelectors
	}
	if d.vietnamese {
		for _, layout := range bodyLayouts {
			if blocks := longest(cascadia.QueryAll(d.root, layout), skip); size(blocks) >= minBody {
				return blocks, ByLayout
			}
		}
	}
	for _, n := range remove {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
	return d.content(), ByContent
}

func longest(nodes []*html.Node, skip func(*html.Node) bool) []block {
	var best []block
	for _, n := range nodes {
		if blocks := render(n, skip); size(blocks) > size(best) {
			best = blocks
		}
	}
	return best
}

func size(blocks []block) int {
	n := 0
	for _, b := range blocks {
		n += runes(b.text)
	}
	return n
}

// content finds the body by trafilatura, with readability's answer as the candidate that it
// falls back to. Dates are ours: the library's search for them costs as much as all the rest.
func (d *document) content() []block {
	u, err := nurl.Parse(d.in.URL)
	if err != nil || u.Host == "" {
		u = nil
	}
	root := dom.Clone(d.root, true)
	markEnds(root)
	var candidates *trafilatura.FallbackCandidates
	parser := readability.NewParser()
	parser.DisableJSONLD = true
	if a, err := parser.ParseAndMutate(dom.Clone(root, true), u); err == nil && a.Node != nil {
		candidates = &trafilatura.FallbackCandidates{Readability: a.Node}
	}
	result, err := trafilatura.ExtractDocument(root, trafilatura.Options{
		OriginalURL:        u,
		EnableFallback:     true,
		FallbackCandidates: candidates,
		HtmlDateOverride:   &htmldate.Result{},
	})
	if err != nil || result.ContentNode == nil {
		return nil
	}
	blocks := render(result.ContentNode, nil)
	for i := range blocks {
		blocks[i].text = unmark(blocks[i].text)
	}
	return blocks
}

// Private characters that stand at the end of list items and table cells while trafilatura works:
// it takes such elements away and lets their words touch.
const (
	lineEnd = "\uE000"
	cellEnd = "\uE001"
)

func markEnds(root *html.Node) {
	for n := range root.Descendants() {
		mark := ""
		switch n.DataAtom {
		case atom.Li, atom.Dt, atom.Dd, atom.Tr:
			mark = lineEnd
		case atom.Td, atom.Th:
			mark = cellEnd
		default:
			continue
		}
		if text := lastText(n); text != nil && !strings.HasSuffix(text.Data, mark) {
			text.Data += mark
		}
	}
}

// lastText is the last text of an element that is not white space.
func lastText(n *html.Node) *html.Node {
	for c := n.LastChild; c != nil; c = c.PrevSibling {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) != "":
			return c
		case c.Type == html.ElementNode && !invisible(c):
			if t := lastText(c); t != nil {
				return t
			}
		}
	}
	return nil
}

func unmark(text string) string {
	if !strings.ContainsAny(text, lineEnd+cellEnd) {
		return text
	}
	var lines []string
	for line := range strings.FieldsFuncSeq(strings.ReplaceAll(text, cellEnd, " "), func(r rune) bool { return string(r) == lineEnd || r == '\n' }) {
		if line = page.Text(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// tidy drops what is left in a body that is not the article: its title again, lines that lead
// elsewhere, and the byline at the end.
func tidy(blocks []block, title string) []block {
	titleKey := key(title)
	var out []block
	for i, b := range blocks {
		switch {
		case i < 3 && titleKey != "" && key(b.text) == titleKey:
			continue
		case i < 3 && isDateLine(b.text), leadsElsewhere(b):
			continue
		}
		if b.text = withoutBoilerplate(b.text); b.text != "" {
			out = append(out, b)
		}
	}
	for len(out) > 1 && isByline(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	return out
}

// isDateLine reports a line above the text that says when it was published and nothing else.
func isDateLine(text string) bool {
	if runes(text) > 60 || strings.HasSuffix(text, ".") {
		return false
	}
	_, ok := dates.Parse(text)
	return ok
}

// leadsElsewhere reports a paragraph that is nothing but links to other articles.
func leadsElsewhere(b block) bool {
	n := len([]rune(strings.Join(strings.Fields(b.text), "")))
	return b.linked*10 >= n*9 && n >= 15
}

// boilerplate begins lines that outlets put into their articles to lead readers on.
var boilerplate = []string{
	"xem thêm", "tin liên quan", "bài liên quan", "tin bài liên quan", "đọc thêm", "từ khóa", "từ khoá", "mời bạn đọc", "mời quý độc giả",
	"tags:", "tag:", "chia sẻ bài viết", "theo dõi báo", "xin mời xem", "mời xem video", "ý kiến của bạn", "bình luận", "in bài viết",
	"gửi bình luận", "tin cùng chuyên mục", "các tin khác", "tin khác", "tin mới hơn", "tin cũ hơn", ">>", "»", "▶",
}

// withoutBoilerplate drops the lines of a paragraph that lead elsewhere. A long line that begins
// so is prose.
func withoutBoilerplate(text string) string {
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if !isBoilerplate(line) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

func isBoilerplate(line string) bool {
	if runes(line) > 200 {
		return false
	}
	lower := strings.ToLower(line)
	for _, prefix := range boilerplate {
		rest, ok := strings.CutPrefix(lower, prefix)
		if !ok {
			continue
		}
		switch prefix {
		case "bình luận", "tin khác", "ý kiến của bạn", "in bài viết": // common words too: the line must be nothing else
			return strings.Trim(rest, " :.()0123456789") == ""
		}
		return true
	}
	return false
}

// isByline reports a closing line that names who wrote: set apart by its type, or by the place
// at the right, short, without the end of a sentence. It stays in the sealed capture alone.
func isByline(b block) bool {
	if !b.strong || runes(b.text) > 45 || strings.ContainsAny(b.text, ".!?…:;\n0123456789") {
		return false
	}
	words := strings.Fields(b.text)
	if len(words) < 2 || len(words) > 7 {
		return false
	}
	for _, w := range words {
		if w = strings.Trim(w, "-–,()/&"); w != "" && w == strings.ToLower(w) && w != "và" {
			return false
		}
	}
	return true
}
