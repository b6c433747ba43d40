package web

import (
	"net/http"
	"slices"
	"strings"

	"lamro/internal/account"
)

type watchesPage struct {
	Frame
	Rows    []WatchRow
	Enabled int
	CanEdit bool
	Read    bool // the person may read what was found
}

func (s *Server) watches(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := s.cfg.Data.Watches.List(r.Context())
	if err != nil {
		return err
	}
	p := watchesPage{
		Frame: s.frame(r, v, "/watches", v.T("nav.watches")), Rows: livelyFirst(all),
		CanEdit: v.may(account.EditWatches), Read: v.may(account.ReadMentions),
	}
	for _, row := range p.Rows {
		if row.Enabled {
			p.Enabled++
		}
	}
	return s.show(w, v, http.StatusOK, "watches", p)
}

// livelyFirst lists watches above their usual range first, then the busy ones, the quiet, and
// at last the paused.
func livelyFirst(all []Watch) []WatchRow {
	rows := make([]WatchRow, len(all))
	for i, watch := range all {
		rows[i] = WatchRow{Watch: watch, Spark: sparkOf(watch.Days)}
	}
	rank := func(r WatchRow) int {
		switch {
		case !r.Enabled:
			return 2
		case r.Spark.Above:
			return 0
		}
		return 1
	}
	slices.SortStableFunc(rows, func(a, b WatchRow) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		if d := b.Spark.Now - a.Spark.Now; d != 0 {
			return d
		}
		return strings.Compare(a.Name, b.Name)
	})
	return rows
}

type watchPage struct {
	Frame
	Watch    Watch
	Spark    Spark
	Echo     QueryEcho
	History  []WatchRevision
	Recent   []Hit
	CanEdit  bool
	Read     bool
	NoReason bool // a pause lacks its reason
}

const recentHits = 10

func (s *Server) watch(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.showWatch(w, r, v, http.StatusOK, false)
}

func (s *Server) showWatch(w http.ResponseWriter, r *http.Request, v *visit, status int, noReason bool) error {
	ctx, id := r.Context(), r.PathValue("id")
	watch, err := s.cfg.Data.Watches.Get(ctx, id)
	if err != nil {
		return err
	}
	p := watchPage{Watch: watch, Spark: sparkOf(watch.Days), CanEdit: v.may(account.EditWatches), Read: v.may(account.ReadMentions), NoReason: noReason}
	if p.History, err = s.cfg.Data.Watches.History(ctx, id); err != nil {
		return err
	}
	if p.Read {
		if p.Recent, err = s.cfg.Data.Watches.Recent(ctx, id, recentHits); err != nil {
			return err
		}
	}
	// The query stood when it was saved; should it no longer parse, the page still shows it.
	if echo, err := s.cfg.Data.Watches.Check(ctx, WatchQuery{watch.Query, watch.Mode, watch.IY}); err == nil {
		p.Echo = echo
	}
	p.Frame = s.frame(r, v, "/watches", watch.Name)
	return s.show(w, v, status, "watch", p)
}

func (s *Server) pauseWatch(w http.ResponseWriter, r *http.Request, v *visit) error {
	reason := strings.TrimSpace(r.PostForm.Get("reason"))
	if reason == "" {
		return s.showWatch(w, r, v, http.StatusUnprocessableEntity, true)
	}
	id := r.PathValue("id")
	if err := s.cfg.Data.Watches.Pause(r.Context(), v.ID, id, reason); err != nil {
		return err
	}
	return done(w, r, "/watches/"+id, "watch-paused")
}

func (s *Server) resumeWatch(w http.ResponseWriter, r *http.Request, v *visit) error {
	id := r.PathValue("id")
	if err := s.cfg.Data.Watches.Resume(r.Context(), v.ID, id); err != nil {
		return err
	}
	return done(w, r, "/watches/"+id, "watch-resumed")
}
