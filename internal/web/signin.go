package web

import (
	"errors"
	"net/http"
	"net/url"

	"lamro/internal/account"
)

type signInPage struct {
	Frame
	Login string // as typed
	Next  string
	Err   string
	Out   bool   // the visitor has just signed out
	Other string // address of this page in the other language
}

func (s *Server) signInForm(w http.ResponseWriter, r *http.Request, v *visit) error {
	next := local(r.URL.Query().Get("next"))
	if v.signedIn {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	p := s.signInPage(r, v, "", next)
	p.Out = r.URL.Query().Has("out")
	return s.show(w, v, http.StatusOK, "signin", p)
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request, v *visit) error {
	login, next := r.PostForm.Get("login"), local(r.PostForm.Get("next"))
	person, err := s.cfg.Accounts.SignIn(r.Context(), login, r.PostForm.Get("password"), r.RemoteAddr)
	if err != nil {
		text, status := v.signInError(err)
		if text == "" {
			return err
		}
		p := s.signInPage(r, v, login, next)
		p.Err = text
		return s.show(w, v, status, "signin", p)
	}
	if err := s.sessions.Start(r.Context(), person); err != nil {
		return err
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (s *Server) signInPage(r *http.Request, v *visit, login, next string) signInPage {
	q := url.Values{"lang": {v.T("language.other")}}
	if next != "/" {
		q.Set("next", next)
	}
	return signInPage{Frame: s.frame(r, v, "", v.T("signin.title")), Login: login, Next: next, Other: "/signin?" + q.Encode()}
}

// signInError words what sign-in answers, "" for what is our fault.
func (v *visit) signInError(err error) (string, int) {
	var throttled *account.ThrottledError
	switch {
	case errors.As(err, &throttled):
		return v.T("signin.throttled", v.Span(throttled.Wait)), http.StatusTooManyRequests
	case errors.Is(err, account.ErrWrong):
		return v.T("signin.wrong"), http.StatusUnprocessableEntity
	}
	return "", 0
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request, v *visit) error {
	if err := s.sessions.End(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/signin?out=1&lang="+v.lang, http.StatusSeeOther)
	return nil
}

func (s *Server) setLanguage(w http.ResponseWriter, r *http.Request, v *visit) error {
	err := s.cfg.Accounts.SetLanguage(r.Context(), v.ID, r.PostForm.Get("lang"))
	if errors.Is(err, account.ErrLanguage) {
		return errRequest
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, local(r.PostForm.Get("back")), http.StatusSeeOther)
	return nil
}
