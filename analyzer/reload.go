package analyzer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lamro/analyzer/match"
	"lamro/internal/records/watches"
)

// compiled is a set of watches with the ids of those that are in it, sorted.
type compiled struct {
	*match.Set
	ids []string
}

// has says whether a watch is in the set: one that is paused, or whose query cannot be read, is not.
func (c *compiled) has(id string) bool {
	_, ok := slices.BinarySearch(c.ids, id)
	return ok
}

// Reload compiles the enabled watches of the records and puts them in place of the ones in use
// with one write, so that articles never wait: those that are being matched begin again. Nothing
// is done where the set has not changed. Watches whose query cannot be read are left out and named
// in the error; the others are in use. It is for one goroutine at a time.
func (a *Analyzer) Reload(ctx context.Context) error {
	revision, err := watches.SetRevision(ctx, a.cfg.Records.Read())
	if err != nil {
		return err
	}
	if revision == a.Set().Revision() && revision != 0 {
		return nil
	}
	revision, kept, err := watches.Enabled(ctx, a.cfg.Records.Read())
	if err != nil {
		return err
	}
	var bad []error
	next := &compiled{ids: make([]string, 0, len(kept))}
	in := make([]match.Watch, 0, len(kept))
	for _, w := range kept {
		q, err := w.Parsed()
		if err != nil {
			bad = append(bad, fmt.Errorf("watch %s: %w", w.ID, err))
			continue
		}
		in = append(in, match.Watch{ID: w.ID, Revision: w.Revision, Query: q, Severity: w.Severity})
		next.ids = append(next.ids, w.ID)
	}
	slices.Sort(next.ids) // another database may order them otherwise
	next.Set = match.Compile(revision, in)
	a.use.Store(next)
	a.cfg.Log.Info("watches compiled", "set", revision, "watches", len(in), "left_out", len(bad))
	return errors.Join(bad...)
}
