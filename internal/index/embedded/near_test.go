package embedded

import (
	"math/rand/v2"
	"slices"
	"testing"

	"lamro/internal/vietnamese"
)

// near, together and loose skip most pairs; here all of them are looked at.
func TestProximityIsThatOfAllPairs(t *testing.T) {
	t.Parallel()
	const seed, length = 5, 30
	r := rand.New(rand.NewPCG(seed, seed))
	stands := func() (all []stand) {
		for n := range 1 + r.IntN(3) {
			s := stand{length: n + 1}
			for p := 1; p <= length-n; p++ {
				if r.IntN(9) == 0 {
					s.starts = append(s.starts, p)
				}
			}
			all = append(all, s)
		}
		return all
	}
	yes := 0
	for range 20_000 {
		left, right := stands(), stands()
		var borders []int
		for p := 1; p <= length; p++ {
			if p == 1 || r.IntN(6) == 0 {
				borders = append(borders, p)
			}
		}
		distance := r.IntN(4)
		var wantNear, wantOrdered, wantTogether bool
		pairs(left, right, func(a, b, c, d int) {
			wantOrdered = wantOrdered || b <= c && c-b <= distance
			wantNear = wantNear || b <= c && c-b <= distance || d <= a && a-d <= distance
			apart := b <= c || d <= a
			first, last := min(a, c), max(b, d)-1
			crossed := slices.ContainsFunc(borders, func(p int) bool { return first < p && p <= last })
			wantTogether = wantTogether || apart && !crossed
		})
		if got := near(left, right, distance, false); got != wantNear {
			t.Fatalf("near(%v, %v, %d) = %v, want %v", left, right, distance, got, wantNear)
		}
		if got := near(left, right, distance, true); got != wantOrdered {
			t.Fatalf("near in order(%v, %v, %d) = %v, want %v", left, right, distance, got, wantOrdered)
		}
		if got := together(left, right, borders); got != wantTogether {
			t.Fatalf("together(%v, %v, %v) = %v, want %v", left, right, borders, got, wantTogether)
		}
		if wantNear != wantOrdered || wantNear != wantTogether {
			yes++
		}
	}
	if yes < 1000 {
		t.Errorf("only %d of 20,000 pairs told the operators apart", yes)
	}
}

func pairs(left, right []stand, each func(from, to, otherFrom, otherTo int)) {
	for _, l := range left {
		for _, a := range l.starts {
			for _, r := range right {
				for _, c := range r.starts {
					each(a, a+l.length, c, c+r.length)
				}
			}
		}
	}
}

func TestLooseTakesEachTokenOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shares []share
		within int
		want   bool
	}{
		{[]share{{1, []int{3}}, {1, []int{5}}}, 3, true},
		{[]share{{1, []int{3}}, {1, []int{5}}}, 2, false},
		{[]share{{1, []int{9}}, {1, []int{2, 8}}}, 2, true},
		{[]share{{2, []int{4}}}, 9, false},
		{[]share{{2, []int{4, 6, 7}}}, 2, true},
		{[]share{{2, []int{4, 7, 10}}, {1, []int{5}}}, 4, true},
		{[]share{{2, []int{4, 8}}, {1, []int{5}}}, 4, false},
		{[]share{{1, nil}, {1, []int{5}}}, 9, false},
	} {
		if got := loose(c.shares, c.within); got != c.want {
			t.Errorf("loose(%v, %d) = %v, want %v", c.shares, c.within, got, c.want)
		}
	}
}

// The spellings that the index takes for one are those that Key.IY does.
func TestTwinsAreWhatTheKeySays(t *testing.T) {
	t.Parallel()
	key := func(s string) vietnamese.Key { return vietnamese.Read(s).Tokens[0].Exact.IY() }
	twins := 0
	var all []string
	for _, onset := range []string{"", "b", "h", "k", "l", "m", "n", "q", "s", "t", "đ", "kh", "th", "u"} {
		for _, vowel := range []string{"i", "ì", "í", "ỉ", "ĩ", "ị", "y", "ỳ", "ý", "ỷ", "ỹ", "ỵ", "a", "ia", "yê", "in"} {
			all = append(all, onset+vowel)
		}
	}
	for _, a := range all {
		for _, b := range all {
			if a == b {
				continue
			}
			if same := key(a) == key(b); same != (twinOf(a) == b) {
				t.Errorf("twinOf(%q) = %q, but %q has the same key: %v", a, twinOf(a), b, same)
			} else if same {
				twins++
			}
		}
	}
	if twins != 2*6*7 {
		t.Errorf("%d twins, want 84", twins)
	}
}

// The bare view that ruling 16 asks for is the exact one, read with folded spellings.
func FuzzBareIsSpelledTheSame(f *testing.F) {
	f.Add("Bắc Kạn, Bac Kan; ｆｕｌｌ Ðà café ゙ ﾞ")
	f.Fuzz(func(t *testing.T, s string) {
		read := vietnamese.Read(s)
		for i, token := range read.Tokens {
			folded := read.Folded(i)
			if token.Bare() && read.Exact(i) != folded {
				t.Fatalf("%q is bare, but spelled %q and %q", read.Written(i), read.Exact(i), folded)
			}
			if bare([]string{folded}) && read.Exact(i) == folded && !token.Bare() {
				t.Fatalf("%q is spelled %q both ways, but not bare", read.Written(i), folded)
			}
		}
	})
}
