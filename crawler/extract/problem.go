package extract

import (
	"regexp"
	"strings"

	"golang.org/x/net/html/atom"
)

// Longer texts, in characters, are articles whatever their titles say.
const (
	maxNotice = 800
	maxGate   = 400
)

// problem recognises pages that are served as articles and are none.
func (d *document) problem(p Page) Problem {
	n := runes(p.Text())
	if n <= maxGate && d.challenges() {
		return Challenge
	}
	if n <= maxNotice && saysNotFound(p.Title, d.meta.htmlTitle, p.Text()) {
		return SoftNotFound
	}
	if n <= maxGate && d.asksPassword(p.Title) {
		return Login
	}
	if n == 0 {
		return Empty
	}
	return ""
}

// challenges reports the marks of pages that test the browser, and of scripts that set a cookie
// and load again.
func (d *document) challenges() bool {
	title := strings.ToLower(d.meta.htmlTitle)
	for _, s := range []string{"just a moment", "attention required", "checking your browser", "ddos-guard", "xác minh bạn là con người", "access denied"} {
		if strings.Contains(title, s) {
			return true
		}
	}
	for n := range d.root.Descendants() {
		if n.DataAtom != atom.Script || n.FirstChild == nil {
			continue
		}
		code := n.FirstChild.Data
		if strings.Contains(code, "_cf_chl_opt") || strings.Contains(code, "document.cookie") && strings.Contains(code, "location.reload") {
			return true
		}
	}
	return false
}

// noticeTitle is the title of a page that tells of a missing one: the whole of it, or its first
// part, or words that can only be about a page. News tells of what is not found and does not
// exist, too.
var noticeTitle = regexp.MustCompile(`(?i)^\s*(?:(?:error|lỗi)\s+)?404\s*(?:$|[-–|:.!]|not found|error)` +
	`|^\s*(?:(?:page )?not found|không tìm thấy|không tồn tại)\s*(?:$|[-–|:.!])` +
	`|page (?:was |could )?not (?:be )?(?:found|exist)` +
	`|không tìm thấy (?:trang|bài viết|nội dung|đường dẫn)` +
	`|(?:trang|bài viết|nội dung|đường dẫn)(?: này| bạn (?:tìm|yêu cầu|truy cập))? (?:không tồn tại|không tìm thấy|đã bị (?:xóa|xoá|gỡ))`)

func saysNotFound(title, htmlTitle, text string) bool {
	if noticeTitle.MatchString(title) || noticeTitle.MatchString(htmlTitle) {
		return true
	}
	if runes(text) > 300 {
		return false
	}
	text = strings.ToLower(text)
	for _, s := range []string{"trang bạn yêu cầu không", "trang bạn tìm không", "không tìm thấy trang", "không tìm thấy bài viết", "bài viết không tồn tại",
		"bài viết đã bị xóa", "nội dung không tồn tại", "trang không tồn tại", "đường dẫn không tồn tại", "page not found", "page you requested could not be found"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

func (d *document) asksPassword(title string) bool {
	t := strings.ToLower(title)
	if strings.HasPrefix(t, "đăng nhập") || strings.HasPrefix(t, "log in") || strings.HasPrefix(t, "login") || strings.HasPrefix(t, "sign in") {
		return true
	}
	for n := range d.root.Descendants() {
		if n.DataAtom == atom.Input && strings.EqualFold(attr(n, "type"), "password") {
			return true
		}
	}
	return false
}
