package try

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"lamro/analyzer"
	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/settings"
	"lamro/internal/vietnamese"
)

type matchInput struct {
	URL         string `json:"url"`
	Title       string `json:"title"`
	Text        string `json:"text"`
	Source      string `json:"source"`
	Language    string `json:"lang"` // "" is that of the text
	PublishedAt string `json:"published_at"`
}

type matchOutput struct {
	Mentions []matchMention `json:"mentions"`
}

type matchMention struct {
	Watch   string      `json:"watch"`
	Class   news.Class  `json:"class"`
	Certain bool        `json:"certain"`
	Spans   []news.Span `json:"spans"`
	Why     string      `json:"why"`
}

// ReadWatches reads a file of watches: the YAML of watches.yaml, or JSON Lines with watch and
// query, mode where it is not auto, and iy. Every mistake is named with its line.
func ReadWatches(name string, data []byte) ([]settings.Watch, error) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return settings.ReadWatches(name, data, parseAt)
	}
	var out []settings.Watch
	var bad []error
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var w struct {
			Watch, Query, Mode string
			IY                 bool
			Severity           news.Severity
		}
		if err := cmp.Or(wellFormed(line), json.Unmarshal(line, &w)); err != nil {
			bad = append(bad, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		if _, err := parseAt(w.Query, w.Mode); err != nil {
			bad = append(bad, fmt.Errorf("%s:%d: query of %s: %w", name, n, w.Watch, err))
			continue
		}
		out = append(out, settings.Watch{ID: w.Watch, Query: w.Query, Mode: w.Mode, IY: w.IY, Severity: cmp.Or(w.Severity, news.Normal)})
	}
	return out, errors.Join(bad...)
}

// parseAt parses a query and says at which byte it goes wrong.
func parseAt(q, mode string) (at int, err error) {
	_, err = query.ParseMode(q, query.Mode(mode))
	if e := query.IsSyntax(err); e != nil {
		return e.Pos, err
	}
	return 0, err
}

// CompileWatches makes the set that Match asks. A query that an installation would refuse as a
// watch, such as a lone syllable without marks, is tried all the same and named in warnings.
func CompileWatches(seeds []settings.Watch) (set *match.Set, warnings []error, err error) {
	var in []match.Watch
	var bad []error
	for _, w := range seeds {
		if w.Paused {
			continue
		}
		q, err := query.ParseWith(w.Query, query.Options{Mode: query.Mode(w.Mode), IY: w.IY})
		if err != nil {
			bad = append(bad, fmt.Errorf("watch %s: %w", w.ID, err))
			continue
		}
		if err := q.ValidateWatch(); err != nil {
			warnings = append(warnings, fmt.Errorf("watch %s: %w", w.ID, err))
		}
		in = append(in, match.Watch{ID: w.ID, Query: q, Severity: w.Severity})
	}
	return match.Compile(0, in), warnings, errors.Join(bad...)
}

// Match is `try match`, a function for Run: which watches a text satisfies. Spans are bytes of
// the fields title and text as given. The site is the host of url, the tier of the source is
// unknown, and so is the time where published_at names none. home names the place that a source
// writes for; nil knows none.
func Match(g *places.Gazetteer, set *match.Set, home func(source string) string) func(context.Context, []byte) (any, error) {
	readers := sync.Pool{New: func() any { return &analyzer.Reader{} }}
	return func(_ context.Context, raw []byte) (any, error) {
		var in matchInput
		if err := decode(raw, &in); err != nil {
			return nil, err
		}
		r := readers.Get().(*analyzer.Reader)
		defer readers.Put(r)
		r.Reset()
		r.Add("title", in.Title)
		fields := r.Add("text", in.Text)
		about := analyzer.About{
			Source: in.Source, Site: analyzer.Site(in.URL), Language: in.Language, At: date(in.PublishedAt),
		}
		if about.Language == "" {
			about.Language = fields[1].Text.Language()
		}
		if home != nil {
			about.Home = home(in.Source)
		}
		out := matchOutput{Mentions: []matchMention{}}
		for _, m := range set.Match(analyzer.Document(g, fields, about)) {
			spans := m.Spans
			if spans == nil {
				spans = []news.Span{}
			}
			out.Mentions = append(out.Mentions, matchMention{m.Watch, m.Class, m.Certain, spans, m.Why})
		}
		return out, nil
	}
}

// date reads a publication time as exports and people write them, in the office's zone where it
// names none. A day without a time is the end of that day; what cannot be read is an unknown time.
func date(s string) time.Time {
	for _, layout := range []string{time.RFC3339, time.RFC1123Z, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.ParseInLocation(layout, s, news.Zone()); err == nil {
			return at
		}
	}
	d, ok := vietnamese.ParseDate(s, time.Time{})
	switch {
	case !ok:
		return time.Time{}
	case d.Precision == vietnamese.ToDay:
		return d.Time.AddDate(0, 0, 1).Add(-time.Second)
	}
	return d.Time
}
