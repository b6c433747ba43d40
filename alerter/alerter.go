// Package alerter tells people: it turns certain mentions of news into alerts, decides who hears
// of each by the routes, and works the queue of deliveries until every message is accepted or
// given up with a reason. How a message travels is known to email and webhook below it.
package alerter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"lamro/internal/news"
	"lamro/internal/records"
	"lamro/internal/records/deliveries"
)

// Bell and Email are the channels by which people hear; a webhook's is "webhook:" and its id.
const (
	Bell    = deliveries.Bell
	Email   = "email"
	Webhook = "webhook:"
)

// A Person is somebody who hears of alerts.
type Person struct {
	ID       int64
	Name     string
	Email    string
	Language string // "vi" or "en"
	Disabled bool
}

// A Watch is what the alerter must know of the watch of a mention.
type Watch struct {
	Name   string
	Silent bool // lists only
}

// A Source is what a message says about where the article stands.
type Source struct {
	Name string
	Tier int
}

// A Route says which roles hear by which channels.
type Route struct {
	ID       string
	Name     string
	Tell     []Tell
	Webhooks []string // ids
}

// Tell is a set of roles and the channels by which they hear.
type Tell struct {
	Roles    []string
	Channels []string
}

// Deps is what the alerter needs from the rest of the system. The reads run inside the caller's
// transaction where one is open.
type Deps struct {
	DB *records.DB
	// Route is the route of an alert, false when none matches.
	Route func(watch string, severity news.Severity) (Route, bool)
	// WithRole lists who holds a role and may hear of alerts.
	WithRole func(ctx context.Context, q records.Querier, role string) ([]Person, error)
	// Person reads one person, or records.ErrNotFound.
	Person func(ctx context.Context, q records.Querier, id int64) (Person, error)
	// Watch reads a watch, or records.ErrNotFound.
	Watch func(ctx context.Context, q records.Querier, id string) (Watch, error)
	// Source reads a source, or records.ErrNotFound.
	Source func(ctx context.Context, q records.Querier, id string) (Source, error)
	// Article reads the text of a version. records.ErrNotFound, or an error that Gone knows, means that
	// nobody may be sent it any more.
	Article func(ctx context.Context, q records.Querier, id string, n int) (news.Article, error)
	// Gone tells that an error of Article means: deleted. It may be nil.
	Gone func(error) bool
	// NotNews is why a version is not news, "" when it is.
	NotNews func(ctx context.Context, q records.Querier, article string, n int) (string, error)
	// PlaceName names a place for people; it may be nil.
	PlaceName func(code string) string
	// Mask hides personal data of a text and keeps its length in bytes; it may be nil.
	Mask func(string) string
	// Notifiers send, by channel. A channel without one waits.
	Notifiers map[string]Notifier
	Log       *slog.Logger
	// At is called at named points, for tests that stop the process there; it may be nil.
	At func(point string)
}

// Config is how the alerter works.
type Config struct {
	MinSeverity news.Severity // what is below it is listed, not alerted
	RetryFor    time.Duration // how long a delivery is tried
	SendTimeout time.Duration // longest that one try may take
	Workers     int           // messages of one channel at once
	Scale       float64       // divides the times between tries; 1 on a real clock
}

// Validate reports what is missing or contradicts itself.
func (c Config) Validate() error {
	var errs []error
	if c.MinSeverity.Rank() == 0 {
		errs = append(errs, fmt.Errorf("min severity %q is none", c.MinSeverity))
	}
	if c.RetryFor <= 0 || c.SendTimeout <= 0 {
		errs = append(errs, errors.New("retry time and send timeout must be more than nothing"))
	}
	if c.Workers < 1 {
		errs = append(errs, errors.New("at least one worker is needed"))
	}
	if c.Scale < 1 {
		errs = append(errs, fmt.Errorf("scale %v is less than 1", c.Scale))
	}
	return errors.Join(errs...)
}

// Alerter is the stage. Handle may be called by several goroutines; Run by one at a time.
type Alerter struct {
	cfg  Config
	deps Deps

	mu   sync.Mutex
	wake map[string]chan struct{} // by channel, while Run works it
}

// New makes an alerter. The configuration is checked; the dependencies must be complete.
func New(cfg Config, deps Deps) (*Alerter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("alerter: %w", err)
	}
	return &Alerter{cfg: cfg, deps: deps, wake: map[string]chan struct{}{}}, nil
}

// Handle turns an event into alerts and deliveries, in one transaction. Only certain mentions of
// an event that may alert do; why the others do not is counted. The same event twice changes
// nothing. A nil error means that all of it is on disk.
func (a *Alerter) Handle(ctx context.Context, ev news.MentionEvent) error {
	if len(ev.Mentions) == 0 {
		return nil
	}
	// The most severe first, so that it becomes the head that the others stand under.
	mentions := slices.SortedStableFunc(slices.Values(ev.Mentions), func(x, y news.Mention) int {
		return cmp.Compare(y.Severity.Rank(), x.Severity.Rank())
	})
	at := time.Now()
	told := false
	err := a.deps.DB.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		whole, err := a.whyNotNews(ctx, tx, ev)
		if err != nil {
			return err
		}
		people := map[string][]Person{}
		for _, m := range mentions {
			added, err := a.mention(ctx, tx, ev, m, whole, people, at)
			if err != nil {
				return err
			}
			told = told || added
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("alert article %s: %w", ev.Article, err)
	}
	if told {
		a.wakeUp("")
	}
	return nil
}

// whyNotNews is the reason for which nothing of an event alerts, "" when something may.
func (a *Alerter) whyNotNews(ctx context.Context, tx *records.Tx, ev news.MentionEvent) (string, error) {
	if ev.Alert {
		return "", nil
	}
	reason, err := a.deps.NotNews(ctx, tx, ev.Article, ev.N)
	switch {
	case err != nil && !errors.Is(err, records.ErrNotFound):
		return "", err
	case reason != "":
		return reason, nil
	case ev.Lane == news.Backfill:
		return news.NotNewsBackfill, nil
	}
	return deliveries.ReasonRevised, nil
}

// mention makes the alert of one mention and its deliveries, or notes why there is none. whole
// is the reason that holds for the whole event.
func (a *Alerter) mention(ctx context.Context, tx *records.Tx, ev news.MentionEvent, m news.Mention, whole string,
	people map[string][]Person, at time.Time,
) (added bool, err error) {
	reason := whole
	if reason == "" {
		if reason, err = a.whyNot(ctx, tx, m); err != nil {
			return false, err
		}
	}
	if reason != "" {
		return false, deliveries.AddUnalerted(ctx, tx, ev.Article, m.Watch, reason, at)
	}
	route, routed := a.deps.Route(m.Watch, m.Severity)
	id, outcome, err := deliveries.AddAlert(ctx, tx, deliveries.NewAlert{
		Article: ev.Article, N: ev.N, BodyHash: ev.BodyHash, Source: ev.Source, Route: route.ID, SeenAt: ev.SeenAt, Mention: m,
	}, at)
	switch {
	case err != nil:
		return false, err
	case outcome == deliveries.Copied:
		return false, deliveries.AddUnalerted(ctx, tx, ev.Article, m.Watch, deliveries.ReasonCopy, at)
	case outcome == deliveries.Repeat:
		return false, nil
	}
	return true, a.deliver(ctx, tx, id, route, routed, people, at)
}

// whyNot is the reason for which a mention alone does not alert, "" when it does.
func (a *Alerter) whyNot(ctx context.Context, tx *records.Tx, m news.Mention) (string, error) {
	if !m.Certain {
		return deliveries.ReasonUncertain, nil
	}
	if m.Severity.Rank() < a.cfg.MinSeverity.Rank() {
		return deliveries.ReasonMinor, nil
	}
	w, err := a.watch(ctx, tx, m.Watch)
	if err != nil {
		return "", err
	}
	if w.Silent {
		return deliveries.ReasonSilent, nil
	}
	return "", nil
}

// watch reads a watch. One that is gone since it matched is told under its id.
func (a *Alerter) watch(ctx context.Context, q records.Querier, id string) (Watch, error) {
	w, err := a.deps.Watch(ctx, q, id)
	if errors.Is(err, records.ErrNotFound) {
		return Watch{}, nil
	}
	return w, err
}

// deliver makes one delivery for each person and channel of the route, whichever roles lead to
// the person.
func (a *Alerter) deliver(ctx context.Context, tx *records.Tx, alert int64, route Route, routed bool, people map[string][]Person, at time.Time) error {
	reached := false
	add := func(person int64, channel, cause string) error {
		reached = true
		return deliveries.Add(ctx, tx, alert, person, channel, cause, at)
	}
	if routed {
		for _, tell := range route.Tell {
			for _, role := range tell.Roles {
				holders, err := a.holders(ctx, tx, role, people)
				if err != nil {
					return err
				}
				for _, p := range holders {
					for _, channel := range tell.Channels {
						if err := add(p.ID, channel, a.waitsFor(channel, p)); err != nil {
							return err
						}
					}
				}
			}
		}
		for _, id := range route.Webhooks {
			if err := add(0, Webhook+id, a.waitsFor(Webhook+id, Person{})); err != nil {
				return err
			}
		}
	}
	if reached {
		return nil
	}
	return deliveries.AddNoRecipient(ctx, tx, alert, at)
}

func (a *Alerter) holders(ctx context.Context, tx *records.Tx, role string, known map[string][]Person) ([]Person, error) {
	if list, ok := known[role]; ok {
		return list, nil
	}
	list, err := a.deps.WithRole(ctx, tx, role)
	if err != nil {
		return nil, err
	}
	known[role] = list
	return list, nil
}

// Why a delivery waits before anything was tried.
const (
	CauseNotConfigured = "not-configured" // the channel is not set up
	CauseNoAddress     = "no-address"     // the person has no mail address
)

func (a *Alerter) waitsFor(channel string, p Person) string {
	if channel == Bell {
		return ""
	}
	if a.deps.Notifiers[channel] == nil {
		return CauseNotConfigured
	}
	if channel == Email && p.Email == "" {
		return CauseNoAddress
	}
	return ""
}

func (a *Alerter) at(point string) {
	if a.deps.At != nil {
		a.deps.At(point)
	}
}

// wakeUp tells the sender of a channel, or with "" every one, that something may be due.
func (a *Alerter) wakeUp(channel string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for name, c := range a.wake {
		if channel != "" && name != channel {
			continue
		}
		select {
		case c <- struct{}{}:
		default: // it has been told already
		}
	}
}
