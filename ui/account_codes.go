package ui

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"rsc.io/qr"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// newCodes begins the setting up of one-time codes: it shows a secret, which is good once a code of it was given.
func (s *Server) newCodes(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	if v.actor.PasswordHash == "" {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	if err := s.confirm(c, v, f); err != nil {
		return s.refuseAccount(c, v, "account-codes", err, templates.Account{})
	}
	secret := session.NewCodeSecret()
	s.sessions.KeepNewCodes(c.Request().Context(), session.CodeText(secret))
	return s.newCodesPage(c, v, http.StatusOK, secret, nil)
}

func (s *Server) newCodesPage(c echo.Context, v *visit, status int, secret []byte, errors templates.Errors) error {
	code, err := qr.Encode(session.CodeURL(secret, "Silta", v.actor.ID), qr.M)
	if err != nil {
		return err
	}
	p := templates.NewCodes{Secret: spaced(session.CodeText(secret)), Size: code.Size, Errors: errors}
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				p.Squares = append(p.Squares, [2]int{x, y})
			}
		}
	}
	p.Page = s.page(c, v, pathAccount)
	return render(c, status, p.View())
}

// spaced puts a blank after every four characters.
func spaced(s string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), " ")
}

// confirmCodes switches one-time codes on, and shows the recovery codes, this once.
func (s *Server) confirmCodes(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	secret, err := session.ReadCodeText(s.sessions.NewCodes(ctx))
	if err != nil || len(secret) == 0 {
		return s.done(c, pathAccount, session.Flash{Kind: "warn", Key: "account.codes-again"})
	}
	right, err := s.Sessions.CheckCode(v.actor.ID, secret, f.line("code"), time.Now())
	if err != nil {
		return err
	}
	if !right {
		return s.newCodesPage(c, v, http.StatusUnprocessableEntity, secret, templates.Errors{{Pointer: "/code", Code: "code-wrong"}})
	}
	codes := session.NewRecoveryCodes()
	if err := s.editCredentials(c, v, "codes-on", func(cr *consult.Credentials) error {
		cr.TOTP, cr.Recovery = secret, nil
		for _, code := range codes {
			cr.Recovery = append(cr.Recovery, consult.TokenID(session.RecoveryCode(code)))
		}
		return nil
	}); err != nil {
		return err
	}
	s.sessions.ForgetNewCodes(ctx)
	s.enrolled(c, v, session.ByPasswordAndCode)
	return s.shownOnce(c, v, "recovery", pathAccount, codes...)
}

// shownOnce shows secrets that are shown this once and never again, and leads back to the page on which they were asked for.
func (s *Server) shownOnce(c echo.Context, v *visit, kind, path string, secrets ...string) error {
	p := templates.ShownOnce{Page: s.page(c, v, path), Kind: kind, Secrets: secrets}
	p.Once = true
	return render(c, http.StatusOK, p.View())
}

// endCodes switches one-time codes off.
func (s *Server) endCodes(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	if err := s.confirm(c, v, f); err != nil {
		return s.refuseAccount(c, v, "account-codes", err, templates.Account{})
	}
	if err := s.editCredentials(c, v, "codes-off", func(cr *consult.Credentials) error {
		cr.TOTP, cr.Recovery = nil, nil
		return nil
	}); err != nil {
		return err
	}
	return s.done(c, pathAccount, session.Flash{Kind: "ok", Key: "account.done.codes-off"})
}
