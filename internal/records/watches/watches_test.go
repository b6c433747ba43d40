package watches_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/recordstest"
	"lamro/internal/records/watches"
)

var noon = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)

func flood() watches.Watch {
	return watches.Watch{ID: "lu", Name: "Lũ", Query: `"lũ quét"`, Severity: news.High, Enabled: true, Alert: true}
}

func save(t *testing.T, db *records.DB, w watches.Watch, who string) (saved watches.Watch, err error) {
	t.Helper()
	err = db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) (err error) {
		saved, err = watches.Save(ctx, tx, w, who, noon)
		return err
	})
	return saved, err
}

func setRevision(t *testing.T, db *records.DB) int64 {
	t.Helper()
	n, err := watches.SetRevision(t.Context(), db.Read())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSaveKeepsEveryRevision(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	first, err := save(t, db, flood(), "an")
	if err != nil || first.Revision != 1 || first.Mode != query.Auto || first.ChangedBy != "an" {
		t.Fatalf("Save = %+v, %v", first, err)
	}
	if same, err := save(t, db, first, "binh"); err != nil || same.Revision != 1 || same.ChangedBy != "an" {
		t.Errorf("the same content again = %+v, %v; want revision 1 by an", same, err)
	}
	changed := first
	changed.Query, changed.Reason = `"lũ quét" OR "lũ ống"`, "thiếu lũ ống"
	if changed, err = save(t, db, changed, "binh"); err != nil || changed.Revision != 2 {
		t.Fatalf("Save of a change = %+v, %v", changed, err)
	}
	if _, err := save(t, db, first, "an"); !errors.Is(err, watches.ErrStale) {
		t.Errorf("Save at an old revision = %v, want ErrStale", err)
	}
	if _, err := save(t, db, flood(), "an"); !errors.Is(err, watches.ErrTaken) {
		t.Errorf("Save of a new watch with a known id = %v, want ErrTaken", err)
	}
	history, err := watches.History(t.Context(), db.Read(), "lu")
	past := changed
	past.QuerySet, first.QuerySet = 0, 0 // not of the past
	if err != nil || !reflect.DeepEqual(history, []watches.Watch{past, first}) {
		t.Errorf("History = %+v, %v", history, err)
	}
	if got, err := watches.Get(t.Context(), db.Read(), "lu"); err != nil || !reflect.DeepEqual(got, changed) {
		t.Errorf("Get = %+v, %v; want %+v", got, err, changed)
	}
	if n := setRevision(t, db); n != 2 {
		t.Errorf("revision of the set = %d, want 2", n)
	}
}

func TestSaveRefusesWhatIsNoWatch(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	for name, c := range map[string]struct {
		change func(*watches.Watch)
		is     error
	}{
		"id with a dot": {func(w *watches.Watch) { w.ID = "a.b" }, watches.ErrInvalid},
		"no name":       {func(w *watches.Watch) { w.Name = "" }, watches.ErrInvalid},
		"severity":      {func(w *watches.Watch) { w.Severity = "urgent" }, watches.ErrInvalid},
		"lone syllable": {func(w *watches.Watch) { w.Query = "lu" }, query.ErrLoneSyllable},
		"negative":      {func(w *watches.Watch) { w.Query = "-lũ" }, query.ErrNothingPositive},
		"unknown watch": {func(w *watches.Watch) { w.Revision = 4 }, records.ErrNotFound},
	} {
		w := flood()
		c.change(&w)
		if _, err := save(t, db, w, "an"); !errors.Is(err, c.is) {
			t.Errorf("%s: Save = %v, want %v", name, err, c.is)
		}
	}
	w := flood()
	w.Query = `"lũ`
	if _, err := save(t, db, w, "an"); query.IsSyntax(err) == nil || query.IsSyntax(err).Pos != 0 {
		t.Errorf("Save with an unclosed quote = %v, want a syntax error at 0", err)
	}
	if n := setRevision(t, db); n != 0 {
		t.Errorf("revision of the set = %d, want 0", n)
	}
}

func TestSeedNeverOverwritesWhatAPersonChanged(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	seed := func(seeds ...watches.Watch) (changes []watches.Change) {
		t.Helper()
		diff, err := watches.Diff(t.Context(), db.Read(), seeds)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) (err error) {
			changes, err = watches.Seed(ctx, tx, seeds, noon)
			return err
		})
		if err != nil || !reflect.DeepEqual(changes, diff) {
			t.Fatalf("Seed = %+v, %v; Diff had said %+v", changes, err, diff)
		}
		return changes
	}
	what := func(changes []watches.Change) map[string]string {
		out := map[string]string{}
		for _, c := range changes {
			out[c.ID] = c.What
		}
		return out
	}
	expect := func(step string, changes []watches.Change, want map[string]string) {
		t.Helper()
		if got := what(changes); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", step, got, want)
		}
	}
	fire := flood()
	fire.ID, fire.Query = "chay", `"cháy rừng"`
	expect("first start", seed(flood(), fire), map[string]string{"lu": watches.Added, "chay": watches.Added})
	expect("again", seed(flood(), fire), map[string]string{})

	kept, err := watches.Get(t.Context(), db.Read(), "lu")
	if err != nil {
		t.Fatal(err)
	}
	kept.Severity = news.Critical
	if kept, err = save(t, db, kept, "an"); err != nil {
		t.Fatal(err)
	}
	newFlood, newFire := flood(), fire
	newFlood.Name, newFire.Name = "Lũ quét", "Cháy rừng"
	changes := seed(newFlood, newFire)
	expect("changed file", changes, map[string]string{"lu": watches.Kept, "chay": watches.Changed})
	if want := (watches.FieldChange{Name: "name", Kept: "Cháy", File: "Cháy rừng"}); changes[0].Fields[0].File != want.File {
		t.Errorf("field changes of chay = %+v", changes[0].Fields)
	}
	if got, err := watches.Get(t.Context(), db.Read(), "lu"); err != nil || !reflect.DeepEqual(got, kept) {
		t.Errorf("the person's watch = %+v, %v; want %+v", got, err, kept)
	}
	if got, err := watches.Get(t.Context(), db.Read(), "chay"); err != nil || got.Name != "Cháy rừng" || got.Revision != 2 || got.ChangedBy != watches.Settings {
		t.Errorf("the seeded watch = %+v, %v", got, err)
	}
	expect("a watch leaves the file", seed(newFlood), map[string]string{"lu": watches.Kept, "chay": watches.Gone})
}

// What is asked anew has to be asked of what is stored; a new name or severity has not.
func TestQuerySetMovesWithWhatIsAsked(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	w, err := save(t, db, flood(), "an")
	if err != nil {
		t.Fatal(err)
	}
	if w.QuerySet != 1 {
		t.Errorf("a new watch has set %d, want 1", w.QuerySet)
	}
	for _, c := range []struct {
		what   string
		change func(*watches.Watch)
		want   int64
	}{
		{"name", func(w *watches.Watch) { w.Name = "Lũ lụt" }, 1},
		{"query", func(w *watches.Watch) { w.Query = `"lũ ống"` }, 3},
		{"severity", func(w *watches.Watch) { w.Severity = news.Low }, 3},
		{"iy", func(w *watches.Watch) { w.IY = true }, 5},
		{"mode", func(w *watches.Watch) { w.Mode = query.Exact }, 6},
		{"pause", func(w *watches.Watch) { w.Enabled = false }, 6},
		{"query while paused", func(w *watches.Watch) { w.Query = `"lũ quét"` }, 6},
		{"resume", func(w *watches.Watch) { w.Enabled = true }, 9},
	} {
		c.change(&w)
		if w, err = save(t, db, w, "an"); err != nil || w.QuerySet != c.want {
			t.Errorf("after a change of %s the set is %d, %v; want %d", c.what, w.QuerySet, err, c.want)
		}
		if got, err := watches.Get(t.Context(), db.Read(), w.ID); err != nil || !reflect.DeepEqual(got, w) {
			t.Errorf("Get = %+v, %v; want %+v", got, err, w)
		}
	}
	if set, err := watches.QuerySet(t.Context(), db.Read()); err != nil || set != 9 {
		t.Errorf("QuerySet = %d, %v; want 9", set, err)
	}
}

func TestEnabledIsOneMoment(t *testing.T) {
	t.Parallel()
	db := recordstest.Open(t)
	if set, all, err := watches.Enabled(t.Context(), db.Read()); err != nil || set != 0 || all != nil {
		t.Errorf("Enabled before any = %d, %v, %v", set, all, err)
	}
	paused := flood()
	paused.Enabled = false
	if _, err := save(t, db, paused, "an"); err != nil {
		t.Fatal(err)
	}
	if set, all, err := watches.Enabled(t.Context(), db.Read()); err != nil || set != 1 || all != nil {
		t.Errorf("Enabled with none = %d, %v, %v; want set 1", set, all, err)
	}
	fog := flood()
	fog.ID, fog.Query, fog.IY, fog.Enabled = "mu", `"sương mù"`, true, true
	if _, err := save(t, db, fog, "an"); err != nil {
		t.Fatal(err)
	}
	set, all, err := watches.Enabled(t.Context(), db.Read())
	want := []watches.Standing{{ID: "mu", Revision: 1, Query: fog.Query, Severity: fog.Severity, Options: query.Options{Mode: query.Auto, IY: true}}}
	if err != nil || set != 2 || !reflect.DeepEqual(all, want) {
		t.Errorf("Enabled = %d, %+v, %v; want 2, %+v", set, all, err, want)
	}
}
