package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showRecord shows a request as plain text, to be copied into the client's record.
func (s *Server) showRecord(c echo.Context, v *visit) error {
	con, err := s.Service.Get(consult.Looking(c.Request().Context(), consult.LookCopy), v.actor, c.Param("id"))
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, templates.Record{Page: s.page(c, v, ""), Request: s.requestView(v, con)}.View())
}
