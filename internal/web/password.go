package web

import (
	"errors"
	"net/http"

	"lamro/internal/account"
)

type passwordPage struct {
	Frame
	Min    int
	OldErr string
	NewErr string
	Again  string // what is wrong with the repetition
}

func (s *Server) passwordForm(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.show(w, v, http.StatusOK, "password", s.passwordPage(r, v))
}

func (s *Server) passwordPage(r *http.Request, v *visit) passwordPage {
	return passwordPage{Frame: s.frame(r, v, "", v.T("password.title")), Min: account.MinPassword}
}

func (s *Server) changePassword(w http.ResponseWriter, r *http.Request, v *visit) error {
	p := s.passwordPage(r, v)
	chosen := r.PostForm.Get("new")
	if chosen != r.PostForm.Get("again") {
		p.Again = v.T("password.differ")
		return s.show(w, v, http.StatusUnprocessableEntity, "password", p)
	}
	person, err := s.cfg.Accounts.ChangePassword(r.Context(), v.ID, r.PostForm.Get("old"), chosen, r.RemoteAddr)
	var throttled *account.ThrottledError
	switch {
	case err == nil:
	case errors.As(err, &throttled):
		p.OldErr = v.T("signin.throttled", v.Span(throttled.Wait))
		return s.show(w, v, http.StatusTooManyRequests, "password", p)
	case errors.Is(err, account.ErrWrong):
		p.OldErr = v.T("password.wrong")
	case errors.Is(err, account.ErrTooShort):
		p.NewErr = v.T("password.short", account.MinPassword)
	case errors.Is(err, account.ErrTooLong):
		p.NewErr = v.T("password.long", account.MaxPassword)
	case errors.Is(err, account.ErrTooEasy):
		p.NewErr = v.T("password.easy")
	case errors.Is(err, account.ErrUnchanged):
		p.NewErr = v.T("password.unchanged")
	default:
		return err
	}
	if err != nil {
		return s.show(w, v, http.StatusUnprocessableEntity, "password", p)
	}
	// All sessions ended with the old password; this one goes on under a new token.
	if err := s.sessions.Start(r.Context(), person); err != nil {
		return err
	}
	return done(w, r, "/", "password")
}
