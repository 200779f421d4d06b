package ui

import (
	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// claim takes a request.
func (s *Server) claim(c echo.Context, v *visit) error {
	return s.act(c, v, consult.Claim, func(_ templates.ActionForm) consult.Command {
		return consult.ClaimCommand{}
	})
}
