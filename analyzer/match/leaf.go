package match

import (
	"lamro/internal/news"
	"lamro/internal/query"
)

// A leaf is what the programs of watches ask for by number: a phrase or prefix as it is written
// in a scope and mode, one syllable of a loose phrase, or a filter. Watches that ask for the same
// share it. Leaves that anchor a watch come first.
type leafKey struct {
	text string
	kind leafKind
	part int16 // of a loose phrase: which syllable
}

// leafKind packs what tells leaves of one text apart.
type leafKind uint16

const (
	kindPhrase leafKind = iota
	kindPrefix
	kindSyllable // of a loose phrase
	kindPlace
	kindSource
	kindSite
	kindLanguage
	kindTier
	kindMask leafKind = 7
)

const (
	modeExact leafKind = 1 << (3 + iota)
	modeFold
	withIY
	inTitle
	inBody
	metBare // the syllable of a loose phrase that stands bare as a whole
)

func kindOf(kind leafKind, in query.Scope, mode query.Mode, iy bool) leafKind {
	switch in {
	case query.InTitle:
		kind |= inTitle
	case query.InBody:
		kind |= inBody
	}
	switch mode {
	case query.Exact:
		kind |= modeExact
	case query.Fold:
		kind |= modeFold
	}
	if iy {
		kind |= withIY
	}
	return kind
}

func (k leafKind) is(kind leafKind) bool { return k&kindMask == kind }

// filter says that the leaf is no words.
func (k leafKind) filter() bool { return k&kindMask >= kindPlace }

func (k leafKind) options() query.Options {
	o := query.Options{Mode: query.Auto, IY: k&withIY != 0}
	switch {
	case k&modeExact != 0:
		o.Mode = query.Exact
	case k&modeFold != 0:
		o.Mode = query.Fold
	}
	return o
}

func (k leafKind) scope() query.Scope {
	switch {
	case k&inTitle != 0:
		return query.InTitle
	case k&inBody != 0:
		return query.InBody
	}
	return query.Anywhere
}

// fieldMask is a set of kinds of field.
type fieldMask uint8

const (
	titleField fieldMask = 1 << iota
	otherField
	everyField = titleField | otherField
)

func maskOf(field string) fieldMask {
	if field == news.FieldTitle {
		return titleField
	}
	return otherField
}

func (k leafKind) fields() fieldMask {
	switch {
	case k&inTitle != 0:
		return titleField
	case k&inBody != 0:
		return otherField
	}
	return everyField
}

// leaves is what the set keeps of its leaves: 10 bytes for each and its text.
type leaves struct {
	texts  string
	until  []uint32 // where in texts a leaf ends
	kinds  []leafKind
	length []uint16 // in tokens; 0 for a filter
	known  int      // how many there are
}

func (l *leaves) text(leaf int32) string {
	from := uint32(0)
	if leaf > 0 {
		from = l.until[leaf-1]
	}
	return l.texts[from:l.until[leaf]]
}

// filters find the leaves that are no words.
type filters struct {
	places, sources, sites, languages map[string]int32
	tiers                             map[int]int32
}
