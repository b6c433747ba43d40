package account

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lamro/internal/records"
	"lamro/internal/records/people"
	"lamro/internal/records/recordstest"
)

// site answers "/in" by opening a session of person 1, "/out" by closing it, and everything
// else with who is asking.
type site struct {
	db *records.DB
	s  *Sessions
	h  http.Handler
}

func newSite(t *testing.T, secure bool) *site {
	t.Helper()
	db := recordstest.Open(t)
	err := db.Tx(t.Context(), func(ctx context.Context, tx *records.Tx) error {
		_, err := people.Add(ctx, tx, people.New{Login: "truc", At: time.Now()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s := NewSessions(db, secure, nil)
	return &site{db: db, s: s, h: s.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/in":
			p, err := people.Get(r.Context(), db.Read(), 1)
			if err == nil {
				err = s.Start(r.Context(), p)
			}
			if err != nil {
				t.Error(err)
			}
		case "/out":
			if err := s.End(r.Context()); err != nil {
				t.Error(err)
			}
		}
		if p, err := s.Person(r.Context()); err == nil {
			_, _ = w.Write([]byte(p.Login))
		}
	}))}
}

func (s *site) get(path string, cookie *http.Cookie) (string, *http.Cookie) {
	r := httptest.NewRequest(http.MethodGet, "http://lamro.test"+path, nil)
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		cookie = c
	}
	return w.Body.String(), cookie
}

func (s *site) change(t *testing.T, fn func(ctx context.Context, tx *records.Tx) error) {
	t.Helper()
	if err := s.db.Tx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestSessionEndsIdleAndAbsolutely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, false)
		defer s.db.Close()
		_, c := s.get("/in", nil)
		time.Sleep(IdleTimeout - time.Second)
		if who, _ := s.get("/", c); who != "truc" {
			t.Fatalf("just before the idle time-out: %q, want truc", who)
		}
		time.Sleep(IdleTimeout - time.Second)
		if who, _ := s.get("/", c); who != "truc" {
			t.Fatalf("used in between: %q, want truc", who)
		}
		time.Sleep(IdleTimeout + time.Second)
		if who, _ := s.get("/", c); who != "" {
			t.Fatalf("after the idle time-out: %q, want nobody", who)
		}

		_, c = s.get("/in", nil)
		begin := time.Now()
		for time.Since(begin) < Lifetime-10*time.Minute {
			time.Sleep(20 * time.Minute)
			if who, _ := s.get("/", c); who != "truc" && time.Since(begin) < Lifetime {
				t.Fatalf("after %s of use: %q, want truc", time.Since(begin), who)
			}
		}
		time.Sleep(10 * time.Minute)
		if who, _ := s.get("/", c); who != "" {
			t.Fatalf("after %s: %q, want nobody", time.Since(begin), who)
		}
	})
}

func TestLookDoesNotKeepASessionAlive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, false)
		defer s.db.Close()
		_, c := s.get("/in", nil)
		r := httptest.NewRequest(http.MethodGet, "/events", nil)
		r.AddCookie(c)
		for range 29 {
			time.Sleep(time.Minute)
			if p, err := s.s.Look(r); err != nil || p.Login != "truc" {
				t.Fatalf("Look = %q, %v; want truc", p.Login, err)
			}
		}
		time.Sleep(time.Minute)
		if _, err := s.s.Look(r); !errors.Is(err, records.ErrNotFound) {
			t.Fatalf("Look after the idle time-out = %v, want ErrNotFound", err)
		}
	})
}

func TestSessionsOfAPersonEndTogether(t *testing.T) {
	t.Parallel()
	s := newSite(t, false)
	defer s.db.Close()
	for name, end := range map[string]func(ctx context.Context, tx *records.Tx) error{
		"password set": func(ctx context.Context, tx *records.Tx) error {
			return people.SetPassword(ctx, tx, 1, "x", false, time.Now())
		},
		"disabled": func(ctx context.Context, tx *records.Tx) error { return people.Disable(ctx, tx, 1, time.Now()) },
	} {
		_, one := s.get("/in", nil)
		_, two := s.get("/in", nil)
		s.change(t, end)
		for _, c := range []*http.Cookie{one, two} {
			if who, _ := s.get("/", c); who != "" {
				t.Errorf("%s: %q is still signed in", name, who)
			}
		}
		s.change(t, func(ctx context.Context, tx *records.Tx) error { return people.Enable(ctx, tx, 1) })
		if who, _ := s.get("/", one); who != "" {
			t.Errorf("%s, then enabled: the old session of %q is back", name, who)
		}
	}
}

func TestSignInTakesANewToken(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	defer s.db.Close()
	_, one := s.get("/in", nil)
	_, two := s.get("/in", one)
	if one.Value == two.Value {
		t.Error("the token survived a second sign-in")
	}
	if who, _ := s.get("/", one); who != "" {
		t.Errorf("the token from before sign-in still belongs to %q", who)
	}
	if two.Name != "__Host-lamro" || !two.Secure || !two.HttpOnly || two.SameSite != http.SameSiteLaxMode || two.Path != "/" || two.Domain != "" {
		t.Errorf("cookie = %+v, want __Host-, Secure, HttpOnly, Lax, /", two)
	}
}

func TestTokenIsStoredHashed(t *testing.T) {
	t.Parallel()
	s := newSite(t, false)
	defer s.db.Close()
	_, c := s.get("/in", nil)
	var stored string
	if err := s.db.Read().QueryRowContext(t.Context(), `SELECT token_hash FROM sessions`).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if stored == c.Value || strings.Contains(stored, c.Value) {
		t.Errorf("stored %q for token %q, want a hash", stored, c.Value)
	}
}

func TestSignedOutStaysSignedOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, false)
		defer s.db.Close()
		_, c := s.get("/in", nil)
		time.Sleep(2 * time.Minute)
		// A request that was running when the person signed out ends after the sign-out.
		slow := s.s.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.get("/out", c)
			w.WriteHeader(http.StatusOK)
		}))
		r := httptest.NewRequest(http.MethodGet, "/slow", nil)
		r.AddCookie(c)
		slow.ServeHTTP(httptest.NewRecorder(), r)
		if who, _ := s.get("/", c); who != "" {
			t.Errorf("after sign-out: %q, want nobody", who)
		}
	})
}

func TestEndedSessionsAreSwept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, false)
		defer s.db.Close()
		s.get("/in", nil)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.s.Run(ctx, slog.New(slog.DiscardHandler)) }()
		time.Sleep(time.Hour + time.Minute)
		synctest.Wait()
		var n int
		if err := s.db.Read().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM sessions`).Scan(&n); err != nil || n != 0 {
			t.Errorf("sessions left = %d, %v; want 0", n, err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil when its context ends", err)
		}
	})
}

func TestPageViewsDoNotWriteTheSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, false)
		defer s.db.Close()
		_, c := s.get("/in", nil)
		expires := func() (ms int64) {
			if err := s.db.Read().QueryRowContext(t.Context(), `SELECT expires_at FROM sessions`).Scan(&ms); err != nil {
				t.Fatal(err)
			}
			return ms
		}
		first := expires()
		time.Sleep(extendAfter / 2)
		s.get("/", c)
		if got := expires(); got != first {
			t.Errorf("written again after %s", extendAfter/2)
		}
		time.Sleep(extendAfter)
		s.get("/", c)
		if got := expires(); got == first {
			t.Errorf("not prolonged after %s", extendAfter*3/2)
		}
	})
}
