package web

import "net/http"

type helpPage struct {
	Frame
	Version string
}

func (s *Server) help(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.show(w, v, http.StatusOK, "help", helpPage{Frame: s.frame(r, v, "", v.T("help.title")), Version: s.cfg.Version})
}

// A botPage tells the owner of a visited site who we are and how to make us stop.
type botPage struct {
	Frame
	UserAgent string
	Contact   string
	Mail      bool // Contact is an address to write to
	Other     string
}

func (s *Server) bot(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.show(w, v, http.StatusOK, "bot", botPage{
		Frame: s.frame(r, v, "", v.T("bot.title")), UserAgent: s.cfg.UserAgent, Contact: s.cfg.Contact, Mail: isMail(s.cfg.Contact),
		Other: "/bot?lang=" + v.T("language.other"),
	})
}
