package match

import (
	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// A lane is one way to compare syllables. Every lane has its own dictionary and phrases; one that
// no query needs costs nothing.
//
// A phrase in auto mode that is typed with marks also matches where all of it stands bare. A bare
// token is its own folded spelling, so that this is a second path through the same lane, made of
// the folded keys: no token has to be looked at twice.
type lane uint8

const (
	exactLane lane = iota
	foldedLane
	exactIYLane // y as i, see vietnamese.Key.IY
	foldedIYLane
	laneCount
)

// key is what the lane compares of a token.
func (l lane) key(t *vietnamese.Token) vietnamese.Key {
	switch l {
	case exactLane:
		return t.Exact
	case foldedLane:
		return t.Folded
	}
	return l.keyIY(t)
}

func (l lane) keyIY(t *vietnamese.Token) vietnamese.Key {
	if l == exactIYLane {
		return t.Exact.IY()
	}
	return t.Folded.IY()
}

// path is a row of syllables in a lane.
type path struct {
	lane lane
	keys []vietnamese.Key
}

// paths are the rows of which each is a match of p: one, or two where it may also stand bare. The
// second one is met without marks.
func paths(p *query.Phrase) []path {
	folded, exact := foldedLane, exactLane
	if p.IY {
		folded, exact = foldedIYLane, exactIYLane
	}
	switch {
	case p.Mode == query.Exact:
		return []path{{exact, keys(p.Exact, p.IY)}}
	case p.Mode == query.Fold || !p.Marked:
		return []path{{folded, keys(p.Folded, p.IY)}}
	case len(p.Exact) == 1:
		return []path{{exact, keys(p.Exact, p.IY)}}
	}
	return []path{{exact, keys(p.Exact, p.IY)}, {exact, keys(p.Folded, p.IY)}}
}

func keys(in []vietnamese.Key, iy bool) []vietnamese.Key {
	if !iy {
		return in
	}
	out := make([]vietnamese.Key, len(in))
	for i, k := range in {
		out[i] = k.IY()
	}
	return out
}
