package places

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"lamro/analyzer/places/national"
	"lamro/internal/vietnamese"
)

// provinces is a set of the provinces of today: bit i is provinces[i] of the national directory,
// bit restBit the part of the area's own province that is not in the directory of the office, and
// bit abroadBit all that is abroad.
type provinces uint64

const restBit = 63

// few says whether a bare name still says where it is.
func (p provinces) few() bool { return bits.OnesCount64(uint64(p)) <= 2 }

func (p provinces) one() bool { return bits.OnesCount64(uint64(p)) == 1 }

// foreign is what a name means outside of the directory of the office.
type foreign struct {
	text     string
	in       provinces // where a unit bears it
	province bool      // it is the name of a province, of today or until 2025
	single   bool      // of one syllable
}

// otherSpellings of provinces that the press uses.
var otherSpellings = map[string][]string{
	"Hồ Chí Minh": {"TPHCM", "TP.HCM", "HCM", "Sài Gòn", "Ho Chi Minh"},
	"Hà Nội":      {"Ha Noi", "Hanoi"},
	"Đắk Lắk":     {"Đắc Lắc", "Đăk Lăk", "Đắc Lắk"},
	"Đắk Nông":    {"Đắc Nông", "Đăk Nông"},
	"Kon Tum":     {"Kontum"},
	"Huế":         {"Thừa Thiên Huế", "Thừa Thiên - Huế"},
}

// addCountry files the names of the rest of the country. What the directory of the office has
// itself is not foreign: units by their codes, provinces by their names.
func (g *Gazetteer) addCountry(office *file) error {
	d, err := national.Load()
	if err != nil {
		return err
	}
	for _, own := range g.units {
		if len(own.code) == 2 {
			for _, n := range own.names {
				g.addOutlet(n.text, own.code)
			}
		}
	}
	f := filer{g: g}
	for i, p := range d.Provinces {
		g.provinceNames = append(g.provinceNames, p.Name)
		g.provinceIndex[p.Code] = i
		f.province(p, 1<<i)
	}
	for i, o := range office.Others {
		at, known := g.provinceIndex[o.Code]
		if !known {
			return office.bad("others", i, "%q is the code of no province of today", o.Code)
		}
		for _, unit := range o.Units {
			f.file(unit, 1<<at, false)
		}
	}
	f.abroad()
	f.flush()
	return nil
}

// province files the names of one province.
func (f *filer) province(p national.ProvinceEntry, in provinces) {
	for _, name := range append([]string{p.Name}, p.Former...) {
		f.g.addOutlet(name, p.Code)
		for _, other := range otherSpellings[name] {
			f.g.addOutlet(other, p.Code)
		}
		if f.g.isOwnProvince(name) {
			continue
		}
		f.file(name, in, true)
		for _, other := range otherSpellings[name] {
			f.file(other, in, true)
		}
	}
	if f.g.units[p.Code] != nil {
		in = 1 << restBit
	}
	for _, u := range p.Units {
		if f.g.units[u.Code] != nil {
			continue
		}
		f.file(u.Name, in, false)
		for _, b := range u.Before {
			f.file(b.Name, in, false)
			if b.DistrictName != "" {
				f.file(b.DistrictName, in, false)
			}
		}
	}
}

func (g *Gazetteer) isOwnProvince(text string) bool {
	for _, p := range g.units {
		if len(p.code) == 2 && slices.ContainsFunc(p.names, func(n *name) bool { return n.text == text }) {
			return true
		}
	}
	return false
}

// filer puts foreign names into the trie. It gathers them first: reading one long text takes a
// fraction of the time of reading every name by itself.
type filer struct {
	g       *Gazetteer
	text    strings.Builder
	entries []filed
}

type filed struct {
	start, end int // of the text
	in         provinces
	province   bool
}

func (f *filer) file(text string, in provinces, province bool) {
	start := f.text.Len()
	f.text.WriteString(text)
	f.entries = append(f.entries, filed{start, f.text.Len(), in, province})
	f.text.WriteByte('\n')
}

// flush reads what was gathered.
func (f *filer) flush() {
	text := f.text.String()
	tokens := vietnamese.Read(text).Tokens
	var keys []vietnamese.Key
	nodes := make([]int32, len(f.entries))
	for i, e := range f.entries {
		keys = keys[:0]
		for len(tokens) > 0 && int(tokens[0].Start) < e.end {
			keys = append(keys, tokens[0].Exact)
			tokens = tokens[1:]
		}
		if len(keys) > 0 {
			nodes[i] = f.g.names.add(keys, false)
		}
	}
	f.g.grow()
	for i, e := range f.entries {
		if nodes[i] != 0 {
			f.g.addForeign(nodes[i], text[e.start:e.end], e)
		}
	}
}

// addForeign adds to what a name means in the rest of the country.
func (g *Gazetteer) addForeign(node int32, text string, e filed) {
	name := g.foreign[node]
	if name == nil {
		name = &foreign{text: text, single: !strings.ContainsAny(text, " -.")}
		g.foreign[node] = name
	}
	if e.province && (e.in != 1<<abroadBit || name.in == 0) {
		name.province, name.in = true, e.in // the province rather than a ward that bears its name
	} else if !name.province {
		name.in |= e.in
	}
}

// namesOf are the names of a set of provinces, at most three, for people.
func (g *Gazetteer) namesOf(p provinces) string {
	var names []string
	for i, name := range g.provinceNames {
		if p&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if p&(1<<restBit) != 0 {
		names = append(names, "the same province, outside the area")
	}
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// bit is the one member of a set of one.
func (p provinces) bit() int { return bits.TrailingZeros64(uint64(p)) }
