package configs_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/settings"
)

// load reads what is shipped as an installation does, with the real parser of queries.
func load(t *testing.T) *settings.Settings {
	t.Helper()
	s, err := settings.Load(settings.Options{ParseQuery: parseWatch})
	if err != nil {
		t.Fatalf("the shipped settings are wrong:\n%v", err)
	}
	return s
}

func parseWatch(text, mode string) (int, error) {
	q, err := query.ParseMode(text, query.Mode(mode))
	if err == nil {
		err = q.ValidateWatch()
	}
	if syntax, ok := errors.AsType[*query.SyntaxError](err); ok {
		return syntax.Pos, err
	}
	return 0, err
}

func TestShippedSettingsAreWhole(t *testing.T) {
	t.Parallel()
	p := load(t).Province
	feeds, grades := 0, map[string]int{}
	for _, s := range p.Sources {
		feeds += len(s.Feeds)
		grades[s.Grade]++
	}
	for name, got := range map[string]struct{ got, want int }{
		"sources":            {len(p.Sources), 82},
		"feeds":              {feeds, 118},
		"sources of grade A": {grades["A"], 18},
		"agencies":           {len(p.Agencies), 35},
		"routes":             {len(p.Routes), 5},
		"service levels":     {len(p.Rules.Service), 4},
		"roles":              {len(p.Labels.Roles), 9},
		"verdicts":           {len(p.Labels.Verdicts), 6},
	} {
		if got.got != got.want {
			t.Errorf("%s: %d, want %d", name, got.got, got.want)
		}
	}
}

func TestShippedSourcesKeepTheirPromises(t *testing.T) {
	t.Parallel()
	neighbours := []string{"04", "08", "19", "20", "24", "25", "01"}
	for _, s := range load(t).Province.Sources {
		if s.Place == "" {
			t.Errorf("source %s has no home place", s.ID)
		}
		if strings.HasPrefix(s.Name, "Báo ") && s.Class == "press" && slices.Contains(neighbours[:6], s.Place) && s.Tier != 1 {
			t.Errorf("source %s is the paper of a neighbour in tier %d, want 1", s.ID, s.Tier)
		}
		if len(s.Feeds) == 0 && s.Trusted() {
			t.Errorf("source %s has no feed and would not be probed first", s.ID)
		}
		for _, f := range s.Feeds {
			for _, unwanted := range []string{"news.google", "bbc", "rfi.fr", "voa", "rfa.org", "dw.com", "baomoi"} {
				if strings.Contains(f.URL, unwanted) {
					t.Errorf("source %s: %s is a search service or a foreign broadcaster", s.ID, f.URL)
				}
			}
		}
	}
}

func TestShippedWatchesCoverTheProvince(t *testing.T) {
	t.Parallel()
	p := load(t).Province
	byPrefix := map[string]int{}
	place := regexp.MustCompile(`^place:([0-9a-z-]+)$`)
	watchedBodies := map[string]bool{}
	for _, w := range p.Watches {
		family, _, _ := strings.Cut(w.ID, "-")
		switch {
		case strings.HasPrefix(w.ID, "dia-danh-"):
			family = "landmark"
		case strings.HasPrefix(w.ID, "co-quan-"):
			family = "body"
			watchedBodies[w.Agency] = true
		case family == "xa" || family == "phuong":
			family = "present unit"
		case family == "huyen" || w.ID == "tp-bac-kan":
			family = "former district"
		default:
			family = "other"
		}
		byPrefix[family]++
		if m := place.FindStringSubmatch(w.Query); m == nil && (family == "landmark" || strings.HasSuffix(family, "unit") || family == "former district") {
			t.Errorf("watch %s asks %q, want place:CODE", w.ID, w.Query)
		}
	}
	for family, want := range map[string]int{"former district": 8, "present unit": 37, "landmark": 27, "body": 26, "other": 6} {
		if byPrefix[family] != want {
			t.Errorf("%d watches of a %s, want %d", byPrefix[family], family, want)
		}
	}
	for _, a := range p.Agencies {
		if a.Place == "06" && !watchedBodies[a.ID] {
			t.Errorf("nobody watches for %s", a.Name)
		}
	}
}

func TestEveryShippedWatchIsRouted(t *testing.T) {
	t.Parallel()
	p := load(t).Province
	for _, w := range p.Watches {
		at := slices.IndexFunc(p.Routes, func(r settings.Route) bool { return r.Matches(w.ID, w.Severity) })
		if at < 0 {
			t.Errorf("no route for watch %s of severity %s", w.ID, w.Severity)
			continue
		}
		mails := false
		for _, tell := range p.Routes[at].Tell {
			mails = mails || slices.Contains(tell.Channels, "email")
		}
		if want := w.Severity != news.Low; mails != want {
			t.Errorf("watch %s (%s) goes by route %s, mails = %v, want %v", w.ID, w.Severity, p.Routes[at].ID, mails, want)
		}
	}
}

func TestShippedRulesWaitForCounsel(t *testing.T) {
	t.Parallel()
	for _, r := range load(t).Province.Rules.Rules {
		if r.Confirmed {
			t.Errorf("rule %s is marked as confirmed; nobody has", r.ID)
		}
	}
}
