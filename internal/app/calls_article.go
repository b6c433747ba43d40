package app

import (
	"context"
	"strings"
	"time"

	"lamro/internal/control"
	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/captures"
	"lamro/internal/records/deliveries"
	"lamro/internal/records/frontier"
	"lamro/internal/records/indexstate"
	"lamro/internal/records/mentions"
)

// Deletion is `lamro article delete`.
type Deletion struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Trace is one article's road with its times.
type Trace struct {
	Article   articles.Article   `json:"article"`
	Versions  []TraceVersion     `json:"versions"`
	Mentions  []news.Mention     `json:"mentions"`
	IndexedAt time.Time          `json:"indexed_at,omitzero"`
	Alerts    []TraceAlert       `json:"alerts"`
	Captures  []captures.Capture `json:"captures"`
}

// TraceVersion is a version without its text.
type TraceVersion struct {
	N       int        `json:"n"`
	SeenAt  time.Time  `json:"seen_at"`
	Cause   news.Cause `json:"cause"`
	NotNews string     `json:"not_news,omitempty"`
	Hash    string     `json:"version_hash"`
}

// TraceAlert is one matter and who was told of it.
type TraceAlert struct {
	ID        int64            `json:"id"`
	Watch     string           `json:"watch"`
	CreatedAt time.Time        `json:"created_at"`
	Tries     []deliveries.Try `json:"deliveries"`
}

func (a *App) articleCalls(m *control.Mux) {
	control.Register(m, "article.delete", func(ctx context.Context, in Deletion) (None, error) {
		if strings.TrimSpace(in.Reason) == "" {
			return None{}, control.Invalid("say why with --reason: it goes into the audit trail")
		}
		return None{}, refuse(a.Delete(ctx, in.ID, Operator, in.Reason), "article "+in.ID)
	})
	control.Register(m, "article.trace", func(ctx context.Context, in ID) (Trace, error) {
		t, err := a.trace(ctx, in.ID)
		return t, refuse(err, "article "+in.ID)
	})
}

// Delete takes an article down for good: its text leaves every store. The document leaves the
// index before Delete returns, also while no indexer runs.
func (a *App) Delete(ctx context.Context, id, who, reason string) error {
	err := a.archive.Delete(ctx, id, who, reason, func(ctx context.Context, tx *records.Tx) error {
		if err := frontier.Forget(ctx, tx, id); err != nil {
			return err
		}
		return deliveries.Forget(ctx, tx, id)
	})
	if err != nil {
		return err
	}
	art, err := articles.Get(ctx, a.db.Read(), id)
	if err != nil {
		return err
	}
	for _, err := range a.indexer.Handle(ctx, []news.MentionEvent{{Article: id, Rev: art.Rev}}) {
		if err != nil {
			return err
		}
	}
	return a.db.Scrub(ctx)
}

func (a *App) trace(ctx context.Context, id string) (Trace, error) {
	q := a.db.Read()
	art, err := articles.Get(ctx, q, id)
	if err != nil {
		return Trace{}, err
	}
	t := Trace{Article: art, Versions: []TraceVersion{}, Alerts: []TraceAlert{}}
	versions, err := articles.Versions(ctx, q, id)
	if err != nil {
		return t, err
	}
	for _, v := range versions {
		t.Versions = append(t.Versions, TraceVersion{v.N, v.SeenAt, v.Cause, v.NotNews, v.VersionHash})
	}
	if t.Mentions, _, _, err = mentions.ForArticle(ctx, q, id); err != nil {
		return t, err
	}
	if st, err := indexstate.Get(ctx, q, id); err == nil && st.Live {
		t.IndexedAt = st.ChangedAt
	}
	views, err := deliveries.List(ctx, q, deliveries.Filter{Article: id})
	if err != nil {
		return t, err
	}
	for _, v := range views {
		tries, err := deliveries.Tries(ctx, q, v.ID)
		if err != nil {
			return t, err
		}
		t.Alerts = append(t.Alerts, TraceAlert{v.ID, v.Mention.Watch, v.CreatedAt, tries})
	}
	t.Captures, err = captures.ForArticle(ctx, q, id)
	return t, err
}
