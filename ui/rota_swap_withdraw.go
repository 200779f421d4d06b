package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// withdrawSwap takes back what the reader has asked.
func (s *Server) withdrawSwap(c echo.Context, v *visit) error {
	return s.changeRota(c, v, consult.WithdrawSwap, func(templates.RotaForm) consult.RotaCommand {
		return consult.WithdrawSwapCommand{ID: c.Param("item")}
	})
}
