package index_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
)

func TestAt(t *testing.T) {
	t.Parallel()
	seen := time.Date(2026, 11, 15, 9, 0, 0, 0, news.Zone())
	before, after := seen.Add(-time.Hour), seen.Add(time.Hour)
	for _, c := range []struct {
		by        index.Clock
		published time.Time
		want      time.Time
	}{
		{index.FirstSeen, before, seen},
		{index.Published, before, before},
		{index.Published, after, seen},
		{index.Published, time.Time{}, seen},
	} {
		d := index.Document{FirstSeen: seen, PublishedAt: c.published}
		if got := d.At(c.by); !got.Equal(c.want) {
			t.Errorf("At(%s) of %v published %v = %v, want %v", c.by, seen, c.published, got, c.want)
		}
	}
}

func TestKeysAreInTheOrderOfPages(t *testing.T) {
	t.Parallel()
	want := []index.Key{
		{index.ScoreRank(2), "b"}, {index.ScoreRank(1.5), "a"}, {index.ScoreRank(1.5), "b"}, {index.ScoreRank(0.1), "a"}, {index.ScoreRank(0), "a"},
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, index.Key.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("sorted keys = %v, want %v", got, want)
	}
}

// A cursor comes back from a browser: whatever it is, it is a key or the caller's mistake.
func FuzzCursor(f *testing.F) {
	s, err := index.Search{}.WithDefaults()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add("bmV3ZXN0")
	f.Add(s.CursorAt(index.Key{Rank: -5, ID: "a\tb"}))
	f.Fuzz(func(t *testing.T, after string) {
		s := s
		s.After = after
		k, err := s.Cursor()
		switch {
		case err != nil:
			if !errors.Is(err, index.ErrBadSearch) {
				t.Fatalf("Cursor of %q = %v, want ErrBadSearch", after, err)
			}
		case k == nil:
			if after != "" {
				t.Fatalf("Cursor of %q = nothing", after)
			}
		default:
			s.After = s.CursorAt(*k)
			if again, err := s.Cursor(); err != nil || *again != *k {
				t.Fatalf("Cursor of %q = %v, and again %v, %v", after, k, again, err)
			}
		}
	})
}
