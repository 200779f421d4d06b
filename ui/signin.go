package ui

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/limit"
	"silta/ui/problem"
	"silta/ui/session"
	"silta/ui/templates"
)

// signIn begins a session for who gives the right name and password. Whatever is wrong, the answer is the same, and takes as long.
func (s *Server) signIn(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	p := templates.SignIn{Name: f.line("name"), Tried: true, Next: localPath(f.line("next")), Kept: carried(f)}
	person, wait, err := s.tryPassword(c, p.Name, f.password())
	switch {
	case wait > 0:
		p.Problem = v.l.T("sign-in.wait", "span", v.l.Span(wait))
		return s.waiting(c, wait, func(status int) error { return s.signInPage(c, v, status, p) })
	case consult.KindOf(err) == consult.Unauthenticated:
		p.Problem = v.l.T("sign-in.failed")
		return s.signInPage(c, v, http.StatusUnprocessableEntity, p)
	case err != nil:
		return err
	case len(person.TOTP) > 0:
		if err := s.sessions.Owe(c.Request().Context(), person.ID, person.Stamp()); err != nil {
			return err
		}
		return s.codePage(c, v, http.StatusOK, templates.SignInCode{Next: p.Next, Kept: p.Kept})
	case s.wantsFactor(person) && len(person.Passkeys) > 0:
		return s.wantPasskey(c, v, person, p)
	}
	return s.enter(c, v, person, session.ByPassword, f)
}

// wantPasskey answers somebody whose password is right and who has a passkey to show, too: with the password alone they could give
// themselves another second factor.
func (s *Server) wantPasskey(c echo.Context, v *visit, person consult.Person, p templates.SignIn) error {
	s.logSignIn(c, weakSignIn, person.ID, string(session.ByPassword))
	p.Problem = v.l.T("sign-in.second-factor")
	return s.signInPage(c, v, http.StatusForbidden, p)
}

// enter begins a session for a person who has shown who they are, and leads on to where they were going.
func (s *Server) enter(c echo.Context, v *visit, person consult.Person, method session.Method, f formValues) (err error) {
	if err := s.begin(c, person, method); err != nil {
		return err
	}
	if spoken(person.Language) {
		s.rememberLanguage(c, person.Language)
	}
	if v.actor, err = s.Service.Actor(person.ID); err != nil {
		return err
	}
	v.signedIn = true
	if shown, err := s.resume(c, v, f); shown {
		return err
	}
	return c.Redirect(http.StatusSeeOther, localPath(f.line("next")))
}

// begin begins a session for a person who has shown who they are.
func (s *Server) begin(c echo.Context, person consult.Person, method session.Method) error {
	known, err := s.Sessions.Know(s.device(c), person.ID, s.secure())
	if err != nil {
		return err
	}
	c.SetCookie(known)
	s.logSignIn(c, signedIn, person.ID, string(method))
	return s.sessions.SignIn(c.Request().Context(), session.SignedIn{
		Person: person.ID, Stamp: person.Stamp(), Method: method, Browser: session.BrowserOf(c.Request().UserAgent()),
	})
}

// device is the cookie by which a browser is known on which somebody has signed in before, or nil.
func (s *Server) device(c echo.Context) *http.Cookie {
	cookie, err := c.Cookie(session.DeviceCookie(s.secure()))
	if err != nil {
		return nil
	}
	return cookie
}

// attempt is an attempt of the visitor to show that they are somebody.
func (s *Server) attempt(c echo.Context, account string) (limit.Attempt, error) {
	a := limit.Attempt{Account: account, Address: c.RealIP()}
	cookie := s.device(c)
	known, err := s.Sessions.Known(cookie, account)
	if known {
		a.Device = cookie.Value
	}
	return a, err
}

// tryPassword is checkPassword for as many attempts as are allowed. A wait that is not 0 says that this one was not looked at.
func (s *Server) tryPassword(c echo.Context, name, password string) (_ consult.Person, wait time.Duration, _ error) {
	if len(name) > maxName {
		name = name[:maxName] // Nobody has such a name; it is tried like any other.
	}
	a, err := s.attempt(c, name)
	if err != nil {
		return consult.Person{}, 0, err
	}
	if wait := s.guesses.Try(a, s.Now()); wait > 0 {
		s.logSignIn(c, slowedSignIn, "", string(session.ByPassword))
		return consult.Person{}, wait, nil
	}
	person, err := s.checkPassword(c, name, password)
	if err == nil {
		s.guesses.Succeeded(a)
	}
	return person, 0, err
}

// maxName is longer than any name to sign in with, in bytes.
const maxName = 65

// waiting answers somebody who has tried too often.
func (s *Server) waiting(c echo.Context, wait time.Duration, page func(status int) error) error {
	c.Response().Header().Set(echo.HeaderRetryAfter, problem.Seconds(wait))
	return page(http.StatusTooManyRequests)
}

// checkPassword returns the person whom the name and the password are of, or an error of kind Unauthenticated.
func (s *Server) checkPassword(c echo.Context, name, password string) (consult.Person, error) {
	var person consult.Person
	if consult.ValidID(name) {
		p, err := s.People.Person(name)
		if err != nil && consult.KindOf(err) != consult.NotFound {
			return consult.Person{}, err
		}
		person = p
	}
	right, err := s.passwords.Check(c.Request().Context(), password, person.PasswordHash)
	if err != nil {
		return consult.Person{}, err
	}
	if !right || person.Barred() {
		s.logSignIn(c, wrongSignIn, person.ID, string(session.ByPassword))
		return consult.Person{}, consult.Fail(consult.Unauthenticated, "unauthenticated")
	}
	return person, nil
}
