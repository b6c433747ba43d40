package match

import "lamro/internal/vietnamese"

// trie holds phrases as paths of syllables. Syllables that no phrase uses have no number, so most
// tokens of a text end a walk before it begins.
type trie struct {
	syllables map[vietnamese.Key]int32
	roots     []int32 // by syllable: the node that begins with it, 0 for none
	edges     map[edge]int32
	ends      [][]int32 // by node: the phrases that end there
}

type edge struct{ from, syllable int32 }

func newTrie() trie {
	// Number 0 is no syllable, and node 0 is no node.
	return trie{syllables: map[vietnamese.Key]int32{}, roots: []int32{0}, edges: map[edge]int32{}, ends: [][]int32{nil}}
}

func (t *trie) add(syllables []vietnamese.Key, phrase int32) {
	at := int32(0)
	for i, s := range syllables {
		id, ok := t.syllables[s]
		if !ok {
			id = int32(len(t.roots)) // #nosec G115 -- as many as queries have syllables
			t.syllables[s] = id
			t.roots = append(t.roots, 0)
		}
		if i == 0 {
			if t.roots[id] == 0 {
				t.roots[id] = t.node()
			}
			at = t.roots[id]
			continue
		}
		e := edge{at, id}
		if t.edges[e] == 0 {
			t.edges[e] = t.node()
		}
		at = t.edges[e]
	}
	t.ends[at] = append(t.ends[at], phrase)
}

func (t *trie) node() int32 {
	t.ends = append(t.ends, nil)
	return int32(len(t.ends) - 1) // #nosec G115 -- as many as queries have syllables
}

// walk calls met for each phrase that begins at ids[from], with the number of its syllables.
func (t *trie) walk(ids []int32, from int, met func(phrase int32, length int)) {
	if ids[from] == 0 {
		return
	}
	at := t.roots[ids[from]]
	for i := from; at != 0; {
		for _, p := range t.ends[at] {
			met(p, i-from+1)
		}
		if i++; i == len(ids) || ids[i] == 0 {
			return
		}
		at = t.edges[edge{at, ids[i]}]
	}
}
