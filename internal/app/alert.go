package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lamro/alerter"
	"lamro/alerter/email"
	"lamro/alerter/webhook"
	"lamro/internal/news"
	"lamro/internal/privacy"
	"lamro/internal/records"
	"lamro/internal/records/articles"
	"lamro/internal/records/frontier"
	"lamro/internal/records/people"
	"lamro/internal/records/watches"
	"lamro/internal/settings"
)

// joinAlerter makes the alerter with the channels that the settings name.
func (a *App) joinAlerter(context.Context) error {
	notifiers, err := a.notifiers()
	if err != nil {
		return fmt.Errorf("%w: %w", errSettings, err)
	}
	a.alerter, err = alerter.New(alerter.Config{
		MinSeverity: a.cfg.Alert.MinSeverity, RetryFor: a.cfg.Alert.RetryFor.Std(),
		SendTimeout: a.cfg.SMTP.Timeout.Std(), Workers: 2, Scale: a.cfg.Pace.Scale,
	}, alerter.Deps{
		DB: a.db, Route: a.route, WithRole: withRole, Person: person, Watch: watchOf, Source: sourceOf,
		Article: articles.Message, Gone: func(err error) bool { return errors.Is(err, articles.ErrErased) },
		NotNews: notNews, PlaceName: a.gazetteer.Name, Mask: privacy.Mask, Notifiers: notifiers, Log: a.log, At: a.at,
	})
	return err
}

// notifiers are the channels that are set up; deliveries of others wait.
func (a *App) notifiers() (map[string]alerter.Notifier, error) {
	all := map[string]alerter.Notifier{}
	if s := a.cfg.SMTP; s.Host != "" {
		n, err := email.New(email.Config{
			Host: s.Host, Port: s.Port, TLS: s.TLS, Username: s.Username, Password: s.Password.Reveal, From: s.From,
			Timeout: s.Timeout.Std(), Office: a.cfg.Office.Name, BaseURL: a.cfg.Web.Base(),
		})
		if err != nil {
			return nil, err
		}
		all[alerter.Email] = n
	}
	for _, w := range a.cfg.Webhooks {
		n, err := webhook.New(webhook.Config{
			URL: w.URL, Secret: w.Secret.Reveal, Timeout: 30 * time.Second, AllowPrivate: a.allowPrivate(),
			BaseURL: a.cfg.Web.Base(), UserAgent: a.userAgent(),
		})
		if err != nil {
			return nil, fmt.Errorf("webhook %s: %w", w.ID, err)
		}
		all[alerter.Webhook+w.ID] = n
	}
	return all, nil
}

// route is the first route of the settings that speaks about an alert.
func (a *App) route(watch string, severity news.Severity) (alerter.Route, bool) {
	for _, r := range a.opt.Settings.Province.Routes {
		if r.Matches(watch, severity) {
			return alertRoute(r), true
		}
	}
	return alerter.Route{}, false
}

func alertRoute(r settings.Route) alerter.Route {
	out := alerter.Route{ID: r.ID, Name: r.Name, Webhooks: r.Webhooks}
	for _, t := range r.Tell {
		out.Tell = append(out.Tell, alerter.Tell{Roles: t.Roles, Channels: t.Channels})
	}
	return out
}

func withRole(ctx context.Context, q records.Querier, role string) ([]alerter.Person, error) {
	all, err := people.WithRole(ctx, q, people.Role(role))
	out := make([]alerter.Person, len(all))
	for i, p := range all {
		out[i] = recipient(p)
	}
	return out, err
}

func person(ctx context.Context, q records.Querier, id int64) (alerter.Person, error) {
	p, err := people.Get(ctx, q, id)
	return recipient(p), err
}

func recipient(p people.Person) alerter.Person {
	return alerter.Person{ID: p.ID, Name: p.Name, Email: p.Email, Language: p.Language, Disabled: p.Disabled()}
}

func watchOf(ctx context.Context, q records.Querier, id string) (alerter.Watch, error) {
	w, err := watches.Get(ctx, q, id)
	return alerter.Watch{Name: w.Name, Silent: !w.Alert}, err
}

func sourceOf(ctx context.Context, q records.Querier, id string) (alerter.Source, error) {
	s, err := frontier.GetSource(ctx, q, id)
	return alerter.Source{Name: s.Name, Tier: s.Tier}, err
}

func notNews(ctx context.Context, q records.Querier, article string, n int) (string, error) {
	v, err := articles.GetVersion(ctx, q, article, n)
	return v.NotNews, err
}
