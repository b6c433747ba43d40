package places_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lamro/analyzer/places"
	"lamro/analyzer/places/national"
)

// Three communes of a district named together with it say which district is meant, whoever bears
// their names by themselves.
func TestCommunesAndTheirDistrict(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	for _, form := range []string{
		"Huyện %[1]s: mưa đá ở %[2]s, %[3]s, %[4]s",
		"Mưa đá tại các xã %[2]s, %[3]s và %[4]s (huyện %[1]s).",
		"Ở %[1]s, mưa đá làm tốc mái ở %[2]s, %[3]s, %[4]s.",
		"Mưa đá tại xã %[2]s, %[3]s, %[4]s thuộc huyện %[1]s.",
	} {
		all, sure := 0, 0
		for _, district := range g.Units() {
			if district.Kind != "district" {
				continue
			}
			communes := communesOf(g, district.Code, before)
			for i := range len(communes) - 2 {
				all++
				doc := text("", fmt.Sprintf(form, district.Name, communes[i], communes[i+1], communes[i+2]))
				doc.At = before
				unsure := slices.IndexFunc(g.Resolve(doc).Places, func(p places.Place) bool { return !p.Certain || !p.InArea })
				if found := g.Resolve(doc); len(found.Places) == 4 && unsure < 0 {
					sure++
				} else {
					t.Logf("%s: %+v", doc.Fields[len(doc.Fields)-1].Text.Original, found)
				}
			}
		}
		t.Logf("%s: %d of %d", form, sure, all)
		if all < 70 || sure < all {
			t.Errorf("%q: %d of %d are certain throughout", form, sure, all)
		}
	}
}

// The same with neighbouring communes of other provinces, as far as the area has one of the names:
// no such list may be taken for ours, with the province and without it.
func TestCommunesOfOtherProvinces(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	d, err := national.Load()
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]bool{}
	for _, u := range g.Units() {
		ours[u.Name] = true
	}
	for _, form := range []string{
		"%[1]s: mưa đá ở %[2]s, %[3]s, %[4]s",
		"Mưa đá tại các xã %[2]s, %[3]s và %[4]s.",
		"Mưa đá tại xã %[2]s, %[3]s, %[4]s.",
	} {
		all := 0
		for _, p := range d.Provinces {
			if p.Code == "19" {
				continue // of which the area has become a part
			}
			names := namesBefore(p)
			for i := range len(names) - 2 {
				three := names[i : i+3]
				if !slices.ContainsFunc(three, func(n string) bool { return ours[n] }) {
					continue
				}
				all++
				doc := text("", fmt.Sprintf(form, p.Name, three[0], three[1], three[2]))
				doc.At = before
				for _, found := range g.Resolve(doc).Places {
					if found.Certain && found.InArea {
						t.Errorf("%s is taken for the %s of the area: %s", doc.Fields[len(doc.Fields)-1].Text.Original, found.Name, found.Why)
					}
				}
			}
		}
		if all < 300 {
			t.Errorf("%d lists, want at least 300", all)
		}
	}
}

// namesBefore are the communes that those of today were made from, neighbours beside one another.
func namesBefore(p national.ProvinceEntry) (names []string) {
	for _, u := range p.Units {
		for _, b := range u.Before {
			names = append(names, b.Name)
		}
	}
	return names
}

// communesOf are the names of the communes of a district on a day.
func communesOf(g *places.Gazetteer, district string, at time.Time) []string {
	day := at.Format(time.DateOnly)
	var names []string
	for _, u := range g.Units() {
		if u.Parent == district && u.Kind == "commune" && (u.From == "" || u.From <= day) && (u.To == "" || day <= u.To) {
			names = append(names, u.Name)
		}
	}
	return names
}
