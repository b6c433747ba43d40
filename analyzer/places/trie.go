package places

import "lamro/internal/vietnamese"

// trie finds names by the keys of their syllables. A node stands for the syllables that lead to
// it; node 0 is the empty name.
type trie struct {
	next map[edge]int32
	size int32
}

type edge struct {
	from int32
	key  vietnamese.Key
}

func newTrie(edges int) trie { return trie{next: make(map[edge]int32, edges), size: 1} }

// step is the node after one more syllable, 0 where no name goes on so.
func (t *trie) step(from int32, key vietnamese.Key) int32 { return t.next[edge{from, key}] }

// add is the node of a name, made where it was not there.
func (t *trie) add(keys []vietnamese.Key) int32 {
	node := int32(0)
	for _, k := range keys {
		next := t.next[edge{node, k}]
		if next == 0 {
			next = t.size
			t.size++
			t.next[edge{node, k}] = next
		}
		node = next
	}
	return node
}

func exactKeys(tokens []vietnamese.Token) []vietnamese.Key {
	keys := make([]vietnamese.Key, len(tokens))
	for i, t := range tokens {
		keys[i] = t.Exact
	}
	return keys
}
