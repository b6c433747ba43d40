package national_test

import (
	"strings"
	"testing"

	"lamro/analyzer/places/national"
)

func TestTheCountryIsWhole(t *testing.T) {
	t.Parallel()
	d, err := national.Load()
	if err != nil {
		t.Fatal(err)
	}
	units, former := 0, 0
	for _, p := range d.Provinces {
		units += len(p.Units)
		former += len(p.Former)
		for _, u := range p.Units {
			if len(u.Code) != 5 || u.Name == "" || u.Name != strings.TrimSpace(u.Name) || u.Kind == national.Province {
				t.Errorf("%s: unit %+v", p.Name, u)
			}
			for _, f := range u.Before {
				if strings.HasPrefix(f.Name, "Phường ") || strings.HasPrefix(f.Name, "Xã ") || strings.ContainsAny(f.Name, "(),;") {
					t.Errorf("%s: %q was made from %q", p.Name, u.Name, f.Name)
				}
			}
		}
	}
	if len(d.Provinces) != 34 || units != 3321 || former != 29 {
		t.Errorf("%d provinces, %d units, %d former provinces; want 34, 3321, 29", len(d.Provinces), units, former)
	}
}

func TestFormatIsReadBack(t *testing.T) {
	t.Parallel()
	const in = "P\t19\tprovince\tThái Nguyên\tBắc Kạn\n" +
		"U\t01843\tward\tBắc Kạn\tward:Sông Cầu;commune:Nông Thượng\n" +
		"U\t05899\tward\tTrung Thành\tward:Trung Thành@city:Phổ Yên\n" +
		"U\t05719\tcommune\tSảng Mộc\t=\n"
	d, err := national.Parse("# a comment\n" + in)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := d.Format(&out); err != nil || out.String() != in {
		t.Errorf("Format = %q, %v, want %q", out.String(), err, in)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("P\t19\tprovince\tX\t\nU\t1\tward\tY\tward:Z@city:Q;commune:R\n")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := national.Parse(s)
		if err != nil {
			return
		}
		var once, twice strings.Builder
		if err := d.Format(&once); err != nil {
			t.Fatal(err)
		}
		again, err := national.Parse(once.String())
		if err != nil {
			t.Skip("names with line breaks of other systems")
		}
		if err := again.Format(&twice); err != nil || once.String() != twice.String() {
			t.Fatalf("%q becomes %q", once.String(), twice.String())
		}
	})
}

func BenchmarkParse(b *testing.B) {
	d, err := national.Load()
	if err != nil {
		b.Fatal(err)
	}
	var s strings.Builder
	if err := d.Format(&s); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := national.Parse(s.String()); err != nil {
			b.Fatal(err)
		}
	}
}
