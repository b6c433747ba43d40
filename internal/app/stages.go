package app

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"lamro/analyzer"
	"lamro/internal/indexer"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/captures"
	"lamro/internal/records/frontier"
	"lamro/internal/search"
	"lamro/internal/stream"
)

// The durable consumers of the streams.
const (
	consumerAnalyzer = "analyzer"
	consumerIndexer  = "indexer"
	consumerAlerter  = "alerter"
)

func (a *App) consumer(name string) stream.Consumer {
	return stream.Consumer{Name: name, AckWait: a.opt.AckWait}
}

// outlets remembers what matching must know of each source; sources rarely change, articles are
// many.
type outlets struct {
	byID atomic.Pointer[map[string]analyzer.Source]
}

func (o *outlets) of(source string) analyzer.Source {
	m := o.byID.Load()
	if m == nil {
		return analyzer.Source{}
	}
	return (*m)[source]
}

func (a *App) loadOutlets(ctx context.Context) error {
	all, err := frontier.Sources(ctx, a.db.Read())
	if err != nil {
		return err
	}
	m := make(map[string]analyzer.Source, len(all))
	for _, s := range all {
		m[s.ID] = analyzer.Source{Home: s.Place, Tier: s.Tier}
	}
	a.outlets.byID.Store(&m)
	return nil
}

func (a *App) joinAnalyzer(ctx context.Context) error {
	a.analyzer = analyzer.New(analyzer.Config{
		Records: a.db, Places: a.gazetteer, Publish: stream.Mentions(a.stream), Log: a.log, Source: a.outlets.of, Matched: a.matched, At: a.at,
	})
	return a.loadOutlets(ctx)
}

// matched makes what was captured of a matched article evidence, and has its page visited again
// for edits.
func (a *App) matched(ctx context.Context, tx *records.Tx, article string, at time.Time) error {
	if err := captures.Seal(ctx, tx, article, at); err != nil {
		return err
	}
	return frontier.MarkMatched(ctx, tx, article, at, a.cfg.Pace.Scale)
}

// runAnalyzer handles articles with the watches as the records have them, follows their changes,
// and applies those to what is stored.
func (a *App) runAnalyzer(ctx context.Context) error {
	if err := a.reload(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return stream.Articles(a.stream).Consume(ctx, a.consumer(consumerAnalyzer), a.handleArticle)
	})
	g.Go(func() error { return a.followWatches(ctx) })
	g.Go(func() error { return a.runBackfill(ctx) })
	return g.Wait()
}

func (a *App) handleArticle(ctx context.Context, art news.Article) error {
	if a.opt.Analyzing != nil {
		a.opt.Analyzing(art)
	}
	return a.analyzer.Handle(ctx, art)
}

func (a *App) joinIndex(context.Context) (err error) {
	a.search = search.New(a.index)
	a.indexer, err = indexer.New(indexer.Config{Records: a.db, Index: a.index, Log: a.log, At: a.at})
	return err
}

// runIndexer makes anew what could not be read, while it follows the changes.
func (a *App) runIndexer(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if _, err := a.indexer.Repair(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		return nil
	})
	g.Go(func() error {
		return stream.Mentions(a.stream).ConsumeBatch(ctx, a.consumer(consumerIndexer), a.indexer.Handle)
	})
	return g.Wait()
}

// runAlerter turns mentions into alerts and works the queue of deliveries.
func (a *App) runAlerter(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return stream.Mentions(a.stream).Consume(ctx, a.consumer(consumerAlerter), a.handleMentions)
	})
	g.Go(func() error { return a.alerter.Run(ctx) })
	return g.Wait()
}

func (a *App) handleMentions(ctx context.Context, e news.MentionEvent) error {
	if err := a.alerter.Handle(ctx, e); records.IsPassing(err) {
		return stream.Infrastructure(err)
	} else if err != nil {
		return err
	}
	for _, m := range e.Mentions {
		a.emit(Event{Kind: "mention", Source: e.Source, Article: e.Article, Watch: m.Watch, Severity: string(m.Severity), Text: m.Why})
	}
	return nil
}
