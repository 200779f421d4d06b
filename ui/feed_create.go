package ui

import "github.com/labstack/echo/v4"

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
	return s.shownOnce(c, v, "feed", "/pools/"+id, s.public.JoinPath("calendar", secret+".ics").String())
}
