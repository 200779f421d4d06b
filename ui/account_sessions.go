package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/session"
)

// endSession ends one of one's sessions.
func (s *Server) endSession(c echo.Context, v *visit) error {
	found, err := s.sessions.End(v.actor.ID, c.Param("id"))
	if err != nil {
		return err
	}
	if !found {
		return consult.Fail(consult.NotFound, "not-found")
	}
	return s.done(c, pathAccount, session.Flash{Kind: "ok", Key: "account.done.session"})
}

// endSessions ends all of one's sessions but this one.
func (s *Server) endSessions(c echo.Context, v *visit) error {
	if err := s.sessions.EndOthers(c.Request().Context(), v.actor.ID); err != nil {
		return err
	}
	return s.done(c, pathAccount, session.Flash{Kind: "ok", Key: "account.done.sessions"})
}
