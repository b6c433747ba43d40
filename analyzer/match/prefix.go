package match

import (
	"math/bits"
	"slices"
	"strings"

	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// prefixes are the leaves that a token need only begin with. They are found by the folded letters
// of the token; those that mind marks are then compared as written.
type prefixes struct {
	initials [64]uint64 // by the codes of the first two letters
	lengths  uint16     // of the keys of packed, one bit each
	packed   map[vietnamese.Key][]prefix
	spelled  map[string][]prefix // all of them, for tokens whose keys are hashes
	sizes    []int               // of the texts of spelled, in bytes
	odd      []prefix            // whose letters make no key: every token is compared
}

type prefix struct {
	leaf   int32
	fields fieldMask
	exact  string // what the token's exact spelling begins with, "" where its letters are enough
	folded string
}

func (s *prefixes) add(p *query.Prefix, leaf int32, fields fieldMask) {
	one := prefix{leaf: leaf, fields: fields, folded: p.Folded}
	if p.Mode == query.Exact || p.Mode != query.Fold && p.Marked {
		one.exact = p.Letters
	}
	if s.packed == nil {
		s.packed, s.spelled = map[vietnamese.Key][]prefix{}, map[string][]prefix{}
	}
	s.spelled[p.Folded] = append(s.spelled[p.Folded], one)
	if n := len(p.Folded); !slices.Contains(s.sizes, n) {
		s.sizes = append(s.sizes, n)
	}
	key, length := prefixKey(p.Folded)
	if key == 0 {
		s.odd = append(s.odd, one)
		return
	}
	s.packed[key] = append(s.packed[key], one)
	s.lengths |= 1 << length
	a, b := initials(key)
	s.initials[a] |= 1 << b
}

// prefixKey is what Key.Prefix gives for every token that begins with letters; 0 where there is
// no such key. A digit is put behind them, so that a point or comma at the end is read too.
func prefixKey(letters string) (key vietnamese.Key, length int) {
	t := vietnamese.Read(letters + "0")
	if len(t.Tokens) != 1 || t.Folded(0) != letters+"0" || t.Tokens[0].Folded.Hashed() {
		return 0, 0
	}
	return t.Tokens[0].Folded.Prefix(len(letters)), len(letters)
}

// initials are the codes of the first two letters of a key.
func initials(k vietnamese.Key) (a, b int) { return int(k >> 54 & 63), int(k >> 48 & 63) } // #nosec G115 -- six bits

func (s *prefixes) renumber(to []int32) {
	for _, list := range s.packed {
		renumber(list, to)
	}
	for _, list := range s.spelled {
		renumber(list, to)
	}
	renumber(s.odd, to)
}

func renumber(list []prefix, to []int32) {
	for i := range list {
		list[i].leaf = to[list[i].leaf]
	}
}

// scan notes the prefixes that the tokens of a field begin with.
func (s *prefixes) scan(o *occurrences, sp *spellings, text *vietnamese.Text, base int32, field fieldMask) {
	if len(s.spelled) == 0 {
		return
	}
	for i := range text.Tokens {
		key := text.Tokens[i].Folded
		at := base + int32(i) // #nosec G115 -- bounded by the text
		if key.Hashed() {
			folded := sp.foldedOf(text, i)
			for _, n := range s.sizes {
				if n <= len(folded) {
					meet(o, sp, s.spelled[folded[:n]], text, i, at, field)
				}
			}
			continue
		}
		if a, b := initials(key); s.initials[a]>>b&1 != 0 {
			for l := s.lengths; l != 0; l &= l - 1 {
				meet(o, sp, s.packed[key.Prefix(bits.TrailingZeros16(l))], text, i, at, field)
			}
		}
		for j := range s.odd {
			if strings.HasPrefix(sp.foldedOf(text, i), s.odd[j].folded) {
				meet(o, sp, s.odd[j:j+1], text, i, at, field)
			}
		}
	}
}

func meet(o *occurrences, sp *spellings, list []prefix, text *vietnamese.Text, i int, at int32, field fieldMask) {
	for j := range list {
		p := &list[j]
		if p.fields&field != 0 && (p.exact == "" || strings.HasPrefix(sp.exactOf(text, i), p.exact)) {
			o.add(p.leaf, at, 1)
		}
	}
}

// spellings remembers how tokens are spelled: a text makes its spellings anew each time, and the
// same words come again and again. Equal keys are spelled alike.
type spellings struct{ exact, folded map[vietnamese.Key]string }

// maxSpellings is when they are forgotten: more than a language has that begin as some query says.
const maxSpellings = 1 << 14

func (sp *spellings) exactOf(text *vietnamese.Text, i int) string {
	return remember(&sp.exact, text.Tokens[i].Exact, text.Exact, i)
}

func (sp *spellings) foldedOf(text *vietnamese.Text, i int) string {
	return remember(&sp.folded, text.Tokens[i].Folded, text.Folded, i)
}

func remember(known *map[vietnamese.Key]string, k vietnamese.Key, spell func(int) string, i int) string {
	s, ok := (*known)[k]
	if !ok {
		if *known == nil || len(*known) >= maxSpellings {
			*known = map[vietnamese.Key]string{}
		}
		s = spell(i)
		(*known)[k] = s
	}
	return s
}
