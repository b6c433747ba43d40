package testweb

import "testing"

func TestLettersInEveryForm(t *testing.T) {
	t.Parallel()
	cases := []struct{ in, nfd, bare, slug string }{
		{"Bắc Kạn", "Ba\u0306\u0301c Ka\u0323n", "Bac Kan", "bac-kan"},
		{"Hậu", "Ha\u0323\u0302u", "Hau", "hau"},
		{"ĐƯỢC", "ĐU\u031bO\u031b\u0323C", "DUOC", "duoc"},
		{"hoà, thuỷ: 5%", "hoa\u0300, thuy\u0309: 5%", "hoa, thuy: 5%", "hoa-thuy-5"},
	}
	for _, c := range cases {
		if got := decomposed(c.in); got != c.nfd {
			t.Errorf("decomposed(%q) = %+q, want %+q", c.in, got, c.nfd)
		}
		if got := bare(c.in); got != c.bare {
			t.Errorf("bare(%q) = %q, want %q", c.in, got, c.bare)
		}
		if got := slug(c.in); got != c.slug {
			t.Errorf("slug(%q) = %q, want %q", c.in, got, c.slug)
		}
	}
}

func TestWindows1258(t *testing.T) {
	t.Parallel()
	got, err := windows1258("Bắc Kạn, đường")
	if err != nil {
		t.Fatal(err)
	}
	if want := "B\xe3\xecc Ka\xf2n, \xf0\xfd\xf5\xccng"; string(got) != want {
		t.Errorf("windows1258 = %q, want %q", got, want)
	}
	if _, err := windows1258("漢"); err == nil {
		t.Error("windows1258 accepted what it cannot hold")
	}
}

// The places take turns in an order that meets each once.
func TestMentionsTakeTurns(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, p := range mentions() {
		if seen[p.noi+p.cq+p.closing+p.dateline] {
			t.Errorf("%q comes twice: the stride divides the length", p.noi)
		}
		seen[p.noi+p.cq+p.closing+p.dateline] = true
	}
}
