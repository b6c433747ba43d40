package analyzer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/mentions"
	"lamro/internal/records/outbox"
	"lamro/internal/records/watches"
)

// BackfillSlice is how many articles one step of the backfill looks at, in one short transaction:
// what the stream delivers never waits longer than for that.
const BackfillSlice = 50

// Backfill takes the next step of applying watches that are new, or ask something else than
// before, to the articles first seen since the given time, and says whether there is more to do.
// Each article is matched once with all watches in use. What changes is written as the analysis of
// the same version by the newer set and told in the lane of the backfill, which never alerts:
// new mentions come, those of watches that match no more go, and what a watch found that is
// paused now stays. It is for one goroutine, beside any number that call Handle. A process that
// ends leaves nothing half done; the next step goes on there.
func (a *Analyzer) Backfill(ctx context.Context, since time.Time) (more bool, err error) {
	set := a.use.Load()
	b, err := mentions.ReadBackfill(ctx, a.cfg.Records.Read())
	if err != nil {
		return false, err
	}
	if !b.Running() {
		return a.beginPass(ctx, set, b, since)
	}
	if set.Revision() < b.Goal {
		return false, nil // the watches of this pass are not compiled yet
	}
	next, err := mentions.NextOutdated(ctx, a.cfg.Records.Read(), b, BackfillSlice)
	if err != nil {
		return false, err
	}
	if len(next) == 0 {
		return true, a.endPass(ctx, b)
	}
	done := make([]rematched, len(next))
	for i, o := range next {
		if done[i], err = a.rematch(ctx, set, o); err != nil {
			return false, err
		}
	}
	if a.cfg.At != nil {
		a.cfg.At("backfill")
	}
	return true, a.cfg.Records.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		for _, r := range done {
			if err := a.replace(ctx, tx, set, r, &b); err != nil {
				return err
			}
		}
		b.At, b.UpdatedAt = next[len(next)-1].At, time.Now()
		return mentions.SaveBackfill(ctx, tx, b)
	})
}

// beginPass begins a pass where a watch asks something that not all articles have been asked.
func (a *Analyzer) beginPass(ctx context.Context, set *compiled, b mentions.Backfill, since time.Time) (bool, error) {
	// Not the set in use: where only a name or a severity is newer, nothing has to be asked.
	wanted, err := watches.QuerySet(ctx, a.cfg.Records.Read())
	if err != nil || wanted <= b.Done || set.Revision() < wanted {
		return false, err
	}
	now := time.Now()
	b = mentions.Backfill{
		Done: b.Done, Goal: wanted, Since: since, At: mentions.Newest(), StartedAt: now, UpdatedAt: now,
	}
	begin := func(ctx context.Context, tx *records.Tx) error { return mentions.SaveBackfill(ctx, tx, b) }
	// Written before anything is counted or read; see handle.
	if err := a.cfg.Records.Tx(ctx, begin); err != nil {
		return false, err
	}
	if b.Articles, err = mentions.CountOutdated(ctx, a.cfg.Records.Read(), b); err != nil {
		return false, err
	}
	if b.Articles == 0 {
		return true, a.endPass(ctx, b)
	}
	a.cfg.Log.Info("backfill begins", "set", b.Goal, "articles", b.Articles)
	return true, a.cfg.Records.Tx(ctx, begin)
}

func (a *Analyzer) endPass(ctx context.Context, b mentions.Backfill) error {
	b.Done, b.UpdatedAt = b.Goal, time.Now()
	if b.Looked > 0 {
		a.cfg.Log.Info("backfill ended", "set", b.Goal, "articles", b.Looked, "changed", b.Changed, "failed", b.Failed)
	}
	return a.cfg.Records.Tx(ctx, func(ctx context.Context, tx *records.Tx) error { return mentions.SaveBackfill(ctx, tx, b) })
}

// rematched is an analyzed version and what the set in use finds in it.
type rematched struct {
	mentions.Outdated
	art   news.Article
	found []news.Mention
	gone  bool  // there is no text any more
	err   error // the text cannot be matched
}

func (a *Analyzer) rematch(ctx context.Context, set *compiled, o mentions.Outdated) (r rematched, err error) {
	r = rematched{Outdated: o}
	r.art, err = articles.Message(ctx, a.cfg.Records.Read(), o.Article, o.N)
	if errors.Is(err, articles.ErrErased) || errors.Is(err, records.ErrNotFound) {
		r.gone = true
		return r, nil
	}
	if err != nil {
		return r, err
	}
	// One text that breaks the matcher must not keep the others from it for ever.
	defer func() {
		if v := recover(); v != nil {
			r.err = fmt.Errorf("panic: %v", v)
		}
	}()
	r.found = a.analyze(set.Set, r.art)
	return r, nil
}

// replace writes what was found in place of what an older set had found, unless somebody was
// faster: a newer version, a newer set, a deletion.
func (a *Analyzer) replace(ctx context.Context, tx *records.Tx, set *compiled, r rematched, b *mentions.Backfill) error {
	b.Looked++
	if r.err != nil {
		b.Failed++
		a.cfg.Log.Error("a stored article cannot be matched again", "article", r.Article, "err", r.err)
		return nil //nolint:nilerr // counted and told; the others go on
	}
	kept, err := articles.Get(ctx, tx, r.Article)
	if err != nil {
		return err
	}
	last, err := mentions.Last(ctx, tx, r.Article)
	if err != nil {
		return err
	}
	if r.gone || !kept.DeletedAt.IsZero() || last.N != r.N || last.Set >= set.Revision() {
		return nil
	}
	before, err := mentions.ForVersion(ctx, tx, r.Article, r.N)
	if err != nil {
		return err
	}
	found := withPaused(set, before, r.found)
	if len(found) == 0 && len(before) == 0 || reflect.DeepEqual(found, before) {
		return mentions.Confirm(ctx, tx, r.Article, r.N, set.Revision())
	}
	b.Changed++
	result := mentions.Analysis{
		Article: r.Article, N: r.N, Set: set.Revision(), Rev: last.Rev, Lane: last.Lane, FirstSeen: kept.FirstSeen,
		SeenAt: r.art.SeenAt, NotNews: cmp.Or(r.art.NotNews, news.NotNewsBackfill), At: time.Now(), Mentions: found,
	}
	tell := !sameShown(before, found)
	if tell {
		result.Lane = news.Backfill
		if result.Rev, err = a.raise(ctx, tx, r.Article, len(found) > 0); err != nil {
			return err
		}
	}
	if err := mentions.Put(ctx, tx, result); err != nil || !tell {
		return err
	}
	e := event(r.art, result)
	e.Alert = false // only the analyzer's result for a new version may alert
	return outbox.AddMentions(ctx, tx, *e, result.At)
}

// withPaused adds to what a set found what watches had found that are not in it: to pause a watch
// stops its search and takes nothing back.
func withPaused(set *compiled, before, found []news.Mention) []news.Mention {
	for _, m := range before {
		if !set.has(m.Watch) {
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b news.Mention) int { return strings.Compare(a.Watch, b.Watch) })
	return found
}

// sameShown says whether the index shows the same of two lists of mentions: their watches and
// places. Spans and reasons are read from the records.
func sameShown(a, b []news.Mention) bool {
	return slices.EqualFunc(a, b, func(a, b news.Mention) bool {
		return a.Watch == b.Watch && slices.Equal(a.Places, b.Places)
	})
}
