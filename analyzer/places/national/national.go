// Package national is the directory of the whole country: every province and commune of today and
// the communes, and where they are known the districts, that they were made from on 1 July 2025.
// It tells where else a name is borne, and is what the directory of a province is made from.
//
// The data comes from github.com/thanglequoc/vietnamese-provinces-database (MIT licence, see
// LICENSE-data). It says nothing of districts but where two old communes of one province shared a
// name, and nothing of units abolished before 2025.
package national

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

//go:generate go run ./gen -provinces $NATIONAL_DATA/provinces_wards_2026-07-25.simplified.json -mapping $NATIONAL_DATA/merge_mapping_2025.json -out national.tsv.gz

//go:embed national.tsv.gz
var packed []byte

// maxUnpacked bounds what is read of the embedded file; it holds about 400 KB.
const maxUnpacked = 16 << 20

// The kinds of units.
const (
	Province = "province"
	City     = "city"
	District = "district"
	Town     = "town"
	Ward     = "ward"
	Commune  = "commune"
	Township = "township"
	Special  = "special" // đặc khu, since 2025
)

// Directory is the country.
type Directory struct{ Provinces []ProvinceEntry }

// ProvinceEntry is a province or city of the first level of today.
type ProvinceEntry struct {
	Code, Kind, Name string
	Former           []string // the provinces that joined it on 1 July 2025
	Units            []Unit
}

// Unit is a ward, commune or special zone of today.
type Unit struct {
	Code, Kind, Name string
	Unchanged        bool     // it is what it was before 1 July 2025
	Before           []Former // what it was made from, wholly or in part
}

// Former is a unit as it was on 30 June 2025.
type Former struct {
	Kind, Name                 string
	DistrictKind, DistrictName string // "" where the source does not say
}

// Load reads the embedded directory. It is read once; callers share it and must not change it.
var Load = sync.OnceValues(func() (*Directory, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("national directory: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(z, maxUnpacked))
	if err != nil {
		return nil, fmt.Errorf("national directory: %w", err)
	}
	return Parse(string(data))
})

// Parse reads a directory as Format writes it.
func Parse(s string) (*Directory, error) {
	d := &Directory{}
	for line := range strings.Lines(s) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		var fields [5]string
		if n := split(line, fields[:]); n != len(fields) {
			return nil, fmt.Errorf("national directory: %q has %d fields", line, n)
		}
		switch fields[0] {
		case "P":
			p := ProvinceEntry{Code: fields[1], Kind: fields[2], Name: fields[3]}
			if fields[4] != "" {
				p.Former = strings.Split(fields[4], ";")
			}
			d.Provinces = append(d.Provinces, p)
		case "U":
			if len(d.Provinces) == 0 {
				return nil, errors.New("national directory: a unit before the first province")
			}
			u, err := parseUnit(fields)
			if err != nil {
				return nil, err
			}
			p := &d.Provinces[len(d.Provinces)-1]
			p.Units = append(p.Units, u)
		default:
			return nil, fmt.Errorf("national directory: a line of sort %q", fields[0])
		}
	}
	return d, nil
}

// split cuts a line at its tabs without allocation and says how many fields it has.
func split(line string, into []string) int {
	n := 0
	for {
		field, rest, more := strings.Cut(line, "\t")
		if n < len(into) {
			into[n] = field
		}
		n++
		if !more {
			return n
		}
		line = rest
	}
}

func parseUnit(fields [5]string) (Unit, error) {
	u := Unit{Code: fields[1], Kind: fields[2], Name: fields[3]}
	switch fields[4] {
	case "":
		return u, nil
	case "=":
		u.Unchanged = true
		return u, nil
	}
	u.Before = make([]Former, 0, strings.Count(fields[4], ";")+1)
	for part := range strings.SplitSeq(fields[4], ";") {
		unit, district, _ := strings.Cut(part, "@")
		kind, name, ok := strings.Cut(unit, ":")
		if !ok {
			return u, fmt.Errorf("national directory: %q of %s is no unit", part, u.Code)
		}
		f := Former{Kind: kind, Name: name}
		if district != "" {
			f.DistrictKind, f.DistrictName, _ = strings.Cut(district, ":")
		}
		u.Before = append(u.Before, f)
	}
	return u, nil
}

// Format writes d as Parse reads it.
func (d *Directory) Format(w io.Writer) error {
	for _, p := range d.Provinces {
		if _, err := fmt.Fprintf(w, "P\t%s\t%s\t%s\t%s\n", p.Code, p.Kind, p.Name, strings.Join(p.Former, ";")); err != nil {
			return err
		}
		for _, u := range p.Units {
			if _, err := fmt.Fprintf(w, "U\t%s\t%s\t%s\t%s\n", u.Code, u.Kind, u.Name, u.before()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u Unit) before() string {
	if u.Unchanged {
		return "="
	}
	parts := make([]string, 0, len(u.Before))
	for _, f := range u.Before {
		part := f.Kind + ":" + f.Name
		if f.DistrictName != "" {
			part += "@" + f.DistrictKind + ":" + f.DistrictName
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ";")
}
