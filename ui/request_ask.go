package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// ask puts a question to the sender.
func (s *Server) ask(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Ask, func(f templates.ActionForm) consult.Command {
		return consult.AskCommand{Text: f.Text}
	})
}
