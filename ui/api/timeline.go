package api

import (
	"slices"
	"time"

	"silta/consult"
)

// timelineOutput is something that happened to a consultation. Besides at, by and type it has what that type carries.
type timelineOutput struct {
	At   string            `json:"at"`
	By   string            `json:"by"`
	Type consult.EventType `json:"type"`
	// Text is what somebody wrote: of asked, replied, added, answered, followed-up and closed.
	Text string `json:"text,omitempty"`
	// Reason is of handed-over, joined and withdrawn.
	Reason string `json:"reason,omitempty"`
	// Person is who was given it, of assigned.
	Person string `json:"person,omitempty"`
	// From is the pool that had it, of handed-over.
	From string `json:"from,omitempty"`
	// Pool is the one that answers: of submitted, answered, handed-over and joined.
	Pool string   `json:"pool,omitempty"`
	With []string `json:"with,omitempty"`
	// Rule and Urgency are of submitted.
	Rule    string          `json:"rule,omitempty"`
	Urgency consult.Urgency `json:"urgency,omitempty"`
	// OnCall are the people who were told first: of submitted, handed-over and joined.
	OnCall []string `json:"on_call,omitempty"`
	// Disposition, Minutes and Plan are of answered.
	Disposition consult.Disposition   `json:"disposition,omitempty"`
	Minutes     consult.MinuteBracket `json:"minutes,omitempty"`
	Plan        []planOutput          `json:"plan,omitempty"`
	// Level is of escalated, To and People also of reminded, Unreached are targets at which nobody was to be reached. About says what
	// a reminder is of. Escalation is true of a hand-over that nobody's answer in time led to.
	Level      int                  `json:"level,omitzero"`
	To         []string             `json:"to,omitempty"`
	People     []string             `json:"people,omitempty"`
	Unreached  []string             `json:"unreached,omitempty"`
	About      consult.ReminderKind `json:"about,omitempty"`
	Escalation bool                 `json:"escalation,omitzero"`
	// Undelivered is of escalated: the mail for whose sake the next people were told before it was time.
	Undelivered *undeliveredOutput `json:"undelivered,omitempty"`
	// ClaimBy and AnswerBy are the deadlines from then on: of submitted, released, replied, followed-up and handed-over.
	ClaimBy  string `json:"claim_by,omitempty"`
	AnswerBy string `json:"answer_by,omitempty"`
	// Step and Done are of step-set; Role and Name of worker-named.
	Step *int             `json:"step,omitempty"`
	Done *bool            `json:"done,omitempty"`
	Role consult.PlanRole `json:"role,omitempty"`
	Name *string          `json:"name,omitempty"`
	// Outcome and the other answers are of closed.
	Outcome     consult.Outcome         `json:"outcome,omitempty"`
	Referral    consult.ReferralOutcome `json:"referral,omitempty"`
	ValueClient int                     `json:"value_client,omitzero"`
	ValueMe     int                     `json:"value_me,omitzero"`
}

// undeliveredOutput is a mail that did not arrive. Person is "" where the rules name an address.
type undeliveredOutput struct {
	Person string `json:"person,omitempty"`
	Status string `json:"status"`
}

func timelineOf(item *consult.TimelineItem, zone *time.Location) timelineOutput {
	out := timelineOutput{At: stamp(item.At, zone), By: item.By, Type: item.Event.Type()}
	due := func(p consult.Plan) {
		out.ClaimBy, out.AnswerBy = stamp(p.Schedule.ClaimBy, zone), stamp(p.Schedule.AnswerBy, zone)
	}
	switch ev := item.Event.(type) {
	case *consult.SubmittedEvent:
		out.Pool, out.With, out.Rule = ev.Decision.Pool, ev.Decision.With, ev.Decision.Rule
		out.Urgency, out.OnCall = ev.Decision.Urgency, ev.OnCall
		due(ev.Plan)
	case *consult.AssignedEvent:
		out.Person = ev.Person
	case *consult.ReleasedEvent:
		if ev.Plan != nil {
			due(*ev.Plan)
		}
	case *consult.AskedEvent:
		out.Text = ev.Text
	case *consult.RepliedEvent:
		out.Text = ev.Text
		due(ev.Plan)
	case *consult.AddedEvent:
		out.Text = ev.Text
	case *consult.AnsweredEvent:
		out.Pool, out.Text, out.Disposition, out.Minutes, out.Plan = ev.Pool, ev.Text, ev.Disposition, ev.Minutes, planOf(ev.Steps)
	case *consult.FollowedUpEvent:
		out.Text = ev.Text
		due(ev.Plan)
	case *consult.HandedOverEvent:
		out.From, out.Pool, out.Reason, out.OnCall, out.Escalation = ev.From, ev.Pool, ev.Reason, ev.OnCall, ev.Escalation
		due(ev.Plan)
	case *consult.JoinedEvent:
		out.Pool, out.Reason, out.OnCall = ev.Pool, ev.Reason, ev.OnCall
	case *consult.EscalatedEvent:
		out.Level, out.To, out.People, out.Unreached = ev.Level, ev.To, ev.Told.People, slices.Concat(ev.Unreached...)
		if ev.Lost != nil {
			out.Undelivered = &undeliveredOutput{ev.Lost.Person, ev.Lost.Status}
		}
	case *consult.RemindedEvent:
		out.About, out.To, out.People, out.Unreached = ev.About, ev.To, ev.Told.People, slices.Concat(ev.Unreached...)
	case *consult.StepSetEvent:
		out.Step, out.Done = &ev.Step, &ev.Done
	case *consult.WorkerNamedEvent:
		out.Role, out.Name = ev.Role, &ev.Name
	case *consult.WithdrawnEvent:
		out.Reason = ev.Reason
	case *consult.ClosedEvent:
		out.Outcome, out.Referral, out.Text = ev.Outcome, ev.Referral, ev.Text
		out.ValueClient, out.ValueMe = ev.ValueClient, ev.ValueMe
	}
	return out
}
