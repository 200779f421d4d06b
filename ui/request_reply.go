package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// reply answers the question.
func (s *Server) reply(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Reply, func(f templates.ActionForm) consult.Command {
		return consult.ReplyCommand{Said: said(f)}
	})
}
