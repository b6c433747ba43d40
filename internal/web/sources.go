package web

import (
	"net/http"
	"strings"

	"lamro/internal/account"
)

type sourcesPage struct {
	Frame
	State     string // "" for all
	Rows      []SourceRow
	Counts    []StateCount
	Total     int
	CanManage bool
	ReasonFor string // the source whose pause lacks a reason
	Reason    string
}

// A StateCount is how many sources are in a state.
type StateCount struct {
	State string
	Count int
}

func (s *Server) sources(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.showSources(w, r, v, http.StatusOK, "")
}

func (s *Server) showSources(w http.ResponseWriter, r *http.Request, v *visit, status int, reasonFor string) error {
	all, err := s.cfg.Data.Sources.List(r.Context())
	if err != nil {
		return err
	}
	p := sourcesPage{
		Frame: s.frame(r, v, "/sources", v.T("nav.sources")), State: r.URL.Query().Get("state"),
		Total: len(all), CanManage: v.may(account.ManageSources), ReasonFor: reasonFor,
	}
	count := map[string]int{}
	for _, row := range v.sourceRows(all, s.cfg.Now()) {
		count[row.State]++
		if p.State == "" || p.State == row.State {
			p.Rows = append(p.Rows, row)
		}
	}
	for _, state := range stateOrder {
		p.Counts = append(p.Counts, StateCount{state, count[state]})
	}
	return s.show(w, v, status, "sources", p)
}

func (s *Server) checkSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := s.cfg.Data.Sources.CheckNow(r.Context(), v.ID, r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "/sources", "check")
}

func (s *Server) pauseSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	reason := strings.TrimSpace(r.PostForm.Get("reason"))
	if reason == "" {
		return s.showSources(w, r, v, http.StatusUnprocessableEntity, r.PathValue("id"))
	}
	if err := s.cfg.Data.Sources.Pause(r.Context(), v.ID, r.PathValue("id"), reason); err != nil {
		return err
	}
	return done(w, r, "/sources", "source-paused")
}

func (s *Server) resumeSource(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := s.cfg.Data.Sources.Resume(r.Context(), v.ID, r.PathValue("id")); err != nil {
		return err
	}
	return done(w, r, "/sources", "source-resumed")
}
