package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"lamro/internal/records"
	"lamro/internal/records/people"
)

// How long a session lives: without a request, and in all.
const (
	IdleTimeout = 30 * time.Minute
	Lifetime    = 12 * time.Hour

	// extendAfter is how much a request must prolong a session before it is written again: a
	// durable write per page view would be most of what the records do.
	extendAfter = time.Minute

	// openWithin is how long after Start a session may first be written. Later on, one that is
	// not in the records was ended while a request of it was running, and stays ended.
	openWithin = time.Minute
)

const (
	keyPerson = "person"
	keyEpoch  = "epoch"
	keyOpened = "opened" // ms
)

// Sessions knows who is asking. A session ends by itself (IdleTimeout, Lifetime), by sign-out,
// and for all sessions of a person when they are disabled or their password changes.
type Sessions struct {
	db  *records.DB
	scs *scs.SessionManager
}

// NewSessions gives the sessions of an installation. With secure set (the pages are served
// under https) the cookie is bound to the host and never sent in the clear.
func NewSessions(db *records.DB, secure bool, failed func(http.ResponseWriter, *http.Request, error)) *Sessions {
	if failed == nil {
		failed = func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}
	}
	// Not scs.New: it starts a goroutine for a store in memory that nobody can stop.
	m := &scs.SessionManager{
		Store:            &store{db: db},
		Codec:            jsonCodec{},
		IdleTimeout:      IdleTimeout,
		Lifetime:         Lifetime,
		HashTokenInStore: true,
		ErrorFunc:        failed,
		Cookie: scs.SessionCookie{ // without an expiry: gone when the browser closes
			Name: "lamro", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		},
	}
	if secure {
		m.Cookie.Name, m.Cookie.Secure = "__Host-lamro", true
	}
	return &Sessions{db: db, scs: m}
}

// Middleware gives every request its session and keeps a session alive that is used.
func (s *Sessions) Middleware(next http.Handler) http.Handler { return s.scs.LoadAndSave(next) }

// Start opens a session of p under a new token. It must run inside Middleware.
func (s *Sessions) Start(ctx context.Context, p people.Person) error {
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	s.scs.Put(ctx, keyPerson, p.ID)
	s.scs.Put(ctx, keyEpoch, p.Epoch)
	s.scs.Put(ctx, keyOpened, records.Millis(time.Now()))
	return nil
}

// End closes the request's session.
func (s *Sessions) End(ctx context.Context) error {
	if err := s.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Person is who the request's session belongs to, with the roles of this moment;
// records.ErrNotFound when nobody is signed in. It must run inside Middleware.
func (s *Sessions) Person(ctx context.Context) (people.Person, error) {
	id := s.scs.GetInt64(ctx, keyPerson)
	if id == 0 {
		return people.Person{}, records.ErrNotFound
	}
	p, err := people.Get(ctx, s.db.Read(), id)
	if err != nil {
		return people.Person{}, err
	}
	if p.Disabled() || p.Epoch != s.scs.GetInt64(ctx, keyEpoch) {
		return people.Person{}, fmt.Errorf("session is over: %w", records.ErrNotFound)
	}
	return p, nil
}

// Look is Person for a request outside Middleware: it does not keep the session alive, so that
// a page left open overnight is signed out although its event stream reconnects.
func (s *Sessions) Look(r *http.Request) (people.Person, error) {
	c, err := r.Cookie(s.scs.Cookie.Name)
	if err != nil {
		return people.Person{}, records.ErrNotFound
	}
	ctx, err := s.scs.Load(r.Context(), c.Value)
	if err != nil {
		return people.Person{}, err
	}
	return s.Person(ctx)
}

// Run deletes ended sessions from the records every hour until ctx ends.
func (s *Sessions) Run(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		err := s.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
			_, err := people.SweepSessions(ctx, tx, time.Now())
			return err
		})
		if err != nil && ctx.Err() == nil {
			log.Warn("ended sessions were not deleted, trying again in an hour", "err", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// store keeps sessions in the records. The manager hands it hashed tokens.
type store struct{ db *records.DB }

var _ scs.CtxStore = (*store)(nil)

func (s *store) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	data, _, err := people.Session(ctx, s.db.Read(), token, time.Now())
	if errors.Is(err, records.ErrNotFound) {
		return nil, false, nil
	}
	return []byte(data), err == nil, err
}

func (s *store) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	was, until, err := people.Session(ctx, s.db.Read(), token, time.Now())
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		return err
	}
	if err == nil && was == string(b) && expiry.Sub(until) < extendAfter {
		return nil
	}
	if err != nil {
		var session sessionJSON
		if err := json.Unmarshal(b, &session); err != nil {
			return fmt.Errorf("decode session: %w", err)
		}
		if time.Since(records.Time(session.Values[keyOpened])) > openWithin {
			return nil
		}
	}
	return s.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return people.PutSession(ctx, tx, token, string(b), expiry)
	})
}

func (s *store) DeleteCtx(ctx context.Context, token string) error {
	return s.db.Tx(ctx, func(ctx context.Context, tx *records.Tx) error {
		return people.DeleteSession(ctx, tx, token)
	})
}

// The manager calls the Ctx forms; these complete its interface.

func (s *store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *store) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s *store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// jsonCodec writes equal sessions as equal bytes, which gob does not. A session holds integers
// only.
type jsonCodec struct{}

type sessionJSON struct {
	Deadline time.Time        `json:"deadline"`
	Values   map[string]int64 `json:"values"`
}

func (jsonCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	s := sessionJSON{Deadline: deadline, Values: make(map[string]int64, len(values))}
	for k, v := range values {
		n, ok := v.(int64)
		if !ok {
			return nil, fmt.Errorf("session value %s is %T, want int64", k, v)
		}
		s.Values[k] = n
	}
	return json.Marshal(s)
}

func (jsonCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var s sessionJSON
	if err := json.Unmarshal(b, &s); err != nil {
		return time.Time{}, nil, fmt.Errorf("decode session: %w", err)
	}
	values := make(map[string]any, len(s.Values))
	for k, v := range s.Values {
		values[k] = v
	}
	return s.Deadline, values, nil
}
