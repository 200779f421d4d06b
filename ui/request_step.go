package ui

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// markStep says that a step of the plan was done, or that it was not.
func (s *Server) markStep(c echo.Context, v *visit) error {
	return s.act(c, v, consult.MarkStep, func(f templates.ActionForm) consult.Command {
		n, err := strconv.Atoi(f.Step)
		if err != nil {
			n = -1
		}
		return consult.StepCommand{Step: n, Done: f.Done}
	})
}
