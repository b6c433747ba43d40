package settings

import (
	"slices"
	"strings"

	"lamro/internal/news"
)

// Province is one directory of provinces/: the seeds of what the records then own, and the
// facts that are read from here at every start.
type Province struct {
	Dir      string // as it is named to people
	Sources  []Source
	Watches  []Watch
	Agencies []Agency
	Routes   []Route
	Rules    Rules
	Labels   Labels
	Places   File            // places.yaml as it stands, for analyzer/places
	Files    map[string]File // every file by its name, such as "sources.yaml"
}

// File is one settings file as it was read.
type File struct {
	Name   string // as it is named to people
	Data   []byte
	SHA256 string // hex, to see whether it changed since it was applied
}

// SourcesFile is sources.yaml.
type SourcesFile struct {
	Sources []Source `yaml:"sources" check:"required" doc:"outlets and sites to visit"`
}

// Source is an outlet or site we visit.
type Source struct {
	ID       string   `yaml:"id" check:"required id" doc:"short name, never changed once used"`
	Name     string   `yaml:"name" check:"required" doc:"name as people know it"`
	Home     string   `yaml:"home" check:"required url" doc:"front page"`
	Class    string   `yaml:"class" check:"required" enum:"press state-portal aggregator foreign other" doc:"what kind of site it is; never evidence about a claim"`
	Tier     int      `yaml:"tier" check:"required min=1 max=3" doc:"1 is polled most often"`
	Grade    string   `yaml:"grade" check:"required" enum:"A B C" doc:"how well its feeds are known to work; C is probed before it is polled"`
	Place    string   `yaml:"place" check:"place" doc:"code of its home unit"`
	Language string   `yaml:"language" enum:"vi en" doc:"language it writes in (default vi)"`
	Pace     Duration `yaml:"pace" doc:"least time between two requests, when longer than crawl.pace"`
	Paused   bool     `yaml:"paused" doc:"not visited"`
	Feeds    []Feed   `yaml:"feeds" doc:"where it lists what is new; none: a probe looks for them"`
	Note     string   `yaml:"note" doc:"what an operator should know"`
}

// Trusted tells that the feeds may be polled without a probe first.
func (s Source) Trusted() bool { return len(s.Feeds) > 0 && (s.Grade == "A" || s.Grade == "B") }

// Feed is one place where a source lists what is new.
type Feed struct {
	URL   string `yaml:"url" check:"required url" doc:"address of the feed"`
	Kind  string `yaml:"kind" enum:"feed sitemap list" doc:"feed (RSS, Atom, JSON; the default), sitemap, or list: a page read with selectors"`
	Grade string `yaml:"grade" enum:"A B C" doc:"how well this feed is known to work"`
	Item  string `yaml:"item" doc:"CSS selector of one item of a list page"`
	Link  string `yaml:"link" doc:"CSS selector of the link inside an item"`
	Date  string `yaml:"date" doc:"CSS selector of the date inside an item"`
	Note  string `yaml:"note" doc:"what an operator should know"`
}

// WatchesFile is watches.yaml.
type WatchesFile struct {
	Watches []Watch `yaml:"watches" check:"required" doc:"standing queries"`
}

// Watch is a standing query with its policy.
type Watch struct {
	ID       string        `yaml:"id" check:"required id" doc:"short name, never changed once used"`
	Name     string        `yaml:"name" check:"required" doc:"name in the interface"`
	NameEn   string        `yaml:"name_en" doc:"English name"`
	Query    string        `yaml:"query" check:"required" doc:"what to look for, in the query language"`
	Mode     string        `yaml:"mode" enum:"auto exact fold" doc:"how marks are compared (default auto)"`
	IY       bool          `yaml:"iy" doc:"y and i count as one where they spell one sound: kỹ is kĩ"`
	Severity news.Severity `yaml:"severity" check:"required" enum:"critical high normal low" doc:"how urgent a mention is"`
	Paused   bool          `yaml:"paused" doc:"matches nothing"`
	NoAlert  bool          `yaml:"no_alert" doc:"listed and searchable, never alerted"`
	Agency   string        `yaml:"agency" doc:"the body of agencies.yaml that it watches for"`
	Note     string        `yaml:"note" doc:"why it exists, what to mind"`
}

// AgenciesFile is agencies.yaml.
type AgenciesFile struct {
	Agencies []Agency `yaml:"agencies" check:"required" doc:"bodies that are spoken about and asked"`
}

// Agency is a body that is spoken about and, later, asked.
type Agency struct {
	ID      string   `yaml:"id" check:"required id" doc:"short name"`
	Name    string   `yaml:"name" check:"required" doc:"full name"`
	Aliases []string `yaml:"aliases" doc:"other ways to write it"`
	Kind    string   `yaml:"kind" check:"required" enum:"party council government department police military court procuracy front school hospital media board other" doc:"what kind of body it is"`
	Place   string   `yaml:"place" check:"required place" doc:"code of the unit it belongs to"`
	Until   string   `yaml:"until" check:"date" doc:"last day of its existence under this name"`
	Heir    string   `yaml:"heir" doc:"the body that took over its work"`
	Contact string   `yaml:"contact" doc:"where a question goes; empty until the office fills it in"`
}

// RoutesFile is routes.yaml.
type RoutesFile struct {
	Routes []Route `yaml:"routes" check:"required" doc:"who hears of what; the first that matches decides"`
}

// Route says which roles hear of which alerts by which channels.
type Route struct {
	ID         string          `yaml:"id" check:"required id" doc:"short name"`
	Name       string          `yaml:"name" check:"required" doc:"name in mails and in the interface"`
	Watches    []string        `yaml:"watches" doc:"ids of watches, a star at the end stands for anything; none: all"`
	Severities []news.Severity `yaml:"severities" enum:"critical high normal low" doc:"severities; none: all"`
	Tell       []Tell          `yaml:"tell" doc:"people by role"`
	Webhooks   []string        `yaml:"webhooks" doc:"ids of webhooks of lamro.yaml"`
}

// Tell is a set of roles and the channels by which they hear.
type Tell struct {
	Roles    []string `yaml:"roles" check:"required" enum:"officer analyst verifier approver leader contact operator auditor admin" doc:"roles of people"`
	Channels []string `yaml:"channels" check:"required" enum:"bell email" doc:"how they hear"`
}

// Matches tells whether the route speaks about an alert of the watch with the severity.
func (r Route) Matches(watch string, severity news.Severity) bool {
	return matchesAny(r.Watches, watch) && (len(r.Severities) == 0 || slices.Contains(r.Severities, severity))
}

func matchesAny(patterns []string, id string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool { return matchesOne(p, id) })
}

func matchesOne(pattern, id string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(id, prefix)
	}
	return pattern == id
}

// Rules is rules.yaml: legal and house clocks as data, each with its dates.
type Rules struct {
	Rules    []Rule         `yaml:"rules" check:"required" doc:"clocks set by law"`
	Service  []ServiceLevel `yaml:"service" check:"required" doc:"the office's own clocks by priority"`
	Disaster Duration       `yaml:"disaster" check:"positive" doc:"time to a holding statement in a disaster"`
	Aim      Duration       `yaml:"aim" check:"positive" doc:"time to a first answer that outcomes are shown against"`
}

// Rule is one clock set by law, with the days it is valid.
type Rule struct {
	ID         string `yaml:"id" check:"required" doc:"short name such as vn.244.7.3"`
	Text       string `yaml:"text" check:"required" doc:"what must be done"`
	TextEn     string `yaml:"text_en" check:"required" doc:"the same in English"`
	Instrument string `yaml:"instrument" check:"required" doc:"the legal text"`
	Article    string `yaml:"article" doc:"article and clause"`
	From       string `yaml:"from" check:"required date" doc:"first day in force"`
	To         string `yaml:"to" check:"date" doc:"last day in force; none: open"`
	On         string `yaml:"on" check:"required" enum:"office outlet platform" doc:"whose clock it is"`
	Clock      string `yaml:"clock" check:"required" enum:"hours working-days days immediate next-issue yearly quarterly count none" doc:"unit of the limit"`
	Limit      int    `yaml:"limit" check:"min=0 max=1000" doc:"how many of the unit"`
	Starts     string `yaml:"starts" doc:"what starts the clock"`
	Confirmed  bool   `yaml:"confirmed" doc:"confirmed by counsel"`
	Note       string `yaml:"note" doc:"what is doubtful"`
}

// ServiceLevel is the office's own clocks for one priority; zero means none.
type ServiceLevel struct {
	Priority string   `yaml:"priority" check:"required" enum:"P1 P2 P3 P4" doc:"priority of a case"`
	Ack      Duration `yaml:"ack" doc:"until someone takes it"`
	Triage   Duration `yaml:"triage" doc:"until it is judged what it is"`
	Holding  Duration `yaml:"holding" doc:"until the first line that says it is being verified"`
	Verdict  Duration `yaml:"verdict" doc:"until the verdict"`
	Approved Duration `yaml:"approved" doc:"until the answer is approved"`
	Legal    Duration `yaml:"legal" doc:"the limit set by law"`
	Working  bool     `yaml:"working" doc:"counted in working time (8 hours a day)"`
}

// Labels is labels.yaml: the words of the interface for codes, by family.
type Labels struct {
	Classes    map[string]Label `yaml:"classes" check:"required" doc:"classes of sources"`
	Tiers      map[string]Label `yaml:"tiers" check:"required" doc:"tiers of sources"`
	Grades     map[string]Label `yaml:"grades" check:"required" doc:"grades of feeds"`
	Severities map[string]Label `yaml:"severities" check:"required" doc:"severities of alerts"`
	Priorities map[string]Label `yaml:"priorities" check:"required" doc:"priorities of cases"`
	Roles      map[string]Label `yaml:"roles" check:"required" doc:"roles of people"`
	Verdicts   map[string]Label `yaml:"verdicts" check:"required" doc:"judgements of a claim"`
	Matches    map[string]Label `yaml:"matches" check:"required" doc:"how a text was met"`
	Channels   map[string]Label `yaml:"channels" check:"required" doc:"how people hear"`
	Deliveries map[string]Label `yaml:"deliveries" check:"required" doc:"states of a delivery"`
}

// Label is a word in both languages of the interface.
type Label struct {
	Vi string `yaml:"vi" check:"required" doc:"Vietnamese"`
	En string `yaml:"en" check:"required" doc:"English"`
}
