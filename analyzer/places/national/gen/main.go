// Command gen packs the national directory from two files of
// github.com/thanglequoc/vietnamese-provinces-database (MIT licence): the list of provinces and
// wards, and the mapping of the merger of 1 July 2025.
package main

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"lamro/analyzer/places/national"
	"lamro/internal/vietnamese"
)

func main() {
	provinces := flag.String("provinces", "", "provinces_wards_….simplified.json")
	mapping := flag.String("mapping", "", "merge_mapping_2025.json")
	out := flag.String("out", "national.tsv.gz", "file to write")
	flag.Parse()
	if err := run(*provinces, *mapping, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type province struct {
	Code, Name, FullName string
	Wards                []struct{ Code, Name, FullName string }
}

// merged is a row of the mapping: ma the code, truocsapnhap what it was before, in words.
type merged struct {
	Code   string `json:"ma"`
	Parent string `json:"magoc"`
	Before string `json:"truocsapnhap"`
}

func run(provinces, mapping, out string) error {
	var list []province
	var rows []merged
	if err := readJSON(provinces, &list); err != nil {
		return err
	}
	if err := readJSON(mapping, &rows); err != nil {
		return err
	}
	before := map[string]string{}
	for _, r := range rows {
		before[r.Code] = vietnamese.Normalize(r.Before)
	}
	d := &national.Directory{}
	for _, p := range list {
		entry := national.ProvinceEntry{Code: p.Code, Kind: kindOf(p.FullName), Name: clean(p.Name)}
		for _, name := range formerProvinces(before[p.Code]) {
			if vietnamese.Canonical(name) != vietnamese.Canonical(entry.Name) {
				entry.Former = append(entry.Former, name)
			}
		}
		for _, w := range p.Wards {
			entry.Units = append(entry.Units, unit(w.Code, kindOf(w.FullName), clean(w.Name), before[w.Code]))
		}
		d.Provinces = append(d.Provinces, entry)
	}
	return write(out, d)
}

func unit(code, kind, name, before string) national.Unit {
	u := national.Unit{Code: code, Kind: kind, Name: name, Unchanged: strings.TrimSpace(before) == "giữ nguyên"}
	if !u.Unchanged {
		u.Before = formerUnits(before)
	}
	return u
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path) // #nosec G304 -- named by who runs the generator
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func write(path string, d *national.Directory) (err error) {
	f, err := os.Create(path) // #nosec G304 -- named by who runs the generator
	if err != nil {
		return err
	}
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
	}()
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(z, "# From github.com/thanglequoc/vietnamese-provinces-database, MIT licence.\n"); err != nil {
		return err
	}
	if err := d.Format(z); err != nil {
		return err
	}
	return z.Close()
}

var kinds = []struct{ word, kind string }{
	{"tỉnh", national.Province}, {"thành phố", national.City}, {"huyện", national.District}, {"quận", national.District},
	{"thị xã", national.Town}, {"thị trấn", national.Township}, {"phường", national.Ward}, {"xã", national.Commune},
	{"đặc khu", national.Special},
}

func kindOf(full string) string {
	full = strings.ToLower(vietnamese.Normalize(full))
	for _, k := range kinds {
		if strings.HasPrefix(full, k.word+" ") {
			return k.kind
		}
	}
	return national.Province
}

func clean(s string) string { return strings.Join(strings.Fields(vietnamese.Normalize(s)), " ") }

var provinceWord = regexp.MustCompile(`(?:tỉnh|thành phố) (\p{Lu}[\p{L} -]*?)(?:,| và |\.|$)`)

// formerProvinces reads "tỉnh Bắc Kạn và tỉnh Thái Nguyên".
func formerProvinces(before string) (names []string) {
	before, _, _ = strings.Cut(before, ". ") // what came later stands in a sentence of its own
	for _, m := range provinceWord.FindAllStringSubmatch(before+",", -1) {
		names = append(names, clean(m[1]))
	}
	return names
}

// A part of a merger such as "Phường Trung Thành (thành phố Phổ Yên)", also inside a longer
// sentence about the parts of its ground.
var (
	remainder = regexp.MustCompile(`\(phần còn[^)]*\)`)
	unitWord  = regexp.MustCompile(`(?i:(phường|xã|thị trấn|huyện))\s+(\p{Lu}[\p{L}\p{N}'’ -]*|\d+)\s*(?:\(([^()]*)\))?`)
	tail      = regexp.MustCompile(`\s+(và|sau khi|phần)(\s.*)?$`)
)

// formerUnits reads what a unit was made from. Numbered wards ("Phường 4") are left out: a number
// is no name.
func formerUnits(before string) (out []national.Former) {
	for _, m := range unitWord.FindAllStringSubmatch(remainder.ReplaceAllString(before, ""), -1) {
		name := strings.TrimPrefix(strings.TrimPrefix(m[2], "Phường "), "Xã ") // the source writes the word twice in places
		f := national.Former{Kind: kindOf(m[1] + " "), Name: clean(tail.ReplaceAllString(name, ""))}
		if f.Name == "" || f.Name[0] <= '9' {
			continue
		}
		if kind := kindOf(m[3]); m[3] != "" && kind != national.Province {
			f.DistrictKind, f.DistrictName = kind, clean(strings.TrimPrefix(strings.ToLower(m[3][:1])+m[3][1:], wordOf(m[3])))
		}
		if f.DistrictName != "" && f.DistrictName[0] <= '9' {
			f.DistrictKind, f.DistrictName = "", ""
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// wordOf is the word for its kind that s begins with.
func wordOf(s string) string {
	for _, k := range kinds {
		if strings.HasPrefix(strings.ToLower(s), k.word+" ") {
			return k.word
		}
	}
	return ""
}
