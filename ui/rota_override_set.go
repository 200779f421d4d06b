package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// setOverride puts somebody on call for a while.
func (s *Server) setOverride(c echo.Context, v *visit) error {
	return s.changeRota(c, v, consult.SetOverride, func(f templates.RotaForm) consult.RotaCommand {
		return consult.SetOverrideCommand{Person: f.Person, From: s.wallTime(f.From), To: s.wallTime(f.To)}
	})
}
