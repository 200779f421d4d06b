package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// release puts it back into the queue.
func (s *Server) release(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Release, func(_ templates.ActionForm) consult.Command {
		return consult.ReleaseCommand{}
	})
}
