package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showHome leads to the page where somebody's work is.
func (s *Server) showHome(c echo.Context, v *visit) error {
	switch {
	case v.actor.Is(consult.Specialist):
		return c.Redirect(http.StatusSeeOther, "/queue")
	case v.actor.Is(consult.Requester):
		return c.Redirect(http.StatusSeeOther, "/requests")
	case v.actor.Is(consult.Auditor) && !v.actor.Is(consult.Admin):
		return c.Redirect(http.StatusSeeOther, "/access")
	}
	p := templates.Notice{Page: s.page(c, v, ""), Title: v.l.T("home.title"), Text: v.l.T("home.admin")}
	return render(c, http.StatusOK, p.View())
}
