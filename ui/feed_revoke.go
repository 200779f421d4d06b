package ui

import (
	"github.com/labstack/echo/v4"

	"silta/ui/session"
)

// revokeFeed ends an address of a calendar.
func (s *Server) revokeFeed(c echo.Context, v *visit) error {
	if err := s.Service.RevokeFeed(c.Request().Context(), v.actor, c.Param("item")); err != nil {
		return err
	}
	return s.done(c, "/pools/"+c.Param("id"), session.Flash{Kind: "ok", Key: "done.revoke-feed"})
}
