package ui

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// changePassword gives somebody the password that they have chosen. Wherever else they are signed in, they are out.
func (s *Server) changePassword(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	if err := s.confirm(c, v, f); err != nil {
		return s.refuseAccount(c, v, "account-password", err, templates.Account{})
	}
	hash, err := s.chosen(c, v.actor.Person, f.secret("new_password"))
	if err != nil {
		return s.refuseAccount(c, v, "account-password", err, templates.Account{})
	}
	if err := s.editCredentials(c, v, "password", func(cr *consult.Credentials) error {
		cr.PasswordHash = hash
		return nil
	}); err != nil {
		return err
	}
	return s.done(c, pathAccount, session.Flash{Kind: "ok", Key: "account.done.password"})
}

// confirm has whoever changes what they sign in with show once more who they are: a screen may have been left open.
func (s *Server) confirm(c echo.Context, v *visit, f formValues) error {
	if v.actor.PasswordHash == "" {
		return nil // Who signs in otherwise is asked there.
	}
	_, wait, err := s.tryPassword(c, v.actor.ID, f.password())
	fault := consult.FieldError{Pointer: "/password", Code: "password-wrong"}
	switch {
	case wait > 0:
		fault.Code, fault.Args = "wait", map[string]any{"span": v.l.Span(wait)}
	case consult.KindOf(err) != consult.Unauthenticated:
		return err
	}
	return &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: []consult.FieldError{fault}}
}

// editCredentials is changeCredentials that ends somebody's other sessions, and goes on with this one.
func (s *Server) editCredentials(c echo.Context, v *visit, what string, edit func(*consult.Credentials) error) error {
	if err := s.changeCredentials(c, v, what, edit); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.sessions.EndOthers(ctx, v.actor.ID); err != nil {
		return err
	}
	return s.sessions.Renew(ctx, v.actor.Stamp())
}

// changeCredentials changes what somebody signs in with, and writes to them of it: who did not do it themselves should know.
func (s *Server) changeCredentials(c echo.Context, v *visit, what string, edit func(*consult.Credentials) error) error {
	p, err := s.Service.EditCredentials(c.Request().Context(), v.actor, edit)
	if err != nil {
		return err
	}
	v.actor.Person = p
	if s.Letters == nil || p.Email == "" {
		return nil
	}
	// Before the answer, and even if nobody waits for that: it is changed, and a letter that waits could be lost.
	ctx := context.WithoutCancel(c.Request().Context())
	if _, err := s.Letters.Letter(ctx, letterID("account-changed"), p.ID, consult.Letter{
		Kind: "account-changed", At: s.Now(), Path: pathAccount,
		Facts: []consult.LetterFact{{Name: "what", Value: consult.LetterValue{Word: "letter.change." + what}}},
	}); err != nil {
		s.problems.Record(ctx, err)
	}
	return nil
}

// letterID is an id for a letter that is never written twice.
func letterID(kind string) string {
	return "l" + time.Now().UTC().Format("20060102") + "-" + kind + "-" + strings.ToLower(rand.Text()[:16])
}
