package settings

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// locate names the place of a value for people: file, line and column.
type locate func(path []any) (file string, line, column int)

// check walks a decoded struct and holds every value against the tags of its field: `check`
// with words such as required, id, url, min=1, and `enum` with the values that are allowed.
func check(v reflect.Value, path []any, where locate, r *report) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name := key(f)
			if name == "" || name == "-" {
				continue
			}
			at := append(slices.Clone(path), name)
			checkField(f, v.Field(i), at, where, r)
			if !isScalar(f.Type) {
				check(v.Field(i), at, where, r)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			check(v.Index(i), append(slices.Clone(path), i), where, r)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			check(v.MapIndex(k), append(slices.Clone(path), k.String()), where, r)
		}
	}
}

// isScalar tells whether a field is written as one value.
func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[Secret]() || t.Kind() != reflect.Struct && t.Kind() != reflect.Slice && t.Kind() != reflect.Map
}

func checkField(f reflect.StructField, v reflect.Value, path []any, where locate, r *report) {
	words := strings.Fields(f.Tag.Get("check"))
	if slices.Contains(words, "required") && isEmpty(v) {
		file, line, column := where(path)
		r.add(file, line, column, "%q is missing: %s", key(f), f.Tag.Get("doc"))
		return
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String {
		for i := range v.Len() {
			checkValue(f, words, v.Index(i), append(slices.Clone(path), i), where, r)
		}
		return
	}
	checkValue(f, words, v, path, where, r)
}

func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.String {
		return strings.TrimSpace(v.String()) == ""
	}
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

func checkValue(f reflect.StructField, words []string, v reflect.Value, path []any, where locate, r *report) {
	complain := func(format string, args ...any) {
		file, line, column := where(path)
		r.add(file, line, column, "%s: %s", key(f), fmt.Sprintf(format, args...))
	}
	if enum := strings.Fields(f.Tag.Get("enum")); len(enum) > 0 && v.String() != "" && !slices.Contains(enum, v.String()) {
		complain("%q is none of %s%s", v.String(), strings.Join(enum, ", "), suggestion(v.String(), enum))
	}
	for _, word := range words {
		name, arg, _ := strings.Cut(word, "=")
		if v.Kind() == reflect.String && v.String() == "" {
			continue
		}
		if message := violation(name, arg, v); message != "" {
			complain("%s", message)
		}
	}
}

var (
	idForm    = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	placeForm = regexp.MustCompile(`^(\d{2,5}|lm-[a-z0-9-]{1,60})$`)
)

// violation says what is wrong with v by one word of the check tag, "" for nothing.
func violation(name, arg string, v reflect.Value) string {
	switch name {
	case "min", "max":
		return outOfRange(name, arg, v)
	case "positive":
		if v.Int() <= 0 {
			return "must be more than nothing"
		}
	case "id":
		if !idForm.MatchString(v.String()) {
			return fmt.Sprintf("%q is not an id (1 to 40 of a-z, 0-9 and -)", v.String())
		}
	case "place":
		if !placeForm.MatchString(v.String()) {
			return fmt.Sprintf("%q is not the code of a place (such as \"06\", \"01843\" or lm-ho-ba-be)", v.String())
		}
	case "url":
		if u, err := url.Parse(v.String()); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return fmt.Sprintf("%q is not an address (http:// or https://)", v.String())
		}
	case "natsurl":
		if u, err := url.Parse(v.String()); err != nil || (u.Scheme != "nats" && u.Scheme != "tls") || u.Host == "" {
			return fmt.Sprintf("%q is not the address of a NATS server (nats://host:4222)", v.String())
		}
	case "postgresurl":
		// The address may hold a password, so that no message may show it.
		if s, ok := v.Interface().(Secret); ok && s.IsSet() {
			if u, err := url.Parse(s.Reveal()); err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
				return "is not the address of a PostgreSQL database (postgres://user@host/database)"
			}
		}
	case "hostport":
		if host, port, err := net.SplitHostPort(v.String()); err != nil || !isPort(port) || strings.ContainsAny(host, " /") {
			return fmt.Sprintf("%q is not host:port", v.String())
		}
	case "email":
		if !isMail(v.String()) {
			return fmt.Sprintf("%q is not a mail address", v.String())
		}
	case "contact":
		if u, err := url.Parse(v.String()); !isMail(v.String()) && (err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")) {
			return fmt.Sprintf("%q is neither a mail address nor an http(s) address", v.String())
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v.String()); err != nil {
			return fmt.Sprintf("%q is not a day (write 2026-07-01)", v.String())
		}
	}
	return ""
}

func outOfRange(name, arg string, v reflect.Value) string {
	limit, _ := strconv.ParseFloat(arg, 64)
	var value float64
	if v.CanInt() {
		value = float64(v.Int())
	} else {
		value = v.Float()
	}
	// Written so that NaN, which YAML knows, is out of every range.
	if name == "min" && !(value >= limit) { //nolint:staticcheck // NaN
		return fmt.Sprintf("%v is less than %s", v.Interface(), arg)
	}
	if name == "max" && !(value <= limit) { //nolint:staticcheck // NaN
		return fmt.Sprintf("%v is more than %s", v.Interface(), arg)
	}
	return ""
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

func isMail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && strings.Contains(a.Address, "@")
}
