package query

import (
	"strconv"
	"strings"
	"unicode"

	"lamro/internal/vietnamese"
)

// operator is what a word means between terms.
type operator struct {
	kind    kind
	ordered bool
	anyCase bool // phones and Word write operators in lower case; Vietnamese ones are words there
	weak    bool // without its mark it is another word too: an operator between whole terms only
}

// operators by their spelling in capitals, without the number.
func operatorNamed(s string) (operator, bool) {
	switch s {
	case "AND":
		return operator{kind: and, anyCase: true}, true
	case "OR":
		return operator{kind: or, anyCase: true}, true
	case "NOT":
		return operator{kind: not, anyCase: true}, true
	case "NEAR":
		return operator{kind: near, anyCase: true}, true
	case "ONEAR":
		return operator{kind: near, ordered: true, anyCase: true}, true
	case "SAMESENT":
		return operator{kind: together, anyCase: true}, true
	case "VÀ":
		return operator{kind: and}, true
	case "HOẶC", "HOAC":
		return operator{kind: or}, true
	case "KHÔNG":
		return operator{kind: not}, true
	case "VA":
		return operator{kind: and, weak: true}, true
	case "KHONG":
		return operator{kind: not, weak: true}, true
	case "GẦN", "GAN":
		return operator{kind: near}, true
	case "TRƯỚC", "TRUOC":
		return operator{kind: near, ordered: true}, true
	case "CÙNGCÂU", "CUNGCAU", "CÙNG-CÂU", "CÙNG_CÂU":
		return operator{kind: together}, true
	}
	return operator{}, false
}

// fieldNamed knows the fields by their names and those that Vietnamese users know them by.
func fieldNamed(s string) string {
	switch s {
	case "title", "tiêuđề", "tieude", "tiêu-đề", "tieu-de", "tựađề", "tuade", "tựa-đề", "tua-de", "tít", "tit", "intitle", "headline":
		return "title"
	case "body", "thânbài", "thanbai", "thân-bài", "than-bai", "nộidung", "noidung", "nội-dung", "noi-dung", "intext":
		return "body"
	case "source", "báo", "bao", "nguồn", "nguon":
		return "source"
	case "site", "trang", "tênmiền", "tenmien", "tên-miền", "ten-mien", "domain":
		return "site"
	case "place", "nơi", "noi", "địabàn", "diaban", "địa-bàn", "dia-ban":
		return "place"
	case "lang", "language", "tiếng", "tieng", "ngônngữ", "ngonngu", "ngôn-ngữ", "ngon-ngu":
		return "lang"
	case "tier", "bậc", "bac":
		return "tier"
	case "from", "từ", "tu", "từngày", "tungay", "từ-ngày", "tu-ngay":
		return "from"
	case "to", "đến", "den", "tới", "toi", "đếnngày", "denngay", "đến-ngày", "den-ngay":
		return "to"
	}
	return ""
}

// fieldNames are the names that a mistyped one is compared with.
func fieldNames() []string {
	return []string{
		"title", "body", "source", "site", "place", "lang", "tier", "from", "to",
		"tiêuđề", "tieude", "thânbài", "thanbai", "nguồn", "nguon", "địabàn", "diaban",
	}
}

// foreignField is what is written here for a field of another system; "" where there is nothing.
func foreignField(s string) (here string, known bool) {
	switch s {
	case "after", "since", "daterange":
		return "from", true
	case "before", "until":
		return "to", true
	case "allintitle", "subject", "ttl":
		return "title", true
	case "text", "content", "ingress", "lead", "sapo", "allintext":
		return "body", true
	case "host", "inurl", "url", "links", "link":
		return "site", true
	case "location", "province", "city", "country", "county", "state", "region", "tỉnh", "tinh", "huyện", "huyen", "xã", "xa":
		return "place", true
	case "outlet", "publication":
		return "source", true
	case "author", "by", "user", "username", "tácgiả", "tacgia", "handle":
		return "", true
	}
	return "", false
}

// nearestField is the name that s is most likely meant to be, "" where none is near. The shorter
// s is, the nearer it must be.
func nearestField(s string) string {
	allowed := 2
	if len([]rune(s)) < 5 {
		allowed = 1
	}
	best := ""
	for _, name := range fieldNames() {
		if d := distance(s, name); d <= allowed {
			best, allowed = name, d-1
		}
	}
	return best
}

// distance counts the letters to insert, drop, change or swap with their neighbour to make b of
// a (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 20 {
		return len(x)
	}
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		now := make([]int, len(y)+1)
		now[0] = i + 1
		for j := range y {
			change := 1
			if x[i] == y[j] {
				change = 0
			}
			now[j+1] = min(last[j]+change, last[j+1]+1, now[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				now[j+1] = min(now[j+1], before[j-1]+1)
			}
		}
		before, last = last, now
	}
	return last[len(y)]
}

// half is the ASCII character that a full-width one or another slash stands for, r itself otherwise.
func half(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000:
		return ' '
	case r == '\u2044' || r == '\u2215' || r == '\u29f8': // fraction, division and big slash
		return '/'
	}
	return r
}

// plain is s in normal form with full-width characters as ASCII.
func plain(s string) string { return vietnamese.Normalize(strings.Map(half, s)) }

func isQuote(r rune) bool  { return strings.ContainsRune("\"“”„‟«»″‶〝〞〟", half(r)) }
func isSingle(r rune) bool { return strings.ContainsRune("'‘’‚‛‹›′‵`´", half(r)) }
func isMinus(r rune) bool  { return strings.ContainsRune("-–—−‒‐‑", half(r)) }
func isGap(r rune) bool    { return unicode.IsSpace(half(r)) || unicode.Is(unicode.Cf, r) }
func isComma(r rune) bool  { return strings.ContainsRune(",;、", half(r)) }

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// number reads a small number, at most one beyond any limit.
func number(s string) (int, bool) {
	if !digits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > 999 {
		n = 999
	}
	return n, true
}
