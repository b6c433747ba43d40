package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/blevesearch/bleve/v2/document"

	"lamro/internal/index"
)

// Apply implements index.Index.
func (x *Index) Apply(ctx context.Context, ops []index.Op) ([]index.Result, error) {
	results := make([]index.Result, len(ops))
	byMonth := map[string][]int{}
	for i, op := range ops {
		if err := op.Check(); err != nil {
			results[i] = index.Result{Outcome: index.Bad, Err: err}
			continue
		}
		byMonth[op.Month] = append(byMonth[op.Month], i)
	}
	for month, places := range byMonth {
		for part := range slices.Chunk(places, index.MaxBatch) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			batch := make([]index.Op, len(part))
			for i, at := range part {
				batch[i] = ops[at]
			}
			outcomes, err := x.write(ctx, month, batch)
			if err != nil {
				return nil, err
			}
			for i, at := range part {
				results[at] = outcomes[i]
			}
		}
	}
	return results, nil
}

// write writes one batch to a month, and to its successor while that is being built.
func (x *Index) write(ctx context.Context, month string, ops []index.Op) ([]index.Result, error) {
	x.writer.Lock()
	defer x.writer.Unlock()
	sh, err := x.writable(month)
	if err != nil {
		return nil, err
	}
	if next := x.next[month]; next != nil {
		if _, err := next.write(ctx, ops); err != nil {
			next.failed = err // ends the rebuild, not the writing of news
			delete(x.next, month)
		}
	}
	results, err := sh.write(ctx, ops)
	if err != nil && ctx.Err() == nil {
		return nil, errors.Join(err, x.reopen(sh))
	}
	return results, err
}

// writable is the month to write to, created if need be; writer is held.
func (x *Index) writable(month string) (*shard, error) {
	if x.closed {
		return nil, ErrClosed
	}
	if sh := x.months[month]; sh != nil {
		if sh.core == nil {
			return sh, x.reopen(sh)
		}
		return sh, nil
	}
	sh, err := x.create(month)
	if err != nil {
		return nil, err
	}
	if err := sh.finish(); err != nil {
		return nil, errors.Join(fmt.Errorf("create index of %s: %w", month, err), sh.close(), removeDirectory(sh.path))
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.months[month] = sh
	return sh, nil
}

// reopen takes a month back to what is on disk; writer is held. After a write that failed,
// Bleve holds the documents in memory and would pass them off as written; it also tries again
// without a pause until it is closed.
func (x *Index) reopen(sh *shard) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.shelf.forget(sh.core)
	closing := sh.close()
	if err := sh.open(); err != nil {
		return errors.Join(fmt.Errorf("open index of %s again: %w", sh.month, err), closing)
	}
	return nil
}

// write writes ops that are newer than what the month holds. After an error memory may be ahead
// of the disk.
func (sh *shard) write(ctx context.Context, ops []index.Op) (results []index.Result, err error) {
	defer recovered(&err)
	fresh, results, err := sh.newer(ops)
	if err != nil || len(fresh) == 0 {
		return results, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	batch := sh.bleve.NewBatch()
	for _, doc := range fresh {
		if err := batch.IndexAdvanced(doc); err != nil {
			return nil, fmt.Errorf("index article %s: %w", doc.ID(), err)
		}
	}
	if err := sh.bleve.Batch(batch); err != nil {
		return nil, fmt.Errorf("write %d documents to the index of %s: %w", len(fresh), sh.month, err)
	}
	return results, nil
}

// newer are the documents of ops to write, by article, the last one where ops name it twice.
func (sh *shard) newer(ops []index.Op) (fresh map[string]*document.Document, results []index.Result, err error) {
	r, err := sh.reader()
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	cards, err := readCards(r, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	fresh = map[string]*document.Document{}
	revs := map[string]int64{}
	results = make([]index.Result, len(ops))
	for i, op := range ops {
		rev, ok := revs[op.ID]
		if !ok {
			stored, _, err := cards.find(r, op.ID)
			if err != nil {
				return nil, nil, fmt.Errorf("look up article %s: %w", op.ID, err)
			}
			rev = stored.rev
		}
		if op.Rev <= rev {
			revs[op.ID] = rev
			results[i].Outcome = index.Stale
			continue
		}
		doc, err := opDocument(op)
		if err != nil {
			results[i] = index.Result{Outcome: index.Bad, Err: err}
			continue
		}
		fresh[op.ID], revs[op.ID] = doc, op.Rev
		results[i].Outcome = index.Done
	}
	return fresh, results, nil
}

func opDocument(op index.Op) (*document.Document, error) {
	if op.Put == nil {
		return tombstone(op.ID, op.Rev, kindDeleted), nil
	}
	return build(op.Put)
}
