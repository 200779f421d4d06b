package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// withdraw takes it back.
func (s *Server) withdraw(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Withdraw, func(f templates.ActionForm) consult.Command {
		return consult.WithdrawCommand{Reason: f.Reason, IdentityConfirmed: f.IdentityConfirmed}
	})
}
