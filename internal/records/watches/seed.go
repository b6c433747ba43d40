package watches

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lamro/internal/query"
	"lamro/internal/records"
)

// What a settings file would do to a watch, or did.
const (
	Added   = "added"   // it is new
	Changed = "changed" // only settings had changed it before
	Kept    = "kept"    // the file differs, but a person changed it: it stays
	Gone    = "gone"    // the file no longer has it; it stays
)

// A Change is what settings would change of one watch.
type Change struct {
	ID     string
	What   string // Added, Changed, Kept or Gone
	Fields []FieldChange
}

// A FieldChange is one field as it is kept and as the file has it.
type FieldChange struct{ Name, Kept, File string }

// Diff compares seeds, the watches of a settings file, with what is kept. Watches that agree are
// left out; those that only people made are no concern of the file.
func Diff(ctx context.Context, q records.Querier, seeds []Watch) ([]Change, error) {
	kept, err := List(ctx, q)
	if err != nil {
		return nil, err
	}
	known := map[string]Watch{}
	for _, w := range kept {
		known[w.ID] = w
	}
	var out []Change
	for _, s := range seeds {
		w, ok := known[s.ID]
		delete(known, s.ID)
		fields := fieldChanges(w, seeded(s))
		switch {
		case !ok:
			out = append(out, Change{ID: s.ID, What: Added, Fields: fields})
		case len(fields) == 0:
		case w.ChangedBy == Settings:
			out = append(out, Change{ID: s.ID, What: Changed, Fields: fields})
		default:
			out = append(out, Change{ID: s.ID, What: Kept, Fields: fields})
		}
	}
	for id, w := range known {
		if w.Owner == Settings {
			out = append(out, Change{ID: id, What: Gone})
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// Seed applies a settings file: it adds what is new and changes what only settings had changed.
// It returns what Diff would have said; applied twice it changes nothing more.
func Seed(ctx context.Context, tx *records.Tx, seeds []Watch, at time.Time) ([]Change, error) {
	changes, err := Diff(ctx, tx, seeds)
	if err != nil {
		return nil, err
	}
	byID := map[string]Watch{}
	for _, s := range seeds {
		byID[s.ID] = seeded(s)
	}
	for _, c := range changes {
		s := byID[c.ID]
		switch c.What {
		case Added:
			s.Revision = 0
		case Changed:
			before, err := Get(ctx, tx, c.ID)
			if err != nil {
				return nil, err
			}
			s.Revision = before.Revision
		default:
			continue
		}
		if _, err := Save(ctx, tx, s, Settings, at); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

func seeded(w Watch) Watch {
	w.Owner = Settings
	if w.Mode == "" {
		w.Mode = query.Auto
	}
	return w
}

func fieldChanges(kept, file Watch) (out []FieldChange) {
	for _, f := range []FieldChange{
		{"name", kept.Name, file.Name},
		{"name_en", kept.NameEn, file.NameEn},
		{"query", kept.Query, file.Query},
		{"mode", string(kept.Mode), string(file.Mode)},
		{"iy", fmt.Sprint(kept.IY), fmt.Sprint(file.IY)},
		{"severity", string(kept.Severity), string(file.Severity)},
		{"enabled", fmt.Sprint(kept.Enabled), fmt.Sprint(file.Enabled)},
		{"alert", fmt.Sprint(kept.Alert), fmt.Sprint(file.Alert)},
		{"note", kept.Note, file.Note},
	} {
		if f.Kept != f.File {
			out = append(out, f)
		}
	}
	return out
}
