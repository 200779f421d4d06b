package ui

import (
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/limit"
	"silta/ui/passkey"
	"silta/ui/session"
	"silta/ui/templates"
)

// askPasskey tells the sign-in page's script what to ask the browser for.
func (s *Server) askPasskey(c echo.Context, _ *visit) error {
	if s.passkeys == nil {
		return consult.Fail(consult.NotFound, "not-found")
	}
	q, err := s.passkeys.Ask()
	if err != nil {
		return err
	}
	s.sessions.KeepChallenge(c.Request().Context(), q.Challenge, q.Kept, passkey.Lasts)
	return c.JSONBlob(http.StatusOK, q.Options)
}

// signInPasskey begins a session for who shows a passkey of theirs. One that nobody has is answered as one whose owner may not sign in.
func (s *Server) signInPasskey(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	if s.passkeys == nil {
		return consult.Fail(consult.NotFound, "not-found")
	}
	p := templates.SignIn{Next: localPath(f.line("next")), Kept: carried(f)}
	refuse := func(why string) error {
		p.Problem = v.l.T(why)
		return s.signInPage(c, v, http.StatusUnprocessableEntity, p)
	}
	answer, err := passkey.Read(f.secret("passkey"))
	if err != nil {
		return refuse("sign-in.passkey-refused")
	}
	// Whoever guesses at a password keeps nobody from their passkey: those attempts are counted apart.
	a := limit.Attempt{Account: "passkey " + hex.EncodeToString(answer.ID), Address: c.RealIP()}
	if wait := s.guesses.Try(a, s.Now()); wait > 0 {
		s.logSignIn(c, slowedSignIn, "", string(session.ByPasskey))
		p.Problem = v.l.T("sign-in.wait", "span", v.l.Span(wait))
		return s.waiting(c, wait, func(status int) error { return s.signInPage(c, v, status, p) })
	}
	kept := s.sessions.TakeChallenge(c.Request().Context(), answer.Challenge)
	if kept == "" {
		return refuse("sign-in.passkey-late")
	}
	person, err := s.checkPasskey(answer, kept)
	switch {
	case errors.Is(err, passkey.ErrRefused):
		s.logSignIn(c, wrongSignIn, person.ID, string(session.ByPasskey))
		return refuse("sign-in.passkey-refused")
	case err != nil:
		return err
	}
	s.guesses.Succeeded(a)
	return s.enter(c, v, person, session.ByPasskey, f)
}

// checkPasskey returns whom an answer to a question signs in. Error: [passkey.ErrRefused], with whose passkey it would be, if anybody's.
func (s *Server) checkPasskey(answer passkey.Answer, kept string) (consult.Person, error) {
	person, key, err := s.Service.PasskeyOwner(answer.ID)
	if consult.KindOf(err) == consult.NotFound {
		return consult.Person{}, passkey.ErrRefused
	}
	if err != nil {
		return consult.Person{}, err
	}
	use, err := s.passkeys.Shown(person, answer, kept)
	if err == nil && person.Barred() {
		err = passkey.ErrRefused
	}
	if err != nil {
		return person, err
	}
	fresh, err := s.Sessions.UsePasskey(key.ID, key.Counter, session.PasskeyUse{
		At: s.Now(), Counter: use.Counter, Copied: use.Copied,
	}, answer.Challenge)
	if err == nil && !fresh {
		err = passkey.ErrRefused
	}
	return person, err
}
