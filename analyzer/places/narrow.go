package places

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Narrow is the way back from Codes: the fewest places whose codes with all their kin make up
// codes, the narrowest first. People read these; a place and a wider one that holds it cannot be
// told apart from the narrow one alone. Codes that the directory does not have are left out.
func (g *Gazetteer) Narrow(codes []string) []string {
	left := map[string]bool{}
	for _, c := range codes {
		if g.units[c] != nil {
			left[c] = true
		}
	}
	fits := g.within(codes)
	var out []string
	for len(left) > 0 {
		best, most := (*name)(nil), 0
		for _, n := range fits {
			covers := 0
			for _, c := range n.codes {
				if left[c] {
					covers++
				}
			}
			if covers > most {
				best, most = n, covers
			}
		}
		if best == nil {
			break // stored with an older directory: what is left is kin of nobody
		}
		for _, c := range best.codes {
			delete(left, c)
		}
		out = append(out, best.place.code)
	}
	slices.SortFunc(out, byBreadth)
	return slices.Compact(out)
}

// within lists the names whose codes are all among codes, narrow places first.
func (g *Gazetteer) within(codes []string) []*name {
	has := map[string]bool{}
	for _, c := range codes {
		has[c] = true
	}
	var fits []*name
	for _, c := range slices.SortedFunc(slices.Values(codes), byBreadth) {
		if g.units[c] == nil {
			continue
		}
		for _, n := range g.units[c].names {
			if !slices.ContainsFunc(n.codes, func(c string) bool { return !has[c] }) {
				fits = append(fits, n)
			}
		}
	}
	return fits
}

// byBreadth orders codes: landmarks, communes, districts, provinces.
func byBreadth(a, b string) int {
	return cmp.Or(cmp.Compare(digits(b), digits(a)), cmp.Compare(a, b))
}

// digits is the length of a unit's code, more than that of any unit for a landmark.
func digits(code string) int {
	if !codeForm.MatchString(code) {
		return 9
	}
	return len(code)
}

// words are the Vietnamese words for kinds of units.
var words = map[string]string{
	"province": "tỉnh", "city": "thành phố", "district": "huyện", "town": "thị xã",
	"ward": "phường", "commune": "xã", "township": "thị trấn", "special": "đặc khu",
}

// Title is the newest name of a place as a line of a list has it, where several places may share a
// name: "Xã Ba Bể", "Huyện Ba Bể (cũ)". It is "" where the directory does not have the code.
func (g *Gazetteer) Title(code string) string {
	p := g.units[code]
	if p == nil {
		return ""
	}
	text := g.Name(code)
	for i := len(p.names) - 1; i >= 0; i-- {
		n := p.names[i]
		if n.text != text || p.landmark {
			continue
		}
		if word := words[n.kind]; word != "" {
			text = word + " " + text
		}
		if n.to != "" {
			text += " (cũ)"
		}
		break
	}
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}
