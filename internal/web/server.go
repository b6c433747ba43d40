// Package web serves the pages of an installation: rendered on the server, usable without
// script, quicker with htmx and one event stream. It shows what package app gives it through
// the interfaces of data.go and decides nothing that a command would not decide too.
package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"lamro/internal/account"
	"lamro/internal/records"
)

// The limits of one request and of a connection.
const (
	maxBody           = 128 << 10
	maxHeader         = 32 << 10
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 20 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	shutdownTimeout   = 10 * time.Second
)

// Config is what the pages need.
type Config struct {
	Data      Data
	DB        *records.DB // holds the sessions
	Accounts  *account.Accounts
	BaseURL   string // as people reach the pages; "" when only through loopback
	UserAgent string // that visited sites see, for the page that explains it
	Contact   string // how a site reaches the office, "" until it is set
	Version   string
	Log       *slog.Logger
	Words     map[string]map[string]string // the office's own words for keys, by language; may be nil
	Now       func() time.Time             // time.Now when nil
	Tick      time.Duration                // between two looks of an event stream; 3 s when zero
}

// Server is the pages of one installation.
type Server struct {
	cfg      Config
	log      *slog.Logger
	sessions *account.Sessions
	views    map[string]*renderer // by language
	static   *staticFiles
	handler  http.Handler
	streams  chan struct{} // one for each open event stream

	mu   sync.Mutex
	open chan struct{} // closed when event streams have to end; a new one for each Run
}

// New parses every template in every language, so that a broken page is found at the start.
func New(cfg Config) (*Server, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Tick == 0 {
		cfg.Tick = 3 * time.Second
	}
	s := &Server{cfg: cfg, log: cfg.Log, views: map[string]*renderer{}, streams: make(chan struct{}, maxStreams)}
	s.openStreams()
	var err error
	if s.static, err = newStaticFiles(); err != nil {
		return nil, err
	}
	locales, err := loadLocales(cfg.Now, cfg.Words)
	if err != nil {
		return nil, err
	}
	for lang, l := range locales {
		if s.views[lang], err = newRenderer(l, s.static); err != nil {
			return nil, err
		}
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("base URL: %w", err)
	}
	secure := base.Scheme == "https"
	s.sessions = account.NewSessions(cfg.DB, secure, func(w http.ResponseWriter, r *http.Request, err error) {
		s.log.Error("session", "err", err)
		s.problem(w, r, &visit{renderer: s.views[languageOf(r)]}, http.StatusInternalServerError)
	})
	cross := http.NewCrossOriginProtection()
	if base.Host != "" {
		if err := cross.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
			return nil, fmt.Errorf("base URL: %w", err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, r, &visit{renderer: s.views[languageOf(r)]}, http.StatusForbidden)
	}))
	s.handler = headers(secure, http.MaxBytesHandler(cross.Handler(s.mux()), maxBody))
	return s, nil
}

// openStreams lets event streams run until endStreams.
func (s *Server) openStreams() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = make(chan struct{})
}

// endStreams ends the open event streams, and at once those that are opened until openStreams.
func (s *Server) endStreams() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.open)
}

func (s *Server) ending() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// Handler answers every request; Run serves it with the right limits.
func (s *Server) Handler() http.Handler { return s.handler }

// Run serves on l until ctx ends, then lets running requests finish, closes event streams and
// returns nil. It also deletes sessions that are over. It may run again afterwards, once at a
// time.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.openStreams()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve pages: %w", err)
		}
		return nil
	})
	g.Go(func() error { return s.sessions.Run(ctx, s.log) })
	g.Go(func() error {
		<-ctx.Done()
		s.endStreams()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			return errors.Join(fmt.Errorf("stop pages: %w", err), srv.Close())
		}
		return nil
	})
	return g.Wait()
}

// policy allows what comes from us and nothing inline. The pages hold text from the whole web;
// should a part of it ever pass as markup, it can neither run, load, send nor frame anything.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func headers(secure bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // an outlet does not learn who reads it from where
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// languageOf is the language of a request of nobody: what its address asks for, else what the
// browser prefers, else Vietnamese.
func languageOf(r *http.Request) string {
	if l := r.URL.Query().Get("lang"); isLanguage(l) {
		return l
	}
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(first)), "en") {
		return "en"
	}
	return account.Languages()[0]
}

func isLanguage(l string) bool {
	for _, known := range account.Languages() {
		if l == known {
			return true
		}
	}
	return false
}

// sprite is the icons as every page carries them.
func sprite(svg []byte) template.HTML {
	s := string(svg)
	s = s[strings.Index(s, "<symbol"):strings.LastIndex(s, "</svg>")]
	s = strings.ReplaceAll(s, "\n", "")
	return template.HTML(`<svg class="sprite" aria-hidden="true" focusable="false">` + s + `</svg>`) // #nosec G203 -- our own file
}
