package settings

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// provinceFiles are the files of a province directory, in the order in which they are read.
var provinceFiles = []string{"places.yaml", "sources.yaml", "agencies.yaml", "watches.yaml", "routes.yaml", "rules.yaml", "labels.yaml"}

// readProvince reads the seven files, checks each and what they say about one another. Webhooks
// are the ids that routes may name; nil stands for any.
func readProvince(dir fs.FS, in string, webhooks []string, opt Options, r *report) Province {
	p := Province{Dir: in, Files: map[string]File{}}
	docs := map[string]*document{}
	read := func(name string, into any) {
		file, ok := readFile(dir, in, name, r)
		if !ok {
			docs[name] = &document{name: file.Name}
			return
		}
		p.Files[name] = file
		if into == nil {
			return
		}
		docs[name] = decode(file.Name, file.Data, into, r)
		check(reflect.ValueOf(into).Elem(), nil, docs[name].at, r)
	}
	var (
		sources  SourcesFile
		watches  WatchesFile
		agencies AgenciesFile
		routes   RoutesFile
	)
	into := map[string]any{
		"sources.yaml": &sources, "watches.yaml": &watches, "agencies.yaml": &agencies,
		"routes.yaml": &routes, "rules.yaml": &p.Rules, "labels.yaml": &p.Labels,
	}
	for _, name := range provinceFiles {
		read(name, into[name])
	}
	p.Places = p.Files["places.yaml"]
	p.Sources, p.Watches, p.Agencies, p.Routes = sources.Sources, watches.Watches, agencies.Agencies, routes.Routes

	c := crossCheck{p: &p, docs: docs, places: knownPlaces(p.Places.Data), r: r}
	c.placesFile(opt)
	c.sources()
	c.agencies()
	checkWatches(docs["watches.yaml"], p.Watches, opt.ParseQuery, r)
	c.watches()
	c.routes(webhooks)
	c.rules()
	c.labels()
	fillSources(p.Sources)
	fillWatches(p.Watches)
	return p
}

// fillSources and fillWatches put the defaults of list items where nothing was written.
func fillSources(list []Source) {
	for i := range list {
		s := &list[i]
		s.Language = orElse(s.Language, "vi")
		for j := range s.Feeds {
			s.Feeds[j].Kind = orElse(s.Feeds[j].Kind, "feed")
			s.Feeds[j].Grade = orElse(s.Feeds[j].Grade, s.Grade)
		}
	}
}

func fillWatches(list []Watch) {
	for i := range list {
		list[i].Mode = orElse(list[i].Mode, "auto")
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// knownPlaces is every code that places.yaml names anywhere, and the provinces of the country;
// nil when there is no file to know from.
func knownPlaces(data []byte) map[string]bool {
	var root yaml.Node
	if len(data) == 0 || yaml.Load(data, &root) != nil {
		return nil
	}
	known := map[string]bool{}
	for code := range Provinces() {
		known[code] = true
	}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == "code" {
					known[n.Content[i+1].Value] = true
				}
			}
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(&root)
	return known
}

// crossCheck holds the files of a province against one another.
type crossCheck struct {
	p      *Province
	docs   map[string]*document
	places map[string]bool // nil: unknown, nothing to hold against
	r      *report
}

func (c crossCheck) add(file string, path []any, format string, args ...any) {
	name, line, column := c.docs[file].at(path)
	c.r.add(name, line, column, format, args...)
}

func (c crossCheck) place(file string, path []any, code string) {
	if c.places != nil && placeForm.MatchString(code) && !c.places[code] {
		c.add(file, path, "places.yaml has no place %q", code)
	}
}

func (c crossCheck) placesFile(opt Options) {
	if opt.CheckPlaces == nil || len(c.p.Places.Data) == 0 {
		return
	}
	err := opt.CheckPlaces(bytes.NewReader(c.p.Places.Data), c.p.Places.Name)
	for _, e := range flatten(err) {
		message := strings.TrimPrefix(e.Error(), c.p.Places.Name+":")
		c.r.add(c.p.Places.Name, 0, 0, "%s", strings.TrimSpace(message))
	}
}

func flatten(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, flatten(e)...)
		}
		return all
	}
	return []error{err}
}

func (c crossCheck) sources() {
	const file = "sources.yaml"
	ids, feeds := map[string]bool{}, map[string]bool{}
	for i, s := range c.p.Sources {
		c.once(file, []any{"sources", i, "id"}, "id", s.ID, ids)
		c.place(file, []any{"sources", i, "place"}, s.Place)
		for j, f := range s.Feeds {
			c.once(file, []any{"sources", i, "feeds", j, "url"}, "feed", f.URL, feeds)
			if f.Kind == "list" && (f.Item == "" || f.Link == "") {
				c.add(file, []any{"sources", i, "feeds", j, "kind"}, "a list page needs the selectors item and link")
			}
		}
	}
}

func (c crossCheck) once(file string, path []any, what, value string, seen map[string]bool) {
	if value != "" && seen[value] {
		c.add(file, path, "%s %q is used twice", what, value)
	}
	seen[value] = true
}

func (c crossCheck) agencies() {
	const file = "agencies.yaml"
	seen := map[string]bool{}
	all := ids(c.p.Agencies, func(a Agency) string { return a.ID })
	for i, a := range c.p.Agencies {
		c.once(file, []any{"agencies", i, "id"}, "id", a.ID, seen)
		c.place(file, []any{"agencies", i, "place"}, a.Place)
		if a.Heir != "" && !slices.Contains(all, a.Heir) {
			c.add(file, []any{"agencies", i, "heir"}, "there is no agency %q%s", a.Heir, suggestion(a.Heir, all))
		}
	}
}

func ids[T any](list []T, id func(T) string) []string {
	all := make([]string, len(list))
	for i, v := range list {
		all[i] = id(v)
	}
	return all
}

// checkWatches finds what is wrong with watches by themselves: ids used twice, queries that do
// not parse.
func checkWatches(d *document, list []Watch, parse func(query, mode string) (int, error), r *report) {
	seen := map[string]bool{}
	for i, w := range list {
		if w.ID != "" && seen[w.ID] {
			file, line, column := d.at([]any{"watches", i, "id"})
			r.add(file, line, column, "id %q is used twice", w.ID)
		}
		seen[w.ID] = true
		if parse == nil || strings.TrimSpace(w.Query) == "" {
			continue
		}
		if at, err := parse(w.Query, orElse(w.Mode, "auto")); err != nil {
			file, line, column := d.inside([]any{"watches", i, "query"}, at)
			r.add(file, line, column, "query of %s: %s", w.ID, err)
		}
	}
}

var (
	quoted    = regexp.MustCompile(`"[^"]*"`)
	reference = regexp.MustCompile(`\b(place|source):([A-Za-z0-9-]+)`)
)

func (c crossCheck) watches() {
	const file = "watches.yaml"
	agencies := ids(c.p.Agencies, func(a Agency) string { return a.ID })
	sources := ids(c.p.Sources, func(s Source) string { return s.ID })
	for i, w := range c.p.Watches {
		if w.Agency != "" && !slices.Contains(agencies, w.Agency) {
			c.add(file, []any{"watches", i, "agency"}, "there is no agency %q%s", w.Agency, suggestion(w.Agency, agencies))
		}
		for _, m := range reference.FindAllStringSubmatch(quoted.ReplaceAllString(w.Query, `""`), -1) {
			if m[1] == "place" {
				c.place(file, []any{"watches", i, "query"}, m[2])
			} else if !slices.Contains(sources, m[2]) {
				c.add(file, []any{"watches", i, "query"}, "there is no source %q%s", m[2], suggestion(m[2], sources))
			}
		}
	}
}

func (c crossCheck) routes(webhooks []string) {
	const file = "routes.yaml"
	seen := map[string]bool{}
	watches := ids(c.p.Watches, func(w Watch) string { return w.ID })
	all := ""
	for i, route := range c.p.Routes {
		c.once(file, []any{"routes", i, "id"}, "id", route.ID, seen)
		if all != "" {
			c.add(file, []any{"routes", i}, "is never reached: %q before it takes everything", all)
		}
		if len(route.Watches) == 0 && len(route.Severities) == 0 {
			all = route.ID
		}
		if len(route.Tell) == 0 && len(route.Webhooks) == 0 {
			c.add(file, []any{"routes", i}, "route %q tells nobody: it needs tell or webhooks", route.ID)
		}
		for j, pattern := range route.Watches {
			if !slices.ContainsFunc(watches, func(id string) bool { return matchesOne(pattern, id) }) {
				c.add(file, []any{"routes", i, "watches", j}, "no watch is called %q%s", pattern, suggestion(pattern, watches))
			}
		}
		for j, id := range route.Webhooks {
			if webhooks != nil && !slices.Contains(webhooks, id) {
				c.add(file, []any{"routes", i, "webhooks", j}, "there is no webhook %q in lamro.yaml%s", id, suggestion(id, webhooks))
			}
		}
	}
}

func (c crossCheck) rules() {
	const file = "rules.yaml"
	seen, priorities := map[string]bool{}, map[string]bool{}
	for i, rule := range c.p.Rules.Rules {
		c.once(file, []any{"rules", i, "id"}, "rule", rule.ID+" from "+rule.From, seen)
		if rule.To != "" && rule.To < rule.From {
			c.add(file, []any{"rules", i, "to"}, "ends on %s before it begins on %s", rule.To, rule.From)
		}
		counts := slices.Contains([]string{"hours", "working-days", "days", "count"}, rule.Clock)
		if counts != (rule.Limit > 0) {
			c.add(file, []any{"rules", i, "clock"}, "a clock of %s with the limit %d", rule.Clock, rule.Limit)
		}
	}
	for i, s := range c.p.Rules.Service {
		c.once(file, []any{"service", i, "priority"}, "priority", s.Priority, priorities)
	}
}

// labels holds every family of labels against the codes that the settings know.
func (c crossCheck) labels() {
	const file = "labels.yaml"
	families := map[string][]string{
		"classes":    enumOf[Source]("class"),
		"tiers":      {"1", "2", "3"},
		"grades":     enumOf[Source]("grade"),
		"severities": enumOf[Watch]("severity"),
		"priorities": enumOf[ServiceLevel]("priority"),
		"roles":      enumOf[Tell]("roles"),
	}
	labels := reflect.ValueOf(c.p.Labels)
	for i := range labels.NumField() {
		family := key(labels.Type().Field(i))
		have := labels.Field(i).Interface().(map[string]Label)
		want, closed := families[family]
		if !closed || len(have) == 0 {
			continue
		}
		for _, code := range slices.Sorted(maps.Keys(have)) {
			if !slices.Contains(want, code) {
				c.add(file, []any{family, code}, "%s has no %q%s", family, code, suggestion(code, want))
			}
		}
		for _, code := range want {
			if _, ok := have[code]; !ok {
				c.add(file, []any{family}, "%s lacks %q", family, code)
			}
		}
	}
}

// enumOf lists the values that a field of T may have.
func enumOf[T any](name string) []string {
	f, _ := field(reflect.TypeFor[T](), name)
	return strings.Fields(f.Tag.Get("enum"))
}
