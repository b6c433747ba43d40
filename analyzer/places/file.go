package places

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// file is places.yaml as people write it; the file itself explains its keys.
type file struct {
	Area      []string       `yaml:"area"`
	Units     []unitEntry    `yaml:"units"`
	Landmarks []landmark     `yaml:"landmarks"`
	Decoys    []decoy        `yaml:"decoys"`
	Others    []otherEntry   `yaml:"others"`
	lines     map[string]int // of an entry, by section and index
	name      string
}

type unitEntry struct {
	Code       string      `yaml:"code"`
	Names      []nameEntry `yaml:"names"`
	Unmarked   []string    `yaml:"unmarked"`
	Context    []string    `yaml:"context"`
	Successors []string    `yaml:"successors"`
}

type nameEntry struct {
	Kind          string   `yaml:"kind"`
	Name          string   `yaml:"name"`
	Aliases       []string `yaml:"aliases"`
	Parent        string   `yaml:"parent"`
	From          day      `yaml:"from"`
	To            day      `yaml:"to"`
	FromDistricts []string `yaml:"from_districts"`
	Includes      []string `yaml:"includes"`
	Words         bool     `yaml:"words"`
	Certain       bool     `yaml:"certain"`
}

type landmark struct {
	Code    string   `yaml:"code"`
	Kind    string   `yaml:"kind"`
	Name    string   `yaml:"name"`
	Aliases []string `yaml:"aliases"`
	In      []string `yaml:"in"`
	Leaves  bool     `yaml:"leaves"`
	Context bool     `yaml:"context"`
}

type decoy struct {
	Text  string `yaml:"text"`
	Means string `yaml:"means"`
}

// otherEntry names places of another province that the national directory lacks.
type otherEntry struct {
	Code  string   `yaml:"code"`
	Name  string   `yaml:"name"`
	Units []string `yaml:"units"`
}

// day is a date of validity, such as 2025-07-01; "" is open.
type day string

func (d *day) UnmarshalYAML(n *yaml.Node) error {
	if _, err := time.Parse(time.DateOnly, n.Value); err != nil {
		return fmt.Errorf("%q is not a day such as 2025-07-01", n.Value)
	}
	*d = day(n.Value)
	return nil
}

// read decodes a file strictly. Its error joins one error for each mistake, each beginning with
// file and line.
func read(r io.Reader, name string) (*file, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &file{name: name, lines: map[string]int{}}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, fmt.Errorf("%s:1: empty: area and units are needed", name)
	}
	if err := yaml.Load(data, f, yaml.WithKnownFields()); err != nil {
		return nil, f.loadErrors(err)
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		return nil, f.loadErrors(err)
	}
	f.number(&root)
	return f, nil
}

func (f *file) loadErrors(err error) error {
	var many *yaml.LoadErrors
	if !errors.As(err, &many) {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	var out []error
	for _, e := range many.Errors {
		out = append(out, fmt.Errorf("%s:%d:%d: %s", f.name, e.Mark.Line, e.Mark.Column, strings.TrimPrefix(e.Message, "yaml: ")))
	}
	return errors.Join(out...)
}

// number remembers where each entry stands.
func (f *file) number(root *yaml.Node) {
	if root.Kind == yaml.DocumentNode && len(root.Content) > 0 {
		root = root.Content[0]
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		section := root.Content[i].Value
		f.lines[section] = root.Content[i].Line
		for j, n := range root.Content[i+1].Content {
			f.lines[fmt.Sprintf("%s/%d", section, j)] = n.Line
		}
	}
}

// bad is an error about entry i of a section.
func (f *file) bad(section string, i int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", f.name, f.lines[fmt.Sprintf("%s/%d", section, i)], fmt.Sprintf(format, args...))
}

// local is the day as people here write it.
func (d day) local() string {
	if at, err := time.Parse(time.DateOnly, string(d)); err == nil {
		return at.Format("02/01/2006")
	}
	return string(d)
}
