package ui

import (
	"slices"
	"strings"

	"silta/consult"
	"silta/ui/templates"
)

// requestView is a request as its page shows it.
func (s *Server) requestView(v *visit, c *consult.Consultation) templates.RequestView {
	row := s.caseOf(v, c)
	view := templates.RequestView{
		ID: c.ID, Ref: c.Ref, Version: c.Revision, State: c.State, Urgency: c.Urgency,
		Pool: row.Pool, Joined: s.poolNames(v, c.Joined), Why: v.l.In(c.Why), Notes: c.Notes,
		Sender: templates.Contact{Name: s.name(v, c.Requester), Profession: c.Profession},
		Holder: row.Holder, Escalation: c.Escalation, SubmittedAt: c.SubmittedAt, AnswerBy: c.AnswerBy, EndedAt: row.EndedAt,
		Age: row.Age, Pregnant: row.Pregnant, Municipality: row.Municipality, Language: c.Request.Client.Language,
		Identity: c.Request.Client.Identity, Concerns: c.Request.Concerns, RedFlags: c.Request.RedFlags,
		Mode: c.Request.Mode, Involved: c.Request.Involved,
		Background: c.Request.Background, Tried: c.Request.Tried, Assessment: c.Request.Assessment, Question: c.Request.Question, Instruments: c.Request.Instruments,
	}
	if p, err := s.People.Person(c.Requester); err == nil {
		view.Sender.Phone = p.Phone
	}
	if c.State.Open() {
		now, next := s.Pools.OnCall(c.Pool, s.Now())
		view.OnCall, view.NextOnCall = s.namesOf(v, now), s.namesOf(v, next)
	}
	if c.NextStep < len(c.Steps) && (c.State == consult.Submitted || c.State == consult.Claimed) {
		view.NextTellAt = c.Steps[c.NextStep].At
		view.NextTold = s.targets(v, [][]string{c.Steps[c.NextStep].To})
	}
	for i, step := range c.Plan {
		shown := templates.StepView{PlanStep: step}
		for _, done := range c.Done {
			if done.Step == i {
				shown.Done, shown.By, shown.At = true, s.name(v, done.By), done.At
			}
		}
		view.Plan = append(view.Plan, shown)
	}
	view.Workers = c.Workers
	for _, item := range c.Timeline {
		view.Timeline = append(view.Timeline, s.timelineEntry(v, c, item))
	}
	return view
}

// timelineEntry is one event in the reader's words.
func (s *Server) timelineEntry(v *visit, c *consult.Consultation, item consult.TimelineItem) templates.TimelineEntry {
	e := templates.TimelineEntry{At: item.At, By: s.name(v, item.By), Type: item.Event.Type()}
	switch ev := item.Event.(type) {
	case *consult.SubmittedEvent:
		e.Pool = s.poolName(v, ev.Decision.Pool)
	case *consult.AssignedEvent:
		e.Person = s.name(v, ev.Person)
	case *consult.AskedEvent:
		e.Text = ev.Text
	case *consult.RepliedEvent:
		e.Text = ev.Text
	case *consult.AddedEvent:
		e.Text = ev.Text
	case *consult.AnsweredEvent:
		e.Text, e.Disposition, e.Minutes, e.Plan = ev.Text, ev.Disposition, ev.Minutes, ev.Steps
	case *consult.FollowedUpEvent:
		e.Text = ev.Text
	case *consult.HandedOverEvent:
		e.Text, e.Pool = ev.Reason, s.poolName(v, ev.Pool)
	case *consult.JoinedEvent:
		e.Text, e.Pool = ev.Reason, s.poolName(v, ev.Pool)
	case *consult.EscalatedEvent:
		if ev.Lost != nil {
			why := v.l.Code("mail-fault", string(consult.ReasonOf(ev.Lost.Status)))
			if e.Early = v.l.T("request.early-address", "why", why); ev.Lost.Person != "" {
				e.Early = v.l.T("request.early", "name", s.name(v, ev.Lost.Person), "why", why)
			}
		}
		e.Told, e.Unreached = append(s.namesOf(v, ev.Told.People), ev.Told.Addresses...), s.targets(v, ev.Unreached)
	case *consult.RemindedEvent:
		e.Type += consult.EventType("-" + ev.About)
		e.Told, e.Unreached = append(s.namesOf(v, ev.Told.People), ev.Told.Addresses...), s.targets(v, ev.Unreached)
	case *consult.StepSetEvent:
		e.Title = v.l.T("event.step-open")
		if ev.Done {
			e.Title = v.l.T("event.step-done")
		}
		if ev.Step < len(c.Plan) {
			e.Text = c.Plan[ev.Step].What
		}
	case *consult.WorkerNamedEvent:
		e.Title, e.Person = v.l.Code("plan-role", string(ev.Role)), ev.Name
	case *consult.WithdrawnEvent:
		e.Text = ev.Reason
	case *consult.ClosedEvent:
		e.CloseOut, e.Text = &ev.CloseOut, ev.CloseOut.Text
	}
	return e
}

// targets are the reader's words for those of the rules at which nobody was to be reached.
func (s *Server) targets(v *visit, unreached [][]string) []string {
	var words []string
	for _, to := range slices.Concat(unreached...) {
		switch kind, id, _ := strings.Cut(to, ":"); kind {
		case "person":
			words = append(words, s.name(v, id))
		case "pool":
			words = append(words, s.poolName(v, id))
		default:
			words = append(words, v.l.Code("target", to))
		}
	}
	return words
}
