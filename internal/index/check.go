package index

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"lamro/internal/news"
)

// Limits and defaults of a page.
const (
	defaultLimit    = 20
	defaultPerStory = 5
	maxPerStory     = 100
)

// Check says why op can never be written, nil where it can. Implementations call it, so that
// they refuse the same.
func (op Op) Check() error {
	if err := checkKey(op.ID, op.Rev, op.Month); err != nil || op.Put == nil {
		return err
	}
	if d := op.Put; d.ID != op.ID || d.Rev != op.Rev || d.Month != op.Month {
		return errors.New("the document is another than the operation names")
	}
	return op.Put.check()
}

func (d *Document) check() error {
	if month := news.Month(d.FirstSeen); month != d.Month {
		return fmt.Errorf("first seen in %s, not in month %s", month, d.Month)
	}
	for _, s := range [][]string{{d.Source, d.Class, d.Story, d.Case, d.Title, d.Lead, d.Body}, d.Watches, d.Places} {
		for _, s := range s {
			if !utf8.ValidString(s) {
				return errors.New("text is not valid UTF-8")
			}
		}
	}
	for _, key := range []string{d.Source, d.Story, d.Case, d.Class} {
		if strings.ContainsAny(key, "\t\n") {
			return fmt.Errorf("key %q holds white space", key)
		}
	}
	return nil
}

func checkKey(id string, rev int64, month string) error {
	if id == "" || len(id) > 64 || strings.ContainsAny(id, "\t\n/ ") {
		return fmt.Errorf("article id %q is not one", id)
	}
	if rev <= 0 {
		return fmt.Errorf("revision %d is not positive", rev)
	}
	return CheckMonth(month)
}

// CheckMonth says whether month is one, such as "2026-11".
func CheckMonth(month string) error {
	if t, err := time.Parse("2006-01", month); err != nil || t.Format("2006-01") != month {
		return fmt.Errorf("month %q is not one", month)
	}
	return nil
}

// WithDefaults fills in what s leaves open, or says what is wrong with it.
func (s Search) WithDefaults() (Search, error) {
	if s.By == "" {
		s.By = FirstSeen
	}
	if s.Sort == "" {
		s.Sort = Newest
	}
	if s.Query == nil && s.Sort == Relevance {
		s.Sort = Newest // nothing to be relevant to
	}
	switch s.Limit {
	case 0:
		s.Limit = defaultLimit
	case -1:
		s.Limit = 0
	}
	if s.PerStory == 0 {
		s.PerStory = defaultPerStory
	}
	if !s.ByStory {
		s.PerStory = 1
	}
	return s, s.check()
}

func (s Search) check() error {
	if s.By != FirstSeen && s.By != Published {
		return fmt.Errorf("%w: unknown clock %q", ErrBadSearch, s.By)
	}
	if s.Sort != Newest && s.Sort != Relevance {
		return fmt.Errorf("%w: unknown order %q", ErrBadSearch, s.Sort)
	}
	if s.Limit < 0 || s.Limit > MaxLimit {
		return fmt.Errorf("%w: limit is not within 1 and %d", ErrBadSearch, MaxLimit)
	}
	if s.PerStory < 1 || s.PerStory > maxPerStory {
		return fmt.Errorf("%w: documents of a story are not within 1 and %d", ErrBadSearch, maxPerStory)
	}
	for _, f := range s.Facets {
		switch f {
		case BySource, ByClass, ByTier, ByPlace, ByWatch:
		default:
			return fmt.Errorf("%w: unknown facet %q", ErrBadSearch, f)
		}
	}
	return nil
}
