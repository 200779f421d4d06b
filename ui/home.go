package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// showHome leads to the page where somebody's work is.
func (s *Server) showHome(c echo.Context, v *visit) error {
	path := pathAccount
	switch {
	case v.actor.Is(consult.Specialist):
		path = "/queue"
	case v.actor.Is(consult.Requester):
		path = "/requests"
	case v.actor.Administers():
		path = pathPeople
	case v.actor.Is(consult.Auditor):
		path = "/access"
	}
	return c.Redirect(http.StatusSeeOther, path)
}
