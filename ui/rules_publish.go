package ui

import (
	"errors"
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/problem"
	"silta/ui/session"
)

// publishRules makes the document the rules in force. What keeps it from that is said on the page, with all that was typed.
func (s *Server) publishRules(c echo.Context, v *visit) error {
	p, draft, err := s.typedRules(c, v)
	if err != nil {
		return err
	}
	done, err := s.RulesPublisher.Publish(c.Request().Context(), v.actor, draft)
	if err == nil {
		s.endDraft(c, v, rulesDraft, p.Command)
		return s.rulesPublished(c, done)
	}
	if refused, ok := errors.AsType[*routing.Refused](err); ok {
		p.Results.Checked, p.Results.Findings = true, findingsOf(v, refused.Findings)
		p.Problem = v.l.T("rules.refused-page")
	} else {
		p.Problem = s.problem(c, v, err)
		p.Newer = p.Newer || consult.KindOf(err) == consult.Stale
	}
	var found error
	if p.InForce, _, found = s.rulesInForce(v); found != nil {
		return found
	}
	return s.rulesPage(c, v, problem.Status(err), p)
}

// rulesPublished leads back to the rules.
func (s *Server) rulesPublished(c echo.Context, done routing.Published) error {
	number := strconv.FormatUint(done.Version, 10)
	return s.done(c, pathRules, session.Flash{Kind: "ok", Key: "rules.published", Args: map[string]string{"n": number}})
}
