package web

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lamro/internal/account"
	"lamro/internal/news"
)

type watchFormPage struct {
	Frame
	New        bool
	Draft      WatchDraft
	Echo       *QueryEcho
	QueryErr   *QueryProblem
	NameErr    string
	IDErr      string
	Stale      bool // somebody changed the watch meanwhile
	Severities []news.Severity
	Modes      []string
	Checked    bool // the query was looked at, nothing was saved
	TryURL     string
}

// The lengths that a form takes, in letters.
const (
	maxWatchName  = 120
	maxWatchQuery = 4000
	maxWatchNote  = 1000
)

// reservedIDs are words in the addresses of watches.
var reservedIDs = []string{"new", "echo"}

var idForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)

func (s *Server) newWatch(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	d := WatchDraft{Query: q.Get("query"), Mode: mode(q.Get("mode")), Severity: news.Normal, Alert: true}
	return s.showWatchForm(w, r, v, http.StatusOK, watchFormPage{New: true, Draft: d})
}

func (s *Server) editWatch(w http.ResponseWriter, r *http.Request, v *visit) error {
	watch, err := s.cfg.Data.Watches.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d := WatchDraft{
		ID: watch.ID, Name: watch.Name, Query: watch.Query, Mode: mode(watch.Mode), Severity: watch.Severity,
		Alert: watch.Alert, Note: watch.Note, Revision: watch.Revision,
	}
	return s.showWatchForm(w, r, v, http.StatusOK, watchFormPage{Draft: d})
}

func (s *Server) addWatch(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.saveWatch(w, r, v, true)
}

func (s *Server) changeWatch(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.saveWatch(w, r, v, false)
}

func (s *Server) saveWatch(w http.ResponseWriter, r *http.Request, v *visit, isNew bool) error {
	d, err := readDraft(r)
	if err != nil {
		return err
	}
	if !isNew {
		d.ID = r.PathValue("id")
	}
	p := watchFormPage{New: isNew, Draft: d}
	if r.PostForm.Get("do") == "check" {
		p.Checked = true
		return s.showWatchForm(w, r, v, http.StatusOK, p)
	}
	if d.Name == "" {
		p.NameErr = v.T("watch.name-missing")
	}
	if isNew && d.ID == "" {
		d.ID = slug(d.Name)
	}
	if isNew && d.Name != "" && (!idForm.MatchString(d.ID) || slices.Contains(reservedIDs, d.ID)) {
		p.IDErr = v.T("watch.id-form")
	}
	if p.NameErr != "" || p.IDErr != "" {
		return s.showWatchForm(w, r, v, http.StatusUnprocessableEntity, p)
	}
	save := s.cfg.Data.Watches.Change
	if isNew {
		save = s.cfg.Data.Watches.Add
	}
	var bad *QueryError
	watch, err := save(r.Context(), v.ID, d)
	switch {
	case err == nil:
		return done(w, r, "/watches/"+watch.ID, "watch-saved")
	case errors.As(err, &bad):
		p.QueryErr = v.queryProblem(d.Query, bad)
		return s.showWatchForm(w, r, v, http.StatusUnprocessableEntity, p)
	case errors.Is(err, ErrTaken):
		p.Draft.ID, p.IDErr = d.ID, v.T("watch.id-taken", d.ID)
		return s.showWatchForm(w, r, v, http.StatusConflict, p)
	case errors.Is(err, ErrStale):
		p.Stale = true
		return s.showWatchForm(w, r, v, http.StatusConflict, p)
	}
	return err
}

// showWatchForm shows the form with what was typed, how its query is understood, and what is
// wrong with it.
func (s *Server) showWatchForm(w http.ResponseWriter, r *http.Request, v *visit, status int, p watchFormPage) error {
	title := v.T("watch.new")
	if !p.New {
		title = v.T("watch.edit", p.Draft.Name)
	}
	p.Frame = s.frame(r, v, "/watches", title)
	p.Severities, p.Modes = severities, []string{ModeAuto, ModeExact, ModeFold}
	if p.QueryErr == nil && p.Draft.Query != "" {
		var err error
		if p.Echo, p.QueryErr, err = s.understand(r, v, p.Draft.Query, p.Draft.Mode); err != nil {
			return err
		}
	}
	if v.may(account.ReadMentions) && p.Draft.Query != "" {
		p.TryURL = searchPage{}.With("q", p.Draft.Query, "mode", p.Draft.Mode)
	}
	return s.show(w, v, status, "watchform", p)
}

// echo is the line under the query while it is typed.
func (s *Server) echo(w http.ResponseWriter, r *http.Request, v *visit) error {
	var p watchFormPage
	query := norm.NFC.String(r.URL.Query().Get("query"))
	if query != "" {
		var err error
		if p.Echo, p.QueryErr, err = s.understand(r, v, query, mode(r.URL.Query().Get("mode"))); err != nil {
			return err
		}
	}
	return s.send(w, v, http.StatusOK, "watchform", "echo", p)
}

func (s *Server) understand(r *http.Request, v *visit, query, mode string) (*QueryEcho, *QueryProblem, error) {
	echo, err := s.cfg.Data.Watches.Check(r.Context(), query, mode)
	var bad *QueryError
	switch {
	case errors.As(err, &bad):
		return nil, v.queryProblem(query, bad), nil
	case err != nil:
		return nil, nil, err
	}
	return &echo, nil, nil
}

// readDraft reads the form; what is too long for it is no page of ours.
func readDraft(r *http.Request) (WatchDraft, error) {
	get := func(name string) string { return strings.TrimSpace(norm.NFC.String(r.PostForm.Get(name))) }
	d := WatchDraft{
		ID: strings.ToLower(get("id")), Name: get("name"), Query: get("query"), Mode: mode(get("mode")),
		Severity: news.Severity(get("severity")), Alert: get("alert") != "", Note: get("note"),
	}
	d.Revision, _ = strconv.Atoi(get("revision")) // none when the watch is new
	if d.Severity.Rank() == 0 || utf8.RuneCountInString(d.Name) > maxWatchName ||
		utf8.RuneCountInString(d.Query) > maxWatchQuery || utf8.RuneCountInString(d.Note) > maxWatchNote {
		return WatchDraft{}, errRequest
	}
	return d, nil
}

func mode(s string) string {
	if s == ModeExact || s == ModeFold {
		return s
	}
	return ModeAuto
}

// slug makes an id of a name: its letters without marks, the rest as dashes.
func slug(name string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == 'đ':
			b.WriteByte('d')
		case r >= 0x300 && r <= 0x36f: // a mark of the letter before
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
