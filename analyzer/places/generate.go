package places

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"lamro/analyzer/places/national"
	"lamro/internal/vietnamese"
)

// merger is the last day of the units before the merger of 2025, and the first after it.
const lastDay, firstDay = "2025-06-30", "2025-07-01"

// Generate writes the places.yaml of a whole province of today, as a start for editing by hand.
// It holds the province with those that joined it, its wards and communes, and the communes that
// they were made from. Former units have made-up codes of two to five digits that collide with no
// real one: the source has none for them. It lacks what the source lacks: most former districts,
// units abolished before 2025, landmarks, roads and other spellings.
func Generate(w io.Writer, d *national.Directory, code string) error {
	at := slices.IndexFunc(d.Provinces, func(p national.ProvinceEntry) bool { return p.Code == code })
	if at < 0 {
		return fmt.Errorf("%q is the code of no province", code)
	}
	p := d.Provinces[at]
	g := generator{province: p, codes: map[string]bool{}}
	for _, other := range d.Provinces {
		g.codes[other.Code] = true
		for _, u := range other.Units {
			g.codes[u.Code] = true
		}
	}
	g.write(borne(d))
	_, err := io.WriteString(w, g.b.String())
	return err
}

type generator struct {
	b        strings.Builder
	province national.ProvinceEntry
	codes    map[string]bool // that are taken
	former   int             // the last made-up code
}

// borne counts the provinces in which each name is borne.
func borne(d *national.Directory) map[string]int {
	count := map[string]int{}
	for _, p := range d.Provinces {
		names := map[string]bool{}
		for _, u := range p.Units {
			names[vietnamese.Canonical(u.Name)] = true
			for _, f := range u.Before {
				names[vietnamese.Canonical(f.Name)] = true
			}
		}
		for name := range names {
			count[name]++
		}
	}
	return count
}

func (g *generator) write(count map[string]int) {
	p := g.province
	g.printf("# Places of %s, made from the national directory of the program (data: vietnamese-provinces-database\n", p.Name)
	g.printf("# by Thang Le Quoc, MIT licence). Edit it by hand: it has no former districts but those that the source\n")
	g.printf("# names, no landmarks, roads or other spellings. Codes that begin with 9 are made up.\n\narea: [%q]\n\nunits:\n", p.Code)
	g.printf("  - code: %q\n    names:\n      - {kind: %s, name: %s, certain: true}\n", p.Code, p.Kind, quote(p.Name))
	for _, name := range p.Former {
		g.printf("  - code: %q\n    names:\n      - {kind: province, name: %s, to: %s, certain: true}\n    successors: [%q]\n", g.next(), quote(name), lastDay, p.Code)
	}
	type key struct{ kind, name, district string }
	successors := map[key][]string{}
	var order []key
	for _, u := range p.Units {
		from := ", from: " + firstDay
		if u.Unchanged || slices.ContainsFunc(u.Before, func(f national.Former) bool { return f.Kind == u.Kind && f.Name == u.Name }) {
			from = "" // the name is older than the merger
		}
		g.printf("  - code: %q\n    names:\n      - {kind: %s, name: %s, parent: %q%s%s}\n", u.Code, u.Kind, quote(u.Name), p.Code, from, everydayMark(count, u.Name))
		for _, f := range u.Before {
			if f.Kind == u.Kind && f.Name == u.Name {
				continue
			}
			k := key{f.Kind, f.Name, f.DistrictName}
			if successors[k] == nil {
				order = append(order, k)
			}
			successors[k] = append(successors[k], u.Code)
		}
	}
	slices.SortStableFunc(order, func(a, b key) int { return cmp.Compare(a.name, b.name) })
	for _, k := range order {
		g.printf("  - code: %q\n    names:\n      - {kind: %s, name: %s, parent: %q, to: %s%s}\n    successors: [%s]\n",
			g.next(), k.kind, quote(k.name), p.Code, lastDay, everydayMark(count, k.name), quoteAll(successors[k]))
	}
}

func (g *generator) printf(format string, args ...any) { fmt.Fprintf(&g.b, format, args...) }

// next is a code of five digits, from 99999 down, that no unit has.
func (g *generator) next() string {
	if g.former == 0 {
		g.former = 99999
	}
	for g.codes[fmt.Sprint(g.former)] {
		g.former--
	}
	code := fmt.Sprint(g.former)
	g.former--
	return code
}

// everydayMark marks the names that many provinces have.
func everydayMark(count map[string]int, name string) string {
	if count[vietnamese.Canonical(name)] > everyday {
		return ", words: true"
	}
	return ""
}

// quote is a name as a YAML scalar.
func quote(name string) string {
	if strings.ContainsAny(name, `:#'"-`) {
		return fmt.Sprintf("%q", name)
	}
	return name
}

func quoteAll(codes []string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = fmt.Sprintf("%q", c)
	}
	return strings.Join(out, ", ")
}
