package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// nameWorker says who has a part in the plan.
func (s *Server) nameWorker(c echo.Context, v *visit) error {
	return s.act(c, v, consult.NameWorker, func(f templates.ActionForm) consult.Command {
		return consult.WorkerCommand{Role: consult.PlanRole(f.Role), Name: f.Name}
	})
}
