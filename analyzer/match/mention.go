package match

import (
	"cmp"
	"slices"

	"lamro/analyzer/places"
	"lamro/internal/news"
)

// Match finds the watches that doc satisfies, in the order of the set, and tells of each how
// sure it is, by which words, and why. Telling costs more than finding: only what matched pays.
func (s *Set) Match(doc Document) []news.Mention {
	f, ok := s.finders.Get().(*Finder)
	if !ok {
		f = &Finder{}
	}
	defer s.finders.Put(f)
	f.read(s, doc.Document)
	f.ask()
	var out []news.Mention
	t := teller{f: f, doc: &doc, classes: map[int32]classes{}}
	f.each(func(watch int32) { out = append(out, t.mention(watch)) })
	f.release()
	return out
}

// teller tells of one document why watches match it.
type teller struct {
	f       *Finder
	doc     *Document
	classes map[int32]classes // by leaf
	some    occurrences       // what passes a filter
}

// A sighting is a leaf at a place and how it was met there.
type sighting struct {
	leaf, at int32
	class    news.Class
	certain  bool
}

// A filter narrows the evidence with which a query must hold: a phrase or place counts only where
// one of its sightings passes. What a NOT excludes is always looked for without a filter.
type filter func(class news.Class, certain bool) bool

func certainly(_ news.Class, certain bool) bool { return certain }
func exactly(c news.Class, _ bool) bool         { return c == news.Exact }
func unfolded(c news.Class, _ bool) bool        { return c != news.Folded }

// mention tells how a watch that holds was met.
func (t *teller) mention(n int32) news.Mention {
	w := &t.f.set.watches[n]
	seen := t.sightings(n)
	m := news.Mention{
		Watch: w.id, WatchRev: w.revision, Severity: w.severity,
		Certain: t.holds(n, seen, certainly),
		Class:   news.Folded,
	}
	switch {
	case t.holds(n, seen, exactly):
		m.Class = news.Exact
	case t.holds(n, seen, unfolded):
		m.Class = news.Canonical
	}
	e := t.evidence(n)
	m.Spans, m.Why = t.spans(n, e.spans), e.why()
	m.Places = t.places(m.Certain)
	return m
}

// program is that of a watch.
func (f *Finder) program(watch int32) []uint32 {
	from := f.set.root[watch]
	return f.set.code[from : from+size(f.set.code[from])]
}

// sightings is every place of every leaf of a watch that the document has.
func (t *teller) sightings(watch int32) (seen []sighting) {
	program, done := t.f.program(watch), map[uint32]bool{}
	eachLeaf(program, func(i int) {
		leaf := program[i] & argument
		if done[leaf] || !t.f.all.has(leaf) {
			return
		}
		done[leaf] = true
		n := int32(leaf) // #nosec G115 -- a leaf's number
		switch kind := t.f.set.leaves.kinds[leaf]; {
		case kind.is(kindPlace):
			for i := range t.doc.Found {
				if p := &t.doc.Found[i]; slices.Contains(p.Codes, t.f.set.leaves.text(n)) {
					seen = append(seen, sighting{leaf: n, at: -1, class: p.Class, certain: p.Certain})
				}
			}
		case kind.filter():
			seen = append(seen, sighting{leaf: n, at: -1, class: news.Exact, certain: true})
		default:
			places, _ := t.f.all.of(leaf)
			for _, at := range places {
				class := t.class(n, at)
				seen = append(seen, sighting{n, at, class, class != news.Folded || t.sure(n, at)})
			}
		}
	})
	return seen
}

// holds says whether a watch holds with the sightings that pass the filter.
func (t *teller) holds(watch int32, seen []sighting, pass filter) bool {
	t.some.reset(&t.f.set.leaves)
	for _, s := range seen {
		switch {
		case !pass(s.class, s.certain):
		case s.at < 0:
			t.some.mark(s.leaf)
		default:
			t.some.add(s.leaf, s.at, int32(t.f.set.leaves.length[s.leaf]))
		}
	}
	return t.f.holds(&t.some, t.f.set.root[watch])
}

// sure says whether words met without marks are surely meant: where the watch asks for whatever
// marks, or where they are resolved as the name of a place.
func (t *teller) sure(leaf, at int32) bool {
	if t.f.set.leaves.kinds[leaf]&modeFold != 0 {
		return true
	}
	s := t.f.where(leaf, at, int32(t.f.set.leaves.length[leaf]))
	field := t.doc.Fields[s.Field].Name
	return slices.ContainsFunc(t.doc.Found, func(p places.Place) bool {
		return p.Certain && p.Field == field && p.Start <= int(s.Start) && int(s.End) <= p.End
	})
}

// spans are those of the terms and of the places, in the order of the document, each once.
func (t *teller) spans(watch int32, out []news.Span) []news.Span {
	f := t.f
	f.spans = f.spans[:0]
	f.collect(&f.all, f.set.root[watch], maxSpans)
	for _, s := range f.spans {
		out = append(out, news.Span{
			Field: t.doc.Fields[s.Field].Name, Start: int(s.Start), End: int(s.End), Term: f.set.Term(s.Leaf),
		})
	}
	order := map[string]int{}
	for i, f := range t.doc.Fields {
		order[f.Name] = i
	}
	slices.SortStableFunc(out, func(a, b news.Span) int {
		return cmp.Or(cmp.Compare(order[a.Field], order[b.Field]), cmp.Compare(a.Start, b.Start),
			cmp.Compare(a.End, b.End), cmp.Compare(a.Term, b.Term))
	})
	out = slices.Compact(out)
	return out[:min(len(out), maxSpans)]
}

// places are the codes that a mention is found by: of the places surely meant, and for a mention
// that is uncertain itself of the others too.
func (t *teller) places(certain bool) []string {
	var found []places.Place
	for _, p := range t.doc.Found {
		if p.Certain || !certain {
			found = append(found, p)
		}
	}
	return places.Codes(found)
}
