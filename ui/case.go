package ui

import (
	"silta/consult"
	"silta/ui/templates"
)

// caseOf is a request as a row of a list.
func (s *Server) caseOf(v *visit, c *consult.Consultation) templates.Case {
	row := templates.Case{
		ID: c.ID, Ref: c.Ref, State: c.State, Urgency: c.Urgency, Concerns: c.Request.Concerns, RedFlags: c.Request.RedFlags,
		Age: c.Request.Client.Age, Pregnant: c.Request.Client.Pregnant, Municipality: c.Request.Client.Municipality,
		Pool: s.poolName(v, c.Pool), Holder: s.name(v, c.Holder), Mine: c.Holder == v.actor.ID,
		Escalation: c.Escalation, SubmittedAt: c.SubmittedAt, AnswerBy: c.AnswerBy, EndedAt: c.AnsweredAt,
	}
	if !c.EndedAt.IsZero() {
		row.EndedAt = c.EndedAt
	}
	row.Claimable = consult.Can(v.actor, consult.Claim, c)
	for _, item := range c.Timeline {
		if ev, ok := item.Event.(*consult.AnsweredEvent); ok && ev.Pool == c.Pool {
			row.Disposition = ev.Disposition
		}
	}
	return row
}

func (s *Server) casesOf(v *visit, list []*consult.Consultation) []templates.Case {
	rows := make([]templates.Case, len(list))
	for i, c := range list {
		rows[i] = s.caseOf(v, c)
	}
	return rows
}
