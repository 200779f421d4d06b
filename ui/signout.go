package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// signOut ends the session. What the browser has kept of the pages is thrown away.
func (s *Server) signOut(c echo.Context, v *visit) error {
	if v.signedIn {
		s.logSignIn(c, signedOut, v.actor.ID, "")
	}
	if err := s.sessions.SignOut(c.Request().Context()); err != nil {
		return err
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(http.StatusSeeOther, "/sign-in")
}
