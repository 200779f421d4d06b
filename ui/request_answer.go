package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// answer gives the advice.
func (s *Server) answer(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Answer, func(f templates.ActionForm) consult.Command {
		cmd := consult.AnswerCommand{
			Text: f.Text, Disposition: consult.Disposition(f.Disposition), Minutes: consult.MinuteBracket(f.Minutes),
		}
		for _, step := range f.Plan {
			cmd.Steps = append(cmd.Steps, consult.PlanStep{What: step.What, Who: step.Who, Due: day(step.Due)})
		}
		return cmd
	})
}
