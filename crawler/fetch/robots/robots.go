// Package robots reads robots.txt and decides whether a crawler may fetch an address, as RFC 9309
// says: the longest rule wins, Allow wins ties, a bad line spoils nothing but itself. It leaves to
// its callers how the file is fetched and what it means that it could not be.
package robots

import (
	"bytes"
	"strconv"
	"time"
)

// MaxSize is how much of a file is read, in bytes; RFC 9309 asks for 500 KiB at least.
const MaxSize = 500 << 10

// maxLine is where a line is cut, in bytes: eight times the longest address that browsers take.
const maxLine = 2083*8 - 1

// maxDelay bounds Crawl-delay, so that a slip of the pen does not overflow a duration.
const maxDelay = 24 * time.Hour

// Robots is a robots.txt as read. It does not change and may be shared.
type Robots struct {
	groups   []group
	sitemaps []string
}

type group struct {
	agents []string // lower case product tokens; "*" is everybody
	rules  []rule
	delay  time.Duration // 0 when none was given
}

type rule struct {
	allow   bool
	pattern string // escaped
	line    string // as the file has it
}

// Parse reads a robots.txt. It cannot fail: what is not understood is passed over, and an empty
// or foreign file (an HTML page, say) has no rules and allows everything.
func Parse(b []byte) *Robots {
	b = trimBOM(b[:min(len(b), MaxSize)])
	r := &Robots{}
	naming := false // the last line that counts was a User-agent line
	for len(b) > 0 {
		var line []byte
		if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
			line, b = b[:i], b[i+1:]
		} else {
			line, b = b, nil
		}
		text, key, value := split(line)
		switch key {
		case keyAgent:
			if !naming {
				r.groups = append(r.groups, group{})
			}
			naming = true
			g := &r.groups[len(r.groups)-1]
			g.agents = append(g.agents, token(value))
		case keyAllow, keyDisallow:
			naming = false
			r.addRule(key == keyAllow, value, text)
		case keyDelay:
			r.addDelay(value)
		case keySitemap:
			if value != "" {
				r.sitemaps = append(r.sitemaps, value)
			}
		}
	}
	return r
}

func (r *Robots) addRule(allow bool, value, line string) {
	// A rule before any User-agent line belongs to nobody; an empty rule says nothing.
	if len(r.groups) == 0 || value == "" {
		return
	}
	g := &r.groups[len(r.groups)-1]
	g.rules = append(g.rules, rule{allow: allow, pattern: escape(value), line: line})
}

func (r *Robots) addDelay(value string) {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds > 0) || len(r.groups) == 0 {
		return
	}
	delay := maxDelay
	if seconds < maxDelay.Seconds() {
		delay = time.Duration(seconds * float64(time.Second))
	}
	g := &r.groups[len(r.groups)-1]
	g.delay = max(g.delay, delay)
}

// Allowed tells whether the crawler named agent may fetch rawURL, and the line of the file that
// decided, "" when no line did. Agent is a product token or a whole User-Agent header. RawURL is
// an address or a path with its query, percent-encoded as it is sent.
func (r *Robots) Allowed(agent, rawURL string) (allowed bool, decided string) {
	target := normal(target(rawURL))
	if target == "/robots.txt" {
		return true, "" // RFC 9309, section 2.2.2: the file itself is always allowed
	}
	best, allowed := -1, true
	for g := range r.forAgent(agent) {
		for i := range g.rules {
			rule := &g.rules[i]
			n, ok := rule.matches(target)
			if ok && (n > best || n == best && rule.allow && !allowed) {
				best, allowed, decided = n, rule.allow, rule.line
			}
		}
	}
	return allowed, decided
}

// Delay is the Crawl-delay that the file asks of agent, 0 when it asks for none. The longest
// counts where several groups name the agent. It is at most a day.
func (r *Robots) Delay(agent string) time.Duration {
	var d time.Duration
	for g := range r.forAgent(agent) {
		d = max(d, g.delay)
	}
	return d
}

// Sitemaps are the addresses of Sitemap lines, which belong to no group, as written.
func (r *Robots) Sitemaps() []string { return r.sitemaps }

// forAgent yields the groups that speak to agent: those that name it, or else those for everybody.
func (r *Robots) forAgent(agent string) func(yield func(*group) bool) {
	name := product(agent)
	if name == "" || !r.names(name) {
		name = "*"
	}
	return func(yield func(*group) bool) {
		for i := range r.groups {
			if r.groups[i].names(name) && !yield(&r.groups[i]) {
				return
			}
		}
	}
}

func (r *Robots) names(name string) bool {
	for i := range r.groups {
		if r.groups[i].names(name) {
			return true
		}
	}
	return false
}

func (g *group) names(name string) bool {
	for _, a := range g.agents {
		if a == name {
			return true
		}
	}
	return false
}
