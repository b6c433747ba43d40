package vietnamese

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// sample is open text: sentences of news (UD_Vietnamese-COL, Apache-2.0).
func sample(tb testing.TB) string {
	tb.Helper()
	b, err := os.ReadFile("testdata/news.txt")
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// check states what holds of the tokens of any text.
func check(t *testing.T, text *Text, exact, folded map[Key]string) {
	t.Helper()
	for i, token := range text.Tokens {
		e, f := text.Exact(i), text.Folded(i)
		if keyOf([]byte(e)) != token.Exact || keyOf([]byte(f)) != token.Folded {
			t.Fatalf("%q: keys of %q and %q are not those of the token", text.Written(i), e, f)
		}
		if again := string(appendFolded(nil, []byte(e))); again != f {
			t.Fatalf("%q: folded is %q, the folded exact spelling %q", text.Written(i), f, again)
		}
		if token.Bare() != (e == f) {
			t.Fatalf("%q is bare: %v, spelled %q and %q", text.Written(i), token.Bare(), e, f)
		}
		if have, ok := exact[token.Exact]; ok && have != e {
			t.Fatalf("one key for %q and %q", have, e)
		}
		if have, ok := folded[token.Folded]; ok && have != f {
			t.Fatalf("one folded key for %q and %q", have, f)
		}
		exact[token.Exact], folded[token.Folded] = e, f
		lower := norm.NFC.String(strings.ToLower(text.Written(i)))
		if token.Flags&(Respelled|Disguised) == 0 && plain(text.Written(i)) && lower != e {
			t.Fatalf("%q is %q, but not respelled", text.Written(i), e)
		}
	}
}

func same(t *testing.T, what string, a, b *Text) {
	t.Helper()
	if len(a.Tokens) != len(b.Tokens) {
		t.Fatalf("%s: %d tokens, want %d", what, len(b.Tokens), len(a.Tokens))
	}
	for i := range a.Tokens {
		if a.Tokens[i].Exact != b.Tokens[i].Exact || a.Tokens[i].Folded != b.Tokens[i].Folded {
			t.Fatalf("%s: token %d is %q, want %q", what, i, b.Exact(i), a.Exact(i))
		}
	}
}

func TestKeysAreEqualWhereSpellingsAre(t *testing.T) {
	t.Parallel()
	exact, folded := map[Key]string{}, map[Key]string{}
	text := Read(sample(t))
	check(t, text, exact, folded)
	for key, spelled := range map[string]map[Key]string{"exact": exact, "folded": folded} {
		keys := map[string]Key{}
		for k, s := range spelled {
			if have, ok := keys[s]; ok && have != k {
				t.Errorf("two %s keys for %q", key, s)
			}
			keys[s] = k
		}
	}
}

func TestOneTextHasOneReadingInEveryForm(t *testing.T) {
	t.Parallel()
	text := sample(t)
	want := Read(text)
	same(t, "NFD", want, Read(norm.NFD.String(text)))
	same(t, "upper case", want, Read(strings.ToUpper(text)))
	same(t, "normal form", want, Read(Normalize(text)))
	same(t, "tone before the other mark", want, Read(toneFirst(text)))
	if got := Normalize(toneFirst(text)); got != Normalize(text) {
		t.Error("Normalize does not put a tone typed first after the other mark")
	}
}

// toneFirst decomposes s with each tone before the breve, circumflex or horn.
func toneFirst(s string) string {
	runes := []rune(norm.NFD.String(s))
	for i := 1; i < len(runes); i++ {
		if isQuality(runes[i-1]) && toneOf(runes[i]) > 0 {
			runes[i-1], runes[i] = runes[i], runes[i-1]
		}
	}
	return string(runes)
}

// The table of endings must never pass a word over which the rule would decide.
func TestUsualTonesAreInPlace(t *testing.T) {
	t.Parallel()
	usual := 0
	var try func(w packed, spelled string)
	try = func(w packed, spelled string) {
		if len(spelled) > 0 && w.said()&infoTones != 0 && w.usual() {
			usual++
			if moved, ok := w.misplaced(); moved || !ok {
				t.Errorf("%q is usual, but misplaced() = %v, %v", spelled, moved, ok)
			}
		}
		if w.n() < 6 {
			for _, r := range "nqgaiuếáị" {
				longer := w
				longer.add(runes[r])
				try(longer, spelled+string(r))
			}
		}
	}
	try(packed{shape: shapeStart}, "")
	if usual == 0 {
		t.Error("no tone is usual")
	}
}

func TestPlainlyNormalIsNormal(t *testing.T) {
	t.Parallel()
	for r := rune(0); r < 0x3000; r++ {
		s := "a" + string(r) + "b"
		if plainlyNormal(s) && (needsRepair(s) || !norm.NFC.IsNormalString(s) || unicode.Is(unicode.Mn, r)) {
			t.Errorf("plainlyNormal(%q), which is not", s)
		}
	}
	for _, s := range []string{"\xc3", "\xe1\xba", "a\xe2\x80", "\xff", "\xc0\x80", "\x80", "a\xe1\xba\xa1\x80"} {
		if plainlyNormal(s) {
			t.Errorf("plainlyNormal(%q), which is broken", s)
		}
	}
	if text := sample(t); !plainlyNormal(text[:strings.IndexByte(text, '\n')]) {
		t.Error("plain news is not plainly normal")
	}
}

func TestLookAlikesStandInPairs(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{variants: ofVariants, foreign: ofForeign} {
		if utf8.RuneCountInString(from) != len(to) {
			t.Errorf("%d characters for %d letters", utf8.RuneCountInString(from), len(to))
		}
	}
}

func TestReaderKeepsItsMemory(t *testing.T) {
	text := sample(t)
	odd := "Ѵiệt cɦúnց B ắ c K ạ n b@c Wolverhampton café Mu\u0308ller " + norm.NFD.String(text[:2000])
	var r Reader
	for _, s := range []string{text, odd} {
		r.Read(s)
		if n := testing.AllocsPerRun(10, func() { r.Read(s).Language() }); n != 0 {
			t.Errorf("reading again allocates %v times", n)
		}
	}
}

func FuzzForms(f *testing.F) {
	for _, s := range []string{"Hoà giải ở Bắc Kạn", "q.u.ố.c h.ộ.i", "b@c k4n", "Ѵiệt vа́ccine", "gịa giạ thủơ qúy", "international 1.234.567.890", "ﬁ Ǆ ŉ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := Read(s)
		check(t, text, map[Key]string{}, map[Key]string{})
		if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r >= tableEnd || ignorable(r) }) {
			same(t, "NFC", text, Read(norm.NFC.String(s)))
			same(t, "NFD", text, Read(norm.NFD.String(s)))
		}
		var r Reader
		r.Read("Một văn bản khác. B ắ c K ạ n")
		same(t, "a used reader", text, r.Read(s))
		if plainlyNormal(s) && Normalize(s) != s {
			t.Fatalf("%q is not normal", s)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	text := sample(b)
	for name, s := range map[string]string{"NFC": text, "NFD": norm.NFD.String(text)} {
		b.Run(name, func(b *testing.B) {
			const rounds = 100
			start := time.Now()
			for range rounds {
				strings.FieldsFunc(norm.NFC.String(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			}
			usual := float64(time.Since(start)) / rounds
			var r Reader
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				r.Read(s)
			}
			b.ReportMetric(usual/(float64(b.Elapsed())/float64(b.N)), "x-of-nfc-split")
		})
	}
}

func BenchmarkNormalize(b *testing.B) {
	text := sample(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Normalize(text)
	}
}

func BenchmarkLanguage(b *testing.B) {
	text := Read(sample(b)[:4000])
	b.ReportAllocs()
	for b.Loop() {
		text.Language()
	}
}

// A megabyte of end signs takes no longer than a megabyte of letters: each is looked at once.
func TestRowsOfSignsAreReadOnce(t *testing.T) {
	t.Parallel()
	for _, sign := range []string{".", "!", "…", "?”", ".)", ". ", "@", "a.", "TP.", "1."} {
		text := "Họ tên " + strings.Repeat(sign, 1<<20/len(sign)) + " sinh năm 2001"
		read := Read(text)
		if last := read.Written(len(read.Tokens) - 1); last != "2001" {
			t.Errorf("after a row of %q the last token is %q", sign, last)
		}
	}
}
