package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// askSwap asks a colleague to take over a shift, or a part of it.
func (s *Server) askSwap(c echo.Context, v *visit) error {
	return s.changeRota(c, v, consult.AskSwap, func(f templates.RotaForm) consult.RotaCommand {
		return consult.AskSwapCommand{Colleague: f.Person, From: s.wallTime(f.From), To: s.wallTime(f.To)}
	})
}
