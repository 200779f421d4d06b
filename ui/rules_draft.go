package ui

import (
	"crypto/rand"
	"strconv"

	"silta/consult"
	"silta/ui/draft"
	"silta/ui/templates"
)

// rulesDraft is the draft of the rules: each administrator has one.
const rulesDraft = "rules"

// begunRules is the page as its reader left it: their draft, or the rules in force.
func (s *Server) begunRules(v *visit) (templates.Rules, error) {
	inForce, document, err := s.rulesInForce(v)
	p := templates.Rules{InForce: inForce, Base: inForce.Number, Document: document, Command: rand.Text()}
	if err != nil {
		return p, err
	}
	d, found, err := s.Drafts.Find(v.actor.ID, rulesDraft)
	if err != nil || !found {
		return p, err
	}
	f := formValues(d.Form)
	base, err := strconv.ParseUint(f.line("from"), 10, 64)
	if err != nil {
		return p, nil
	}
	p.Base, p.Document, p.Comment = base, f.document("document"), f.line("comment")
	p.KeptAt = d.SavedAt
	// Those who go on are told that they would replace what others have published since.
	p.Newer = p.Base != inForce.Number
	return p, nil
}

// keepRules keeps the form as it stands. What is in force already is no draft.
func (s *Server) keepRules(v *visit, p *templates.Rules, f formValues, inForce string) error {
	if p.Document == inForce && p.Comment == "" {
		return s.Drafts.Empty(v.actor.ID, draft.Draft{ID: rulesDraft})
	}
	d, err := s.keepDraft(v, rulesDraft, f)
	if err == nil {
		p.KeptAt = d.SavedAt
	}
	switch consult.KindOf(err) {
	case consult.Conflict:
		p.Unkept = true
	case consult.Stale: // It was published or discarded just now.
	default:
		return err
	}
	return nil
}
