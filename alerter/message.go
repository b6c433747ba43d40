package alerter

import (
	"context"
	"errors"
	"slices"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/deliveries"
)

// message builds what a delivery says from the records as they are now. Where nothing can be
// sent it returns what to write down instead.
func (a *Alerter) message(ctx context.Context, d deliveries.Delivery) (Message, func(context.Context, *records.Tx) error) {
	fail := func(cause string) (Message, func(context.Context, *records.Tx) error) {
		return Message{}, func(ctx context.Context, tx *records.Tx) error {
			return deliveries.Fail(ctx, tx, d.ID, cause, "")
		}
	}
	later := func(cause string) (Message, func(context.Context, *records.Tx) error) {
		return Message{}, func(ctx context.Context, tx *records.Tx) error {
			wait := recordsDelay
			if cause == CauseNoAddress {
				wait = addressDelay
			}
			return deliveries.Postpone(ctx, tx, d.ID, time.Now().Add(wait), cause)
		}
	}
	q := a.deps.DB.Read()
	old := time.Since(d.CreatedAt) > a.cfg.RetryFor
	var to Person
	if d.Person != 0 {
		var err error
		to, err = a.deps.Person(ctx, q, d.Person)
		switch {
		case errors.Is(err, records.ErrNotFound), err == nil && to.Disabled:
			return fail("disabled")
		case err != nil:
			return later("records")
		case d.Channel == Email && to.Email == "" && old:
			return fail(CauseNoAddress)
		case d.Channel == Email && to.Email == "":
			return later(CauseNoAddress)
		}
	}
	if old {
		return fail(deliveries.CauseExpired)
	}
	m, err := a.compose(ctx, q, d)
	switch {
	case errors.Is(err, records.ErrNotFound), err != nil && a.deps.Gone != nil && a.deps.Gone(err):
		return fail("deleted")
	case err != nil:
		a.deps.Log.Warn("message cannot be composed", "delivery", d.ID, "alert", d.Alert, "err", err)
		return later("records")
	}
	m.To = to
	return m, nil
}

// compose reads the matter of a delivery: the article as it was when it alerted, and every watch
// that stands under the same head.
func (a *Alerter) compose(ctx context.Context, q records.Querier, d deliveries.Delivery) (Message, error) {
	group, err := deliveries.Group(ctx, q, d.Alert)
	if err != nil {
		return Message{}, err
	}
	at := slices.IndexFunc(group, func(v deliveries.View) bool { return v.ID == d.Alert })
	if at < 0 {
		return Message{}, records.ErrNotFound
	}
	own := group[at]
	art, err := a.deps.Article(ctx, q, own.Article, own.N)
	if err != nil {
		return Message{}, err
	}
	source, err := a.deps.Source(ctx, q, own.Source)
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		return Message{}, err
	}
	m := Message{
		Key: d.MessageID, MaybeRepeat: d.MaybeRepeat, RouteName: own.Route, Severity: group[0].Severity, AlertedAt: own.CreatedAt,
		Article: a.article(art, group),
	}
	m.Article.SourceName, m.Article.Tier = source.Name, source.Tier
	if m.Article.SourceName == "" {
		m.Article.SourceName = own.Source
	}
	if route, ok := a.deps.Route(own.Mention.Watch, own.Severity); ok && route.ID == own.Route {
		m.RouteName = route.Name
	}
	for _, v := range group {
		w, err := a.watch(ctx, q, v.Mention.Watch)
		if err != nil {
			return Message{}, err
		}
		m.Matches = append(m.Matches, a.match(v, w, art))
	}
	return m, nil
}

func (a *Alerter) article(art news.Article, group []deliveries.View) Article {
	var spans []news.Span
	var places []string
	for _, v := range group {
		if v.N == art.N {
			spans = append(spans, v.Mention.Spans...)
		}
		places = append(places, v.Mention.Places...)
	}
	title := a.mask(art.Title)
	snippet, marks := snippetOf(a.mask(art.Lead), a.mask(art.Body), spans)
	return Article{
		ID: art.ID, URL: art.URL, Source: art.Source,
		Title: title, TitleMarks: merge(marksIn(spans, news.FieldTitle), title),
		Snippet: snippet, SnippetMarks: marks, Places: a.placeNames(places),
		PublishedAt: art.PublishedAt, FirstSeen: art.FirstSeen,
	}
}

func (a *Alerter) match(v deliveries.View, w Watch, art news.Article) Match {
	m := Match{
		Alert: v.ID, Watch: v.Mention.Watch, Name: w.Name, Severity: v.Severity, Class: v.Mention.Class, Why: v.Mention.Why,
	}
	if m.Name == "" {
		m.Name = m.Watch
	}
	if v.N != art.N {
		return m // its spans are those of another version
	}
	fields := map[string]string{news.FieldTitle: art.Title, news.FieldLead: art.Lead, news.FieldBody: art.Body}
	for _, s := range v.Mention.Spans {
		text := fields[s.Field]
		if s.Start < 0 || s.End > len(text) || s.Start >= s.End {
			continue
		}
		m.InTitle = m.InTitle || s.Field == news.FieldTitle
		if word := a.mask(text)[s.Start:s.End]; !slices.Contains(m.Words, word) && len(m.Words) < 8 {
			m.Words = append(m.Words, word)
		}
	}
	return m
}

func (a *Alerter) mask(s string) string {
	if a.deps.Mask == nil {
		return s
	}
	return a.deps.Mask(s)
}

// placeNames names each place once, in order; codes without a name are left out.
func (a *Alerter) placeNames(codes []string) []string {
	if a.deps.PlaceName == nil {
		return nil
	}
	var names []string
	for _, c := range codes {
		if name := a.deps.PlaceName(c); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
