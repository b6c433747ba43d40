// Package indexer is the stage that keeps the search index in step with the records: for each
// change it reads the article as it is now, masks it and writes or removes its document. What
// the index can do is package index's promise, what a mention is the analyzer's decision.
package indexer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lamro/internal/index"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/indexstate"
	"lamro/internal/stream"
)

// Config is what an Indexer needs.
type Config struct {
	Records *records.DB
	Index   index.Index
	Log     *slog.Logger
	At      func(stage string) // may be nil; called with "index" between writing the index and noting it
}

// Validate says what is missing.
func (c Config) Validate() error {
	if c.Records == nil || c.Index == nil || c.Log == nil {
		return errors.New("indexer: records, index and logger are needed")
	}
	return nil
}

// Indexer writes the index.
type Indexer struct {
	records *records.DB
	index   index.Index
	log     *slog.Logger
	at      func(string)
}

// New makes an Indexer.
func New(cfg Config) (*Indexer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.At == nil {
		cfg.At = func(string) {}
	}
	return &Indexer{cfg.Records, cfg.Index, cfg.Log, cfg.At}, nil
}

// Handle is the handler of MENTIONS, for batches. An event says only that something changed:
// what is written is the article as the records have it, which is that revision or a newer one,
// so events may come late, twice or in any order. It returns one error for each event.
func (x *Indexer) Handle(ctx context.Context, events []news.MentionEvent) []error {
	errs := make([]error, len(events))
	byArticle := map[string][]int{}
	for i, e := range events {
		byArticle[e.Article] = append(byArticle[e.Article], i)
	}
	fail := func(article string, err error) {
		for _, i := range byArticle[article] {
			errs[i] = err
		}
	}
	read := x.reader()
	var work []change
	for article := range byArticle {
		c, err := read.change(ctx, article)
		switch {
		case errors.Is(err, records.ErrNotFound):
			fail(article, stream.Permanent(err)) // records come first, so waiting will not help
		case err != nil:
			fail(article, stream.Infrastructure(err))
		default:
			work = append(work, c)
		}
	}
	for article, err := range x.write(ctx, work) {
		fail(article, err)
	}
	return errs
}

// write brings changes into the index, then notes them. It returns the errors by article.
func (x *Indexer) write(ctx context.Context, work []change) map[string]error {
	failed := map[string]error{}
	failAll := func(err error) map[string]error {
		for _, c := range work {
			failed[c.op.ID] = stream.Infrastructure(err)
		}
		return failed
	}
	if len(work) == 0 {
		return nil
	}
	ops := make([]index.Op, len(work))
	for i, c := range work {
		ops[i] = c.op
	}
	results, err := x.index.Apply(ctx, ops)
	if err != nil {
		return failAll(fmt.Errorf("write the index: %w", err))
	}
	var done []indexstate.State
	var erase []index.Ref
	for i, c := range work {
		if results[i].Outcome == index.Bad {
			failed[c.op.ID] = stream.Permanent(fmt.Errorf("index article %s: %w", c.op.ID, results[i].Err))
			continue
		}
		done = append(done, c.state())
		if c.takenDown {
			erase = append(erase, index.Ref{ID: c.op.ID, Month: c.op.Month})
		}
	}
	if len(erase) > 0 {
		if err := x.index.Erase(ctx, erase); err != nil {
			return failAll(err)
		}
	}
	x.at("index")
	// What the index holds is worth noting also while stopping.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := x.note(ctx, done); err != nil {
		return failAll(err)
	}
	return failed
}

// note marks what the index holds.
func (x *Indexer) note(ctx context.Context, states []indexstate.State) error {
	return x.records.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return indexstate.Mark(ctx, tx, states)
	})
}

// Behind counts the articles whose newest revision is not in the index yet; see
// indexstate.Behind.
func (x *Indexer) Behind(ctx context.Context) (int, error) {
	return indexstate.Behind(ctx, x.records.Read())
}

// Health says what is wrong with the index, nil where nothing is.
func (x *Indexer) Health(ctx context.Context) error { return x.index.Health(ctx) }
