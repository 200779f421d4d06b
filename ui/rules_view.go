package ui

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/problem"
	"silta/ui/templates"
)

// mayEditRules knows of no such pages for anybody but administrators, and without the parts for them.
func (s *Server) mayEditRules(v *visit) error {
	if s.Rules == nil || !v.actor.Is(consult.Admin) {
		return consult.Fail(consult.NotFound, "not-found")
	}
	return nil
}

// allowStyles lets the styles through that the editor makes, and returns the nonce by which they are known.
func allowStyles(c echo.Context) string {
	nonce := rand.Text()
	c.Response().Header().Set("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src 'self' 'nonce-"+nonce+"'", 1))
	return nonce
}

// rulesVersions are all publications, the latest first.
func (s *Server) rulesVersions(v *visit) ([]templates.RulesVersionLine, error) {
	all, err := s.RulesHistory.RulesVersions()
	if err != nil {
		return nil, err
	}
	lines := make([]templates.RulesVersionLine, len(all))
	same := map[string]uint64{}
	for i, p := range all {
		line := s.rulesVersion(v, p)
		line.SameAs = same[p.Document]
		same[p.Document] = p.Number
		lines[len(all)-1-i] = line
	}
	return lines, nil
}

func (s *Server) rulesVersion(v *visit, p consult.PublishedRules) templates.RulesVersionLine {
	by := s.name(v, p.By)
	if p.Operator != "" {
		by = strings.TrimPrefix(by+", "+v.l.T("rules.operator", "operator", p.Operator), ", ")
	}
	return templates.RulesVersionLine{
		Number: p.Number, At: p.At, By: by, Comment: p.Comment, InForce: p.Number == s.Rules.Current().Number,
	}
}

// rulesInForce is the present version with its document.
func (s *Server) rulesInForce(v *visit) (templates.RulesVersionLine, string, error) {
	p, err := s.RulesHistory.Rules(s.Rules.Current().Number)
	return s.rulesVersion(v, p), p.Document, err
}

// findingsOf are findings in the reader's words, with requests and moments as they are told elsewhere.
func findingsOf(v *visit, list []routing.Finding) []templates.RulesFinding {
	found := make([]templates.RulesFinding, len(list))
	for i, f := range list {
		args := make(map[string]any, len(f.Args))
		for name, value := range f.Args {
			args[name] = told(v, name, value)
		}
		f.Args = args
		fault := problem.FindingFault(v.l, f)
		found[i] = templates.RulesFinding{
			Line: f.Line, Column: f.Column, Error: f.Severity == routing.Error, Text: fault.Detail, Code: fault.Code,
		}
	}
	return found
}

// told is an argument of a finding as people are told it.
func told(v *visit, name string, value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	switch name {
	case "example":
		var f consult.Facts
		if json.Unmarshal([]byte(text), &f) == nil {
			return factsText(v, f)
		}
	case "from", "to", "due":
		if t, err := time.ParseInLocation("2006-01-02T15:04", text, v.l.Zone()); err == nil {
			return v.l.DateTime(t)
		}
	}
	return value
}

// diffOf is what changes, in the reader's words.
func (s *Server) diffOf(v *visit, p routing.Preview) *templates.RulesDiff {
	d := &templates.RulesDiff{
		Complete: p.Complete, OnlyOld: p.OnlyOld, OnlyNew: p.OnlyNew, Since: p.Since, Requests: p.Replay.Requests, Moved: p.Replay.Moved,
		Shift: deadlinesShift(p.Replay.Deadlines),
	}
	for _, c := range p.Changes {
		change := templates.RulesChange{
			From: s.outcomeText(v, c.From), To: s.outcomeText(v, c.To), Example: factsText(v, c.Example), Moved: c.Moved,
			Shift: deadlinesShift(c.Deadlines),
		}
		d.Changes = append(d.Changes, change)
	}
	// What moved most requests first.
	slices.SortStableFunc(d.Changes, func(a, b templates.RulesChange) int { return b.Moved - a.Moved })
	return d
}

func deadlinesShift(s routing.Shifts) templates.RulesShift {
	return templates.RulesShift{
		Later: s.Later, Earlier: s.Earlier, LaterBy: time.Duration(s.LaterMinutes) * time.Minute,
		EarlierBy: time.Duration(s.EarlierMinutes) * time.Minute,
	}
}

// outcomeText is what a request comes to, in words.
func (s *Server) outcomeText(v *visit, o routing.Outcome) string {
	if o.Pool == "" {
		return v.l.T("rules.blocked")
	}
	parts := append([]string{s.poolName(v, o.Pool)}, s.poolNames(v, o.With)...)
	return strings.Join(parts, " + ") + ", " + strings.ToLower(v.l.Code("urgency", string(o.Urgency)))
}

// factsText is a request in words. Of one that was sent there is only the municipality.
func factsText(v *visit, f consult.Facts) string {
	if len(f.Concerns) == 0 {
		return f.Municipality
	}
	parts := []string{v.l.T("rules.years", "n", f.Age)}
	add := func(family string, codes ...string) {
		for _, c := range codes {
			parts = append(parts, v.l.Code(family, c))
		}
	}
	add("concern", texts(f.Concerns)...)
	add("red-flag", texts(f.RedFlags)...)
	add("party", texts(f.Involved)...)
	add("profession", string(f.Profession))
	parts = append(parts, f.Municipality)
	add("urgency", string(f.Urgency))
	add("mode", string(f.Mode))
	if f.Pregnant {
		parts = append(parts, v.l.T("label.client.pregnant"))
	}
	if f.Language != "" && f.Language != consult.Finnish {
		add("language", string(f.Language))
	}
	return strings.Join(parts, ", ")
}

func texts[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, value := range values {
		list[i] = string(value)
	}
	return list
}
