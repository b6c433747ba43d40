package embedded

import (
	"slices"
	"strings"

	"lamro/internal/query"
	"lamro/internal/vietnamese"
)

// leaf is a leaf of a query as one text may hold it: a phrase in one of several ways, or the
// words that begin with a prefix.
type leaf struct {
	ways   []way
	prefix string // where there are no ways
	view   view   // of prefix
}

// way is one way to spell a phrase: the terms that may stand at each of its places.
type way struct {
	view   view
	places [][]string
	weight float64
}

// The weight of a phrase met without its marks.
const bareWeight = 0.5

// leafOf says how l is met; see the modes of package query.
func leafOf(l query.Leaf) leaf {
	switch l := l.(type) {
	case *query.Phrase:
		return leaf{ways: waysOf(l)}
	case *query.Prefix:
		if l.Mode == query.Exact || l.Mode != query.Fold && l.Marked {
			return leaf{prefix: l.Letters, view: exact}
		}
		return leaf{prefix: l.Folded, view: folded}
	}
	return leaf{}
}

func waysOf(p *query.Phrase) []way {
	same := way{exact, places(p.ExactText, p.IY), 1}
	switch {
	case p.Mode == query.Exact:
		return []way{same}
	case p.Mode == query.Fold || !p.Marked:
		return []way{{folded, places(p.FoldedText, p.IY), 1}}
	case len(p.FoldedText) > 1 && bare(p.FoldedText):
		return []way{same, {exact, places(p.FoldedText, p.IY), bareWeight}}
	}
	return []way{same}
}

// bare says whether tokens of these spellings carry no marks. Letters of some scripts are left
// as they are by folding although they are marks.
func bare(spellings []string) bool {
	return !slices.ContainsFunc(spellings, func(s string) bool {
		read := vietnamese.Read(s)
		return len(read.Tokens) != 1 || !read.Tokens[0].Bare() || read.Exact(0) != s
	})
}

// places are the terms that may stand at the places of a phrase; iy as in query.Options.
func places(spellings []string, iy bool) [][]string {
	out := make([][]string, len(spellings))
	for i, s := range spellings {
		out[i] = []string{term(s)}
		if twin := twinOf(s); iy && twin != "" {
			out[i] = append(out[i], twin)
		}
	}
	return out
}

// twinOf is the other spelling of a syllable for which vietnamese.Key.IY gives the same key, ""
// where it has none.
func twinOf(s string) string {
	const withI, withY = "iìíỉĩị", "yỳýỷỹỵ"
	onset, vowel := "", s
	if s != "" && strings.IndexByte("hklmst", s[0]) >= 0 {
		onset, vowel = s[:1], s[1:]
	}
	is, ys := []rune(withI), []rune(withY)
	for i := range is {
		switch vowel {
		case string(is[i]):
			return onset + string(ys[i])
		case string(ys[i]):
			return onset + string(is[i])
		}
	}
	return ""
}
