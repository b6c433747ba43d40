package archtest

import (
	"cmp"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the tables of modules in THIRD_PARTY.md")

// permitted are the licences that a module of ours may come under. Anything else is a decision
// for people, not for an update.
var permitted = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}

// A row is one line of a table of modules.
type row struct{ Module, Version, Licence, Use string }

func (r row) String() string {
	return fmt.Sprintf("| %s | %s | %s | %s |", r.Module, r.Version, r.Licence, r.Use)
}

// What the binary links, and what only tests add to it, must be named with version and licence,
// and nothing else. With -update the tables are written; what a direct dependency is used for is
// written by hand and kept.
func TestThirdPartyNamesEveryModule(t *testing.T) {
	t.Parallel()
	linked := modules(t, list(t, "-deps", "./cmd/lamro"))
	tested := modules(t, list(t, "-deps", "-test", "./..."))
	maps.DeleteFunc(tested, func(path string, _ row) bool { _, ok := linked[path]; return ok })

	file := filepath.Join(root, "THIRD_PARTY.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	uses := parse(doc)
	for name, want := range map[string]map[string]row{"binary": linked, "tests": tested} {
		have := section(t, doc, name)
		if *update {
			doc = strings.Replace(doc, have, format(name, want, uses), 1)
			continue
		}
		compare(t, name, parse(have), want)
	}
	if *update {
		if err := os.WriteFile(file, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// modules are the modules of packages, by path, with the licence that lies in each.
func modules(t *testing.T, pkgs []pkg) map[string]row {
	t.Helper()
	out := map[string]row{}
	for _, p := range pkgs {
		m := p.Module
		if m == nil || m.Main || out[m.Path] != (row{}) {
			continue
		}
		r := row{Module: m.Path, Version: m.Version}
		if !m.Indirect {
			r.Use = "?" // a person must say
		}
		licences, err := licencesIn(m.Dir)
		if err != nil {
			t.Errorf("%s: %v", m.Path, err)
		}
		for _, l := range licences {
			if !slices.Contains(permitted, l) {
				t.Errorf("%s is under %s, which nobody has decided to accept", m.Path, l)
			}
		}
		r.Licence = strings.Join(licences, ", ")
		out[m.Path] = r
	}
	return out
}

// licencesIn reads the licence of the module in dir.
func licencesIn(dir string) ([]string, error) {
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if found := recognise(string(text)); len(found) > 0 {
			return found, nil
		}
		return nil, fmt.Errorf("the licence in %s is none that is known here", name)
	}
	return nil, fmt.Errorf("no licence file")
}

// recognise names the licences whose words stand in text.
func recognise(text string) (found []string) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(s string) bool { return strings.Contains(text, s) }
	if has("apache license") && has("version 2.0") {
		found = append(found, "Apache-2.0")
	}
	if has("mozilla public license") {
		found = append(found, "MPL-2.0")
	}
	if has("general public license") {
		found = append(found, "GPL")
	}
	if has("permission is hereby granted, free of charge") {
		found = append(found, "MIT")
	}
	if has("redistribution and use in source and binary forms") {
		found = append(found, map[bool]string{true: "BSD-3-Clause", false: "BSD-2-Clause"}[has("endorse or promote")])
	}
	return found
}

func marks(name string) (begin, end string) {
	return "<!-- begin " + name + " -->\n", "<!-- end " + name + " -->\n"
}

// section is a table with its marks.
func section(t *testing.T, doc, name string) string {
	t.Helper()
	begin, end := marks(name)
	_, rest, ok := strings.Cut(doc, begin)
	table, _, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("THIRD_PARTY.md has no marks %q and %q", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return begin + table + end
}

const header = "| module | version | licence | for |\n|---|---|---|---|\n"

// parse reads the rows of tables of modules.
func parse(text string) map[string]row {
	out := map[string]row{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 || strings.Contains(header, line) {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		out[cells[0]] = row{cells[0], cells[1], cells[2], cells[3]}
	}
	return out
}

// format writes a table, the direct dependencies first.
func format(name string, want, have map[string]row) string {
	rows := slices.SortedFunc(maps.Values(want), func(a, b row) int {
		return cmp.Or(-cmp.Compare(a.Use, b.Use), cmp.Compare(a.Module, b.Module))
	})
	begin, end := marks(name)
	var b strings.Builder
	b.WriteString(begin + header)
	for _, r := range rows {
		if said := have[r.Module].Use; said != "" {
			r.Use = said
		}
		fmt.Fprintln(&b, r)
	}
	b.WriteString(end)
	return b.String()
}

func compare(t *testing.T, name string, have, want map[string]row) {
	t.Helper()
	const remedy = "run go test ./internal/archtest -update and review the change"
	for path, w := range want {
		h, ok := have[path]
		switch {
		case !ok:
			t.Errorf("%s is missing in the table %q of THIRD_PARTY.md; %s", path, name, remedy)
		case h.Version != w.Version || h.Licence != w.Licence:
			t.Errorf("%s is named as %s, %s, want %s, %s; %s", path, h.Version, h.Licence, w.Version, w.Licence, remedy)
		case w.Use != "" && (h.Use == "" || h.Use == "?"):
			t.Errorf("%s is a direct dependency: say in THIRD_PARTY.md what it is for", path)
		}
	}
	for path := range have {
		if _, ok := want[path]; !ok {
			t.Errorf("%s does not belong in the table %q of THIRD_PARTY.md; %s", path, name, remedy)
		}
	}
}

// A file of somebody else's that lies in this repository comes with its licence beside it, and
// THIRD_PARTY.md says so.
func TestThirdPartyNamesVendoredLicences(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "THIRD_PARTY.md"))
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".git") || name == "data" || name == "bin") {
			return filepath.SkipDir
		}
		if d.Type().IsRegular() && strings.Contains(d.Name(), "LICENSE") && name != "LICENSE" &&
			!strings.Contains(string(text), filepath.ToSlash(name)) {
			t.Errorf("THIRD_PARTY.md does not name %s", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRecognise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Apache License\n  Version 2.0, January 2004":                                    "Apache-2.0",
		"Permission is hereby granted,\nfree of charge, to any person":                   "MIT",
		"Redistribution and use in source and binary forms, with or without":             "BSD-2-Clause",
		"Redistribution and use in source and binary forms … used to endorse or promote": "BSD-3-Clause",
		"GNU AFFERO GENERAL PUBLIC LICENSE Version 3":                                    "GPL",
		"Mozilla Public License Version 2.0":                                             "MPL-2.0",
		"All rights reserved.":                                                           "",
	} {
		if got := strings.Join(recognise(text), ", "); got != want {
			t.Errorf("recognise(%q) = %q, want %q", text, got, want)
		}
	}
}
