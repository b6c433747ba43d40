package embedded

import (
	"context"
	"errors"
	"fmt"

	"github.com/blevesearch/bleve/v2/document"
	bindex "github.com/blevesearch/bleve_index_api"

	"lamro/internal/index"
)

// Rebuild implements index.Index.
func (x *Index) Rebuild(ctx context.Context, month string, fill func(put func(context.Context, []index.Op) error) error) error {
	if err := index.CheckMonth(month); err != nil {
		return err
	}
	x.upkeep.Lock()
	defer x.upkeep.Unlock()
	return x.replace(month, func(next *shard) error {
		return fill(func(ctx context.Context, ops []index.Op) error {
			for _, op := range ops {
				if err := op.Check(); err != nil {
					return fmt.Errorf("article %s: %w", op.ID, err)
				}
				if op.Month != month {
					return fmt.Errorf("article %s belongs to %s, not to %s", op.ID, op.Month, month)
				}
			}
			x.writer.Lock()
			defer x.writer.Unlock()
			_, err := next.write(ctx, ops)
			return err
		})
	})
}

// replace builds the successor of a month and puts it in its place; upkeep is held.
func (x *Index) replace(month string, fill func(next *shard) error) error {
	next, err := x.begin(month)
	if err != nil {
		return err
	}
	err = fill(next)
	x.writer.Lock()
	defer x.writer.Unlock()
	delete(x.next, month)
	if err = errors.Join(err, next.failed); err == nil {
		var taken bool
		if taken, err = x.take(next); taken {
			return err
		}
	}
	return errors.Join(fmt.Errorf("build the index of %s anew: %w", month, err), next.close(), removeDirectory(next.path))
}

func (x *Index) begin(month string) (*shard, error) {
	x.writer.Lock()
	defer x.writer.Unlock()
	if x.closed {
		return nil, ErrClosed
	}
	next, err := x.create(month)
	if err != nil {
		return nil, err
	}
	x.next[month] = next
	return next, nil
}

// take puts next in the place of what its month had, whose files go; writer is held. Once
// taken, next is the month, whatever error there is.
func (x *Index) take(next *shard) (taken bool, err error) {
	r, err := next.reader()
	if err != nil {
		return false, err
	}
	n, err := r.DocCount()
	if err := errors.Join(err, r.Close()); err != nil {
		return false, err
	}
	if n > 0 {
		if err := next.finish(); err != nil {
			return false, err
		}
	}
	x.mu.Lock()
	old, outdated := x.months[next.month], x.broken[next.month]
	delete(x.broken, next.month)
	if n > 0 {
		x.months[next.month] = next
	} else {
		delete(x.months, next.month)
	}
	x.mu.Unlock()
	var errs []error
	if old != nil {
		x.shelf.forget(old.core)
		errs = append(errs, old.close())
		outdated = append(outdated, old.path)
	}
	if n == 0 {
		errs = append(errs, next.close())
		outdated = append(outdated, next.path)
	}
	for _, dir := range outdated {
		errs = append(errs, removeDirectory(dir))
	}
	if err := errors.Join(errs...); err != nil {
		return true, fmt.Errorf("the index of %s is built anew, but files of the old one remain: %w", next.month, err)
	}
	return true, nil
}

// Erase implements index.Index. A month that holds bytes of one of the articles is written
// anew from its other documents: Bleve's own merging decides for itself when a segment goes.
func (x *Index) Erase(ctx context.Context, articles []index.Ref) error {
	byMonth := map[string]map[string]bool{}
	for _, a := range articles {
		if err := index.CheckMonth(a.Month); err != nil {
			return err
		}
		if byMonth[a.Month] == nil {
			byMonth[a.Month] = map[string]bool{}
		}
		byMonth[a.Month][a.ID] = true
	}
	x.upkeep.Lock()
	defer x.upkeep.Unlock()
	var errs []error
	for month, ids := range byMonth {
		if err := x.erase(ctx, month, ids); err != nil {
			errs = append(errs, fmt.Errorf("erase from the index of %s: %w", month, err))
		}
	}
	return errors.Join(errs...)
}

func (x *Index) erase(ctx context.Context, month string, ids map[string]bool) error {
	if err := x.emptyAside(month); err != nil {
		return err
	}
	left, err := x.holdsBytes(month, ids)
	if err != nil || !left {
		return err
	}
	return x.replace(month, func(next *shard) error { return x.copyInto(ctx, next, ids) })
}

// snapshot is a month as it is now, nil where there is none; whatever becomes of the month, it
// can be read until it is closed.
func (x *Index) snapshot(month string) (bindex.IndexReader, error) {
	done, err := x.read()
	if err != nil {
		return nil, err
	}
	defer done()
	if sh := x.months[month]; sh != nil {
		return sh.reader()
	}
	return nil, nil
}

// holdsBytes says whether one of ids may still have bytes in a segment.
func (x *Index) holdsBytes(month string, ids map[string]bool) (left bool, err error) {
	r, err := x.snapshot(month)
	if err != nil || r == nil {
		return false, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	cards, err := readCards(r, nil, nil)
	if err != nil {
		return false, err
	}
	for id := range ids {
		c, ok, err := cards.find(r, id)
		if err != nil {
			return false, err
		}
		if ok && c.kind != kindErased {
			return true, nil
		}
	}
	return false, nil
}

// copyInto writes the documents of the month into next, and marks the tombstones of erased.
func (x *Index) copyInto(ctx context.Context, next *shard, erased map[string]bool) (err error) {
	r, err := x.snapshot(next.month)
	if err != nil || r == nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	cards, err := readCards(r, nil, nil)
	if err != nil {
		return err
	}
	all, err := r.DocIDReaderAll()
	if err != nil {
		return err
	}
	defer all.Close()
	var batch []*document.Document
	for {
		id, err := all.Next()
		if err != nil {
			return err
		}
		if id != nil {
			doc, err := copyOf(r, cards, id, erased)
			if err != nil {
				return err
			}
			batch = append(batch, doc)
		}
		if len(batch) == index.MaxBatch || id == nil {
			if err := x.writeCopies(ctx, next, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
		if id == nil {
			return nil
		}
	}
}

func copyOf(r bindex.IndexReader, cards *cards, internal bindex.IndexInternalID, erased map[string]bool) (*document.Document, error) {
	c, err := cards.of(internal)
	if err != nil {
		return nil, err
	}
	id := string(c.id)
	if c.kind != kindLive {
		if erased[id] {
			c.kind = kindErased
		}
		return tombstone(id, c.rev, c.kind), nil
	}
	stored, err := load(r, id)
	if err != nil {
		return nil, fmt.Errorf("copy article %s: %w", id, err)
	}
	d, err := decode(stored)
	if err != nil {
		return nil, err
	}
	return build(&d)
}

// writeCopies leaves out what a newer operation has written to next meanwhile.
func (x *Index) writeCopies(ctx context.Context, next *shard, docs []*document.Document) (err error) {
	if err := ctx.Err(); err != nil || len(docs) == 0 {
		return err
	}
	x.writer.Lock()
	defer x.writer.Unlock()
	r, err := next.reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	batch := next.bleve.NewBatch()
	for _, doc := range docs {
		// What is there came from Apply while the copy was made, so it is at least as new.
		if internal, err := r.InternalID(doc.ID()); err != nil {
			return err
		} else if internal != nil {
			continue
		}
		if err := batch.IndexAdvanced(doc); err != nil {
			return err
		}
	}
	return next.bleve.Batch(batch)
}

// emptyAside removes what lies in directories that were moved aside; the directories stay, as
// the sign that their month is incomplete.
func (x *Index) emptyAside(month string) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, dir := range x.broken[month] {
		if err := emptyDirectory(dir); err != nil {
			return err
		}
	}
	return nil
}
