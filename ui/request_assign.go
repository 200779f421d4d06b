package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// assign gives it to a member of the pool.
func (s *Server) assign(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Assign, func(f templates.ActionForm) consult.Command {
		return consult.AssignCommand{Person: f.Person}
	})
}
