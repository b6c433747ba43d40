package settings

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// SchemaNames lists the files that Schema describes, without ".yaml".
func SchemaNames() []string {
	return []string{"lamro", "sources", "watches", "agencies", "routes", "rules", "labels"}
}

// Schema is the JSON Schema (2020-12) of one settings file, for editors. It says what the tags
// of the structs say; references between files are left to Load.
func Schema(name string) ([]byte, error) {
	types := map[string]reflect.Type{
		"lamro":    reflect.TypeFor[Config](),
		"sources":  reflect.TypeFor[SourcesFile](),
		"watches":  reflect.TypeFor[WatchesFile](),
		"agencies": reflect.TypeFor[AgenciesFile](),
		"routes":   reflect.TypeFor[RoutesFile](),
		"rules":    reflect.TypeFor[Rules](),
		"labels":   reflect.TypeFor[Labels](),
	}
	t, ok := types[name]
	if !ok {
		return nil, fmt.Errorf("no schema for %q (there is %s)", name, strings.Join(SchemaNames(), ", "))
	}
	s := structSchema(t, name != "lamro")
	s.Dialect = "https://json-schema.org/draft/2020-12/schema"
	s.Title = name + ".yaml of Lamro"
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", name, err)
	}
	return append(out, '\n'), nil
}

// schema is the part of JSON Schema that the settings need; the field order is the output's.
type schema struct {
	Dialect     string      `json:"$schema,omitempty"`
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Type        any         `json:"type,omitempty"`
	Enum        []string    `json:"enum,omitempty"`
	Pattern     string      `json:"pattern,omitempty"`
	Format      string      `json:"format,omitempty"`
	Minimum     *float64    `json:"minimum,omitempty"`
	Maximum     *float64    `json:"maximum,omitempty"`
	MinItems    int         `json:"minItems,omitempty"`
	Items       *schema     `json:"items,omitempty"`
	Properties  *properties `json:"properties,omitempty"`
	Required    []string    `json:"required,omitempty"`
	Additional  any         `json:"additionalProperties,omitempty"`
}

// properties keeps the order of the struct, which a map would not.
type properties struct {
	names   []string
	schemas []*schema
}

// MarshalJSON writes an object in the order of the fields.
func (p properties) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range p.names {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(p.schemas[i])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", name, value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// structSchema describes a struct. The keys of lamro.yaml are never required: it lies over the
// shipped one. Those of list items are, in every file.
func structSchema(t reflect.Type, requires bool) *schema {
	s := &schema{Type: "object", Properties: &properties{}, Additional: false}
	for i := range t.NumField() {
		f := t.Field(i)
		s.Properties.names = append(s.Properties.names, key(f))
		s.Properties.schemas = append(s.Properties.schemas, fieldSchema(f, requires))
		if requires && slices.Contains(strings.Fields(f.Tag.Get("check")), "required") {
			s.Required = append(s.Required, key(f))
		}
	}
	return s
}

func fieldSchema(f reflect.StructField, requires bool) *schema {
	words := strings.Fields(f.Tag.Get("check"))
	var s *schema
	switch {
	case isScalar(f.Type):
		s = scalarSchema(f.Type)
		constrain(s, f, words)
	case f.Type.Kind() == reflect.Struct:
		s = structSchema(f.Type, requires)
	case f.Type.Kind() == reflect.Map:
		s = &schema{Type: "object", Additional: structSchema(f.Type.Elem(), true)}
	case isScalar(f.Type.Elem()):
		item := scalarSchema(f.Type.Elem())
		constrain(item, f, words)
		s = &schema{Type: "array", Items: item}
	default:
		s = &schema{Type: "array", Items: structSchema(f.Type.Elem(), true)}
	}
	if f.Type.Kind() == reflect.Slice && slices.Contains(words, "required") {
		s.MinItems = 1
	}
	s.Description = f.Tag.Get("doc")
	return s
}

func scalarSchema(t reflect.Type) *schema {
	switch t {
	case reflect.TypeFor[Duration]():
		return &schema{Type: "string", Pattern: `^(\d+d|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+|0)$`}
	case reflect.TypeFor[Bytes]():
		return &schema{Type: "string", Pattern: `^\d+ ?(B|KiB|MiB|GiB)$`}
	}
	switch t.Kind() {
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Int:
		return &schema{Type: "integer"}
	case reflect.Float64:
		return &schema{Type: "number"}
	}
	return &schema{Type: "string"}
}

// constrain puts the words of the tags into the terms of JSON Schema.
func constrain(s *schema, f reflect.StructField, words []string) {
	s.Enum = strings.Fields(f.Tag.Get("enum"))
	for _, word := range words {
		name, arg, _ := strings.Cut(word, "=")
		switch name {
		case "min", "max":
			limit, err := strconv.ParseFloat(arg, 64)
			if err != nil {
				panic("settings: bad tag on " + f.Name)
			}
			if name == "min" {
				s.Minimum = &limit
			} else {
				s.Maximum = &limit
			}
		case "id":
			s.Pattern = idForm.String()
		case "place":
			s.Pattern = placeForm.String()
		case "url", "natsurl":
			s.Format = "uri"
		case "date":
			s.Format = "date"
		}
	}
}
