package web

import (
	"net/http"
	"net/url"
	"strconv"

	"lamro/internal/account"
	"lamro/internal/news"
)

// An AlertItem is an alert as a list shows it.
type AlertItem struct {
	Alert
	CanAct  bool
	Grouped bool   // it stands under its severity
	Back    string // where its form returns to
}

// An AlertGroup holds the alerts of one severity.
type AlertGroup struct {
	Severity news.Severity
	Items    []AlertItem
}

type alertsPage struct {
	Frame
	State    string
	Severity news.Severity
	Watch    string
	Groups   []AlertGroup
	Counts   AlertPage // without its alerts
	Shown    []int64   // unseen ones on this page
	NextURL  string
	CanAct   bool
}

const alertsPerPage = 50

var severities = []news.Severity{news.Critical, news.High, news.Normal, news.Low}

func (s *Server) alerts(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	f := AlertFilter{Person: v.ID, State: q.Get("state"), Severity: news.Severity(q.Get("severity")), Watch: q.Get("watch"), Limit: alertsPerPage}
	if f.State != AlertsUnseen && f.State != AlertsAll {
		f.State = AlertsOpen
	}
	if f.Severity.Rank() == 0 {
		f.Severity = ""
	}
	f.Before, _ = strconv.ParseInt(q.Get("before"), 10, 64) // anything else is the newest page
	found, err := s.cfg.Data.Alerts.List(r.Context(), f)
	if err != nil {
		return err
	}
	p := alertsPage{
		Frame: s.frame(r, v, "/alerts", v.T("nav.alerts")),
		State: f.State, Severity: f.Severity, Watch: f.Watch, Counts: found, CanAct: v.may(account.ActOnAlerts),
	}
	items := s.alertItems(v, found.Alerts, r.URL.RequestURI())
	for _, severity := range severities {
		g := AlertGroup{Severity: severity}
		for _, item := range items {
			if item.Severity == severity {
				item.Grouped = true
				g.Items = append(g.Items, item)
			}
		}
		if len(g.Items) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	for _, a := range found.Alerts {
		if !a.Seen {
			p.Shown = append(p.Shown, a.ID)
		}
	}
	if found.Next != 0 {
		p.NextURL = p.URL("before", strconv.FormatInt(found.Next, 10))
	}
	return s.show(w, v, http.StatusOK, "alerts", p)
}

// URL is the address of this list with one thing changed, from its beginning.
func (p alertsPage) URL(name, value string) string {
	q := url.Values{}
	for k, v := range map[string]string{"state": p.State, "severity": string(p.Severity), "watch": p.Watch, name: value} {
		if v != "" {
			q.Set(k, v)
		}
	}
	return "/alerts?" + q.Encode()
}

func (s *Server) alertItems(v *visit, alerts []Alert, back string) []AlertItem {
	items := make([]AlertItem, len(alerts))
	for i, a := range alerts {
		items[i] = AlertItem{Alert: a, CanAct: v.may(account.ActOnAlerts), Back: back}
	}
	return items
}

// alertsSeen marks what the page showed as seen: only what it showed, not what came since.
func (s *Server) alertsSeen(w http.ResponseWriter, r *http.Request, v *visit) error {
	var ids []int64
	for _, text := range r.PostForm["alert"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errRequest
		}
		ids = append(ids, id)
	}
	if len(ids) > 0 {
		if err := s.cfg.Data.Alerts.MarkSeen(r.Context(), v.ID, ids); err != nil {
			return err
		}
	}
	return done(w, r, back(r, "/alerts"), "seen")
}

func (s *Server) acknowledge(w http.ResponseWriter, r *http.Request, v *visit) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return errRequest
	}
	a, err := s.cfg.Data.Alerts.Acknowledge(r.Context(), v.ID, id)
	if err != nil {
		return err
	}
	if fragment(r) {
		return s.send(w, v, http.StatusOK, "alerts", "alert", AlertItem{Alert: a, CanAct: true, Grouped: back(r, "/alerts") != "/", Back: back(r, "/alerts")})
	}
	return done(w, r, back(r, "/alerts"), "acknowledged")
}

// back is where a form asked to return to.
func back(r *http.Request, otherwise string) string {
	if to := r.PostForm.Get("back"); to != "" {
		return local(to)
	}
	return otherwise
}
