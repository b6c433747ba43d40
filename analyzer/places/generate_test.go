package places_test

import (
	"strings"
	"testing"

	"lamro/analyzer/places"
	"lamro/analyzer/places/national"
)

// The directory of every province can be made, is valid, and finds the province's communes.
func TestGenerateMakesADirectoryForEveryProvince(t *testing.T) {
	t.Parallel()
	d, err := national.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Provinces {
		var file strings.Builder
		if err := places.Generate(&file, d, p.Code); err != nil {
			t.Fatal(err)
		}
		g, err := places.Load(strings.NewReader(file.String()), p.Code+".yaml")
		if err != nil {
			t.Fatalf("places of %s: %v", p.Name, err)
		}
		word := map[string]string{national.Ward: "phường", national.Commune: "xã", national.Special: "đặc khu"}
		for i, u := range p.Units {
			if i%20 != 0 {
				continue
			}
			if body := "Sáng nay ở " + word[u.Kind] + " " + u.Name + ", " + p.Name + " có mưa."; !holds(g, body, "", after, u.Code) {
				t.Errorf("%s is not found in %q: %+v", u.Code, body, g.Resolve(text("", body)))
			}
		}
	}
	if err := places.Generate(&strings.Builder{}, d, "06"); err == nil {
		t.Error("Generate(06): no error, though the province is none of today")
	}
}
