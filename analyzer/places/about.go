package places

import (
	"cmp"
	"math"
	"slices"
)

// About says how much a text is about a place: the area of the office as a whole, or a place that
// the text names.
type About struct {
	Code, Name string
	Score      float64 // from 0 to 1
	Level      Level
}

// Level is a score in words.
type Level string

// The levels.
const (
	Central Level = "central" // the text is about it
	Partial Level = "partial" // a part of the text is
	Passing Level = "passing" // the text only names it
)

// From these scores on a text is central and partial.
const (
	centralFrom = 0.55
	partialFrom = 0.15
)

// The parts of a score; they add up to 1. A title says most: what happened somewhere is titled so
// far oftener than not. The rest is how early, how much and how exclusively the place is named.
const (
	titleWeight = 0.35
	earlyWeight = 0.15
	shareWeight = 0.25
	aloneWeight = 0.25
)

const (
	early      = 300  // bytes of the text that count as its beginning
	fullShare  = 0.25 // share of sentences from which on the text is full of it
	fullNumber = 4    // spots from which on the count says no more
)

// spots is where a place stands in a text.
type spots struct {
	name         string
	number       int
	sentences    int
	field, last  int // of the last sentence counted
	title, begun bool
}

// about measures what the decided places of the text are to it.
func (r *resolution) about() []About {
	seen := map[string]*spots{}
	all, sentences := 0, 0
	for i := range r.doc.Fields {
		if !r.isTitle(i) {
			sentences += len(r.doc.Fields[i].Text.Sentences)
		}
	}
	for i := range r.candidates {
		c := &r.candidates[i]
		if c.menu || c.names != nil && c.verdict != certain {
			continue
		}
		if c.names == nil && c.foreign.isAbroad() {
			continue
		}
		all++
		if c.names == nil {
			continue
		}
		r.count(seen, c, c.chosen.place.code, c.chosen.text)
		for _, code := range r.g.area {
			if code != c.chosen.place.code && slices.Contains(c.chosen.codes, code) {
				r.count(seen, c, code, r.g.Name(code))
			}
		}
	}
	if len(seen) == 0 {
		return nil
	}
	out := make([]About, 0, len(seen))
	for code, s := range seen {
		score := s.score(all, sentences)
		out = append(out, About{Code: code, Name: s.name, Score: score, Level: levelOf(score)})
	}
	slices.SortFunc(out, func(a, b About) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Code, b.Code)) })
	return out
}

func (r *resolution) count(seen map[string]*spots, c *candidate, code, name string) {
	s := seen[code]
	if s == nil {
		s = &spots{name: name, field: -1}
		seen[code] = s
	}
	s.number++
	if r.isTitle(c.field) {
		s.title = true
		return
	}
	first := c.field == 0 || c.field == 1 && r.isTitle(0)
	s.begun = s.begun || first && c.start < early
	if s.field != c.field || s.last != c.sentence {
		s.field, s.last = c.field, c.sentence
		s.sentences++
	}
}

// score is between 0 and 1, to three places.
func (s *spots) score(all, sentences int) float64 {
	score := 0.0
	if s.title {
		score += titleWeight
	}
	if s.begun {
		score += earlyWeight
	}
	share := float64(s.sentences) / float64(max(sentences, 1))
	number := math.Min(1, float64(s.number)/fullNumber)
	// One sentence of two is no more than one sentence: a short text is full of it only with the
	// title or by number.
	score += shareWeight * math.Min(1, share/fullShare) * (1 + number) / 2
	score += aloneWeight * float64(s.number) / float64(max(all, 1)) * number
	return math.Round(score*1000) / 1000
}

func levelOf(score float64) Level {
	switch {
	case score >= centralFrom:
		return Central
	case score >= partialFrom:
		return Partial
	}
	return Passing
}
