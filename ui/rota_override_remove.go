package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// removeOverride ends an override, or takes it away before it has begun.
func (s *Server) removeOverride(c echo.Context, v *visit) error {
	return s.changeRota(c, v, consult.RemoveOverride, func(templates.RotaForm) consult.RotaCommand {
		return consult.RemoveOverrideCommand{ID: c.Param("item")}
	})
}
