package ui

import (
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
	"silta/ui/templates"
)

// createToken makes an API token for oneself, and shows it, this once.
func (s *Server) createToken(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	typed := templates.Account{Note: f.line("note"), Days: f.line("days"), Scopes: codes[consult.TokenScope](f.all("scopes"))}
	if err := s.confirm(c, v, f); err != nil {
		return s.refuseAccount(c, v, "account-tokens", err, typed)
	}
	var wrong faults
	days := wrong.number("/days", typed.Days)
	if len(wrong) > 0 {
		return s.refuseAccount(c, v, "account-tokens", wrong.err(nil), typed)
	}
	// A life that is far too long is as wrong as one that is just too long, and does not overflow.
	days = min(max(days, -1), 2*int(consult.MaxTokenLife/(24*time.Hour)))
	secret, err := s.Service.CreateToken(c.Request().Context(), v.actor, consult.TokenOrder{
		Person: v.actor.ID, Note: typed.Note, Scopes: typed.Scopes, Life: time.Duration(days) * 24 * time.Hour,
	})
	if err != nil {
		return s.refuseAccount(c, v, "account-tokens", err, typed)
	}
	return s.shownOnce(c, v, "token", pathAccount, secret)
}

// endToken ends one of one's tokens.
func (s *Server) endToken(c echo.Context, v *visit) error {
	if _, err := s.Service.RevokeToken(c.Request().Context(), v.actor, c.Param("id")); err != nil {
		return err
	}
	return s.done(c, pathAccount, session.Flash{Kind: "ok", Key: "account.done.token"})
}
