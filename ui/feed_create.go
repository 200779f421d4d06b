package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/ui/templates"
)

// createFeed makes an address of a calendar, of the reader's own shifts or of the pool's, and shows it once.
func (s *Server) createFeed(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	id, pool := c.Param("id"), ""
	if _, err := s.Service.Rota(v.actor, id); err != nil {
		return err
	}
	if f.line("of") == "pool" {
		pool = id
	}
	secret, err := s.Service.CreateFeed(c.Request().Context(), v.actor, pool)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	p := templates.ShownOnce{
		Page: s.page(c, v, "/pools/"+id), Kind: "feed", Back: "/pools/" + id, Secrets: []string{s.public.JoinPath("calendar", secret+".ics").String()},
	}
	return render(c, http.StatusOK, p.View())
}
