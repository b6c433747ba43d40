package web

import (
	"net/http"

	"lamro/internal/account"
)

// A handler answers one request of one visitor. An error it returns becomes a page: not found,
// forbidden, bad request, or "something went wrong" with a line in the log.
type handler func(w http.ResponseWriter, r *http.Request, v *visit) error

// A route says who may ask for what. Without a right, whoever is signed in may.
type route struct {
	pattern string
	right   account.Right
	handle  handler
	access  access
}

type access int

const (
	signedIn access = iota // and the password is their own
	changing               // signed in, also while the password has to be changed
	anybody
)

// routes is the whole site but the static files and the event stream.
func (s *Server) routes() []route {
	return []route{
		{"GET /signin", "", s.signInForm, anybody},
		{"POST /signin", "", s.signIn, anybody},
		{"GET /bot", "", s.bot, anybody},
		{"GET /password", "", s.passwordForm, changing},
		{"POST /password", "", s.changePassword, changing},
		{"POST /signout", "", s.signOut, changing},
		{"POST /language", "", s.setLanguage, changing},
		{"GET /help", "", s.help, changing},

		{"GET /{$}", "", s.today, signedIn},

		{"GET /alerts", account.SeeAlerts, s.alerts, signedIn},
		{"POST /alerts/seen", account.SeeAlerts, s.alertsSeen, signedIn},
		{"POST /alerts/{id}/acknowledge", account.ActOnAlerts, s.acknowledge, signedIn},

		{"GET /search", account.ReadMentions, s.search, signedIn},
		{"GET /articles/{id}", account.ReadMentions, s.article, signedIn},

		{"GET /watches", account.SeeWatches, s.watches, signedIn},
		{"GET /watches/{id}", account.SeeWatches, s.watch, signedIn},
		{"GET /watches/new", account.EditWatches, s.newWatch, signedIn},
		{"GET /watches/echo", account.EditWatches, s.echo, signedIn},
		{"POST /watches", account.EditWatches, s.addWatch, signedIn},
		{"GET /watches/{id}/edit", account.EditWatches, s.editWatch, signedIn},
		{"POST /watches/{id}", account.EditWatches, s.changeWatch, signedIn},
		{"POST /watches/{id}/pause", account.EditWatches, s.pauseWatch, signedIn},
		{"POST /watches/{id}/resume", account.EditWatches, s.resumeWatch, signedIn},

		{"GET /sources", account.SeeSources, s.sources, signedIn},
		{"POST /sources/{id}/check", account.ManageSources, s.checkSource, signedIn},
		{"POST /sources/{id}/pause", account.ManageSources, s.pauseSource, signedIn},
		{"POST /sources/{id}/resume", account.ManageSources, s.resumeSource, signedIn},

		{"/", "", s.nothing, signedIn},
	}
}

func (s *Server) mux() http.Handler {
	pages := http.NewServeMux()
	for _, rt := range s.routes() {
		pages.Handle(rt.pattern, s.guard(rt))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", s.static)
	mux.HandleFunc("GET /robots.txt", robots)
	// The stream reads its session itself: it must not keep it alive.
	mux.HandleFunc("GET /events", s.events)
	mux.Handle("/", s.sessions.Middleware(pages))
	return mux
}

// guard lets a request through to its handler when the visitor may make it.
func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visitor(r)
		if err == nil {
			switch {
			case rt.access == anybody:
			case !v.signedIn:
				s.askToSignIn(w, r, v)
				return
			case v.MustChange && rt.access != changing:
				http.Redirect(w, r, "/password", http.StatusSeeOther)
				return
			case rt.right != "" && !v.may(rt.right):
				err = errForbidden
			}
		}
		if err == nil && r.Method == http.MethodPost {
			err = parseForm(r)
		}
		if err == nil {
			err = s.safely(rt.handle)(w, r, v)
		}
		if err != nil {
			s.fail(w, r, v, err)
		}
	})
}

// robots keeps the pages out of search engines, should one ever reach them.
func robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("User-agent: *\nDisallow: /\n")) //nolint:errcheck // the reader has gone
}
