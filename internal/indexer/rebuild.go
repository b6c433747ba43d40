package indexer

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"lamro/internal/index"
	"lamro/internal/records/indexstate"
)

// Progress tells how far a rebuild is; it may be nil.
type Progress func(month string, done, total int)

// Rebuild makes a month of the index anew from the records. Searching and writing go on; the
// new month takes the old one's place when it is whole.
func (x *Indexer) Rebuild(ctx context.Context, month string, progress Progress) error {
	wanted, err := indexstate.Wanted(ctx, x.records.Read())
	if err != nil {
		return err
	}
	return x.rebuild(ctx, month, wanted[month], progress)
}

// RebuildAll makes every month anew, the newest first, also those that only the index has.
func (x *Indexer) RebuildAll(ctx context.Context, progress Progress) error {
	wanted, err := indexstate.Wanted(ctx, x.records.Read())
	if err != nil {
		return err
	}
	held, incomplete, err := x.index.Months(ctx)
	if err != nil {
		return err
	}
	for _, month := range set(slices.Concat(held, incomplete)) {
		wanted[month] += 0
	}
	months := slices.Sorted(maps.Keys(wanted))
	slices.Reverse(months)
	for _, month := range months {
		if err := x.rebuild(ctx, month, wanted[month], progress); err != nil {
			return err
		}
	}
	return nil
}

// Repair makes the months anew that the index knows to be incomplete, or that were in it once
// and are not there any more. The role calls it when it starts; it returns what it made.
func (x *Indexer) Repair(ctx context.Context) (repaired []string, err error) {
	there, incomplete, err := x.index.Months(ctx)
	if err != nil {
		return nil, err
	}
	held, err := indexstate.Held(ctx, x.records.Read())
	if err != nil {
		return nil, err
	}
	for month := range held {
		if !slices.Contains(there, month) {
			incomplete = append(incomplete, month)
		}
	}
	for _, month := range set(incomplete) {
		if err := x.Rebuild(ctx, month, nil); err != nil {
			return repaired, err
		}
		repaired = append(repaired, month)
		x.log.Info("a month of the index was built anew", "month", month)
	}
	return repaired, nil
}

func (x *Indexer) rebuild(ctx context.Context, month string, total int, progress Progress) error {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	var done []indexstate.State
	err := x.index.Rebuild(ctx, month, func(put func(context.Context, []index.Op) error) error {
		for after, read := "", 0; ; {
			ids, err := indexstate.Mentioned(ctx, x.records.Read(), month, after, index.MaxBatch)
			if err != nil || len(ids) == 0 {
				return err
			}
			states, err := x.slice(ctx, ids, put)
			if err != nil {
				return err
			}
			done = append(done, states...)
			after, read = ids[len(ids)-1], read+len(ids)
			progress(month, read, max(total, read))
		}
	})
	if err != nil {
		return fmt.Errorf("rebuild index of %s: %w", month, err)
	}
	for part := range slices.Chunk(done, index.MaxBatch) {
		if err := x.note(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// slice puts the documents of ids. What must not be found is left out: it never gets in.
func (x *Indexer) slice(ctx context.Context, ids []string, put func(context.Context, []index.Op) error) (done []indexstate.State, err error) {
	read := x.reader()
	var ops []index.Op
	for _, id := range ids {
		c, err := read.change(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := c.op.Check(); err != nil {
			x.log.Error("an article cannot be indexed", "article", id, "err", err)
			continue
		}
		if c.op.Put != nil {
			ops = append(ops, c.op)
		}
		done = append(done, c.state())
	}
	return done, put(ctx, ops)
}
