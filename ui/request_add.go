package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// add corrects or adds something unasked.
func (s *Server) add(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Add, func(f templates.ActionForm) consult.Command {
		return consult.AddCommand{Said: said(f)}
	})
}
