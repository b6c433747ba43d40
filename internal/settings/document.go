package settings

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A document is one YAML file: its values decoded into a struct, and its nodes kept, so that
// what is found wrong later still knows its line and column.
type document struct {
	name string
	data []byte
	root *yaml.Node // the top mapping; nil when the file is empty or did not parse
}

// decode reads data into the struct that into points to. Every problem goes to r; what could
// be read is in the struct all the same, so that one run finds the other problems too.
func decode(name string, data []byte, into any, r *report) *document {
	r.opens(name)
	d := &document{name: name, data: data}
	var node yaml.Node
	if err := yaml.Load(data, &node); err != nil {
		if len(strings.TrimSpace(stripComments(data))) == 0 {
			return d
		}
		d.loadErrors(err, nil, r)
		r.tear(name)
		return d
	}
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		d.root = node.Content[0]
	}
	if d.root == nil || d.root.Tag == "!!null" {
		d.root = nil
		return d
	}
	if err := yaml.Load(data, into, yaml.WithKnownFields()); err != nil {
		d.loadErrors(err, reflect.TypeOf(into).Elem(), r)
	}
	return d
}

func stripComments(data []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func (d *document) loadErrors(err error, t reflect.Type, r *report) {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		for _, e := range many.Errors {
			d.loadError(e, t, r)
		}
	case errors.As(err, &one):
		d.loadError(one, t, r)
	default:
		r.add(d.name, 1, 1, "%s", err)
	}
}

var (
	unknownField = regexp.MustCompile(`^field (.+) not found in type `)
	wrongType    = regexp.MustCompile("^cannot construct !!(\\w+)(?: `((?s).*)`)? into (.+)$")
)

// loadError puts the library's message into the words of whoever edits the file.
func (d *document) loadError(e *yaml.LoadError, t reflect.Type, r *report) {
	line, column := max(e.Mark.Line, 1), max(e.Mark.Column, 1)
	message := strings.TrimPrefix(e.Message, "yaml: ")
	if m := unknownField.FindStringSubmatch(message); m != nil {
		known := d.keysAt(d.root, t, line, column)
		r.add(d.name, line, column, "unknown key %q%s", m[1], suggestion(m[1], known))
		return
	}
	if m := wrongType.FindStringSubmatch(message); m != nil {
		r.add(d.name, line, column, "%s is not %s", found(m[1], m[2]), wanted(m[3]))
		return
	}
	r.add(d.name, line, column, "%s", message)
}

func found(tag, value string) string {
	switch tag {
	case "seq":
		return "a list"
	case "map":
		return "a group of keys"
	case "null":
		return "an empty value"
	}
	return `"` + value + `"`
}

func wanted(goType string) string {
	switch {
	case strings.HasSuffix(goType, "settings.Duration (TextUnmarshaler)"), goType == "settings.Duration":
		return "a duration (write 30s, 15m, 24h or 30d)"
	case strings.HasSuffix(goType, "settings.Bytes (TextUnmarshaler)"), goType == "settings.Bytes":
		return "a size (write 512KiB, 20MiB or 8GiB)"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "int"):
		return "a whole number"
	case strings.HasPrefix(goType, "float"):
		return "a number"
	case goType == "bool":
		return "true or false"
	case goType == "string", goType == "news.Severity", strings.HasSuffix(goType, "(TextUnmarshaler)"):
		return "a text"
	}
	return "a group of keys"
}

// keysAt lists the keys that could have stood where an unknown one stands.
func (d *document) keysAt(n *yaml.Node, t reflect.Type, line, column int) []string {
	if n == nil || t == nil {
		return nil
	}
	switch {
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Line == line && n.Content[i].Column == column {
				return keys(t)
			}
			if f, ok := field(t, n.Content[i].Value); ok {
				if found := d.keysAt(n.Content[i+1], f.Type, line, column); found != nil {
					return found
				}
			}
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 1; i < len(n.Content); i += 2 {
			if found := d.keysAt(n.Content[i], t.Elem(), line, column); found != nil {
				return found
			}
		}
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, child := range n.Content {
			if found := d.keysAt(child, t.Elem(), line, column); found != nil {
				return found
			}
		}
	}
	return nil
}

func key(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

func keys(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if k := key(t.Field(i)); k != "" && k != "-" {
			names = append(names, k)
		}
	}
	return names
}

func field(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if key(t.Field(i)) == name {
			return t.Field(i), true
		}
	}
	return reflect.StructField{}, false
}

// find follows a path of keys (string) and list positions (int). It returns the deepest node
// that exists and whether that is the whole path.
func (d *document) find(path []any) (n *yaml.Node, whole bool) {
	n = d.root
	if n == nil {
		return nil, false
	}
	for _, step := range path {
		next := child(n, step)
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

func child(n *yaml.Node, step any) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch s := step.(type) {
	case string:
		if n.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == s {
				return n.Content[i+1]
			}
		}
	case int:
		if n.Kind == yaml.SequenceNode && s < len(n.Content) {
			return n.Content[s]
		}
	}
	return nil
}

// at is where a person looks for the value at path: its own place, or the place of what should
// hold it.
func (d *document) at(path []any) (file string, line, column int) {
	if n, _ := d.find(path); n != nil {
		return d.name, n.Line, n.Column
	}
	return d.name, 1, 1
}

// inside is at for a byte of a text value, such as the place in a query where it goes wrong.
// Where the value is written over several lines or with escapes it is the start of the value.
func (d *document) inside(path []any, offset int) (file string, line, column int) {
	file, line, column = d.at(path)
	n, whole := d.find(path)
	if !whole || n.Kind != yaml.ScalarNode || offset < 0 || offset > len(n.Value) {
		return file, line, column
	}
	lines := slices.Collect(strings.Lines(string(d.data)))
	if line > len(lines) {
		return file, line, column
	}
	runes := []rune(lines[line-1])
	start := column - 1
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		start++
	}
	if start > len(runes) || !strings.HasPrefix(string(runes[start:]), n.Value) {
		return file, line, column
	}
	return file, line, start + 1 + len([]rune(n.Value[:offset]))
}
