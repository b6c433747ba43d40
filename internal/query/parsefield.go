package query

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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
	case word, quoted, open, field:
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
	if p.fold {
		return nil, &SyntaxError{Code: "lone-fold", Pos: p.mark.pos, Found: "~", Expected: "a word or a phrase right after ~",
			Suggestion: p.s[:p.mark.pos] + p.s[p.mark.end:]}
	}
	if v.star || v.n >= 0 {
		return nil, p.badValue(f, v)
	}
	switch f.name {
	case "place":
		if isPlace(lower) {
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

// isPlace says whether s has the form of the code of a place: the two to five digits of a unit, or
// lm- and the name of a landmark.
func isPlace(s string) bool {
	if name, ok := strings.CutPrefix(s, "lm-"); ok {
		return isCode(name) && isCode(s)
	}
	return digits(s) && len(s) >= 2 && len(s) <= 5
}

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
		switch {
		case f.name == "place" && isPlace(strings.ToLower(text)):
			e.Suggestion = put("place:" + strings.ToLower(text))
		case f.name == "place" && digits(text): // of no unit, and nothing to look for in a text
		case v.kind == quoted || v.kind == word:
			e.Suggestion = p.named(f, v, text)
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
		} else if v.kind != not && isRelative(text) {
			e.Code = "relative-date"
		}
	}
	return e
}

// named is the query with the name of a place or an outlet, which begins at v, as a phrase instead
// of the value of f. A name without quotation marks goes on as far as its capitals do, or is of two
// syllables, as most are.
func (p *parser) named(f, v lexeme, text string) string {
	if strings.HasPrefix(strings.TrimLeftFunc(strings.Map(half, p.s[f.end:v.pos]), isGap), "(") {
		lexemes, _ := lex(p.s[f.end:])
		return p.s[:f.pos] + eachNamed(f.name, p.s[f.end:], lexemes)
	}
	end, words := v.end, 1
	for _, l := range p.lexemes {
		capital, of := capitalized(l.text), capitalized(text)
		if v.kind != word || l.kind != word || l.star || of && !capital || !of && (capital || words > 1) {
			break
		}
		text, end, words = text+" "+l.text, l.end, words+1
	}
	return p.s[:f.pos] + `"` + strings.TrimRight(text, ".,;:!…") + `"` + p.s[end:]
}

func capitalized(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// eachNamed gives every code in the group that s begins with its field, and makes phrases of all
// other words there.
func eachNamed(name, s string, lexemes []lexeme) string {
	isOne := func(l lexeme) bool {
		code := strings.ToLower(plain(l.text))
		return l.kind == word && (name == "place" && isPlace(code) || name != "place" && isCode(code))
	}
	var b strings.Builder
	depth, at := 0, 0
	for i := 0; i < len(lexemes); i++ {
		l := lexemes[i]
		switch {
		case l.kind == open:
			depth++
		case l.kind == shut:
			depth--
		case isOne(l):
			b.WriteString(s[at:l.pos] + name + ":")
			at = l.pos
		case l.kind == word || l.kind == quoted:
			b.WriteString(s[at:l.pos] + `"` + l.text)
			for l.kind == word && lexemes[i+1].kind == word && !isOne(lexemes[i+1]) {
				i++
				b.WriteString(" " + lexemes[i].text)
			}
			b.WriteByte('"')
			at = lexemes[i].end
		}
		if depth == 0 {
			break
		}
	}
	return b.String() + s[at:]
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
