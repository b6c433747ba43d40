package vietnamese_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"lamro/internal/vietnamese"
)

// lines calls f with every record of a JSON Lines file.
func lines[T any](t *testing.T, file string, f func(T)) {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	s := bufio.NewScanner(in)
	for s.Buffer(nil, 1<<26); s.Scan(); {
		var v T
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		f(v)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestDisguisedWordsReadAsTheWordsTheyStandFor(t *testing.T) {
	t.Parallel()
	n := 0
	lines(t, "testdata/homoglyph_vectors.jsonl", func(v struct{ Text, Expected string }) {
		n++
		if got, want := vietnamese.Canonical(v.Text), vietnamese.Canonical(v.Expected); got != want {
			t.Errorf("Canonical(%q) = %q, want %q", v.Text, got, want)
		}
	})
	if n != 10 {
		t.Errorf("read %d vectors, want 10", n)
	}
}

// The vectors that are no mention say so by what stands around the name, which is for package
// places to judge; the names themselves are not to be found in those that hold other words.
func TestAliasVectorsHoldANameWhereTheyMatch(t *testing.T) {
	t.Parallel()
	names := []string{
		"bắc kạn", "bắc cạn", "bắc kan", "bac kan", "b kạn", "bắk kạn", "backan", "bắckạn", "baobackan",
		"chợ đồn", "ba bể", "pác nặm", "pắc nặm", "chợ mới", "bạch thông", "ngân sơn",
	}
	byContext := []string{"other district", "common noun", "market in Đồng Nai", "three pools", "station", "company", "substring of Bạch Thông"}
	n := 0
	lines(t, "testdata/alias_vectors.jsonl", func(v struct {
		Text, Why string
		Match     bool
	}) {
		n++
		read := " " + vietnamese.Canonical(v.Text) + " "
		found := slices.ContainsFunc(names, func(name string) bool { return strings.Contains(read, " "+name+" ") })
		if found != (v.Match || slices.Contains(byContext, v.Why)) {
			t.Errorf("%q reads %q, a name in it: %v", v.Text, read, found)
		}
	})
	if n != 52 {
		t.Errorf("read %d vectors, want 52", n)
	}
}

func TestLettersSetApartJoin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"B ắ c K ạ n mưa lũ", "B ắ c|K ạ n|mưa|lũ"},
		{"B ắ c  K ạ n", "B ắ c|K ạ n"},
		{"q.u.ố.c h.ộ.i họp", "q.u.ố.c|h.ộ.i|họp"},
		{"(ch.í.nh q.u.y.ề.n).", "ch.í.nh|q.u.y.ề.n"},
		{"Đ.ả.n.g và q-u-ố-c, c*ô*n*g a_n_n_i_n_h", "Đ.ả.n.g|và|q-u-ố-c|c*ô*n*g|a_n|n_i_n_h"},
		{"Đ.Ả.N.G", "Đ.Ả.N.G"},
		{"T H Ô N G  B Á O", "T H Ô N G|B|Á|O"}, // three capitals may be initials
		{"qu.ố.c", "qu.ố.c"},
		{"b@c k@n, ch@nh", "b@c|k@n|ch@nh"},
		{"ng.ư.ờ.i d.â.n", "ng.ư.ờ.i|d.â.n"},
		{"n g ư ờ i", "n g ư ờ i"},
		// What must stay as it is.
		{"Nguyễn T.H. và Trần Đ.A.N.", "Nguyễn|T|H|và|Trần|Đ|A|N"},
		{"N.Á.T P.V TP.HCM U.S.A v.v. a.b.c T.Ư H.Đ T.Ư.Đ", "N|Á|T|P|V|TP|HCM|U|S|A|v|v|a|b|c|T|Ư|H|Đ|T|Ư|Đ"},
		{"A B C x y z U B N D", "A|B|C|x|y|z|U|B|N|D"},
		{"vitamin A, B, C; lớp 9 A ở B", "vitamin|A|B|C|lớp|9|A|ở|B"},
		{"anh N ở M", "anh|N|ở|M"},
		{"bắc.kạn xã.chợ.mới", "bắc|kạn|xã|chợ|mới"},
		{"lan@gmail.com le.an@b.vn @ban an@", "lan|gmail|com|le|an|b|vn|ban|an"},
		{"https://t.h.an/a.n.h www.c.a.n.com", "https|t|h|an|a|n|h|www|c|a|n|com"},
		{"1.2.3 A4 B1 H5N1 F0 CO2 H2SO4 QL3B", "1.2.3|A4|B1|H5N1|F0|CO2|H2SO4|QL3B"},
		{"i.e. e.g. p.m. B.B.C", "i|e|e|g|p|m|B|B|C"},
	} {
		var got []string
		text := vietnamese.Read(c.in)
		for i, token := range text.Tokens {
			got = append(got, text.Written(i))
			apart := strings.ContainsAny(text.Written(i), " .@*-_") && !strings.HasPrefix(c.in, "1.2.3")
			if disguised := token.Flags&vietnamese.Disguised != 0; disguised != apart {
				t.Errorf("%q in %q is disguised: %v, want %v", text.Written(i), c.in, disguised, apart)
			}
		}
		if g := strings.Join(got, "|"); g != c.want {
			t.Errorf("Read(%q) = %q, want %q", c.in, g, c.want)
		}
	}
}

func TestDisguisedIsFlagged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, exact string
		flagged   bool
	}{
		{"b4n", "ban", true},
		{"th3m", "them", true},
		{"Kh1", "kh1", false},
		{"B4N", "b4n", false},
		{"H5N1", "h5n1", false},
		{"v0v", "v0v", false},
		{"Вắс", "bắc", true},
		{"ᴋạɴ", "kạn", true},
		{"Bắⅽ", "bắc", true},
		{"Ｂắc", "bắc", true},
		{"nցười", "người", true},
		{"cũռg", "cũng", true},
		{"ᵭược", "được", true},
		{"cɦúng", "chúng", true},
		{"N\u033ca\u033c", "n\u033ca\u033c", false},
		{"B\u200bắc", "bắc", true},
		{"ＢＡＣ", "bac", false},
		{"Ðại", "đại", false},
		{"oﬃce", "office", false},
		{"Москва", "москва", false},
		{"bắc\u200b", "bắc", false},
	} {
		text := vietnamese.Read(c.in)
		if len(text.Tokens) != 1 || text.Exact(0) != c.exact || text.Tokens[0].Flags&vietnamese.Disguised != 0 != c.flagged {
			t.Errorf("%q reads %q, %+v; want %q, disguised %v", c.in, text.Exact(0), text.Tokens, c.exact, c.flagged)
		}
	}
}

func TestIYIsTheSameInOpenSyllables(t *testing.T) {
	t.Parallel()
	key := func(s string) vietnamese.Key { return vietnamese.Read(s).Tokens[0].Exact }
	for _, same := range []string{"hy hi", "kỹ kĩ", "lý lí", "mỹ mĩ", "sỹ sĩ", "tỷ tỉ", "ý í", "Y i"} {
		y, i, _ := strings.Cut(same, " ")
		if key(y).IY() != key(i) || key(i).IY() != key(i) {
			t.Errorf("IY of %q is not %q", y, i)
		}
	}
	for _, other := range []string{"quý", "thúy", "tay", "yên", "nghỹ", "khy", "vy", "ny", "kỹ1", "my.", "hyt", "yy"} {
		if k := key(other); k.IY() != k && strings.Trim(other, ".") == other {
			t.Errorf("IY changes %q", other)
		}
	}
}

func TestPrefixIsTheFirstLettersWithoutTone(t *testing.T) {
	t.Parallel()
	key := func(s string) vietnamese.Key { return vietnamese.Read(s).Tokens[0].Exact }
	if got, want := key("nghiễng").Prefix(4), key("nghi"); got != want {
		t.Errorf("Prefix = %x, want %x", got, want)
	}
	if k := key("hoà"); k.Prefix(10) != key("hoa") || k.Prefix(0) != 0 || k.Prefix(-1) != 0 || k.Prefix(99) != key("hoa") {
		t.Errorf("Prefix of %x at its ends", k)
	}
	if key("international").Prefix(3) != 0 {
		t.Error("a hash has a prefix")
	}
}
