package ui

import (
	"github.com/labstack/echo/v4"

	"silta/routing"
	"silta/ui/templates"
)

// runRulesTests runs the tests of the document. What keeps it from being read is shown instead.
func (s *Server) runRulesTests(c echo.Context, v *visit) error {
	p, draft, err := s.typedRules(c, v)
	if err != nil {
		return err
	}
	doc, found := routing.Parse(rulesFile, draft.Data)
	wrong := found[:0:0]
	for _, f := range found {
		if f.Severity == routing.Error && f.Code != routing.TestFailed {
			wrong = append(wrong, f)
		}
	}
	if doc == nil || len(wrong) > 0 {
		p.Results.Checked, p.Results.Findings = true, findingsOf(v, wrong)
		return s.showResults(c, v, p)
	}
	rules := routing.Compile(doc)
	t := &templates.RulesTests{}
	for _, r := range rules.RunTests() {
		outcome := routing.Outcome{Pool: r.Got.Pool, With: r.Got.With, Urgency: r.Got.Urgency}
		t.Results = append(t.Results, templates.RulesTest{Name: r.Name, Passed: r.Passed, Got: s.outcomeText(v, outcome)})
		if !r.Passed {
			t.Failed++
		}
	}
	coverage := rules.Coverage()
	t.Rules = coverage.Rules
	for _, m := range coverage.Missing {
		t.Untested = append(t.Untested, m.Rule)
	}
	p.Results.Tests = t
	return s.showResults(c, v, p)
}
