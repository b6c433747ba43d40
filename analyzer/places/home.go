package places

import (
	"strings"

	"lamro/internal/vietnamese"
)

// What outlets put before and after the name of their province: baoangiang.com.vn, hanoimoi.vn,
// congan.angiang.gov.vn, backancity.gov.vn.
var (
	outletPrefixes = strings.Fields("bao dai tin tintuc cong congan dulich ptth thtt truyenhinh nguoi phunu web")
	outletSuffixes = strings.Fields("tv online news 24h portal city today plus moi info")
)

// home is the code of the place that the outlet of doc writes for: what is said of it, else what
// the names in its host or id say, "" where that is nothing.
func (g *Gazetteer) home(doc Document) string {
	if doc.Home != "" {
		return doc.Home
	}
	for _, name := range append(strings.Split(doc.Site, "."), doc.Source) {
		if code := g.homeOf(bareLetters(name)); code != "" {
			return code
		}
	}
	return ""
}

// homeOf is the code of the province whose name is in the name of an outlet, "" for none.
func (g *Gazetteer) homeOf(outlet string) string {
	if outlet == "" {
		return ""
	}
	for _, before := range append([]string{""}, outletPrefixes...) {
		rest, ok := strings.CutPrefix(outlet, before)
		if !ok {
			continue
		}
		for _, after := range append([]string{""}, outletSuffixes...) {
			if name, ok := strings.CutSuffix(rest, after); ok {
				if code := g.outlets[name]; code != "" {
					return code
				}
			}
		}
	}
	return ""
}

// addOutlet remembers how a province's name stands in the names of outlets.
func (g *Gazetteer) addOutlet(name, code string) {
	if key := bareLetters(name); g.outlets[key] == "" {
		g.outlets[key] = code
	}
}

// bareLetters is s folded, and without everything but letters and digits.
func bareLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, vietnamese.Fold(s))
}
