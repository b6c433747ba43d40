// Package app composes the system: it opens the parts that the settings name, joins the rooms to
// one another, and runs the roles. It knows everyone; only commands know it.
package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"lamro/alerter"
	"lamro/analyzer"
	"lamro/analyzer/places"
	"lamro/crawler"
	"lamro/internal/account"
	"lamro/internal/app/roles"
	"lamro/internal/archive"
	"lamro/internal/captures"
	"lamro/internal/control"
	"lamro/internal/index"
	"lamro/internal/index/embedded"
	"lamro/internal/indexer"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/audit"
	"lamro/internal/search"
	"lamro/internal/settings"
	"lamro/internal/stream"
)

// Options is what an App is opened with.
type Options struct {
	Settings *settings.Settings
	Data     string // the data directory; one process at a time
	Version  string
	Log      *slog.Logger

	// Reread, if set, reads the settings again: their files may have changed since the start.
	Reread func() (*settings.Settings, error)
	// Recreate makes streams anew that the records know and the server lost; the relay refills them.
	Recreate bool
	// Events, if set, hears what happens; it must not block.
	Events func(Event)
	// At, if set, is called at the places where a process may die: "fetch", "records", "publish",
	// "backfill", "index", "send". Tests end the process there.
	At func(stage string)
	// Analyzing, if set, hears of each article before it is analyzed. Tests end the process there.
	Analyzing func(news.Article)
	// AckWait is how long a message waits for a process that died; 0 is thirty seconds. Tests
	// shorten it.
	AckWait time.Duration
}

// App is an opened installation. Nothing runs until Run.
type App struct {
	opt   Options
	cfg   settings.Config
	log   *slog.Logger
	lock  *control.Lock
	owner string // of leases and jobs, for this process

	db        *records.DB
	captures  *captures.Store
	stream    *stream.Stream
	index     index.Index
	gazetteer *places.Gazetteer
	accounts  *account.Accounts

	archive  *archive.Archive
	relay    *archive.Relay
	crawler  *crawler.Crawler
	analyzer *analyzer.Analyzer
	indexer  *indexer.Indexer
	alerter  *alerter.Alerter
	search   *search.Service

	outlets        outlets
	changedWatches signal // heard by followWatches
	newSet         signal // heard by runBackfill
	backtests      backtests

	roles *roles.Supervisor
	seen  *trouble

	closers []func() error
}

// Open takes the lock of the data directory and opens everything in it, creating what is not
// there and applying the settings files that nobody has applied yet. A directory in use is a
// *control.Error.
func Open(ctx context.Context, opt Options) (_ *App, err error) {
	a := &App{opt: opt, cfg: opt.Settings.Config, log: opt.Log, owner: newOwner(), seen: newTrouble(),
		changedWatches: newSignal(), newSet: newSignal()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.lock, err = control.Acquire(opt.Data); err != nil {
		return nil, err
	}
	a.closing(a.lock.Release)
	for _, step := range []func(context.Context) error{
		a.openRecords, a.openCaptures, a.openStream, a.openIndex,
		a.seed, a.joinArchive, a.joinAnalyzer, a.joinIndex, a.joinAlerter, a.joinCrawler,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func newOwner() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}

// closing registers what Close calls, last registered first.
func (a *App) closing(fn func() error) { a.closers = append(a.closers, fn) }

// Close closes everything and gives the lock back. Roles must have stopped.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// path is a path of the settings: a relative one starts at the data directory.
func (a *App) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(a.opt.Data, p)
}

func (a *App) openRecords(ctx context.Context) error {
	db, err := records.Open(ctx, cmp.Or(a.cfg.Records.URL.Reveal(), a.path(a.cfg.Records.Path)))
	if err != nil {
		return err
	}
	a.db = db
	a.closing(db.Close)
	a.accounts, err = account.New(ctx, account.Config{DB: db, Audit: accountAudit, Log: a.log})
	return err
}

func accountAudit(ctx context.Context, tx *records.Tx, e account.Entry) error {
	return audit.Append(ctx, tx, audit.Entry{At: e.At, Actor: e.Actor, Action: e.Action, Subject: e.Subject, Detail: e.Detail})
}

func (a *App) openCaptures(context.Context) error {
	store, err := captures.Open(a.path(a.cfg.Captures.Path), "Lamro/"+a.opt.Version)
	a.captures = store
	return err
}

func (a *App) openStream(ctx context.Context) error {
	s, err := stream.Open(ctx, stream.Config{
		Dir: filepath.Join(a.opt.Data, "stream"), URL: a.cfg.Stream.URL, MaxStore: a.maxStore(),
		Recreate: a.opt.Recreate, DB: a.db, Log: a.log,
	})
	if err != nil {
		return err
	}
	a.stream = s
	a.closing(s.Close)
	return nil
}

// maxStore is what the streams may hold: as the settings say, but never above a quarter of the
// disk; 0 leaves it to the stream.
func (a *App) maxStore() int64 {
	want := int64(a.cfg.Stream.MaxBytes)
	if _, size, err := disk(a.opt.Data); err != nil || want > size/4 {
		return 0
	}
	return want
}

func (a *App) openIndex(context.Context) error {
	x, err := embedded.Open(embedded.Config{Dir: a.path(a.cfg.Index.Path), Log: a.log})
	if err != nil {
		return err
	}
	a.index = x
	a.closing(x.Close)
	file := a.opt.Settings.Province.Places
	a.gazetteer, err = places.Load(bytes.NewReader(file.Data), file.Name)
	return err
}

func (a *App) joinArchive(ctx context.Context) error {
	a.relay = archive.NewRelay(a.db, a.stream, a.log)
	a.relay.At = a.at
	a.archive = archive.New(a.db, a.captures, a.stream, a.relay.Wake, a.log)
	return a.archive.Sweep(ctx)
}

// at tells a test that the process may die here.
func (a *App) at(stage string) {
	if a.opt.At != nil {
		a.opt.At(stage)
	}
}

// allowPrivate is the switch for loopback and private addresses.
func (a *App) allowPrivate() bool { return a.cfg.Crawl.AllowPrivate }

// userAgent is the name that visited sites see.
func (a *App) userAgent() string {
	return fmt.Sprintf("Lamro/%s (+%s)", a.opt.Version, a.cfg.Office.Contact)
}

// private makes a file that only the owner reads.
func private(path, text string) error {
	return os.WriteFile(path, []byte(text), 0o600)
}

// deadline is how long the system has to finish what runs when it stops.
const deadline = 20 * time.Second
