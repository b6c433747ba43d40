package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"lamro/internal/news"
)

// isValue says whether the field takes a value of its own, not text to look for.
func isValue(field string) bool { return field != "title" && field != "body" }

// fielded is a field with what it holds: one term, or a group that it is distributed to.
func (p *parser) fielded(depth int) (piece, *SyntaxError) {
	l := p.next()
	if p.field.kind == field && p.field.name != l.name {
		return piece{}, &SyntaxError{Code: "field-in-field", Pos: l.pos, Found: l.describe(), Expected: "text for " + p.field.name + ":",
			Suggestion: p.s[:l.pos] + p.s[l.end:]}
	}
	v := p.peek()
	if v.kind == not && !isValue(l.name) {
		return piece{}, &SyntaxError{Code: "field-not", Pos: v.pos, Found: v.describe(), Expected: "text for " + l.name + ":",
			Suggestion: p.s[:l.pos] + "-" + p.s[l.pos:v.pos] + p.s[v.end:]}
	}
	switch v.kind {
	case word, quoted, open:
	case wrong:
		return piece{}, v.err
	case fold:
		if isValue(l.name) {
			return piece{}, p.badValue(l, v)
		}
	default:
		if isValue(l.name) {
			return piece{}, p.badValue(l, v)
		}
		return piece{}, p.missing(v)
	}
	if v.pos > l.end {
		p.warn("field-space", l.pos)
	}
	savedField, savedIn := p.field, p.in
	p.field = l
	switch l.name {
	case "title":
		p.in = InTitle
	case "body":
		p.in = InBody
	}
	n, err := p.primary(depth + 1)
	p.field, p.in = savedField, savedIn
	if err != nil {
		return piece{}, err
	}
	if next := p.peek(); v.kind == word && next.kind == word && !isValue(l.name) {
		p.warn("field-word", l.pos)
	}
	n.pos, n.bare = l.pos, false
	return n, nil
}

// value makes the node of a field that takes a value.
func (p *parser) value(f, v lexeme) (Node, *SyntaxError) {
	text := strings.TrimSpace(plain(v.text))
	lower := strings.ToLower(text)
	if v.star || v.n >= 0 || p.fold {
		return nil, p.badValue(f, v)
	}
	switch f.name {
	case "place":
		if isCode(lower) {
			return Place{lower}, nil
		}
	case "source":
		if isCode(lower) {
			return Source{lower}, nil
		}
	case "site":
		if isHost(lower) {
			if h := strings.TrimPrefix(lower, "www."); h != lower && isHost(h) {
				p.warn("site-www", v.pos)
				lower = h
			}
			return Site{lower}, nil
		}
	case "lang":
		if len(lower) >= 2 && len(lower) <= 3 && lower != "vn" && strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz") == "" {
			return Lang{lower}, nil
		}
	case "tier":
		if n, ok := number(text); ok && n >= 1 && n <= maxTier {
			return Tier{n}, nil
		}
	default: // from, to
		if t, ok := readDay(text); ok {
			return dateOf(f.name, t), nil
		}
	}
	return nil, p.badValue(f, v)
}

// maxTier is the highest tier that a source can have, with room for an office's own.
const maxTier = 9

func isCode(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// isHost says whether s is a host name: labels of letters, digits and hyphens (RFC 1123).
func isHost(s string) bool {
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

func dateOf(name string, day time.Time) Date {
	if name == "to" {
		return Date{To: day.AddDate(0, 0, 1)}
	}
	return Date{From: day}
}

// readDay reads a day of the office's zone: 2026-11-24 or 24/11/2026, also with other separators,
// day first. The years are those of the web and of archives.
func readDay(s string) (time.Time, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	if len(parts) != 3 || strings.Count(s, "/")+strings.Count(s, "-")+strings.Count(s, ".") != 2 {
		return time.Time{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	return day(parts[2], parts[1], parts[0])
}

func day(year, month, dayOfMonth string) (time.Time, bool) {
	if len(year) != 4 || len(month) > 2 || len(dayOfMonth) > 2 {
		return time.Time{}, false
	}
	y, _ := number4(year)
	m, ok := number(month)
	d, ok2 := number(dayOfMonth)
	if y < 1900 || y > 2100 || !ok || !ok2 || m < 1 || m > 12 || d < 1 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, news.Zone())
	return t, t.Day() == d
}

func number4(s string) (int, bool) {
	if !digits(s) || len(s) != 4 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// badValue says what a field takes instead of v.
func (p *parser) badValue(f, v lexeme) *SyntaxError {
	e := &SyntaxError{Code: "bad-" + f.name, Pos: v.pos, Found: v.describe()}
	text := strings.TrimSpace(plain(v.text))
	put := func(s string) string { return p.s[:f.pos] + s + p.s[v.end:] }
	switch f.name {
	case "place", "source":
		e.Expected = "the code of a place, such as place:06"
		if f.name == "source" {
			e.Expected = "the id of a source, such as source:bao-tinh"
		}
		if v.kind == quoted || v.kind == word {
			e.Suggestion = put(`"` + text + `"`)
		}
	case "site":
		e.Expected = "a host, such as site:baotinh.vn"
		if h := host(text); isHost(h) {
			e.Suggestion = put("site:" + h)
		}
	case "lang":
		e.Expected = "a language as two or three letters, such as lang:vi"
		if code := langNamed(strings.ToLower(text)); code != "" {
			e.Suggestion = put("lang:" + code)
		}
	case "tier":
		e.Expected = fmt.Sprintf("a number from 1 to %d, such as tier:1", maxTier)
		if d := strings.Trim(text, "<>= "); d != text && len(d) == 1 && digits(d) && d != "0" {
			e.Suggestion = put(tiers(text, d))
		}
	default:
		e.Code, e.Expected = "bad-date", "a day that exists, such as "+f.name+":2026-11-24 or "+f.name+":24/11/2026"
		if t, ok := guessDay(f.name, text); ok {
			e.Suggestion = put(f.name + ":" + isoDay(t))
		}
	}
	return e
}

// tiers spells a comparison of tiers out.
func tiers(text, n string) string {
	limit, _ := number(n)
	var out []string
	for i := 1; i <= 3; i++ {
		below, above, equal := strings.HasPrefix(text, "<") && i < limit, strings.HasPrefix(text, ">") && i > limit, strings.Contains(text, "=") && i == limit
		if below || above || equal {
			out = append(out, strconv.Itoa(i))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "tier:(" + strings.Join(out, " OR ") + ")"
}

func langNamed(s string) string {
	switch s {
	case "vn", "vie", "vietnamese", "việt", "viet", "tiếng việt", "tieng viet", "tiếngviệt":
		return "vi"
	case "english", "eng", "anh", "tiếng anh", "tieng anh":
		return "en"
	}
	return ""
}

// guessDay reads what is nearly a day: the month first, two digits of the year, a month or a year
// alone, a day that its month does not have, a time behind it.
func guessDay(field, s string) (time.Time, bool) {
	if i := strings.IndexAny(s, "T "); i >= 8 {
		s = s[:i]
	}
	if t, ok := readDay(s); ok {
		return t, true
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	for _, part := range parts {
		if !digits(part) {
			return time.Time{}, false
		}
	}
	switch {
	case len(parts) == 1 && len(s) == 8:
		return day(s[:4], s[4:6], s[6:])
	case len(parts) == 1 && len(s) == 4:
		if field == "to" {
			return day(s, "12", "31")
		}
		return day(s, "1", "1")
	case len(parts) == 2:
		if len(parts[0]) == 4 {
			parts[0], parts[1] = parts[1], parts[0]
		}
		if field == "to" {
			return lastDay(parts[1], parts[0])
		}
		return day(parts[1], parts[0], "1")
	case len(parts) != 3:
		return time.Time{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if len(parts[2]) == 2 {
		parts[2] = "20" + parts[2]
	}
	for _, try := range [][3]string{{parts[2], parts[1], parts[0]}, {parts[2], parts[0], parts[1]}} {
		if t, ok := day(try[0], try[1], try[2]); ok {
			return t, true
		}
	}
	if d, ok := number(parts[0]); ok && d > 28 && d <= 31 {
		return lastDay(parts[2], parts[1])
	}
	return time.Time{}, false
}

func lastDay(year, month string) (time.Time, bool) {
	t, ok := day(year, month, "1")
	return t.AddDate(0, 1, -1), ok
}

// order refuses dates that no article lies between.
func (p *parser) order(before []Node, n piece) *SyntaxError {
	b, ok := n.node.(Date)
	if !ok {
		return nil
	}
	for _, other := range before {
		a, ok := other.(Date)
		if !ok {
			continue
		}
		from, to := a.From, b.To
		if from.IsZero() {
			from, to = b.From, a.To
		}
		if !from.IsZero() && !to.IsZero() && !from.Before(to) {
			return &SyntaxError{Code: "dates-reversed", Pos: n.pos, Found: p.s[n.pos:n.end], Expected: "a day on or after that of from:",
				Suggestion: swapDates(p.s)}
		}
	}
	return nil
}

// swapDates makes from: of to: and to: of from:, by their names in the canonical form.
func swapDates(s string) string {
	lexemes, _ := lex(s)
	var b strings.Builder
	at := 0
	for _, l := range lexemes {
		if l.kind != field || l.name != "from" && l.name != "to" {
			continue
		}
		b.WriteString(s[at:l.pos])
		if l.name == "from" {
			b.WriteString("to:")
		} else {
			b.WriteString("from:")
		}
		at = l.end
	}
	return b.String() + s[at:]
}

// missing says that a term was expected where l stands, and drops what asks for it.
func (p *parser) missing(l lexeme) *SyntaxError {
	e := &SyntaxError{Code: "term-expected", Pos: l.pos, Found: l.describe(), Expected: "a word, a phrase, a field or ("}
	b := p.before
	switch {
	case l.kind == near || l.kind == together || l.kind == and || l.kind == or:
		e.Suggestion = without(p.s, l.pos, l.end)
	case b.kind == open && l.kind == shut:
		e.Code = "empty-group"
		e.Suggestion = without(p.s, b.pos, l.end)
	case b.kind != end:
		e.Suggestion = without(p.s, b.pos, b.end)
	case l.kind == shut:
		e.Code = "unopened"
		e.Suggestion = without(p.s, l.pos, l.end)
	case l.kind == end:
		e.Code = "empty"
	}
	return e
}

// badPhrase says why a term cannot be looked for, nil where it can.
func (p *parser) badPhrase(n *Phrase, l lexeme) *SyntaxError {
	if len(n.Exact) == 0 {
		e := &SyntaxError{Code: "no-word", Pos: l.pos, Found: l.describe(), Expected: "letters or digits", Suggestion: without(p.s, l.pos, l.end)}
		if r := strings.TrimFunc(l.text, isMinus); r == "" && l.text != "" && l.kind == word {
			e.Code, e.Expected = "lone-dash", "a word right after the dash, or quotation marks around the phrase"
		}
		return e
	}
	if twins := n.twins(); p.options.IY && 1<<min(twins, 30) > MaxExpansions {
		return &SyntaxError{Code: "too-many-spellings", Pos: l.pos, Found: l.describe(),
			Expected: fmt.Sprintf("at most %d spellings of one phrase", MaxExpansions)}
	}
	return nil
}

// badPrefix says why letters with an asterisk cannot be looked for, nil where they can.
func (p *parser) badPrefix(n *Prefix, l lexeme) *SyntaxError {
	if n == nil {
		e := &SyntaxError{Code: "wildcard-words", Pos: l.end - 1, Found: l.describe() + "*", Expected: "one word before the asterisk"}
		if whole := newPhrase(l.text, Anywhere, p.options); len(whole.Written) > 1 {
			last := len(whole.Written) - 1
			e.Suggestion = fmt.Sprintf(`%s"%s" ONEAR/0 %s*%s`, p.s[:l.pos], strings.Join(whole.Written[:last], " "), whole.Written[last], p.s[l.end:])
		}
		return e
	}
	if n.letters() < MinPrefix {
		return &SyntaxError{Code: "prefix-too-short", Pos: l.end - 1, Found: l.describe() + "*",
			Expected: fmt.Sprintf("at least %d letters before the asterisk", MinPrefix), Suggestion: p.s[:l.pos] + l.text + p.s[l.end:]}
	}
	return nil
}
