package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// answerSwap accepts or declines what the reader was asked.
func (s *Server) answerSwap(c echo.Context, v *visit) error {
	return s.changeRota(c, v, consult.AnswerSwap, func(f templates.RotaForm) consult.RotaCommand {
		return consult.AnswerSwapCommand{ID: c.Param("item"), Accept: f.Accept}
	})
}
