package embedded

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lamro/internal/vietnamese"
)

// What a reading says of a text is where package vietnamese has its words, in both views, and
// where its sentences begin.
func FuzzReadingHasEveryToken(f *testing.F) {
	f.Add("Lũ quét ở Ba Bể. Lu quet, lũ về; lũ LŨ lụt. " + strings.Repeat("đá ", 300) + "lũ")
	f.Add("")
	f.Add("a." + strings.Repeat("x", 300) + " b")
	f.Fuzz(func(t *testing.T, s string) {
		want := map[string][]int{}
		stands := func(v view, spelling string, position int) {
			key := v.field(spelling)
			want[key] = append(want[key], position)
		}
		read := vietnamese.Read(s)
		for i, token := range read.Tokens {
			if i == 0 || token.Sentence != read.Tokens[i-1].Sentence {
				stands(exact, border, i+1)
			}
			stands(exact, term(read.Exact(i)), i+1)
			stands(folded, term(read.Folded(i)), i+1)
		}
		r := &reading{text: s}
		r.read()
		if r.length != len(read.Tokens) {
			t.Errorf("a reading of %q has %d tokens, want %d", s, r.length, len(read.Tokens))
		}
		got := 0
		for v, terms := range r.views {
			for word, has := range terms {
				got++
				l := has.Locations[0]
				positions := unpack(nil, uint64(l.Position), l.ArrayPositions)
				if w := want[view(v).field(word)]; !slices.Equal(positions, w) || has.Frequency() != len(w) || string(has.Term) != word {
					t.Errorf("%q stands at %v, %d times as %q, want at %v", view(v).field(word), positions, has.Frequency(), has.Term, w)
				}
			}
		}
		if got != len(want) {
			t.Errorf("a reading of %q has %d terms, want %d", s, got, len(want))
		}
	})
}

// Reading a text is most of what writing an article costs before Bleve has it.
func BenchmarkReading(b *testing.B) {
	var text strings.Builder
	for i := range 600 {
		fmt.Fprintf(&text, "%s%d ", []string{"lũ", "quét", "Bắc", "Kạn", "xã", "a"}[i%6], i%7*(i%3))
	}
	b.ReportAllocs()
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		(&reading{text: text.String()}).read()
	}
}
