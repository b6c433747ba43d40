package settings

import (
	"encoding"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const envPrefix = "LAMRO_"

// Variable is one environment variable that overrides a key of lamro.yaml.
type Variable struct {
	Name   string // LAMRO_SMTP_PASSWORD
	Key    string // smtp.password
	Doc    string
	Secret bool // NAME_FILE is read too: the path of a file that holds the value
}

// Variables lists every variable, in the order of the file. Lists are written with commas.
// Webhooks are no part of it: LAMRO_WEBHOOK_<ID>_SECRET, with - written as _, exists for each.
func Variables() []Variable {
	var list []Variable
	eachLeaf(reflect.ValueOf(&Config{}).Elem(), nil, func(path []any, f reflect.StructField, _ reflect.Value) {
		list = append(list, Variable{
			Name:   variableName(dotted(path)),
			Key:    dotted(path),
			Doc:    f.Tag.Get("doc"),
			Secret: f.Type == reflect.TypeFor[Secret](),
		})
	})
	return list
}

func variableName(key string) string {
	return envPrefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}

// eachLeaf visits every value that is written as one value or as a list of texts.
func eachLeaf(v reflect.Value, path []any, visit func(path []any, f reflect.StructField, v reflect.Value)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		at := append(slices.Clone(path), key(f))
		switch {
		case isScalar(f.Type), f.Type == reflect.TypeFor[[]string]():
			visit(at, f, v.Field(i))
		case f.Type.Kind() == reflect.Struct:
			eachLeaf(v.Field(i), at, visit)
		}
	}
}

// applyEnvironment takes over what the environment sets. An empty variable counts as unset, as
// container files leave them.
func (s *Settings) applyEnvironment(environ []string, r *report) {
	env := map[string]string{}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, envPrefix) && value != "" {
			env[name] = value
		}
	}
	take := func(name, key string, v reflect.Value) {
		value, from, ok := lookup(env, name, v.Type() == reflect.TypeFor[Secret](), r)
		if !ok {
			return
		}
		s.origins.named[key] = from
		if err := setText(v, value); err != nil {
			r.add(from, 0, 0, "%s", err)
		}
	}
	eachLeaf(reflect.ValueOf(&s.Config).Elem(), nil, func(path []any, _ reflect.StructField, v reflect.Value) {
		take(variableName(dotted(path)), dotted(path), v)
	})
	for i := range s.Config.Webhooks {
		w := &s.Config.Webhooks[i]
		take(variableName("webhook."+w.ID+".secret"), fmt.Sprintf("webhooks.%d.secret", i), reflect.ValueOf(&w.Secret).Elem())
	}
	s.warnUnknown(env)
}

// lookup reads NAME or, for secrets, the file that NAME_FILE names, and uses both up.
func lookup(env map[string]string, name string, secret bool, r *report) (value, from string, ok bool) {
	value, ok = env[name]
	delete(env, name)
	if !secret {
		return value, name, ok
	}
	file, fromFile := env[name+"_FILE"]
	delete(env, name+"_FILE")
	if !fromFile {
		return value, name, ok
	}
	if ok {
		r.add(name, 0, 0, "%s_FILE is set too; one of them must go", name)
		return value, name, true
	}
	data, err := os.ReadFile(file) // #nosec G304 G703 -- the file that the operator named
	if err != nil {
		r.add(name+"_FILE", 0, 0, "%s: %s", file, reason(err))
		return "", name + "_FILE", false
	}
	return strings.TrimRight(string(data), "\r\n"), name + "_FILE", true
}

// warnUnknown names variables that look like ours and are not: a misspelt password is found now
// and not when the first mail is refused.
func (s *Settings) warnUnknown(left map[string]string) {
	var known []string
	for _, v := range Variables() {
		known = append(known, v.Name)
	}
	for name := range left {
		if n := nearest(name, known); n != "" {
			s.Warnings = append(s.Warnings, fmt.Sprintf("the environment sets %s, which is no setting; did you mean %s?", name, n))
		}
	}
	slices.Sort(s.Warnings)
}

func (s *Settings) applyAssignments(list []Assignment, r *report) {
	for _, a := range list {
		done := false
		eachLeaf(reflect.ValueOf(&s.Config).Elem(), nil, func(path []any, _ reflect.StructField, v reflect.Value) {
			if dotted(path) != a.Key {
				return
			}
			done = true
			s.origins.named[a.Key] = a.From
			if err := setText(v, a.Value); err != nil {
				r.add(a.From, 0, 0, "%s", err)
			}
		})
		if !done {
			r.add(a.From, 0, 0, "there is no setting %q", a.Key)
		}
	}
}

// setText sets v from its written form.
func setText(v reflect.Value, text string) error {
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is not true or false", text)
		}
		v.SetBool(b)
	case reflect.Int:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		v.SetInt(n)
	case reflect.Float64:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", text)
		}
		v.SetFloat(n)
	case reflect.Slice:
		var list []string
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		v.Set(reflect.ValueOf(list))
	default:
		panic("settings: no written form for " + v.Type().String())
	}
	return nil
}
