package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showRetention tells auditors and administrators what is kept how long, and what will be erased next.
func (s *Server) showRetention(c echo.Context, v *visit) (err error) {
	if s.Retention == nil {
		return consult.Fail(consult.NotFound, "not-found")
	}
	var p templates.Retention
	if p.RetentionState, err = s.Retention(c.Request().Context(), v.actor); err != nil {
		return err
	}
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}
