package privacy

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// run is a number as people write it: groups of digits, parted by a space, point or hyphen.
type run struct {
	digits string
	groups []int // lengths
	ends   []int // where each group ends in the text
	parts  []string
}

// maxDigits is longer than any number that is masked.
const maxDigits = 24

// readRun reads the groups from i on; brackets around an area code belong to it.
func readRun(s string, i int) (r run) {
	for i < len(s) && len(r.digits) < maxDigits {
		end := skipDigits(s, i)
		if end == i || end < len(s) && letterAt(s, end) {
			break
		}
		r.digits += s[i:end]
		r.groups = append(r.groups, end-i)
		r.ends = append(r.ends, end)
		next, sep := separator(s, end)
		if next == end {
			break
		}
		r.parts = append(r.parts, sep)
		i = next
	}
	return r
}

// separator is what parts two groups: one sign, a bracket and a space, or a space that does
// not break.
func separator(s string, i int) (next int, sep string) {
	for _, sep := range []string{") ", ")", " ", ".", "-", "\u00a0"} {
		if strings.HasPrefix(s[i:], sep) && i+len(sep) < len(s) && isDigit(s[i+len(sep)]) {
			return i + len(sep), sep
		}
	}
	return i, ""
}

func letterAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return unicode.IsLetter(r)
}

func isLetterByte(s string, end int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:end])
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// until is the end of the first n digits, 0 where no group ends there.
func (r run) until(n int) int {
	for i, length := range r.groups {
		if n -= length; n == 0 {
			return r.ends[i]
		}
	}
	return 0
}

// phone is the end of a phone number at i. What starts with 0 needs a first group of three
// digits or more, or two and then four: "09.11.2024 18.30" is no number to call.
func phone(s string, i int) int {
	foreign := i > 0 && s[i-1] == '+'
	r := readRun(s, i)
	national := r.digits
	skipped := 0
	switch {
	case strings.HasPrefix(national, "84") && (foreign || len(r.groups) == 1):
		skipped = 2
	case strings.HasPrefix(national, "0084"):
		skipped = 4
	case foreign && len(r.digits) >= 9 && len(r.digits) <= 15 && !r.amount(s, r.ends[len(r.ends)-1]):
		return r.ends[len(r.ends)-1]
	case foreign || !strings.HasPrefix(national, "0"):
		return 0
	case r.groups[0] >= 3 || r.groups[0] == 2 && len(r.groups) > 1 && r.groups[1] >= 4:
		skipped = 1
	default:
		return 0
	}
	national = strings.TrimPrefix(national[skipped:], "0")
	skipped = len(r.digits) - len(national)
	length := 9 // of a mobile number without its first 0
	switch {
	case national == "":
		return 0
	case national[0] == '2':
		length = 10
	case !strings.ContainsRune("35789", rune(national[0])):
		return 0
	}
	if len(national) < length {
		return 0
	}
	return r.until(skipped + length)
}

// identity is the end of an identity card or passport number at i.
func identity(s string, i int) int {
	if 'A' <= s[i] && s[i] <= 'Z' {
		if end := skipDigits(s, i+1); end-i-1 >= 7 && end-i-1 <= 8 && !letterAt(s, end) && announced(s, i, passport) {
			return end
		}
		return 0
	}
	r := readRun(s, i)
	if len(r.groups) == 0 {
		return 0
	}
	// A citizen's number: one of the province codes, then the century's even or odd digit.
	if r.groups[0] == 12 && r.digits[0] == '0' && r.digits[:3] != "000" && r.digits[3] < '4' {
		return r.ends[0]
	}
	for _, n := range []int{12, 9} {
		if end := r.until(n); end > 0 && !r.amount(s, end) && announced(s, i, card) {
			return end
		}
	}
	return 0
}

// account is the end of an account or card number at i.
func account(s string, i int) int {
	if !isDigit(s[i]) {
		return 0
	}
	r := readRun(s, i)
	for n := min(len(r.digits), 19); n >= 6; n-- {
		if end := r.until(n); end > 0 {
			if !r.amount(s, end) && !r.date() && announced(s, i, bank) {
				return end
			}
			return 0
		}
	}
	return 0
}

// amount says whether r up to end counts money or things: groups of thousands, or a unit after it.
func (r run) amount(s string, end int) bool {
	thousands := len(r.groups) > 1 && r.groups[0] <= 3 && r.digits[0] != '0'
	for i, n := range r.groups[min(1, len(r.groups)):] {
		thousands = thousands && n == 3 && r.parts[i] == "."
	}
	return thousands || unit.MatchString(s[end:min(len(s), end+16)])
}

// date says whether r begins like a date, day first or year first.
func (r run) date() bool {
	if len(r.groups) < 3 {
		return false
	}
	a, b, c := r.groups[0], r.groups[1], r.groups[2]
	return a <= 2 && b <= 2 && (c == 2 || c == 4) || a == 4 && b <= 2 && c <= 2
}

// The words that announce a number, and the units that make it an amount.
var (
	card     = words(`cmnd|cmt|cccd|cmtnd|căn cước|can cuoc|chứng minh nhân dân|chứng minh thư|chung minh nhan dan|số định danh|mã định danh|định danh cá nhân`)
	passport = words(`hộ chiếu|ho chieu|passport`)
	bank     = words(`stk|số tk|so tk|tài khoản|tai khoan|số thẻ|so the|thẻ atm|account`)
	unit     = regexp.MustCompile(`^[\s\x{a0}]*(?i:đồng|vnđ|vnd|triệu|tỷ|tỉ|nghìn|ngàn|usd|m2|m²|kg|tấn|người|khách|trường hợp|(?:đ|ha)(?:\PL|$))`)
)

func words(alternatives string) *regexp.Regexp {
	return regexp.MustCompile(`(?i:` + alternatives + `)[^\d*\n]*$`) // an asterisk was a digit
}

// reach is how far, in bytes, a word may stand before the number that it announces.
const reach = 64

func announced(s string, i int, by *regexp.Regexp) bool {
	return by.MatchString(s[max(0, i-reach):i])
}
