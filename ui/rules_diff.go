package ui

import (
	"errors"

	"github.com/labstack/echo/v4"

	"silta/routing"
)

// diffRules says what the document would change. What keeps it from being compared is shown instead.
func (s *Server) diffRules(c echo.Context, v *visit) error {
	p, draft, err := s.typedRules(c, v)
	if err != nil {
		return err
	}
	preview, err := s.RulesPublisher.Preview(c.Request().Context(), v.actor, draft)
	if refused, ok := errors.AsType[*routing.Refused](err); ok {
		p.Results.Checked, p.Results.Findings = true, findingsOf(v, refused.Findings)
		return s.showResults(c, v, p)
	}
	if err != nil {
		return err
	}
	p.Results.Diff = s.diffOf(v, preview)
	return s.showResults(c, v, p)
}
