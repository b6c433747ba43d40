// Package settings reads what an installation starts from: lamro.yaml, the files of one
// province and the environment. It is strict, finds everything wrong in one run, each with file,
// line and column, and knows where each value came from. What the values do is left to others.
package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"lamro/configs"
)

// DefaultFile is read when no file is named and it exists; else the built-in copy is.
const DefaultFile = "configs/lamro.yaml"

// Settings is one installation's settings with where each value came from.
type Settings struct {
	Config   Config
	Province Province
	File     string   // the settings file that was read, "" when only the built-in one was
	Warnings []string // things that a person may have meant otherwise; nothing stops for them

	origins origins
}

// Options is what Load reads and by what it judges. The zero value reads the default file, no
// environment, and takes queries as they are.
type Options struct {
	File    string       // settings file; "" is DefaultFile where it exists
	Builtin fs.FS        // shipped settings; nil is what the binary carries
	Shipped bool         // read no settings file, also not the default one
	Environ []string     // "NAME=value", usually os.Environ()
	Set     []Assignment // from the command line; stronger than everything else

	// ParseQuery refuses what is not a query for a watch and tells the byte where it goes wrong.
	// mode is auto, exact or fold.
	ParseQuery func(query, mode string) (at int, err error)
	// CheckPlaces refuses what is not a directory of places. Its joined errors are shown one by one.
	CheckPlaces func(r io.Reader, file string) error
}

// Assignment sets one key, such as office.contact, from the command line.
type Assignment struct {
	Key   string
	Value string
	From  string // what people typed, such as "--contact"
}

// Load reads the settings file over the shipped one, then the environment, then the command
// line, then the files of the province, and checks all of it. The error is of type Problems;
// what comes with it may be shown, never used.
func Load(opt Options) (*Settings, error) {
	if opt.Builtin == nil {
		opt.Builtin = configs.FS
	}
	r := &report{}
	s := &Settings{origins: origins{named: map[string]string{}}}
	s.loadConfig(opt, r)
	s.applyEnvironment(opt.Environ, r)
	s.applyAssignments(opt.Set, r)
	check(reflect.ValueOf(s.Config), nil, s.origins.at, r)
	s.checkConfig(r)
	s.Province = s.loadProvince(opt, r)
	s.checkAreas(r)
	return s, r.err()
}

func (s *Settings) loadConfig(opt Options, r *report) {
	shipped, err := fs.ReadFile(opt.Builtin, "lamro.yaml")
	if err != nil {
		r.add("built in", 0, 0, "no lamro.yaml: %s", reason(err))
		return
	}
	s.origins.builtin = decode("built-in lamro.yaml", shipped, &s.Config, r)
	name := opt.File
	if name == "" {
		if opt.Shipped {
			return
		}
		if _, err := os.Stat(DefaultFile); err != nil {
			return
		}
		name = DefaultFile
	}
	data, err := os.ReadFile(name) // #nosec G304 -- the file that the operator named
	if err != nil {
		r.add(name, 0, 0, "%s", reason(err))
		return
	}
	s.File = name
	s.origins.file = decode(name, data, &s.Config, r)
}

// provinceDir is the directory of the province: in the binary, or on disk where a person named it.
func (s *Settings) provinceDir(builtin fs.FS) (dir fs.FS, name string) {
	where := s.Config.Province
	fromFile := false
	if d := s.origins.file; d != nil {
		_, fromFile = d.find([]any{"province"})
	}
	_, overridden := s.origins.named["province"]
	switch {
	case filepath.IsAbs(where) || overridden:
	case fromFile:
		where = filepath.Join(filepath.Dir(s.File), where)
	default:
		if sub, err := fs.Sub(builtin, path.Clean(filepath.ToSlash(where))); err == nil {
			return sub, "built-in " + where
		}
	}
	return os.DirFS(where), where
}

func (s *Settings) loadProvince(opt Options, r *report) Province {
	if strings.TrimSpace(s.Config.Province) == "" {
		return Province{}
	}
	dir, name := s.provinceDir(opt.Builtin)
	webhooks := make([]string, 0, len(s.Config.Webhooks))
	for _, w := range s.Config.Webhooks {
		webhooks = append(webhooks, w.ID)
	}
	return readProvince(dir, name, webhooks, opt, r)
}

// LoadProvince reads one province directory by itself, for commands that need no installation.
// Where dir does not exist and is the shipped one, the copy in the binary is read. Routes may
// name any webhook.
func LoadProvince(dir string, opt Options) (Province, error) {
	if opt.Builtin == nil {
		opt.Builtin = configs.FS
	}
	r := &report{}
	from, name := os.DirFS(dir), dir
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if inside, ok := strings.CutPrefix(path.Clean(filepath.ToSlash(dir)), "configs/"); ok {
			if sub, err := fs.Sub(opt.Builtin, inside); err == nil {
				from, name = sub, "built-in "+inside
			}
		}
	}
	p := readProvince(from, name, nil, opt, r)
	return p, r.err()
}

// ReadWatches reads one file in the form of watches.yaml. References to agencies, sources and
// places are not followed: the file stands alone.
func ReadWatches(name string, data []byte, parse func(query, mode string) (at int, err error)) ([]Watch, error) {
	r := &report{}
	var file WatchesFile
	d := decode(name, data, &file, r)
	check(reflect.ValueOf(file), nil, d.at, r)
	checkWatches(d, file.Watches, parse, r)
	fillWatches(file.Watches)
	return file.Watches, r.err()
}

// origins remembers which document, variable or flag each key of lamro.yaml came from.
type origins struct {
	builtin, file *document
	named         map[string]string // dotted key → environment variable or flag
}

func dotted(path []any) string {
	parts := make([]string, len(path))
	for i, p := range path {
		parts[i] = fmt.Sprint(p)
	}
	return strings.Join(parts, ".")
}

// at is the place where the value at path was set or, when nobody set it, would be.
func (o origins) at(path []any) (file string, line, column int) {
	for n := len(path); n > 0; n-- {
		if name, ok := o.named[dotted(path[:n])]; ok {
			return name, 0, 0
		}
	}
	docs := slices.DeleteFunc([]*document{o.file, o.builtin}, func(d *document) bool { return d == nil })
	for _, d := range docs {
		if _, whole := d.find(path); whole {
			return d.at(path)
		}
	}
	if len(docs) == 0 {
		return "settings", 0, 0
	}
	return docs[0].at(path)
}

// Origin says where the value of a dotted key such as web.listen came from, in words for people.
func (s *Settings) Origin(key string) string {
	var steps []any
	for part := range strings.SplitSeq(key, ".") {
		steps = append(steps, part)
	}
	file, line, _ := s.origins.at(steps)
	switch {
	case s.origins.builtin != nil && file == s.origins.builtin.name:
		return "built in"
	case line == 0:
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

func readFile(dir fs.FS, in, name string, r *report) (File, bool) {
	full := path.Join(filepath.ToSlash(in), name)
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		r.add(full, 0, 0, "%s", reason(err))
		return File{Name: full}, false
	}
	sum := sha256.Sum256(data)
	return File{Name: full, Data: data, SHA256: hex.EncodeToString(sum[:])}, true
}

// reason is why a file cannot be read, without the path that stands before it already.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no such file"
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
