package ui

import (
	"errors"
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/problem"
	"silta/ui/templates"
)

// restoreRules publishes an old version again, as a new one.
func (s *Server) restoreRules(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	draft := routing.Draft{File: rulesFile, Comment: f.line("comment")}
	if draft.Restore, err = versionNumber(c.Param("number")); err != nil {
		return err
	}
	if draft.Expected, err = strconv.ParseUint(f.line("version"), 10, 64); err != nil || draft.Expected == 0 {
		return consult.Fail(consult.Invalid, "invalid")
	}
	done, err := s.RulesPublisher.Publish(c.Request().Context(), v.actor, draft)
	if err == nil {
		return s.rulesPublished(c, done)
	}
	p := templates.RulesVersion{Comment: draft.Comment}
	if refused, ok := errors.AsType[*routing.Refused](err); ok {
		p.Problem = v.l.T("rules.refused-page")
		for _, f := range findingsOf(v, refused.Findings) {
			if f.Error {
				p.Findings = append(p.Findings, f)
			}
		}
	} else {
		p.Problem = s.problem(c, v, err)
	}
	return s.rulesVersionPage(c, v, problem.Status(err), p)
}
