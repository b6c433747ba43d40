package places_test

import (
	"slices"
	"testing"

	"lamro/analyzer/places"
)

func TestNarrowNamesWhatWasMeant(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	for _, c := range []struct {
		body string
		want []string
	}{
		{"UBND tỉnh Bắc Kạn họp", []string{"Tỉnh Bắc Kạn (cũ)"}},
		{"Mưa đá ở huyện Pác Nặm, tỉnh Bắc Kạn", []string{"Huyện Pác Nặm (cũ)"}},
		{"Tại các huyện Ba Bể và Chợ Đồn, tỉnh Bắc Kạn", []string{"Huyện Ba Bể (cũ)", "Huyện Chợ Đồn (cũ)"}},
		{"phường Bắc Kạn, tỉnh Thái Nguyên", []string{"Phường Bắc Kạn"}},
		{"hồ Ba Bể mùa nước trong", []string{"Hồ Ba Bể"}},
	} {
		codes := places.Codes(g.Resolve(text("", c.body)).Places)
		var got []string
		for _, code := range g.Narrow(codes) {
			got = append(got, g.Title(code))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %v narrows to %q, want %q", c.body, codes, got, c.want)
		}
	}
}

// Whatever place is stored, its narrow codes are among its codes, and nothing is left unsaid.
func TestNarrowOfOneUnitIsOneUnit(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	for _, u := range g.Units() {
		if g.Title(u.Code) == "" {
			t.Errorf("unit %s has no title", u.Code)
		}
		if got := g.Narrow([]string{u.Code, "no-such-code"}); len(got) > 1 || len(got) == 1 && got[0] != u.Code {
			t.Errorf("Narrow(%s) = %v", u.Code, got)
		}
	}
	if got := g.Narrow(nil); len(got) != 0 {
		t.Errorf("Narrow(nil) = %v", got)
	}
}
