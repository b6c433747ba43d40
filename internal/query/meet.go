package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"lamro/internal/news"
	"lamro/internal/vietnamese"
)

// Find is every place in f where p stands, overlapping ones too.
func (p *Phrase) Find(f Field) []Hit { return shown(f, p.occurrences(f)) }

// At says whether p stands in f from token from on.
func (p *Phrase) At(f Field, from int) (Hit, bool) {
	if !p.In.Includes(f.Name) {
		return Hit{}, false
	}
	o, ok := p.at(f.Text, from)
	if !ok {
		return Hit{}, false
	}
	return o.hit(f), true
}

// Find is every token of f that begins as p says.
func (p *Prefix) Find(f Field) []Hit { return shown(f, p.occurrences(f)) }

// An occurrence is one leaf standing at the tokens first to last, both included.
type occurrence struct {
	leaf        Leaf
	first, last int
	class       news.Class
}

func (o occurrence) hit(f Field) Hit {
	return Hit{Leaf: o.leaf, Field: f.Name, Start: int(f.Text.Tokens[o.first].Start), End: int(f.Text.Tokens[o.last].End), Class: o.class}
}

func shown(f Field, in []occurrence) []Hit {
	var out []Hit
	for _, o := range in {
		out = append(out, o.hit(f))
	}
	return out
}

func (p *Phrase) occurrences(f Field) (found []occurrence) {
	if !p.In.Includes(f.Name) {
		return nil
	}
	for from := range f.Text.Tokens {
		if o, ok := p.at(f.Text, from); ok {
			found = append(found, o)
		}
	}
	return found
}

func (p *Prefix) occurrences(f Field) (found []occurrence) {
	if !p.In.Includes(f.Name) {
		return nil
	}
	for i := range f.Text.Tokens {
		if class, ok := p.meets(f.Text, i); ok {
			found = append(found, occurrence{p, i, i, class})
		}
	}
	return found
}

func (p *Phrase) at(text *vietnamese.Text, from int) (occurrence, bool) {
	if from+len(p.Exact) > len(text.Tokens) {
		return occurrence{}, false
	}
	same, folded := true, p.folds()
	for i := range p.Exact {
		t := text.Tokens[from+i]
		same = same && p.same(t, i)
		folded = folded && p.folded(t, i)
		if !same && !folded {
			return occurrence{}, false
		}
	}
	o := occurrence{leaf: p, first: from, last: from + len(p.Exact) - 1, class: news.Folded}
	if same {
		o.class = news.Exact
		for i := range p.Exact {
			if !p.written(text, from+i, i) {
				o.class = news.Canonical
			}
		}
	}
	return o, true
}

// same says whether t is the same word as syllable i of p.
func (p *Phrase) same(t vietnamese.Token, i int) bool { return p.key(t.Exact) == p.key(p.Exact[i]) }

// folds says whether p also meets words with other marks, or with none: in mode Fold always, in
// mode Exact never. In mode Auto a phrase typed wholly without marks does; one typed with marks
// does from two syllables on, and then meets only words without any (see folded).
func (p *Phrase) folds() bool {
	switch p.Mode {
	case Exact:
		return false
	case Fold:
		return true
	default:
		return !p.Marked || len(p.Exact) > 1
	}
}

// folded says whether t may stand for syllable i of p where all of p stands folded.
func (p *Phrase) folded(t vietnamese.Token, i int) bool {
	return p.key(t.Folded) == p.key(p.Folded[i]) && (p.Mode == Fold || !p.Marked || t.Bare())
}

func (p *Phrase) key(k vietnamese.Key) vietnamese.Key {
	if p.IY {
		return k.IY()
	}
	return k
}

// written says whether token at is written as syllable i of p. A capital at the beginning of a
// phrase makes no difference: any word may begin a sentence. What is disguised never is.
func (p *Phrase) written(text *vietnamese.Text, at, i int) bool {
	if text.Tokens[at].Flags&vietnamese.Disguised != 0 {
		return false
	}
	as := vietnamese.Normalize(text.Written(at))
	return as == p.Written[i] || i == 0 && as == capital(p.Written[i])
}

// meets says whether token i of text begins with the letters of p, and how. In mode Exact, and in
// mode Auto where p was typed with marks, its canonical spelling must; else that without marks.
func (p *Prefix) meets(text *vietnamese.Text, i int) (news.Class, bool) {
	if strings.HasPrefix(text.Exact(i), p.Letters) {
		as := vietnamese.Normalize(text.Written(i))
		if text.Tokens[i].Flags&vietnamese.Disguised == 0 && (strings.HasPrefix(as, p.Text) || strings.HasPrefix(as, capital(p.Text))) {
			return news.Exact, true
		}
		return news.Canonical, true
	}
	if p.Mode == Exact || p.Mode != Fold && p.Marked {
		return "", false
	}
	return news.Folded, strings.HasPrefix(text.Folded(i), p.Folded)
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
