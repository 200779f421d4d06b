package ui

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/passkey"
	"silta/ui/session"
	"silta/ui/templates"
)

// newPasskey begins the making of a passkey: it shows the page that asks the browser for one.
func (s *Server) newPasskey(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	if s.passkeys == nil || v.actor.PasswordHash == "" {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	if err := s.confirm(c, v, f); err != nil {
		return s.refuseAccount(c, v, "account-passkeys", err, templates.Account{})
	}
	browser, system, _ := strings.Cut(string(session.BrowserOf(c.Request().UserAgent())), "/")
	return s.newPasskeyPage(c, v, http.StatusOK, templates.NewPasskey{Name: v.l.T("browser."+browser) + ", " + v.l.T("system."+system)})
}

func (s *Server) newPasskeyPage(c echo.Context, v *visit, status int, p templates.NewPasskey) error {
	q, err := s.passkeys.Make(v.actor.Person)
	if err != nil {
		return err
	}
	s.sessions.KeepChallenge(c.Request().Context(), q.Challenge, q.Kept, passkey.Lasts)
	p.Options = string(q.Options)
	p.Page = s.page(c, v, pathAccount)
	return render(c, status, p.View())
}

// addPasskey gives somebody the passkey that their browser has made. The question that it answers was asked after they had shown who
// they are.
func (s *Server) addPasskey(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	if s.passkeys == nil || v.actor.PasswordHash == "" {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	again := func() error {
		return s.done(c, pathAccount, session.Flash{Kind: "warn", Key: "account.passkey-again"})
	}
	answer, err := passkey.Read(f.secret("passkey"))
	if err != nil {
		return again()
	}
	kept := s.sessions.TakeChallenge(c.Request().Context(), answer.Challenge)
	if kept == "" {
		return again()
	}
	key, err := s.passkeys.Made(v.actor.Person, answer, kept, s.Now())
	if errors.Is(err, passkey.ErrRefused) {
		return again()
	}
	if err != nil {
		return err
	}
	key.Name = f.line("passkey_name")
	if err := s.changeCredentials(c, v, "passkey-added", func(cr *consult.Credentials) error { return cr.AddPasskey(key) }); err != nil {
		if fields := fieldsOf(err); len(fields) > 0 {
			return s.newPasskeyPage(c, v, http.StatusUnprocessableEntity, templates.NewPasskey{Name: key.Name, Errors: fields})
		}
		return err
	}
	if v.enrols {
		s.enrolled(c, v, session.ByPasskey)
	}
	return s.done(c, pathAccount, session.Flash{Kind: "ok", Key: "account.done.passkey-added"})
}

// endPasskey takes one of somebody's passkeys away.
func (s *Server) endPasskey(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	if err := s.confirm(c, v, f); err != nil {
		return s.refuseAccount(c, v, "account-passkey-"+c.Param("id"), err, templates.Account{})
	}
	if err := s.editCredentials(c, v, "passkey-removed", func(cr *consult.Credentials) error {
		return cr.RemovePasskey(c.Param("id"))
	}); err != nil {
		return err
	}
	return s.done(c, pathAccount, session.Flash{Kind: "ok", Key: "account.done.passkey-removed"})
}
