package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// followUp asks again after the answer.
func (s *Server) followUp(c echo.Context, v *visit) error {
	return s.act(c, v, consult.FollowUp, func(f templates.ActionForm) consult.Command {
		return consult.FollowUpCommand{Said: said(f)}
	})
}
