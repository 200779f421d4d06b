package ui

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// signInCode ends the sign-in of somebody whose password was right with a one-time code, or with a recovery code in its place.
func (s *Server) signInCode(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	id, stamp := s.sessions.Owing(ctx)
	p := templates.SignInCode{Next: localPath(f.line("next")), Kept: carried(f)}
	over := func() error {
		return s.signInPage(c, v, http.StatusUnprocessableEntity, templates.SignIn{Next: p.Next, Kept: p.Kept, Problem: v.l.T("sign-in.again")})
	}
	if id == "" {
		return over()
	}
	a, err := s.attempt(c, id)
	if err != nil {
		return err
	}
	// Counted apart: who knows the password gives it right each time, and that forgets what was tried before.
	a.Account = "code " + id
	if wait := s.guesses.Try(a, s.Now()); wait > 0 {
		s.logSignIn(c, slowedSignIn, id, string(session.ByPasswordAndCode))
		p.Problem = v.l.T("sign-in.wait", "span", v.l.Span(wait))
		return s.waiting(c, wait, func(status int) error { return s.codePage(c, v, status, p) })
	}
	person, err := s.People.Person(id)
	if err != nil {
		return err
	}
	if person.Barred() || person.Stamp() != stamp {
		return over()
	}
	right, err := s.checkCode(c, person, f.line("code"))
	switch {
	case err != nil:
		return err
	case right:
		s.guesses.Succeeded(a)
		return s.enter(c, v, person, session.ByPasswordAndCode, f)
	}
	s.logSignIn(c, wrongSignIn, id, string(session.ByPasswordAndCode))
	again, err := s.sessions.Mistaken(ctx)
	if err != nil {
		return err
	}
	if !again {
		return over()
	}
	p.Problem = v.l.T("sign-in.code-wrong")
	return s.codePage(c, v, http.StatusUnprocessableEntity, p)
}

// checkCode uses a one-time code of a person, or a recovery code, and reports whether it was good.
func (s *Server) checkCode(c echo.Context, person consult.Person, code string) (bool, error) {
	if right, err := s.Sessions.CheckCode(person.ID, person.TOTP, code, time.Now()); right || err != nil {
		return right, err
	}
	hash := consult.TokenID(session.RecoveryCode(code))
	is := func(h string) bool { return subtle.ConstantTimeCompare([]byte(h), []byte(hash)) == 1 }
	if !slices.ContainsFunc(person.Recovery, is) {
		return false, nil
	}
	used := false
	_, err := s.Service.EditCredentials(c.Request().Context(), consult.Actor{Person: person}, func(cr *consult.Credentials) error {
		before := len(cr.Recovery)
		cr.Recovery = slices.DeleteFunc(cr.Recovery, is)
		used = len(cr.Recovery) < before
		return nil
	})
	return used && err == nil, err
}

func (s *Server) codePage(c echo.Context, v *visit, status int, p templates.SignInCode) error {
	p.Page = s.page(c, v, "/sign-in")
	return render(c, status, p.View())
}
