package web

import (
	"net/http"
	"slices"
	"time"

	"lamro/internal/account"
)

type todayPage struct {
	Frame
	Day       time.Time
	Alerts    *AlertPage // nil for those who see none
	Items     []AlertItem
	Watches   []WatchRow  // that have stories, the liveliest first
	Others    int         // enabled watches that are not listed
	Sparks    bool        // some watch has a line of days
	Young     bool        // no watch is old enough for a usual range
	Total     int         // sources
	HasWatch  bool        // the person sees watches
	Sources   []SourceRow // in trouble
	Trouble   int
	Unvisited int
	Running   int // sources that do
	HasSrc    bool
	Begin     *Beginning // nil once there is an article
	begin     Beginning
	View      TodayView
}

// A Beginning says what happens at the first start, before the first article.
type Beginning struct {
	Enabled   int  // sources
	Read      int  // of them, that could be read
	NoContact bool // nothing is fetched for want of one
	Unreached bool // every source was tried and none could be reached
	Watches   int  // enabled
}

// A WatchRow is a watch with its line of days.
type WatchRow struct {
	Watch
	Spark Spark
}

const (
	todayAlerts  = 10
	todaySources = 5
	todayWatches = 12
)

func (s *Server) today(w http.ResponseWriter, r *http.Request, v *visit) error {
	now := s.cfg.Now()
	p := todayPage{Frame: s.frame(r, v, "/", v.T("nav.today")), Day: now}
	if v.may(account.SeeAlerts) {
		page, err := s.cfg.Data.Alerts.List(r.Context(), AlertFilter{Person: v.ID, State: AlertsUnseen, Limit: todayAlerts})
		if err != nil {
			return err
		}
		slices.SortStableFunc(page.Alerts, func(a, b Alert) int { return b.Severity.Rank() - a.Severity.Rank() })
		p.Alerts, p.Items = &page, s.alertItems(v, page.Alerts, "/")
	}
	if v.may(account.SeeAlerts) || v.may(account.ManageSources) {
		var err error
		if p.View, err = s.cfg.Data.Today.Today(r.Context(), now); err != nil {
			return err
		}
	}
	if p.HasWatch = v.may(account.ReadMentions); p.HasWatch {
		watches, err := s.cfg.Data.Watches.List(r.Context())
		if err != nil {
			return err
		}
		p.watches(livelyFirst(watches))
	}
	if p.HasSrc = v.may(account.SeeSources); p.HasSrc {
		sources, err := s.cfg.Data.Sources.List(r.Context())
		if err != nil {
			return err
		}
		p.sources(v.sourceRows(sources, now))
	}
	if p.Live.Known && p.Live.Newest.IsZero() {
		p.Begin = &p.begin
	}
	return s.show(w, v, http.StatusOK, "today", p)
}

// watches lists the liveliest watches that have stories today, and counts the others.
func (p *todayPage) watches(rows []WatchRow) {
	p.Young = true
	for _, row := range rows {
		if !row.Enabled {
			continue
		}
		p.begin.Watches++
		p.Young = p.Young && !row.Spark.Usual
		p.Sparks = p.Sparks || row.Spark.Path != ""
		if row.Spark.Now > 0 && len(p.Watches) < todayWatches {
			p.Watches = append(p.Watches, row)
		} else {
			p.Others++
		}
	}
}

// sources lists those in trouble, worst first, and counts what a beginning tells.
func (p *todayPage) sources(rows []SourceRow) {
	p.Total = len(rows)
	down := 0
	for _, row := range rows {
		switch row.State {
		case stateNew:
			p.Unvisited++
		case stateOK:
			p.Running++
		case stateDown:
			down++
		}
		if row.Enabled {
			p.begin.Enabled++
			p.begin.NoContact = p.begin.NoContact || row.LastError == "no-contact"
			if !row.LastSuccess.IsZero() {
				p.begin.Read++
			}
		}
		if !row.trouble() {
			continue
		}
		if p.Trouble++; len(p.Sources) < todaySources {
			p.Sources = append(p.Sources, row)
		}
	}
	p.begin.Unreached = down > 0 && down == p.begin.Enabled
}
