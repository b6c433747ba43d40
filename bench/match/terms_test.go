package match

import (
	"strings"
	"unicode"
)

// maxWords is how many words a term has at most.
const maxWords = 4

// A gram is up to maxWords words in a row, by number, from the front; 0 is none.
type gram [maxWords]uint32

// A corpus is what terms are drawn from: documents as numbers, and in how many of them each row of
// one to maxWords words stands.
type corpus struct {
	words []string // by number, from 1
	docs  [][]uint32
	in    map[gram]int32
}

func newCorpus(docs []document) *corpus {
	c := &corpus{words: []string{""}, in: map[gram]int32{}}
	number := map[string]uint32{}
	last := map[gram]int32{} // the last document that a gram was counted for, from 1
	for i, d := range docs {
		ids := make([]uint32, len(d.exact))
		for j, w := range d.exact {
			id, known := number[w]
			if !known {
				id = uint32(len(c.words))
				number[w] = id
				c.words = append(c.words, w)
			}
			ids[j] = id
		}
		c.docs = append(c.docs, ids)
		for j := range ids {
			for n := 1; n <= maxWords && j+n <= len(ids); n++ {
				g := gramOf(ids[j : j+n])
				if last[g] != int32(i)+1 {
					last[g] = int32(i) + 1
					c.in[g]++
				}
			}
		}
	}
	return c
}

func gramOf(ids []uint32) (g gram) {
	copy(g[:], ids)
	return g
}

// text is the words of g; empty where they would make no term that a person writes: numbers
// alone, or what is not read back as the same words.
func (c *corpus) text(g gram) []string {
	var words []string
	letters := false
	for _, id := range g {
		if id == 0 {
			break
		}
		words = append(words, c.words[id])
		letters = letters || strings.ContainsFunc(c.words[id], unicode.IsLetter)
	}
	if !letters || !sameWords(newDocument(strings.Join(words, " ")).exact, words) {
		return nil
	}
	return words
}

func sameWords(a, b []string) bool { return strings.Join(a, "\x00") == strings.Join(b, "\x00") }
