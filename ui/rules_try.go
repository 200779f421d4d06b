package ui

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/routing/worktime"
	"silta/ui/draft"
	"silta/ui/templates"
)

// rulesTryDraft is the request that an administrator tries. Each has one, so that it is still there on the way back from another page,
// or in another language.
const (
	rulesTryDraft = "rules-try"
	pathRulesTry  = "/rules/try"
)

// showRulesTry shows the form on which a request is tried, as its reader left it, and what would become of that request.
func (s *Server) showRulesTry(c echo.Context, v *visit) error {
	p := templates.RulesTry{Form: templates.RulesTryForm{
		Urgency: string(consult.Routine), Mode: string(consult.Written), Language: string(consult.Finnish),
	}}
	d, found, err := s.Drafts.Find(v.actor.ID, rulesTryDraft)
	if err != nil {
		return err
	}
	if found {
		p.Begun, p.Form = true, triedForm(formValues(d.Form))
		if _, err := s.try(v, &p); err != nil {
			return err
		}
	}
	return s.tryPage(c, v, http.StatusOK, p)
}

// tryRules says what would become of the request in the form, were it sent now. The page's script asks for it with every change.
func (s *Server) tryRules(c echo.Context, v *visit) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	if f.is("clear") {
		if err := s.Drafts.Empty(v.actor.ID, draft.Draft{ID: rulesTryDraft}); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, pathRulesTry)
	}
	if _, err := s.keepDraft(v, rulesTryDraft, f); err != nil {
		return err
	}
	p := templates.RulesTry{Begun: true, Form: triedForm(f)}
	wrong, err := s.try(v, &p)
	switch {
	case err != nil:
		return err
	case byScript(c):
		p.Page, p.Missing = s.fragment(c, v, pathRulesTry), templates.Errors(wrong)
		return render(c, http.StatusOK, p.Live())
	case len(wrong) > 0:
		p.Errors = templates.Errors(wrong)
		return s.tryPage(c, v, http.StatusUnprocessableEntity, p)
	}
	return c.Redirect(http.StatusSeeOther, pathRulesTry+"#tried")
}

// try adds what would become of the request, or returns what has to be mended first.
func (s *Server) try(v *visit, p *templates.RulesTry) (faults, error) {
	facts, wrong := s.triedFacts(p.Form)
	if len(wrong) > 0 {
		return wrong, nil
	}
	x, err := s.Rules.Explain(facts, s.Now())
	if err != nil {
		return nil, err
	}
	p.Result = s.tried(v, x)
	return nil, nil
}

func (s *Server) tryPage(c echo.Context, v *visit, status int, p templates.RulesTry) error {
	var err error
	if p.InForce, _, err = s.rulesInForce(v); err != nil {
		return err
	}
	p.Page, p.Municipalities = s.page(c, v, pathRulesTry), s.Service.Terms().Municipalities
	return render(c, status, p.View())
}

func triedForm(f formValues) templates.RulesTryForm {
	return templates.RulesTryForm{
		Age: f.line("age"), Pregnant: f.is("pregnant"), Identified: f.is("identified"), Concerns: f.all("concern"),
		RedFlags: f.all("red-flag"), Involved: f.all("involved"), Urgency: f.line("urgency"), Mode: f.line("mode"),
		Profession: f.line("profession"), Municipality: f.line("municipality"), Language: f.line("language"),
	}
}

// triedFacts reads the form.
func (s *Server) triedFacts(t templates.RulesTryForm) (consult.Facts, faults) {
	var wrong faults
	f := consult.Facts{
		Pregnant: t.Pregnant, Identified: t.Identified, Concerns: codes[consult.Concern](t.Concerns),
		RedFlags: codes[consult.RedFlag](t.RedFlags), Involved: codes[consult.Party](t.Involved), Urgency: consult.Urgency(t.Urgency),
		Mode: consult.Mode(t.Mode), Profession: consult.Profession(t.Profession), Municipality: t.Municipality,
		Language: consult.Language(t.Language),
	}
	if f.Age = wrong.number("/age", t.Age); f.Age < 0 || f.Age > consult.MaxAge {
		wrong = append(wrong, consult.FieldError{Pointer: "/age", Code: "out-of-range", Args: map[string]any{"min": 0, "max": consult.MaxAge}})
	}
	known := func(pointer, value string, among []string) {
		if value == "" {
			wrong.add(pointer, "required")
		} else if !slices.Contains(among, value) {
			wrong.add(pointer, "unknown-value")
		}
	}
	all := func(pointer string, values, among []string) {
		if slices.ContainsFunc(values, func(value string) bool { return !slices.Contains(among, value) }) {
			wrong.add(pointer, "unknown-value")
		}
	}
	known("/municipality", t.Municipality, s.Service.Terms().Municipalities)
	known("/profession", t.Profession, texts(consult.Professions))
	if len(t.Concerns) == 0 {
		wrong.add("/concern", "required")
	}
	all("/concern", t.Concerns, texts(consult.Concerns))
	all("/red-flag", t.RedFlags, texts(consult.RedFlags))
	all("/involved", t.Involved, texts(consult.Parties))
	known("/urgency", t.Urgency, texts(consult.Urgencies))
	known("/mode", t.Mode, texts(consult.Modes))
	known("/language", t.Language, texts(consult.ClientLanguages))
	return f, wrong
}

// tried is what would become of a request, in the reader's words.
func (s *Server) tried(v *visit, x routing.Explanation) *templates.RulesTried {
	d := x.Decision
	r := &templates.RulesTried{
		With: s.poolNames(v, d.With), Rule: d.Rule, Why: v.l.In(d.Why), Urgency: d.Urgency, Notes: d.Notes, OnCall: s.namesOf(v, x.OnCall),
	}
	if d.Pool != "" {
		r.Pool = s.poolName(v, d.Pool)
	}
	if x.AnswerBy != nil {
		r.ClaimBy, r.AnswerBy = *x.ClaimBy, *x.AnswerBy
	}
	for _, lock := range d.Interlocks {
		r.Interlocks = append(r.Interlocks, templates.RulesInterlock{ID: lock.ID, Block: lock.Block, Text: v.l.In(lock.Show)})
	}
	for _, e := range x.Unclaimed {
		r.Unclaimed = append(r.Unclaimed, templates.RulesEscalation{At: e.At, Told: s.reached(v, e)})
	}
	for _, e := range x.Escalations {
		r.Escalations = append(r.Escalations, templates.RulesEscalation{At: e.At, Told: s.reached(v, e)})
	}
	r.Trace = traced(v, x.Trace, d.Rule)
	for _, seg := range x.Segments {
		line := templates.RulesSegment{From: seg.From, To: seg.To, Counted: seg.Reason == worktime.Counted}
		switch seg.Reason {
		case worktime.Holiday:
			line.Why = v.l.T("rules.holiday", "name", seg.Holiday)
		case worktime.Weekend:
			line.Why = v.l.T("rules.weekend")
		case worktime.Closed:
			line.Why = v.l.T("rules.closed")
		}
		r.Segments = append(r.Segments, line)
	}
	return r
}

// reached are the people whom an escalation step reaches, and the pool that it hands over to.
func (s *Server) reached(v *visit, e routing.Escalation) []string {
	names := s.namesOf(v, e.People)
	for _, target := range e.To {
		if pool, ok := strings.CutPrefix(target, "pool:"); ok {
			names = append(names, v.l.T("rules.hands-over", "pool", s.poolName(v, pool)))
		} else if strings.Contains(target, "@") {
			names = append(names, target)
		}
	}
	return names
}
