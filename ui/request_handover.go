package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// handOver gives it to another pool.
func (s *Server) handOver(c echo.Context, v *visit) error {
	return s.act(c, v, consult.HandOver, func(f templates.ActionForm) consult.Command {
		return consult.HandOverCommand{Pool: f.Pool, Reason: f.Reason}
	})
}
