package places

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// Gazetteer is a directory of places, ready to be asked by many goroutines at once.
type Gazetteer struct {
	area   []string
	units  map[string]*place
	byKey  map[string][]*name
	starts map[string]int // by first syllable: the most syllables of a name that begins with it
}

// place is a unit or a landmark.
type place struct {
	code       string
	landmark   bool
	leaves     bool
	context    bool
	in         []string // of a landmark
	successors []string
	against    map[string]bool // keys of what, nearby, makes its name somebody else's
	names      []*name
}

// A sort of name says what meeting it means.
type sort uint8

const (
	ours    sort = iota // a unit or landmark of the directory
	decoyed             // a longer word that contains a name
	others              // a place of another province
)

// name is one way to call something.
type name struct {
	sort     sort
	place    *place // of ours
	text     string // as it is called: the entry's name, not this spelling of it
	kind     string
	class    news.Class
	capitals []bool // the syllables that must begin with a capital
	dashes   []bool // the syllables before which a dash must stand
	province string // of others: the province it lies in; of a province its own name
	means    string // of a decoy

	codes  []string // see codesOf
	inArea bool

	parent        string
	fromDistricts []string
	includes      []string
	from, to      day
	words         bool
	shared        bool
	certain       bool
	context       bool
	elsewhere     []string
}

var kinds = []string{"province", "city", "district", "town", "ward", "commune", "township"}

var codeForm = regexp.MustCompile(`^\d{2,5}$`)
var landmarkForm = regexp.MustCompile(`^lm-[a-z0-9-]{1,60}$`)

// Load reads a directory of places. The error joins one error for each mistake, each beginning
// with file and line.
func Load(r io.Reader, file string) (*Gazetteer, error) {
	f, err := read(r, file)
	if err != nil {
		return nil, err
	}
	g := &Gazetteer{area: f.Area, units: map[string]*place{}, byKey: map[string][]*name{}, starts: map[string]int{}}
	var bad []error
	note := func(err error) {
		if err != nil {
			bad = append(bad, err)
		}
	}
	for i, u := range f.Units {
		note(g.addUnit(f, i, u))
	}
	for i, l := range f.Landmarks {
		note(g.addLandmark(f, i, l))
	}
	for i, d := range f.Decoys {
		note(g.addName(f, "decoys", i, d.Text, name{sort: decoyed, text: d.Text, means: d.Means}))
	}
	for i, o := range f.Others {
		note(g.addOther(f, i, o))
	}
	g.addAgainst(f)
	note(g.checkReferences(f))
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	for _, p := range g.units {
		for _, n := range p.names {
			n.codes = g.codesOf(n)
			n.inArea = slices.ContainsFunc(g.area, func(a string) bool { return slices.Contains(n.codes, a) })
		}
	}
	return g, nil
}

func (g *Gazetteer) addUnit(f *file, i int, u unitEntry) error {
	if !codeForm.MatchString(u.Code) {
		return f.bad("units", i, "code %q is not two to five digits in quotation marks", u.Code)
	}
	if g.units[u.Code] != nil {
		return f.bad("units", i, "code %q stands twice: one entry holds all names of a code", u.Code)
	}
	if len(u.Names) == 0 {
		return f.bad("units", i, "unit %s has no names", u.Code)
	}
	p := &place{code: u.Code, successors: u.Successors, against: keySet(u.Against)}
	g.units[u.Code] = p
	var bad []error
	for _, e := range u.Names {
		if !slices.Contains(kinds, e.Kind) {
			bad = append(bad, f.bad("units", i, "kind %q of %s is none of %s", e.Kind, u.Code, strings.Join(kinds, ", ")))
		}
		n := name{
			place: p, text: e.Name, kind: e.Kind, parent: e.Parent, fromDistricts: e.FromDistricts, includes: e.Includes,
			from: e.From, to: e.To, words: e.Words, shared: e.Shared, certain: e.Certain, elsewhere: e.Elsewhere,
		}
		bad = append(bad, g.addSpellings(f, "units", i, n, e.Aliases, u.Unmarked, u.Context))
	}
	return errors.Join(bad...)
}

// addSpellings adds a name and every other way to write it.
func (g *Gazetteer) addSpellings(f *file, section string, i int, n name, aliases, unmarked, context []string) error {
	n.class = news.Exact
	bad := []error{g.addName(f, section, i, n.text, n)}
	n.class = news.Canonical
	for _, a := range aliases {
		bad = append(bad, g.addName(f, section, i, a, n))
	}
	n.class = news.Folded
	for _, a := range unmarked {
		bad = append(bad, g.addName(f, section, i, a, n))
	}
	n.context, n.certain = true, false
	for _, a := range context {
		bad = append(bad, g.addName(f, section, i, a, n))
	}
	return errors.Join(bad...)
}

func (g *Gazetteer) addLandmark(f *file, i int, l landmark) error {
	if !landmarkForm.MatchString(l.Code) {
		return f.bad("landmarks", i, "code %q does not look like lm-ho-ba-be", l.Code)
	}
	if g.units[l.Code] != nil {
		return f.bad("landmarks", i, "code %q stands twice", l.Code)
	}
	if len(l.In) == 0 {
		return f.bad("landmarks", i, `%s lies nowhere: "in" names its units`, l.Code)
	}
	p := &place{code: l.Code, landmark: true, leaves: l.Leaves, context: l.Context, in: l.In}
	g.units[l.Code] = p
	return g.addSpellings(f, "landmarks", i, name{place: p, text: l.Name, kind: l.Kind}, l.Aliases, nil, nil)
}

func (g *Gazetteer) addOther(f *file, i int, o otherEntry) error {
	var bad []error
	for j, text := range slices.Concat([]string{o.Name}, o.Former, o.Units) {
		n := name{sort: others, text: text, province: o.Name}
		if j <= len(o.Former) {
			n.kind = "province"
		}
		bad = append(bad, g.addName(f, "others", i, text, n))
	}
	return errors.Join(bad...)
}

// addAgainst makes the names that contradict a unit known where no province lists them.
func (g *Gazetteer) addAgainst(f *file) {
	for i, u := range f.Units {
		for _, text := range u.Against {
			if _, known := g.byKey[vietnamese.Canonical(text)]; !known {
				g.addName(f, "units", i, text, name{sort: others, text: text}) //nolint:errcheck // it has letters, or it contradicts nothing
			}
		}
	}
}

// addName files n under the key of one spelling.
func (g *Gazetteer) addName(f *file, section string, i int, text string, n name) error {
	read := vietnamese.Read(text)
	tokens := read.Tokens
	if len(tokens) == 0 {
		return f.bad(section, i, "a name without letters: %q", text)
	}
	var keys []string
	for i, t := range tokens {
		keys = append(keys, read.Exact(i))
		n.dashes = append(n.dashes, i > 0 && dashed(text[tokens[i-1].End:t.Start]))
		n.capitals = append(n.capitals, n.needsCapitals() && startsUpper(text[t.Start:t.End]))
	}
	key := strings.Join(keys, " ")
	g.byKey[key] = append(g.byKey[key], &n)
	g.starts[keys[0]] = max(g.starts[keys[0]], len(keys))
	if n.place != nil {
		n.place.names = append(n.place.names, &n)
	}
	return nil
}

// dashed says whether a gap between two words holds a dash with or without spaces.
func dashed(gap string) bool {
	switch strings.TrimSpace(gap) {
	case "-", "–", "—":
		return true
	}
	return false
}

// needsCapitals says whether the name must have the capitals that its entry has. A name that is
// certain by itself may be written in any way, its other spellings only with capitals: "bắc cạn"
// may say that the north is shallow.
func (n *name) needsCapitals() bool {
	switch n.sort {
	case decoyed:
		return false
	case others:
		return true
	default:
	}
	return n.class != news.Folded && (!n.certain || n.class != news.Exact)
}

func (g *Gazetteer) checkReferences(f *file) error {
	var bad []error
	check := func(section string, i int, what string, codes ...string) {
		for _, c := range codes {
			if c != "" && g.units[c] == nil {
				bad = append(bad, f.bad(section, i, "%s %q has no entry", what, c))
			}
		}
	}
	if len(f.Area) == 0 {
		bad = append(bad, fmt.Errorf("%s:1: area names no unit", f.name))
	}
	for _, c := range f.Area {
		if g.units[c] == nil {
			bad = append(bad, fmt.Errorf("%s:%d: area %q has no entry", f.name, max(f.lines["area"], 1), c))
		}
	}
	for i, u := range f.Units {
		check("units", i, "successor", u.Successors...)
		for _, n := range u.Names {
			check("units", i, "parent", n.Parent)
			check("units", i, "former district", n.FromDistricts...)
			check("units", i, "included unit", n.Includes...)
		}
	}
	for i, l := range f.Landmarks {
		check("landmarks", i, "unit", l.In...)
	}
	return errors.Join(bad...)
}

// codesOf are the codes that n is found by: its own, all that it lies or lay in under this name,
// and the unit that took it over whole, with what that lies in today.
func (g *Gazetteer) codesOf(n *name) []string {
	out := map[string]bool{}
	var up func(n *name)
	add := func(code string) {
		if out[code] {
			return
		}
		out[code] = true
		for _, parent := range g.units[code].names {
			up(parent)
		}
	}
	// up adds what a name lies in; the parents of its parents too.
	up = func(n *name) {
		for _, c := range slices.Concat([]string{n.parent}, n.fromDistricts, n.place.in) {
			if c != "" {
				add(c)
			}
		}
	}
	out[n.place.code] = true
	up(n)
	for _, c := range n.place.successors {
		if out[c] {
			continue
		}
		// Of a successor only today's parent counts: its ground came from other districts too. Where
		// there are several, each is a part: what is said of the whole is not said of it.
		if len(n.place.successors) == 1 {
			out[c] = true
		}
		for _, s := range g.units[c].names {
			if s.to == "" && s.parent != "" {
				add(s.parent)
			}
		}
	}
	codes := make([]string, 0, len(out))
	for c := range out {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	return codes
}

// valid says whether the name was in use at a time; unknown times fit every name.
func (n *name) valid(at time.Time) bool {
	if at.IsZero() {
		return true
	}
	d := day(at.In(news.Zone()).Format(time.DateOnly))
	return (n.from == "" || n.from <= d) && (n.to == "" || d <= n.to)
}

// Unit is one name of a unit of the directory, with its days.
type Unit struct {
	Code, Kind, Name   string
	Parent, ParentName string
	From, To           string // such as 2025-07-01, "" is open
}

// Units are the units of the directory under each of their names, in the order of their codes.
func (g *Gazetteer) Units() []Unit {
	var out []Unit
	for _, p := range g.units {
		for _, n := range p.names {
			if p.landmark || n.class != news.Exact {
				continue
			}
			u := Unit{Code: p.code, Kind: n.kind, Name: n.text, Parent: n.parent, From: string(n.from), To: string(n.to)}
			if n.parent != "" {
				u.ParentName = g.units[n.parent].names[0].text
			}
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b Unit) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.From, b.From)) })
	return out
}

// Name is what a place is called: its newest name, "" where the directory does not have it.
func (g *Gazetteer) Name(code string) string {
	p := g.units[code]
	if p == nil {
		return ""
	}
	name := p.names[0]
	for _, n := range p.names {
		if n.class == news.Exact {
			name = n
		}
	}
	return name.text
}

func keySet(texts []string) map[string]bool {
	set := map[string]bool{}
	for _, t := range texts {
		set[vietnamese.Canonical(t)] = true
	}
	return set
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}
