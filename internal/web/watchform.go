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
	Preview    *Preview
	Bars       []Bar // of the preview
	Peak       string
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
	d := WatchDraft{
		Query: q.Get("query"), Mode: mode(q.Get("mode")), IY: q.Get("iy") != "", Severity: news.Normal, Alert: true,
	}
	return s.showWatchForm(w, r, v, http.StatusOK, watchFormPage{New: true, Draft: d})
}

func (s *Server) editWatch(w http.ResponseWriter, r *http.Request, v *visit) error {
	watch, err := s.cfg.Data.Watches.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d := WatchDraft{
		ID: watch.ID, Name: watch.Name, Query: watch.Query, Mode: mode(watch.Mode), IY: watch.IY, Severity: watch.Severity,
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
	switch do := r.PostForm.Get("do"); {
	case r.PostForm.Get("use") != "":
		p.Draft.Query, p.Checked = norm.NFC.String(r.PostForm.Get("use")), true
		return s.showWatchForm(w, r, v, http.StatusOK, p)
	case do == "check":
		p.Checked = true
		return s.showWatchForm(w, r, v, http.StatusOK, p)
	case do == "preview":
		return s.previewWatch(w, r, v, p)
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

// previewWatch shows the form with what its query would have found. Nothing is saved.
func (s *Server) previewWatch(w http.ResponseWriter, r *http.Request, v *visit, p watchFormPage) error {
	p.Checked = true
	if p.Draft.Query == "" {
		return s.showWatchForm(w, r, v, http.StatusOK, p)
	}
	found, err := s.cfg.Data.Watches.Preview(r.Context(), p.Draft.asks())
	var bad *QueryError
	switch {
	case errors.As(err, &bad):
		p.QueryErr = v.queryProblem(p.Draft.Query, bad)
		return s.showWatchForm(w, r, v, http.StatusUnprocessableEntity, p)
	case err != nil:
		return err
	}
	p.Preview = &found
	if !v.may(account.ReadMentions) {
		p.Preview.Samples = nil
	}
	today := day(s.cfg.Now())
	p.Bars = barsOf(found.Days, func(d DayCount) string { return v.N("search.day", d.Articles, v.Date(d.Day)) },
		func(d DayCount) bool { return day(d.Day).Equal(today) })
	var most DayCount
	for _, d := range found.Days {
		if d.Articles > most.Articles {
			most = d
		}
	}
	if most.Articles > 0 {
		p.Peak = v.N("search.peak", most.Articles, v.Date(most.Day))
	}
	return s.showWatchForm(w, r, v, http.StatusOK, p)
}

// ADay is how many articles a day the query would find, rounded.
func (p Preview) ADay() int {
	if len(p.Days) == 0 {
		return 0
	}
	return (p.Matched + len(p.Days)/2) / len(p.Days)
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
		if p.Echo, p.QueryErr, err = s.understand(r, v, p.Draft.asks()); err != nil {
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
	get := r.URL.Query().Get
	query := norm.NFC.String(get("query"))
	if query != "" {
		var err error
		if p.Echo, p.QueryErr, err = s.understand(r, v, WatchQuery{query, mode(get("mode")), get("iy") != ""}); err != nil {
			return err
		}
	}
	return s.send(w, v, http.StatusOK, "watchform", "echo", p)
}

func (s *Server) understand(r *http.Request, v *visit, q WatchQuery) (*QueryEcho, *QueryProblem, error) {
	echo, err := s.cfg.Data.Watches.Check(r.Context(), q)
	var bad *QueryError
	switch {
	case errors.As(err, &bad):
		return nil, v.queryProblem(q.Query, bad), nil
	case err != nil:
		return nil, nil, err
	}
	return &echo, nil, nil
}

// readDraft reads the form; what is too long for it is no page of ours.
func readDraft(r *http.Request) (WatchDraft, error) {
	get := func(name string) string { return strings.TrimSpace(norm.NFC.String(r.PostForm.Get(name))) }
	d := WatchDraft{
		ID: strings.ToLower(get("id")), Name: get("name"), Query: get("query"), Mode: mode(get("mode")), IY: get("iy") != "",
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
