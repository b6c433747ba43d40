// Package archive keeps what was read: one transaction for article, version, capture, audit and
// outbox. Its relay brings the outbox to the streams, and its erasing takes an article out of
// every store it reached. What to read and what it means belong to the stages.
package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lamro/internal/captures"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/audit"
	capturerows "lamro/internal/records/captures"
	"lamro/internal/stream"
)

// ErrDiskFull is returned by Keep where captures or records have no room: crawling must pause.
// Its machine code is captures.CodeDiskFull.
var ErrDiskFull = captures.ErrDiskFull

// Archive writes what was read.
type Archive struct {
	db       *records.DB
	captures *captures.Store
	stream   *stream.Stream
	wake     func()
	log      *slog.Logger
}

// New returns an archive. wake, which may be nil, is called after each transaction that the
// relay has work from.
func New(db *records.DB, files *captures.Store, s *stream.Stream, wake func(), log *slog.Logger) *Archive {
	if wake == nil {
		wake = func() {}
	}
	return &Archive{db: db, captures: files, stream: s, wake: wake, log: log}
}

// A Page is one fetched page: what came, and what was read from it.
type Page struct {
	Exchange captures.Exchange
	Version  articles.NewVersion // Keep fills in Capture
}

// Keep stores a page: its bytes on the disk first, then everything else in one transaction, in
// which also runs last, for what the caller must change together with it; also may be nil. Equal
// bytes from the same address are an observation and no second file. A page of a deleted
// article leaves nothing but what also does. When Keep fails nothing of the page is there.
func (a *Archive) Keep(ctx context.Context, p Page, also func(context.Context, *records.Tx, articles.Result) error) (articles.Result, error) {
	c, isNew, err := a.capture(ctx, p)
	if err != nil {
		return articles.Result{}, fmt.Errorf("keep %s: %w", p.Version.URLKey, err)
	}
	var result articles.Result
	err = a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		p.Version.Capture = c.ID
		var err error
		if result, err = articles.Put(ctx, tx, p.Version); err != nil {
			return err
		}
		if !result.Deleted {
			c.Article = result.ID
			if err := keepCapture(ctx, tx, c, isNew, p.Exchange.FetchedAt, result.N); err != nil {
				return err
			}
		}
		if also != nil {
			return also(ctx, tx, result)
		}
		return nil
	})
	if isNew && (err != nil || result.Deleted) {
		err = errors.Join(err, a.eraseUnknown(ctx, c))
	}
	if err != nil {
		return articles.Result{}, fmt.Errorf("keep %s: %w", p.Version.URLKey, fullDisk(err))
	}
	if result.Changed {
		a.wake()
	}
	return result, nil
}

// eraseUnknown removes a capture's file unless a row holds it: a commit that reports an error
// may have happened.
func (a *Archive) eraseUnknown(ctx context.Context, c capturerows.Capture) error {
	row, err := capturerows.Get(context.WithoutCancel(ctx), a.db.Read(), c.ID)
	if errors.Is(err, records.ErrNotFound) || err == nil && !row.ErasedAt.IsZero() {
		return a.captures.Erase(c.Path)
	}
	return err
}

// capture finds the file with the same bytes, or writes one.
func (a *Archive) capture(ctx context.Context, p Page) (c capturerows.Capture, isNew bool, err error) {
	c, err = capturerows.Find(ctx, a.db.Read(), p.Exchange.URL, p.Exchange.PayloadDigest())
	if err == nil || !errors.Is(err, records.ErrNotFound) {
		return c, false, err
	}
	ref, err := a.captures.Write(ctx, p.Exchange)
	if err != nil {
		return c, false, err
	}
	return capturerows.Capture{
		ID: ref.ID, URL: p.Exchange.URL, Path: ref.Path, Bytes: ref.Bytes, SHA256: ref.SHA256,
		PayloadDigest: ref.PayloadDigest, Status: p.Exchange.Status, FetchedAt: p.Exchange.FetchedAt,
	}, true, nil
}

func keepCapture(ctx context.Context, tx *records.Tx, c capturerows.Capture, isNew bool, at time.Time, n int) error {
	if !isNew {
		return capturerows.Observe(ctx, tx, c.ID, at)
	}
	if err := capturerows.Add(ctx, tx, c); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{
		At: at, Actor: "crawler", Action: "capture.write", Subject: c.ID,
		Detail: struct {
			Article string `json:"article"`
			N       int    `json:"n"`
			SHA256  string `json:"sha256"`
			Payload string `json:"payload"`
		}{c.Article, n, c.SHA256, c.PayloadDigest},
	})
}

// fullDisk marks the database's way of saying that there is no room.
func fullDisk(err error) error {
	if records.IsFull(err) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}

// sweptFact is when the captures were last swept.
const sweptFact = "captures.swept"

// Sweep removes capture files without a row, left by a process that died between the two, and
// finishes erasures that were interrupted. At start-up, before anything writes.
func (a *Archive) Sweep(ctx context.Context) error {
	fact, err := records.Fact(ctx, a.db.Read(), sweptFact)
	if err != nil {
		return err
	}
	// A day of margin: directories are named after the time of fetching, which comes before.
	since, err := time.Parse(time.RFC3339, fact)
	if err != nil {
		since = time.Time{}
	} else {
		since = since.AddDate(0, 0, -1)
	}
	now := time.Now()
	n, err := a.captures.Sweep(ctx, since, func(ctx context.Context, id string) (bool, error) {
		c, err := capturerows.Get(ctx, a.db.Read(), id)
		if errors.Is(err, records.ErrNotFound) {
			return false, nil
		}
		return c.ErasedAt.IsZero(), err
	})
	if err != nil {
		return err
	}
	if n > 0 {
		a.log.Info("captures without a row removed", "files", n)
	}
	err = a.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return records.SetFact(ctx, tx, sweptFact, now.UTC().Format(time.RFC3339))
	})
	if err != nil {
		return err
	}
	return a.FinishErasures(ctx)
}
