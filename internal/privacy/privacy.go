// Package privacy masks what belongs to private people in texts that many will read: phone
// numbers, e-mail addresses, identity and bank numbers. It is a pure function of the text, for
// the index and for exports; the text as published stays in the records and captures.
package privacy

// Mask replaces private numbers and addresses in s by asterisks. The result has the same length
// in bytes, so that spans stay valid; masking it again changes nothing.
//
// Masked are mobile and land-line numbers, e-mail addresses, identity card numbers (twelve
// digits that can be one; nine or twelve digits after a word such as "CMND"), passport numbers
// and account or card numbers after the words that announce them. Short public numbers (113,
// 114, 115) and service numbers (1800…, 1900…) stay.
func Mask(s string) string {
	var out []byte // nil while nothing was masked
	hide := func(start, end int) {
		if out == nil {
			out = []byte(s)
		}
		for i := start; i < end; i++ {
			if isAlnum(s[i]) {
				out[i] = '*'
			}
		}
	}
	for i := 0; i < len(s); {
		switch {
		case s[i] == '@':
			start, end := address(s, i)
			hide(start, end)
			i = max(end, i+1)
		case beginsNumber(s, i):
			end := number(s, i)
			hide(i, end)
			i = max(end, skipDigits(s, i), i+1)
		default:
			i++
		}
	}
	if out == nil {
		return s
	}
	return string(out)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlnum(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func skipDigits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// beginsNumber says whether a number, with the letter of a passport, begins at i.
func beginsNumber(s string, i int) bool {
	if i > 0 && (isAlnum(s[i-1]) || s[i-1] >= 0x80 && isLetterByte(s, i)) {
		return false
	}
	if isDigit(s[i]) {
		return true
	}
	return i+1 < len(s) && isDigit(s[i+1]) && 'A' <= s[i] && s[i] <= 'Z'
}

// number is the end of the private number that begins at i, at most i where none does.
func number(s string, i int) int {
	if end := phone(s, i); end > i {
		return end
	}
	if end := identity(s, i); end > i {
		return end
	}
	return account(s, i)
}

// address is the e-mail address around the "@" at i, empty where there is none. It may hold
// letters, digits and the signs that people use in one; its domain has a dot.
func address(s string, at int) (start, end int) {
	start, end = at, at+1
	for start > 0 && (isAlnum(s[start-1]) || isAddressSign(s[start-1])) {
		start--
	}
	dotted := false
	for end < len(s) && (isAlnum(s[end]) || (s[end] == '.' || s[end] == '-') && end+1 < len(s) && isAlnum(s[end+1])) {
		dotted = dotted || s[end] == '.'
		end++
	}
	if start == at || !dotted {
		return at, at
	}
	return start, end
}

func isAddressSign(c byte) bool {
	return c == '.' || c == '_' || c == '-' || c == '+' || c == '%'
}
