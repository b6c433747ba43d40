package match

import (
	"lamro/internal/news"
	"lamro/internal/query"
)

// classes says how one leaf was met in one document. Whether a text is written as the query
// writes it is package query's to say, so the term is made again from what the set keeps of it.
type classes struct {
	phrase *query.Phrase       // asked place by place
	known  map[spot]news.Class // of other terms, asked for the whole text
}

// spot is a field and where in it a term starts.
type spot struct{ field, start int32 }

// class says how a leaf was met at a place.
func (t *teller) class(leaf, at int32) news.Class {
	c, ok := t.classes[leaf]
	if !ok {
		c = t.ask(leaf)
		t.classes[leaf] = c
	}
	field, token := t.f.place(at)
	if c.phrase == nil {
		return c.known[spot{field, t.doc.Fields[field].Text.Tokens[token].Start}]
	}
	if hit, ok := c.phrase.At(t.doc.Fields[field], int(token)); ok {
		return hit.Class
	}
	return news.Folded
}

func (t *teller) ask(leaf int32) classes {
	text, kind := t.f.set.leaves.text(leaf), t.f.set.leaves.kinds[leaf]
	switch {
	case kind.is(kindPhrase):
		return classes{phrase: phraseOf(text, kind)}
	case kind&metBare != 0:
		known := map[spot]news.Class{}
		places, _ := t.f.all.of(uint32(leaf)) // #nosec G115 -- never negative
		for _, at := range places {
			s := t.f.where(leaf, at, 1)
			known[spot{s.Field, s.Start}] = news.Folded
		}
		return classes{known: known}
	case kind.is(kindPrefix):
		return classes{known: t.everywhere(query.NewPrefix(text, kind.scope(), kind.options()))}
	default: // wherever the other syllables are in the field
		return classes{known: t.everywhere(&query.Loose{Phrase: phraseOf(text, kind), Slop: fieldGap})}
	}
}

// everywhere is how a term is met in all fields.
func (t *teller) everywhere(term interface{ Find(query.Field) []query.Hit }) map[spot]news.Class {
	known := map[spot]news.Class{}
	for i, f := range t.doc.Fields {
		for _, hit := range term.Find(f) {
			known[spot{int32(i), int32(hit.Start)}] = hit.Class // #nosec G115 -- a handful of fields, bounded by the text
		}
	}
	return known
}

// phraseOf is the phrase of a leaf.
func phraseOf(text string, kind leafKind) *query.Phrase {
	return query.NewPhrase(text, kind.scope(), kind.options())
}
