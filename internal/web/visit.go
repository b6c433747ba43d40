package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"lamro/internal/account"
	"lamro/internal/records"
	"lamro/internal/records/people"
)

// What a handler returns instead of a page of its own.
var (
	errForbidden = errors.New("forbidden")
	errRequest   = errors.New("bad request") // a form that no page of ours sends
)

// A visit is one request with who makes it and the language to answer in.
type visit struct {
	people.Person
	*renderer
	signedIn bool
}

func (v *visit) may(right account.Right) bool { return v.signedIn && account.May(v.Person, right) }

// visitor finds out who asks. Nobody is no error.
func (s *Server) visitor(r *http.Request) (*visit, error) {
	p, err := s.sessions.Person(r.Context())
	switch {
	case errors.Is(err, records.ErrNotFound):
		return &visit{renderer: s.views[languageOf(r)]}, nil
	case err != nil:
		return &visit{renderer: s.views[languageOf(r)]}, err
	}
	view, ok := s.views[p.Language]
	if !ok {
		view = s.views[account.Languages()[0]]
	}
	return &visit{Person: p, renderer: view, signedIn: true}, nil
}

// A Frame is what every page shows around its own content.
type Frame struct {
	Title    string
	Person   people.Person
	SignedIn bool
	Find     bool   // the person may search
	Path     string // of this page with its query, to come back to
	Nav      []NavItem
	Live     Live
	Done     string // what the step before this page did, in words
}

// A NavItem is one entry of the navigation.
type NavItem struct {
	Path, Icon, Text, Key string
	Brief                 string // Text where there is little room, "" for Text itself
	Here                  bool
	Unseen                int
}

// Live is what the event stream keeps up to date.
type Live struct {
	Bell   bool // the person sees alerts
	Unseen int
	Newest time.Time
	Known  bool // the newest could be asked for
	Late   bool // the newest is older than lateAfter
	Age    time.Duration
}

// lateAfter is how old the newest article may be before the page says so.
const lateAfter = 15 * time.Minute

var navigation = []struct {
	path, icon, text, key string
	right                 account.Right
}{
	{"/", "house", "nav.today", "h", ""},
	{"/alerts", "bell", "nav.alerts", "c", account.SeeAlerts},
	{"/search", "search", "nav.search", "t", account.ReadMentions},
	{"/watches", "eye", "nav.watches", "d", account.SeeWatches},
	{"/sources", "rss", "nav.sources", "n", account.SeeSources},
}

// frame makes the frame of a page under the navigation entry here, "" for none.
func (s *Server) frame(r *http.Request, v *visit, here, title string) Frame {
	f := Frame{Title: title, Person: v.Person, SignedIn: v.signedIn, Path: "/"}
	if r.Method == http.MethodGet {
		f.Path = r.URL.RequestURI()
	}
	if done := r.URL.Query().Get("done"); done != "" {
		f.Done = v.known("done.", done, "")
	}
	if !v.signedIn {
		return f
	}
	f.Live, f.Find = s.live(r.Context(), v), v.may(account.ReadMentions)
	for _, n := range navigation {
		if n.right != "" && !v.may(n.right) {
			continue
		}
		item := NavItem{Path: n.path, Icon: n.icon, Text: v.T(n.text), Key: n.key, Here: n.path == here}
		if n.path == "/alerts" {
			item.Unseen = f.Live.Unseen
		}
		if n.path == "/watches" {
			item.Brief = v.T("word.watch")
		}
		f.Nav = append(f.Nav, item)
	}
	return f
}

// live asks for the age of the data and the bell. A page is worth more than its header: what
// cannot be asked for is logged and shown as unknown.
func (s *Server) live(ctx context.Context, v *visit) Live {
	l := Live{Bell: v.may(account.SeeAlerts)}
	newest, err := s.cfg.Data.Pulse.Newest(ctx)
	if err != nil {
		s.logError(ctx, "age of the data", err)
	} else {
		l.Known, l.Newest = true, newest
		l.Age = s.cfg.Now().Sub(newest)
		l.Late = newest.IsZero() || l.Age > lateAfter
	}
	if l.Bell {
		if l.Unseen, err = s.cfg.Data.Pulse.Unseen(ctx, v.ID); err != nil {
			s.logError(ctx, "unseen alerts", err)
		}
	}
	return l
}

// show sends a page, or the part of it that htmx asked for.
func (s *Server) show(w http.ResponseWriter, v *visit, status int, page string, data any) error {
	return s.send(w, v, status, page, "page", data)
}

func (s *Server) send(w http.ResponseWriter, v *visit, status int, page, name string, data any) error {
	b, err := v.render(page, name, data)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store") // after sign-out the back button shows nothing
	h.Add("Vary", "HX-Request")
	w.WriteHeader(status)
	if _, err := b.WriteTo(w); err != nil {
		return nil //nolint:nilerr // the reader has gone
	}
	return nil
}

// fragment says that htmx asks for a part of a page.
func fragment(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// askToSignIn sends nobody to the sign-in page and remembers where they wanted to go.
func (s *Server) askToSignIn(w http.ResponseWriter, r *http.Request, v *visit) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || fragment(r) {
		s.problem(w, r, v, http.StatusUnauthorized)
		return
	}
	to := "/signin"
	q := url.Values{}
	if back := r.URL.RequestURI(); back != "/" {
		q.Set("next", back)
	}
	if l := r.URL.Query().Get("lang"); isLanguage(l) {
		q.Set("lang", l)
	}
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// A problemPage says what went wrong and what to do next.
type problemPage struct {
	Frame
	Status int
	Text   string
	Next   string
}

// fail turns an error of a handler into a page and, where it is ours, a line in the log.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, records.ErrNotFound):
		s.problem(w, r, v, http.StatusNotFound)
	case errors.Is(err, errForbidden):
		s.problem(w, r, v, http.StatusForbidden)
	case errors.As(err, &tooLarge):
		s.problem(w, r, v, http.StatusRequestEntityTooLarge)
	case errors.Is(err, errRequest):
		s.problem(w, r, v, http.StatusBadRequest)
	default:
		s.logError(r.Context(), r.Method+" "+r.URL.Path, err)
		s.problem(w, r, v, http.StatusInternalServerError)
	}
}

func (s *Server) problem(w http.ResponseWriter, r *http.Request, v *visit, status int) {
	key := fmt.Sprintf("problem.%d", status)
	p := problemPage{Frame: s.frame(r, v, "", v.T(key+".title")), Status: status, Text: v.T(key + ".text"), Next: "/"}
	if status == http.StatusUnauthorized {
		p.Next = "/signin"
	}
	if err := s.show(w, v, status, "problem", p); err != nil {
		s.logError(r.Context(), "problem page", err)
		http.Error(w, http.StatusText(status), status)
	}
}

func (s *Server) logError(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return // the reader has gone, or we are stopping
	}
	s.log.Error("page", "what", what, "err", err)
}

// safely turns a panic of a handler into an error, so that it ends as a page too.
func (s *Server) safely(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return h(w, r, v)
	}
}

func (s *Server) nothing(http.ResponseWriter, *http.Request, *visit) error {
	return records.ErrNotFound
}

func parseForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
		return fmt.Errorf("%w: %w", errRequest, err)
	}
	return nil
}

// local is a path of ours that a form asked to go to next, or "/": never another site.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

// done redirects after a step to a page that says what was done.
func done(w http.ResponseWriter, r *http.Request, to, what string) error {
	u, err := url.Parse(local(to))
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("done", what)
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
	return nil
}
