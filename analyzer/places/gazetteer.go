package places

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"time"

	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// Gazetteer is a directory of places, ready to be asked by many goroutines at once: that of the
// office, and behind it the national one, which tells where else a name is borne.
type Gazetteer struct {
	area      []string
	units     map[string]*place
	districts int // how many of the units are or were districts

	names    *trie
	own      [][]*name  // by node: what the name is in the directory of the office
	foreign  []*foreign // by node: what it is in the rest of the country, nil where nothing
	ownBelow []bool     // by node: a name of the office begins so

	provinceNames []string // of today, by bit of provinces
	provinceIndex map[string]int
	outlets       map[string]string // code of a province by its name without marks and spaces
}

// place is a unit or a landmark.
type place struct {
	code       string
	landmark   bool
	leaves     bool
	context    bool
	in         []string // of a landmark
	successors []string
	names      []*name
}

// A sort of name says what meeting it means.
type sort uint8

const (
	ours    sort = iota // a unit or landmark of the directory
	decoyed             // a longer word that contains a name
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
	means    string // of a decoy
	node     int32

	elsewhere provinces // where else a unit bears the name

	codes  []string // see codesOf
	inArea bool

	parent        string
	fromDistricts []string
	includes      []string
	from, to      day
	words         bool
	certain       bool
	context       bool
	bare          bool // the name without marks
}

var kinds = []string{"province", "city", "district", "town", "ward", "commune", "township", "special"}

var codeForm = regexp.MustCompile(`^\d{2,5}$`)
var landmarkForm = regexp.MustCompile(`^lm-[a-z0-9-]{1,60}$`)

// Load reads a directory of places. The error joins one error for each mistake, each beginning
// with file and line.
func Load(r io.Reader, file string) (*Gazetteer, error) {
	f, err := read(r, file)
	if err != nil {
		return nil, err
	}
	g := &Gazetteer{area: f.Area, units: map[string]*place{}, names: newTrie(), provinceIndex: map[string]int{}, outlets: map[string]string{}}
	if err := errors.Join(g.addOffice(f)...); err != nil {
		return nil, err
	}
	g.ownBelow = make([]bool, g.names.size)
	for i := range g.ownBelow {
		g.ownBelow[i] = true // so far the trie holds nothing else
	}
	if err := g.addCountry(f); err != nil {
		return nil, err
	}
	g.grow()
	for _, p := range g.units {
		for _, n := range p.names {
			n.codes = g.codesOf(n)
			n.inArea = slices.ContainsFunc(g.area, func(a string) bool { return slices.Contains(n.codes, a) })
			n.elsewhere = g.elsewhereOf(n)
			n.words = n.words || bits.OnesCount64(uint64(n.elsewhere)) >= everyday
		}
	}
	return g, nil
}

// everyday is in how many other provinces a name makes it an everyday one: a virtue, a hero or a
// point of the compass.
const everyday = 3

// addOffice takes in the file, and returns what is wrong with it.
func (g *Gazetteer) addOffice(f *file) (bad []error) {
	for i, u := range f.Units {
		bad = append(bad, g.addUnit(f, i, u))
	}
	for i, l := range f.Landmarks {
		bad = append(bad, g.addLandmark(f, i, l))
	}
	for i, d := range f.Decoys {
		bad = append(bad, g.addName(f, "decoys", i, d.Text, name{sort: decoyed, text: d.Text, means: d.Means}))
	}
	return append(bad, g.checkReferences(f))
}

// grow makes room for every node.
func (g *Gazetteer) grow() {
	size := int(g.names.size)
	g.own = slices.Grow(g.own, size-len(g.own))[:size]
	g.foreign = slices.Grow(g.foreign, size-len(g.foreign))[:size]
	g.ownBelow = slices.Grow(g.ownBelow, size-len(g.ownBelow))[:size]
}

// elsewhereOf are the provinces where a unit bears the name under any spelling of it.
func (g *Gazetteer) elsewhereOf(n *name) (in provinces) {
	for _, other := range n.place.names {
		if f := g.foreign[other.node]; f != nil && other.text == n.text && !f.province {
			in |= f.in
		}
	}
	return in
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
	p := &place{code: u.Code, successors: u.Successors}
	g.units[u.Code] = p
	var bad []error
	for _, e := range u.Names {
		if !slices.Contains(kinds, e.Kind) {
			bad = append(bad, f.bad("units", i, "kind %q of %s is none of %s", e.Kind, u.Code, strings.Join(kinds, ", ")))
		}
		if e.Kind == "district" {
			g.districts++
		}
		n := name{
			place: p, text: e.Name, kind: e.Kind, parent: e.Parent, fromDistricts: e.FromDistricts, includes: e.Includes,
			from: e.From, to: e.To, words: e.Words, certain: e.Certain,
		}
		bad = append(bad, g.addSpellings(f, "units", i, n, e.Aliases, u.Unmarked, u.Context), g.addBare(f, i, n))
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

// addBare adds the name without marks, for texts that have none, unless it is one syllable or the
// file says itself how it is written so.
func (g *Gazetteer) addBare(f *file, i int, n name) error {
	folded := vietnamese.Fold(n.text)
	if folded == n.text || n.certain || !strings.Contains(folded, " ") {
		return nil
	}
	n.class, n.bare = news.Folded, true
	return g.addName(f, "units", i, folded, n)
}

// addName files n under one spelling.
func (g *Gazetteer) addName(f *file, section string, i int, text string, n name) error {
	tokens := vietnamese.Read(text).Tokens
	if len(tokens) == 0 {
		return f.bad(section, i, "a name without letters: %q", text)
	}
	kindWords := n.kindWords(tokens)
	for i, t := range tokens {
		n.dashes = append(n.dashes, i > 0 && dashed(text[tokens[i-1].End:t.Start]))
		n.capitals = append(n.capitals, n.bare || n.needsCapitals() && t.Flags&vietnamese.Capital != 0 && i >= kindWords)
	}
	n.node = g.names.add(exactKeys(tokens), true)
	g.grow()
	g.own[n.node] = append(g.own[n.node], &n)
	if n.place != nil {
		n.place.names = append(n.place.names, &n)
	}
	return nil
}

// needsCapitals says whether the name must have the capitals that its entry has. A name that is
// certain by itself may be written in any way, its other spellings only with capitals: "bắc cạn"
// may say that the north is shallow.
func (n *name) needsCapitals() bool {
	if n.sort == decoyed {
		return false
	}
	return n.class != news.Folded && (!n.certain || n.class != news.Exact)
}

// kindWords is how many syllables of a landmark's name say what it is and need no capital, in
// whatever way the entry writes them: all up to the last small one, "Vườn Quốc gia hồ", if its own
// name follows.
func (n *name) kindWords(tokens []vietnamese.Token) int {
	if n.place == nil || !n.place.landmark || n.kind == "road" || tokens[len(tokens)-1].Flags&vietnamese.Capital == 0 {
		return 0
	}
	for i := len(tokens) - 2; i >= 0; i-- {
		if tokens[i].Flags&vietnamese.Capital == 0 {
			return i + 1
		}
	}
	return 0
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
