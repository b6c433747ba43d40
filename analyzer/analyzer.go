// Package analyzer reads articles and finds who is waiting for them: it resolves the places in a
// text, matches every watch in one pass, writes the mentions to the records and tells of them.
// It never alerts and never writes to an index.
package analyzer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/mentions"
	"lamro/internal/records/outbox"
	"lamro/internal/stream"
)

// Publisher tells of changes of mentions; stream.Mentions is one.
type Publisher interface {
	Send(ctx context.Context, e news.MentionEvent) error
}

var _ Publisher = stream.Topic[news.MentionEvent]{}

// Config is what an analyzer needs.
type Config struct {
	Records *records.DB
	Places  *places.Gazetteer
	Publish Publisher
	Log     *slog.Logger

	// Source tells what is known of a source, the zero Source where nothing is. Nil: nothing is.
	Source func(id string) Source
	// Matched, where set, runs in the transaction that writes mentions of a version: what others
	// must do with an article that a watch matched.
	Matched func(ctx context.Context, tx *records.Tx, article string, at time.Time) error
	// At, where set, is called when work passes a stage: "publish" lies between the commit and the
	// publication of Handle, "backfill" before the commit of a step of Backfill. For tests of what
	// happens when a process ends there.
	At func(stage string)
}

// A Source is what matching must know of an outlet.
type Source struct {
	Home string // code of the place that it writes for, "" where that is nowhere
	Tier int    // 1 to 3, 0 where unknown
}

// Analyzer handles the articles of the stream. Reload must have succeeded once before Handle.
type Analyzer struct {
	cfg     Config
	use     atomic.Pointer[compiled]
	readers sync.Pool // of *Reader
}

// New makes an analyzer without watches.
func New(cfg Config) *Analyzer {
	a := &Analyzer{cfg: cfg}
	a.use.Store(&compiled{Set: match.Compile(0, nil)})
	return a
}

// Set is the compiled set of watches in use.
func (a *Analyzer) Set() *match.Set { return a.use.Load().Set }

// errSwapped says that an article was matched with watches that are not in use any more.
var errSwapped = errors.New("other watches are in use now")

// Handle handles one version of an article as the stream delivers it. Delivered again it writes
// nothing, and publishes the same event under the same id. A version that comes after a newer one
// was analyzed becomes history and may alert, but what holds of the article stays; an article
// that was deleted is done.
func (a *Analyzer) Handle(ctx context.Context, art news.Article) error {
	event, err := a.handle(ctx, art)
	for errors.Is(err, errSwapped) {
		event, err = a.handle(ctx, art)
	}
	if errors.Is(err, records.ErrNotFound) {
		return stream.Permanent(err) // records come first: this message was made by nobody we know
	}
	if err != nil && !records.IsPassing(err) {
		return fmt.Errorf("analyze %s:%d: %w", art.ID, art.N, err) // counted: it may be the text's fault
	}
	if err != nil {
		return stream.Infrastructure(fmt.Errorf("analyze %s:%d: %w", art.ID, art.N, err))
	}
	if event == nil {
		return nil
	}
	if a.cfg.At != nil {
		a.cfg.At("publish")
	}
	return a.cfg.Publish.Send(ctx, *event)
}

func (a *Analyzer) handle(ctx context.Context, art news.Article) (event *news.MentionEvent, err error) {
	set := a.use.Load()
	found := a.analyze(set.Set, art)
	err = a.cfg.Records.Tx(ctx, func(ctx context.Context, tx *records.Tx) (err error) {
		// A pass of the backfill begins with a write after the swap, so it sees all that was
		// written under older sets, and nothing is afterwards.
		if a.use.Load() != set {
			return errSwapped
		}
		event, err = a.write(ctx, tx, set.Revision(), art, found)
		return err
	})
	return event, err
}

// analyze finds the mentions of one version.
func (a *Analyzer) analyze(set *match.Set, art news.Article) []news.Mention {
	r, ok := a.readers.Get().(*Reader)
	if !ok {
		r = &Reader{}
	}
	defer a.readers.Put(r)
	var source Source
	if a.cfg.Source != nil {
		source = a.cfg.Source(art.Source)
	}
	return set.Match(Document(a.cfg.Places, r.Fields(art), AboutArticle(art, source)))
}

// write puts the mentions of a version into the records and returns the event to publish, nil
// where nobody has to hear.
func (a *Analyzer) write(ctx context.Context, tx *records.Tx, set int64, art news.Article, found []news.Mention) (*news.MentionEvent, error) {
	kept, err := articles.Get(ctx, tx, art.ID)
	if err != nil {
		return nil, err
	}
	if !kept.DeletedAt.IsZero() {
		return nil, nil // a person took it down while the message was on its way
	}
	last, err := mentions.Last(ctx, tx, art.ID)
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		return nil, err
	}
	if err == nil && last.N == art.N {
		return a.again(ctx, tx, art, last)
	}
	put, shown := mentions.Put, kept.EverMentioned
	if last.N > art.N {
		if past, err := mentions.IsPast(ctx, tx, art.ID, art.N); err != nil || past {
			return nil, err
		}
		put, shown = mentions.PutPast, false // what the index shows stays
	}
	result := mentions.Analysis{
		Article: art.ID, N: art.N, Set: set, Lane: art.Lane, FirstSeen: kept.FirstSeen, SeenAt: art.SeenAt,
		NotNews: art.NotNews, At: time.Now(), Mentions: found,
	}
	if shown || len(found) > 0 {
		if result.Rev, err = a.raise(ctx, tx, art.ID, len(found) > 0); err != nil {
			return nil, err
		}
	}
	if err := put(ctx, tx, result); err != nil || result.Rev == 0 {
		return nil, err
	}
	e := event(art, result)
	// Handle publishes it at once. The row of the outbox is for a stream that is lost later: the
	// relay fills it again, and the same event under the same id twice is harmless.
	return e, outbox.AddMentions(ctx, tx, *e, result.At)
}

// raise makes the revision at which the mentions of an article become others.
func (a *Analyzer) raise(ctx context.Context, tx *records.Tx, article string, matched bool) (int64, error) {
	rev, err := articles.RaiseRev(ctx, tx, article)
	if err != nil || !matched {
		return rev, err
	}
	if err := articles.MarkMentioned(ctx, tx, article); err != nil {
		return 0, err
	}
	if a.cfg.Matched != nil {
		err = a.cfg.Matched(ctx, tx, article, time.Now())
	}
	return rev, err
}

// again makes the event of an analysis that is already written: the process may have ended
// before it was published. What a backfill wrote since is told by its own row of the outbox, and
// must not be told as news.
func (a *Analyzer) again(ctx context.Context, tx *records.Tx, art news.Article, last mentions.Analysis) (*news.MentionEvent, error) {
	if last.Rev == 0 || last.Lane != art.Lane {
		return nil, nil
	}
	var err error
	if last.Mentions, err = mentions.ForVersion(ctx, tx, art.ID, art.N); err != nil {
		return nil, err
	}
	return event(art, last), nil
}

// event tells of the mentions of a version. Only a version that the outlet made and that is news
// may alert; which of its mentions do, the alerter decides.
func event(art news.Article, a mentions.Analysis) *news.MentionEvent {
	return &news.MentionEvent{
		Schema: news.Schema, Article: art.ID, Rev: a.Rev, N: art.N, Source: art.Source, Set: a.Set, Lane: a.Lane,
		Alert:    art.Cause == news.Seen && art.NotNews == "" && len(a.Mentions) > 0,
		BodyHash: art.BodyHash, SeenAt: art.SeenAt, Mentions: a.Mentions,
	}
}
