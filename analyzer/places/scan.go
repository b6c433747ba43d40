package places

import (
	"strings"
	"unicode"

	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// verdict is what was decided of a candidate.
type verdict uint8

const (
	open verdict = iota
	certain
	uncertain
	elsewhere // something else
)

// candidate is one spot of a text where a name of the directory stands.
type candidate struct {
	field      int
	start, end int // bytes
	sentence   int
	key        string
	names      []*name // all of one sort
	capitals   bool    // all letters are capitals, so that they say nothing
	inside     bool    // a capital word stands right beside it, as in the name of a person
	title      title   // the administrative word before it

	verdict verdict
	chosen  *name // of certain and uncertain ones
	why     string
}

// A title is the administrative word before a name, such as huyện, or a body that sits there.
type title struct {
	text  string // "" where there is none
	kinds string // kinds of unit that it goes with, "" for any
}

// titles are the words that stand before the name of a unit, by their keys.
var titles = map[string]string{
	"tỉnh": "province", "huyện": "district", "thành phố": "city", "tp": "city", "t p": "city", "thị xã": "town", "tx": "town",
	"thị trấn": "township", "tt": "township", "phường": "ward", "p": "ward", "xã": "commune", "h": "district", "x": "commune",
	"tỉnh ủy": "province", "huyện ủy": "district", "thành ủy": "city", "đảng ủy": "", "huyện đoàn": "district", "tỉnh đoàn": "province",
	"ubnd": "", "hđnd": "", "ủy ban nhân dân": "", "hội đồng nhân dân": "", "công an": "", "hạt kiểm lâm": "", "mttq": "",
	"ban chỉ huy quân sự": "", "trung tâm y tế": "", "bệnh viện đa khoa": "", "phòng giáo dục và đào tạo": "", "đảng bộ": "",
}

const longestTitle = 6 // syllables

// scan finds the candidates of one field, longest names first, without overlap. Names that lack
// the capitals they need are reported as something else.
func (g *Gazetteer) scan(field int, f query.Field) (found []candidate, common []Other) {
	tokens := f.Text.Tokens
	for i := 0; i < len(tokens); {
		names, n, low := g.longest(f, i)
		if n == 0 {
			if low > 0 {
				last := tokens[i+low-1]
				common = append(common, Other{Field: f.Name, Start: int(tokens[i].Start), End: int(last.End),
					Name: f.Text.Original[tokens[i].Start:last.End], Why: "written as common words, without capitals"})
			}
			i++
			continue
		}
		c := candidate{
			field: field, start: int(tokens[i].Start), end: int(tokens[i+n-1].End), sentence: int(tokens[i].Sentence),
			key: key(f.Text, i, n), names: names,
		}
		c.capitals = shouted(f.Text, i, n)
		c.inside = inside(f.Text, i, n)
		c.title = titleBefore(f.Text, i)
		found = append(found, c)
		i += n
	}
	inheritTitles(f.Text.Original, found)
	return found, common
}

// longest finds the longest name at token i that is written as a name: its readings and its
// number of tokens. low is the length of a name of the area that lacks its capitals.
func (g *Gazetteer) longest(f query.Field, i int) (names []*name, n, low int) {
	tokens := f.Text.Tokens
	for n = min(g.starts[f.Text.Exact(i)], len(tokens)-i); n > 0; n-- {
		all := g.byKey[key(f.Text, i, n)]
		for _, candidate := range all {
			if !candidate.joined(f.Text.Original, tokens[i:i+n]) {
				continue
			}
			if !written(f.Text.Original, tokens[i:i+n], candidate.capitals) {
				if low == 0 && candidate.sort == ours && n > 1 {
					low = n
				}
				continue
			}
			// A decoy or our own name outweighs the same name elsewhere.
			if len(names) > 0 && candidate.sort != names[0].sort {
				if candidate.sort == others {
					continue
				}
				names = nil
			}
			names = append(names, candidate)
		}
		if len(names) > 0 {
			return names, n, 0
		}
	}
	return nil, 0, low
}

func key(t *vietnamese.Text, i, n int) string {
	if n == 1 {
		return t.Exact(i)
	}
	keys := make([]string, n)
	for k := range keys {
		keys[k] = t.Exact(i + k)
	}
	return strings.Join(keys, " ")
}

// joined says whether the dashes of a route stand in the text: "Thái Nguyên - Chợ Mới" is a road,
// "Chợ Mới (Thái Nguyên)" is not.
func (n *name) joined(original string, tokens []vietnamese.Token) bool {
	for i, dash := range n.dashes {
		if dash && !dashed(original[tokens[i-1].End:tokens[i].Start]) {
			return false
		}
	}
	return true
}

func written(original string, tokens []vietnamese.Token, capitals []bool) bool {
	for i, t := range tokens {
		if capitals[i] && !startsUpper(original[t.Start:t.End]) {
			return false
		}
	}
	return true
}

// shouted says whether the name at token i and the words around it stand in capitals only.
func shouted(t *vietnamese.Text, i, n int) bool {
	from, to := max(i-1, 0), min(i+n+1, len(t.Tokens))
	if to-from == n {
		return false // nothing but the name
	}
	for _, token := range t.Tokens[from:to] {
		if strings.ContainsFunc(t.Original[token.Start:token.End], unicode.IsLower) {
			return false
		}
	}
	return true
}

// inside says whether a word with a capital, other than the first of a sentence, stands right
// before or behind the name.
func inside(t *vietnamese.Text, i, n int) bool {
	capital := func(token vietnamese.Token) bool { return startsUpper(t.Original[token.Start:token.End]) }
	if i > 1 && t.Original[t.Tokens[i-1].End:t.Tokens[i].Start] == " " && capital(t.Tokens[i-1]) &&
		t.Tokens[i-2].Sentence == t.Tokens[i-1].Sentence {
		return true
	}
	last := i + n - 1
	return last+1 < len(t.Tokens) && t.Original[t.Tokens[last].End:t.Tokens[last+1].Start] == " " && capital(t.Tokens[last+1])
}

// titleBefore finds the longest administrative word that ends right before token i.
func titleBefore(t *vietnamese.Text, i int) (best title) {
	end := t.Tokens[i].Start
	words := ""
	for n := 1; n <= longestTitle && n <= i; n++ {
		token := t.Tokens[i-n]
		if gap := t.Original[token.End:end]; strings.Trim(gap, " .\u00a0") != "" {
			return best
		}
		words = strings.TrimSpace(t.Exact(i-n) + " " + words)
		end = token.Start
		kinds, ok := titles[words]
		if !ok {
			continue
		}
		text := t.Original[token.Start:t.Tokens[i-1].End]
		if len(words) == 1 && !startsUpper(text) {
			continue // "h." and "x." are words of their own
		}
		best = title{text: text, kinds: kinds}
	}
	return best
}

// inheritTitles gives "các huyện Ba Bể, Pác Nặm và Chợ Đồn" the word huyện three times.
func inheritTitles(original string, found []candidate) {
	for i := 1; i < len(found); i++ {
		c, before := &found[i], &found[i-1]
		if c.title.text != "" || before.title.text == "" || c.key == before.key {
			continue
		}
		switch strings.TrimSpace(original[before.end:c.start]) {
		case ",", "và", ";", "–", "-", ", và":
			c.title = before.title
		}
	}
}
