package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showRecord shows a request as plain text, to be copied into the client's record.
func (s *Server) showRecord(c echo.Context, v *visit) error {
	p, err := s.recordOf(c, v, consult.LookCopy)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, p.View())
}

// printRecord shows the same text to be printed.
func (s *Server) printRecord(c echo.Context, v *visit) error {
	p, err := s.recordOf(c, v, consult.LookPrint)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, p.Paper())
}

// exportRecord hands the same text out as a file.
func (s *Server) exportRecord(c echo.Context, v *visit) error {
	p, err := s.recordOf(c, v, consult.LookExport)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+p.Request.Ref+`.txt"`)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(p.Text()))
}

// recordOf is a request as text, once it is logged in which way it leaves.
func (s *Server) recordOf(c echo.Context, v *visit, way consult.LookKind) (templates.Record, error) {
	con, err := s.Service.Get(consult.Looking(c.Request().Context(), way), v.actor, c.Param("id"))
	if err != nil {
		return templates.Record{}, err
	}
	return templates.Record{Page: s.page(c, v, ""), Request: s.requestView(v, con)}, nil
}
