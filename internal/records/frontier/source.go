// Package frontier keeps what the crawler has to do and what it met: sources with their feeds,
// hosts with their leases and pace, the queue of pages, and a row for every request. When and
// how something is fetched is the crawler's business.
package frontier

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// BySettings is who changes a source when settings files are applied; anyone else is a login.
const BySettings = "settings"

// The classes of sources. They are never evidence about a claim.
const (
	Press       = "press"
	StatePortal = "state-portal"
	Aggregator  = "aggregator"
	Foreign     = "foreign"
	Other       = "other"
)

// The kinds of feeds as they are set up; a feed tells itself whether it is RSS, Atom or JSON.
const (
	KindFeed    = "feed"
	KindSitemap = "sitemap"
	KindList    = "list"
)

// Source is an outlet or site as people set it up.
type Source struct {
	ID           string        `json:"id"` // [a-z0-9-]{1,40}
	Name         string        `json:"name"`
	Home         string        `json:"home"`
	Class        string        `json:"class"`
	Tier         int           `json:"tier"`  // 1 to 3; 1 is polled most often
	Grade        string        `json:"grade"` // A to C: how well its feeds are known to work
	Place        string        `json:"place,omitempty"`
	Pace         time.Duration `json:"pace,omitempty"` // between two requests, where longer than the crawler's
	Language     string        `json:"language,omitempty"`
	Enabled      bool          `json:"enabled"`
	PausedReason string        `json:"paused_reason,omitempty"` // of the person who paused it
	AllowPrivate bool          `json:"allow_private,omitempty"`
	Feeds        []Feed        `json:"feeds,omitempty"`
	// Verified is where the source starts from; the crawler keeps what it found out since apart.
	// It counts only with feeds and a grade above C: anything else is probed before it is polled.
	Verified bool `json:"verified,omitempty"`
}

// Feed is one place where a source lists what is new.
type Feed struct {
	URL       string    `json:"url"`
	Kind      string    `json:"kind"`
	Selectors Selectors `json:"selectors,omitzero"`
}

// Selectors say in CSS where a list page keeps its entries.
type Selectors struct {
	Item    string `json:"item,omitempty"`
	Link    string `json:"link,omitempty"`
	Title   string `json:"title,omitempty"`
	Summary string `json:"summary,omitempty"`
	Date    string `json:"date,omitempty"`
}

// Trusted tells that the feeds may be polled without a probe.
func (s Source) Trusted() bool { return s.Verified && s.Grade != "C" && len(s.Feeds) > 0 }

var validID = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)

// Validate says everything that is wrong with the source.
func (s Source) Validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !validID.MatchString(s.ID) {
		bad("id %q: must be 1 to 40 of a-z, 0-9 and -", s.ID)
	}
	if strings.TrimSpace(s.Name) == "" {
		bad("name is missing")
	}
	if _, err := hostOf(s.Home); err != nil {
		bad("home: %w", err)
	}
	if !slices.Contains([]string{Press, StatePortal, Aggregator, Foreign, Other}, s.Class) {
		bad("class %q: unknown", s.Class)
	}
	if s.Tier < 1 || s.Tier > 3 {
		bad("tier %d: must be 1, 2 or 3", s.Tier)
	}
	if !slices.Contains([]string{"A", "B", "C"}, s.Grade) {
		bad("grade %q: must be A, B or C", s.Grade)
	}
	if s.Pace < 0 {
		bad("pace %v: is negative", s.Pace)
	}
	seen := map[string]bool{}
	for _, f := range s.Feeds {
		if _, err := hostOf(f.URL); err != nil {
			bad("feed: %w", err)
		}
		if seen[f.URL] {
			bad("feed %s: listed twice", f.URL)
		}
		seen[f.URL] = true
		if !slices.Contains([]string{KindFeed, KindSitemap, KindList}, f.Kind) {
			bad("feed %s: kind %q is unknown", f.URL, f.Kind)
		}
		if f.Kind == KindList && f.Selectors.Item == "" {
			bad("feed %s: a list page needs the selector of its items", f.URL)
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("source %q: %w", s.ID, errors.Join(errs...))
}

// same tells whether two descriptions say the same, and otherwise names the fields that differ.
func (s Source) same(o Source) (differs []string) {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", s.Name == o.Name}, {"home", s.Home == o.Home}, {"class", s.Class == o.Class},
		{"tier", s.Tier == o.Tier}, {"grade", s.Grade == o.Grade}, {"place", s.Place == o.Place},
		{"pace", s.Pace == o.Pace}, {"language", s.Language == o.Language}, {"enabled", s.Enabled == o.Enabled},
		{"allow_private", s.AllowPrivate == o.AllowPrivate}, {"verified", s.Verified == o.Verified},
		{"feeds", slices.Equal(s.Feeds, o.Feeds)},
	} {
		if !f.same {
			differs = append(differs, f.name)
		}
	}
	return differs
}

func (s Source) doc() (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

// FeedID names a feed of a source: the same address of the same source is the same feed, however
// often it is taken out and put back.
func FeedID(source, address string) string {
	sum := sha256.Sum256([]byte(source + "\x00" + address))
	return hex.EncodeToString(sum[:8])
}

// hostOf is the host of an address as hosts are named here: lower case, with the port where it
// is not the scheme's own.
func hostOf(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("address %q: %w", address, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", fmt.Errorf("address %q: must start with http:// or https:// and name a host", address)
	}
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && (u.Scheme != "http" || p != "80") && (u.Scheme != "https" || p != "443") {
		host += ":" + p
	}
	return host, nil
}
