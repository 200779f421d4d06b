package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showOperations tells administrators how the program does.
func (s *Server) showOperations(c echo.Context, v *visit) error {
	p, err := s.operations(c, v)
	if err != nil {
		return err
	}
	p.Page = s.page(c, v, "")
	return render(c, http.StatusOK, p.View())
}

// showOperationsLive is the part of it that changes.
func (s *Server) showOperationsLive(c echo.Context, v *visit) error {
	p, err := s.operations(c, v)
	if err != nil {
		return err
	}
	p.Page = s.fragment(c, v, "/operations")
	return render(c, http.StatusOK, p.Live())
}

func (s *Server) operations(c echo.Context, v *visit) (p templates.Operations, err error) {
	if s.Operations == nil {
		return p, consult.Fail(consult.NotFound, "not-found")
	}
	if p.OperationsState, err = s.Operations(v.actor); err != nil {
		return p, err
	}
	if s.Ready != nil {
		for _, check := range s.Ready(c.Request().Context()) {
			p.Checks = append(p.Checks, templates.CheckRow{Name: check.Name, Status: string(check.Status)})
		}
	}
	return p, nil
}
