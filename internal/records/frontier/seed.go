package frontier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/internal/records"
)

// Diff is what applying a file of sources changes, and what it leaves alone. All by source id.
type Diff struct {
	Added    []string
	Changed  []Change
	Disabled []string // by settings once, in the file no more
	Kept     []Change // differs from the file, but a person left it so
}

// Change names the fields of a source that differ from the file.
type Change struct {
	ID     string
	Fields []string
	By     string // who left the source as it is
}

// Empty tells that the file is applied: nothing would change.
func (d Diff) Empty() bool { return len(d.Added)+len(d.Changed)+len(d.Disabled) == 0 }

// CompareSeed tells what ApplySeed would do.
func CompareSeed(ctx context.Context, q records.Querier, seed []Source) (Diff, error) {
	d, _, err := compare(ctx, q, seed)
	return d, err
}

// ApplySeed brings the sources to what the settings say, as revisions by BySettings. A source
// whose last revision is a person's is left as it is. A source that settings made and that they
// no longer list is disabled, not deleted. Applying the same file twice changes nothing.
func ApplySeed(ctx context.Context, tx *records.Tx, seed []Source, at time.Time) (Diff, error) {
	d, saves, err := compare(ctx, tx, seed)
	if err != nil {
		return Diff{}, err
	}
	for _, s := range saves {
		if _, err := SaveSource(ctx, tx, s, BySettings, at); err != nil {
			return Diff{}, err
		}
	}
	return d, nil
}

// compare returns the difference and the sources that are to be saved.
func compare(ctx context.Context, q records.Querier, seed []Source) (Diff, []Source, error) {
	all, err := ListSources(ctx, q)
	if err != nil {
		return Diff{}, nil, err
	}
	known := make(map[string]Revision, len(all))
	for _, r := range all {
		known[r.ID] = r
	}
	var d Diff
	var saves []Source
	var errs []error
	listed := map[string]bool{}
	for _, s := range seed {
		if listed[s.ID] {
			errs = append(errs, fmt.Errorf("source %q: listed twice", s.ID))
			continue
		}
		listed[s.ID] = true
		if err := s.Validate(); err != nil {
			errs = append(errs, err)
			continue
		}
		old, ok := known[s.ID]
		fields := old.same(s)
		switch {
		case !ok:
			d.Added = append(d.Added, s.ID)
			saves = append(saves, s)
		case len(fields) == 0:
		case old.ChangedBy != BySettings:
			d.Kept = append(d.Kept, Change{ID: s.ID, Fields: fields, By: old.ChangedBy})
		default:
			d.Changed = append(d.Changed, Change{ID: s.ID, Fields: fields, By: old.ChangedBy})
			saves = append(saves, s)
		}
	}
	for _, r := range all {
		if !listed[r.ID] && r.ChangedBy == BySettings && r.Enabled {
			d.Disabled = append(d.Disabled, r.ID)
			off := r.Source
			off.Enabled = false
			saves = append(saves, off)
		}
	}
	return d, saves, errors.Join(errs...)
}
