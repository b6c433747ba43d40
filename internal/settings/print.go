package settings

import (
	"encoding"
	"fmt"
	"io"
	"reflect"

	"go.yaml.in/yaml/v4"
)

// Print writes the settings as they are in effect, in the form of lamro.yaml, each value with
// where it came from. Secrets show as ***, so that the output can be sent to someone who helps.
func (s *Settings) Print(w io.Writer) error {
	node := s.node(reflect.ValueOf(s.Config), nil)
	out, err := yaml.Dump(node)
	if err != nil {
		return fmt.Errorf("print settings: %w", err)
	}
	_, err = w.Write(out)
	return err
}

func (s *Settings) node(v reflect.Value, path []any) *yaml.Node {
	switch {
	case isScalar(v.Type()):
		n := scalarNode(v)
		n.LineComment = s.Origin(dotted(path))
		return n
	case v.Kind() == reflect.Slice:
		return s.listNode(v, path)
	}
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := range v.NumField() {
		name := key(v.Type().Field(i))
		child := s.node(v.Field(i), append(path[:len(path):len(path)], name))
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, child)
	}
	return n
}

func (s *Settings) listNode(v reflect.Value, path []any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Type().Elem().Kind() == reflect.String {
		n.Style = yaml.FlowStyle
		n.LineComment = s.Origin(dotted(path))
		for i := range v.Len() {
			n.Content = append(n.Content, scalarNode(v.Index(i)))
		}
		return n
	}
	for i := range v.Len() {
		n.Content = append(n.Content, s.node(v.Index(i), append(path[:len(path):len(path)], i)))
	}
	return n
}

func scalarNode(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		if text, err := m.MarshalText(); err == nil {
			n.Value = string(text)
		}
	} else {
		n.Value = fmt.Sprint(v.Interface())
	}
	if v.Kind() == reflect.String || n.Value == "" || v.Type() == reflect.TypeFor[Secret]() {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
