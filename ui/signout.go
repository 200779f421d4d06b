package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/ui/session"
)

// signOut ends the session. What the browser has kept of the pages is thrown away. A provider of identities goes on knowing who has signed
// in there; it is asked to make sure the next time, for that may be somebody else at the same computer.
func (s *Server) signOut(c echo.Context, v *visit) error {
	if v.signedIn {
		s.logSignIn(c, signedOut, v.actor.ID, "")
	}
	ctx := c.Request().Context()
	method := s.sessions.Method(ctx)
	if err := s.sessions.SignOut(ctx); err != nil {
		return err
	}
	if method == session.ByProvider {
		s.sessions.Leave(ctx)
	}
	c.Response().Header().Set("Clear-Site-Data", `"cache"`)
	return c.Redirect(http.StatusSeeOther, "/sign-in")
}
