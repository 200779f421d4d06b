package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/ui/templates"
)

// showRulesSentences shows the rules in force in words.
func (s *Server) showRulesSentences(c echo.Context, v *visit) error {
	rules := s.Rules.Rules()
	if rules == nil {
		return consult.Fail(consult.Unavailable, "unavailable.rules")
	}
	inForce, _, err := s.rulesInForce(v)
	if err != nil {
		return err
	}
	doc := rules.Document()
	p := templates.RulesSentences{Page: s.page(c, v, ""), InForce: inForce, Otherwise: s.poolName(v, doc.Otherwise)}
	for _, lock := range doc.Interlocks {
		key := "rules.then-confirm"
		if lock.Block {
			key = "rules.then-block"
		}
		p.Interlocks = append(p.Interlocks, templates.RulesSentence{
			ID: lock.ID, When: conditionText(v, lock.When), Then: []string{v.l.T(key), v.l.In(lock.Show)},
		})
	}
	for _, rule := range doc.Rules {
		when, then := s.sentence(v, rule)
		p.Rules = append(p.Rules, templates.RulesSentence{ID: rule.ID, When: when, Then: then})
	}
	for i := range doc.Pools {
		p.Pools = append(p.Pools, s.poolSentences(v, &doc.Pools[i]))
	}
	for _, test := range doc.Tests {
		p.Tests = append(p.Tests, s.testSentence(v, test))
	}
	p.Municipalities, p.Zone = doc.Municipalities, doc.Timezone.String()
	return render(c, http.StatusOK, p.View())
}
