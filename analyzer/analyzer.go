// Package analyzer reads articles and finds who is waiting for them: it resolves the places in a
// text, matches every watch in one pass, writes the mentions to the records and tells of them.
// It never alerts and never writes to an index.
package analyzer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"lamro/analyzer/match"
	"lamro/analyzer/places"
	"lamro/internal/news"
	"lamro/internal/query"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/mentions"
	"lamro/internal/records/outbox"
	"lamro/internal/records/watches"
	"lamro/internal/stream"
	"lamro/internal/vietnamese"
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

	// Home names the place that a source writes for, "" where that is nowhere. Nil: nowhere.
	Home func(source string) string
	// Matched, where set, runs in the transaction that writes mentions of a version: what others
	// must do with an article that a watch matched.
	Matched func(ctx context.Context, tx *records.Tx, article string, at time.Time) error
	// At, where set, is called when Handle passes a stage: "publish" lies between the commit and
	// the publication. For tests of what happens when a process ends there.
	At func(stage string)
}

// Analyzer handles the articles of the stream. Reload must have succeeded once before Handle.
type Analyzer struct {
	cfg Config
	set atomic.Pointer[match.Set]
}

// New makes an analyzer without watches.
func New(cfg Config) *Analyzer {
	a := &Analyzer{cfg: cfg}
	a.set.Store(match.Compile(0, nil))
	return a
}

// Set is the compiled set of watches in use.
func (a *Analyzer) Set() *match.Set { return a.set.Load() }

// Reload compiles the enabled watches of the records and puts them in place of the ones in use;
// articles being handled finish with the old ones. Nothing is done where the set has not changed.
// Watches whose query cannot be read are left out and named in the error; the others are in use.
func (a *Analyzer) Reload(ctx context.Context) error {
	// The number is read first: a change between the two reads makes the set newer than its
	// number says, and the next Reload puts that right.
	revision, err := watches.SetRevision(ctx, a.cfg.Records.Read())
	if err != nil {
		return err
	}
	if revision == a.set.Load().Revision() && revision != 0 {
		return nil
	}
	kept, err := watches.List(ctx, a.cfg.Records.Read())
	if err != nil {
		return err
	}
	var bad []error
	var in []match.Watch
	for _, w := range kept {
		if !w.Enabled {
			continue
		}
		q, err := w.Parsed()
		if err != nil {
			bad = append(bad, fmt.Errorf("watch %s: %w", w.ID, err))
			continue
		}
		in = append(in, match.Watch{ID: w.ID, Revision: w.Revision, Query: q, Severity: w.Severity})
	}
	a.set.Store(match.Compile(revision, in))
	a.cfg.Log.Info("watches compiled", "set", revision, "watches", len(in), "left_out", len(bad))
	return errors.Join(bad...)
}

// Handle handles one version of an article as the stream delivers it. Delivered twice it writes
// the same rows, raises no second revision, and publishes the same event under the same id. A
// version older than one already handled, and an article that was deleted, are done.
func (a *Analyzer) Handle(ctx context.Context, art news.Article) error {
	set := a.set.Load()
	found := a.analyze(set, art)
	var event *news.MentionEvent
	err := a.cfg.Records.Tx(ctx, func(ctx context.Context, tx *records.Tx) (err error) {
		event, err = a.write(ctx, tx, set, art, found)
		return err
	})
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

// analyze finds the mentions of one version.
func (a *Analyzer) analyze(set *match.Set, art news.Article) []news.Mention {
	fields := []query.Field{
		{Name: news.FieldTitle, Text: vietnamese.Read(art.Title)},
		{Name: news.FieldLead, Text: vietnamese.Read(art.Lead)},
		{Name: news.FieldBody, Text: vietnamese.Read(art.Body)},
	}
	return set.Match(Document(a.cfg.Places, fields, art.Source, a.home(art.Source), published(art)))
}

// Document resolves the places of a text and puts it together for matching: what the analyzer
// does with an article, and `try match` with a line.
func Document(g *places.Gazetteer, fields []query.Field, source, home string, at time.Time) match.Document {
	found := g.Resolve(places.Document{Fields: fields, Home: home, At: at})
	return match.NewDocument(fields, source, found.Places)
}

func (a *Analyzer) home(source string) string {
	if a.cfg.Home == nil {
		return ""
	}
	return a.cfg.Home(source)
}

// published is the time whose place names an article uses.
func published(art news.Article) time.Time {
	if !art.PublishedAt.IsZero() {
		return art.PublishedAt
	}
	return art.FirstSeen
}

// write puts the mentions of a version into the records and returns the event to publish, nil
// where nobody has to hear.
func (a *Analyzer) write(ctx context.Context, tx *records.Tx, set *match.Set, art news.Article, found []news.Mention) (*news.MentionEvent, error) {
	kept, err := articles.Get(ctx, tx, art.ID)
	if err != nil {
		return nil, err
	}
	if !kept.DeletedAt.IsZero() {
		return nil, nil // a person took it down while the message was on its way
	}
	last, err := mentions.Last(ctx, tx, art.ID)
	switch {
	case errors.Is(err, records.ErrNotFound):
	case err != nil:
		return nil, err
	case last.N > art.N:
		return nil, nil
	case last.N == art.N && last.Set == set.Revision():
		return a.again(ctx, tx, art, last)
	}
	rev := int64(0)
	if len(found) > 0 || kept.EverMentioned {
		if rev, err = articles.RaiseRev(ctx, tx, art.ID); err != nil {
			return nil, err
		}
	}
	if len(found) > 0 {
		if err := articles.MarkMentioned(ctx, tx, art.ID); err != nil {
			return nil, err
		}
		if a.cfg.Matched != nil {
			if err := a.cfg.Matched(ctx, tx, art.ID, time.Now()); err != nil {
				return nil, err
			}
		}
	}
	err = mentions.Put(ctx, tx, mentions.Analysis{
		Article: art.ID, N: art.N, Set: set.Revision(), Rev: rev, FirstSeen: kept.FirstSeen, SeenAt: art.SeenAt,
		NotNews: art.NotNews, At: time.Now(), Mentions: found,
	})
	if err != nil || rev == 0 {
		return nil, err
	}
	e := event(art, set.Revision(), rev, found)
	// Handle publishes it at once. The row of the outbox is for a stream that is lost later: the
	// relay fills it again, and the same event under the same id twice is harmless.
	return e, outbox.AddMentions(ctx, tx, *e, time.Now())
}

// again makes the event of an analysis that is already written: the process may have ended
// before it was published.
func (a *Analyzer) again(ctx context.Context, tx *records.Tx, art news.Article, last mentions.Analysis) (*news.MentionEvent, error) {
	if last.Rev == 0 {
		return nil, nil
	}
	found, err := mentions.ForVersion(ctx, tx, art.ID, art.N)
	if err != nil {
		return nil, err
	}
	return event(art, last.Set, last.Rev, found), nil
}

// event tells of the mentions of a version. Only a version that the outlet made and that is news
// may alert; which of its mentions do, the alerter decides.
func event(art news.Article, set, rev int64, found []news.Mention) *news.MentionEvent {
	return &news.MentionEvent{
		Schema: news.Schema, Article: art.ID, Rev: rev, N: art.N, Source: art.Source, Set: set, Lane: art.Lane,
		Alert:    art.Cause == news.Seen && art.NotNews == "" && len(found) > 0,
		BodyHash: art.BodyHash, SeenAt: art.SeenAt, Mentions: found,
	}
}
