package places_test

import "testing"

// Where nobody says what an outlet writes for, its address or id may.
func TestOutletsOfAProvinceAreKnownByTheirNames(t *testing.T) {
	t.Parallel()
	g := shipped(t)
	const body = "Sáng nay, xã Chợ Mới khai trương nhà văn hóa."
	for _, c := range []struct{ source, site, want string }{
		{"", "baobackan.vn", "certain"},
		{"", "www.backancity.gov.vn", "certain"},
		{"bao-bac-kan", "", "certain"},
		{"Báo Bắc Kạn", "", "certain"},
		{"", "baoangiang.com.vn", "elsewhere"},
		{"", "congan.angiang.gov.vn", "elsewhere"},
		{"an-giang", "", "elsewhere"},
		{"", "baolangson.vn", "uncertain"}, // no unit of the name there
		{"", "vietnamdinhcu.vn", "uncertain"},
		{"bao-quoc-gia", "bao.example", "uncertain"},
		{"", "", "uncertain"},
	} {
		doc := text("", body)
		doc.Source, doc.Site = c.source, c.site
		found := g.Resolve(doc)
		got := "elsewhere"
		for _, p := range found.Places {
			if got = "uncertain"; p.Certain {
				got = "certain"
			}
		}
		if got != c.want {
			t.Errorf("outlet %q at %q: Chợ Mới is %s, want %s: %+v", c.source, c.site, got, c.want, found)
		}
	}
}
