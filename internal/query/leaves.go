package query

import (
	"slices"
	"strings"
	"unicode/utf8"

	"lamro/internal/vietnamese"
)

// NewPhrase makes a phrase of text as typed; it has no syllables where text holds no word. What
// stands before the first and after the last syllable is no part of it.
func NewPhrase(text string, in Scope, o Options) *Phrase {
	read := readTyped(text)
	n := len(read.Tokens)
	p := &Phrase{
		In: in, Text: read.Original, Mode: o.Mode, IY: o.IY,
		Written: make([]string, n), Exact: make([]vietnamese.Key, n), Folded: make([]vietnamese.Key, n),
		ExactText: make([]string, n), FoldedText: make([]string, n),
	}
	for i, t := range read.Tokens {
		p.Written[i] = read.Written(i)
		p.Exact[i], p.ExactText[i] = t.Exact, read.Exact(i)
		p.Folded[i], p.FoldedText[i] = t.Folded, read.Folded(i)
		p.Marked = p.Marked || !t.Bare()
	}
	return p
}

// NewPrefix makes a prefix of the letters as typed, nil where they are not one syllable.
func NewPrefix(text string, in Scope, o Options) *Prefix {
	read := readTyped(text)
	if len(read.Tokens) != 1 || int(read.Tokens[0].End) != len(read.Original) {
		return nil
	}
	return &Prefix{
		In: in, Text: read.Original, Letters: read.Exact(0), Folded: read.Folded(0),
		Marked: !read.Tokens[0].Bare(), Mode: o.Mode,
	}
}

// letters counts the letters and digits that p asks for.
func (p *Prefix) letters() int { return utf8.RuneCountInString(p.Letters) }

// readTyped reads the normal form of text with single spaces, from its first syllable to its last.
func readTyped(text string) *vietnamese.Text {
	text = strings.Map(func(r rune) rune {
		if isQuote(r) {
			return ' '
		}
		return r
	}, vietnamese.Normalize(text))
	read := vietnamese.Read(strings.Join(strings.Fields(text), " "))
	if len(read.Tokens) == 0 {
		return read
	}
	first, last := read.Tokens[0].Start, read.Tokens[len(read.Tokens)-1].End
	if first == 0 && int(last) == len(read.Original) {
		return read
	}
	return vietnamese.Read(read.Original[first:last])
}

// twins counts the syllables of p that have a second spelling with i or y.
func (p *Phrase) twins() int {
	n := 0
	for _, s := range p.FoldedText {
		if strings.ContainsAny(s[len(s)-1:], "iy") && (len(s) == 1 || len(s) == 2 && slices.Contains([]byte("hklmst"), s[0])) {
			n++
		}
	}
	return n
}
