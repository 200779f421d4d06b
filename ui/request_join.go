package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// join asks another pool to answer as well.
func (s *Server) join(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Join, func(f templates.ActionForm) consult.Command {
		return consult.JoinCommand{Pool: f.Pool, Reason: f.Reason}
	})
}
