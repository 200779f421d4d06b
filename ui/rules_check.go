package ui

import (
	"github.com/labstack/echo/v4"
)

// checkRules says all that is found in the document.
func (s *Server) checkRules(c echo.Context, v *visit) error {
	p, draft, err := s.typedRules(c, v)
	if err != nil {
		return err
	}
	found, err := s.RulesPublisher.Check(c.Request().Context(), v.actor, draft)
	if err != nil {
		return err
	}
	p.Results.Checked, p.Results.Findings = true, findingsOf(v, found)
	return s.showResults(c, v, p)
}
