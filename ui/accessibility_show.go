package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/ui/templates"
)

// showAccessibility shows the accessibility statement.
func (s *Server) showAccessibility(c echo.Context, v *visit) error {
	return render(c, http.StatusOK, templates.Accessibility{Page: s.page(c, v, "")}.View())
}
