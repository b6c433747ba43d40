package places

import "lamro/internal/vietnamese"

// trie finds names by the keys of their syllables. A node stands for the syllables that lead to
// it; node 0 is the empty name. It is one open hash table of edges, because a step is taken for
// nearly every word of every article and a map of the runtime takes four times as long.
type trie struct {
	slots []slot // a power of two of them, at most half full; to is 0 in a free one
	used  int
	size  int32 // nodes
	// Bits of the keys that names begin with: most words of a text are none.
	starts, ownStarts [1 << startBits / 64]uint64
}

type slot struct {
	key      vietnamese.Key
	from, to int32
}

const startBits = 14

func newTrie() *trie { return &trie{slots: make([]slot, 1<<12), size: 1} }

// mixed spreads the bits of an edge. The letters of a short word stand in the upper bits of its
// key, and only the upper bits of a product depend on them.
func mixed(from int32, key vietnamese.Key) uint64 {
	k := uint64(key)
	h := (k ^ k>>31 ^ uint64(from)*0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9 // #nosec G115 -- nodes are not negative
	return h>>16 ^ h>>40
}

// step is the node after one more syllable, 0 where no name goes on so.
func (t *trie) step(from int32, key vietnamese.Key) int32 {
	mask := uint64(len(t.slots) - 1) // #nosec G115 -- a length
	for i := mixed(from, key) & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.to == 0 || s.key == key && s.from == from {
			return s.to
		}
	}
}

// begins says whether a name may begin with a key; own asks for names of the office only. It may
// err to yes.
func (t *trie) begins(key vietnamese.Key, own bool) bool {
	bit := mixed(0, key) & (1<<startBits - 1)
	if own {
		return t.ownStarts[bit/64]&(1<<(bit%64)) != 0
	}
	return t.starts[bit/64]&(1<<(bit%64)) != 0
}

// add is the node of a name, made where it was not there.
func (t *trie) add(keys []vietnamese.Key, own bool) int32 {
	bit := mixed(0, keys[0]) & (1<<startBits - 1)
	t.starts[bit/64] |= 1 << (bit % 64)
	if own {
		t.ownStarts[bit/64] |= 1 << (bit % 64)
	}
	node := int32(0)
	for _, k := range keys {
		next := t.step(node, k)
		if next == 0 {
			next = t.size
			t.size++
			t.put(slot{k, node, next})
		}
		node = next
	}
	return node
}

func (t *trie) put(s slot) {
	if t.used++; 2*t.used > len(t.slots) {
		old := t.slots
		t.slots = make([]slot, 2*len(old))
		for _, o := range old {
			if o.to != 0 {
				t.place(o)
			}
		}
	}
	t.place(s)
}

func (t *trie) place(s slot) {
	mask := uint64(len(t.slots) - 1) // #nosec G115 -- a length
	i := mixed(s.from, s.key) & mask
	for t.slots[i].to != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = s
}

func exactKeys(tokens []vietnamese.Token) []vietnamese.Key {
	keys := make([]vietnamese.Key, len(tokens))
	for i, t := range tokens {
		keys[i] = t.Exact
	}
	return keys
}
