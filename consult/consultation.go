package consult

import (
	"encoding/json"
	"slices"
	"time"
)

// Consultation is a request and all that followed: the fold of its events.
type Consultation struct {
	ID string `json:"id"`
	// Ref is the short name that people use: S-2026-0042.
	Ref string `json:"ref"`
	// Revision counts the events, from 1.
	Revision uint64 `json:"version"`
	State    State  `json:"state"`
	// Pool answers; Joined answer as well.
	Pool   string   `json:"pool"`
	Joined []string `json:"joined"`
	// Rule, Why and Rules say how it came to the pool.
	Rule    string       `json:"rule"`
	Why     Text         `json:"why,omitempty"`
	Notes   []NoteCode   `json:"notes,omitempty"`
	Rules   RulesVersion `json:"rules"`
	Urgency Urgency      `json:"urgency"`
	// Requester is the sender's id, Profession theirs when they sent it.
	Requester   string     `json:"requester"`
	Profession  Profession `json:"profession"`
	SubmittedAt time.Time  `json:"submitted_at"`
	ClaimBy     time.Time  `json:"claim_by"`
	AnswerBy    time.Time  `json:"answer_by"`
	// Holder is the id of the specialist who has it, or "".
	Holder string `json:"holder"`
	// Escalation is how often nobody acted in time since the present clock started.
	Escalation int `json:"escalation"`
	// WaitingSince is when the pool's question was put; zero while the clock runs.
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	AnsweredAt   time.Time `json:"answered_at,omitzero"`
	EndedAt      time.Time `json:"ended_at,omitzero"`
	// ExpiresAt is when an answered request closes by itself.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// RemindAt is when the sender is reminded next: of the pool's question, or that an answered request closes by itself. Reminders
	// counts those of the present question, and the times that the pool was told that nobody replies.
	RemindAt  time.Time `json:"remind_at,omitzero"`
	Reminders int       `json:"reminders,omitempty"`

	Request Request    `json:"request"`
	Plan    []PlanStep `json:"plan,omitempty"`
	// Done are the steps of the plan that were done; Workers have their parts in it.
	Done     []DoneStep          `json:"done,omitempty"`
	Workers  map[PlanRole]string `json:"workers,omitempty"`
	CloseOut *CloseOut           `json:"close_out,omitempty"`
	Timeline []TimelineItem      `json:"timeline"`

	// Clock, Steps and NextStep drive the escalation: Steps are the present pool's, NextStep the first that has not fired.
	Clock    Clock  `json:"clock"`
	Steps    []Step `json:"steps,omitempty"`
	NextStep int    `json:"next_step"`
	// ClaimSteps say who is told while nobody has claimed the request, NextClaim is the first that has not fired.
	ClaimSteps []Step `json:"claim_steps,omitempty"`
	NextClaim  int    `json:"next_claim,omitempty"`
	// EscalatedAt is when a step fired last under the present clock.
	EscalatedAt time.Time `json:"escalated_at,omitzero"`
	// AgainAt is when the pool is reminded after the last step; zero: a day later.
	AgainAt time.Time `json:"again_at,omitzero"`
	Digest  []byte    `json:"digest,omitempty"`
}

// Decision is what the rules made of the request when it was sent: its first pool, and why. Later hand-overs are in the timeline.
func (c *Consultation) Decision() Decision {
	if len(c.Timeline) > 0 {
		if ev, ok := c.Timeline[0].Event.(*SubmittedEvent); ok {
			return ev.Decision
		}
	}
	return Decision{}
}

// TimelineItem is one event as the people concerned see it.
type TimelineItem struct {
	At time.Time
	// By is a person's id, or [SystemID].
	By    string
	Event Event
}

type itemHead struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Type EventType `json:"type"`
}

// MarshalJSON writes at, by and type together with the event's own fields.
func (i TimelineItem) MarshalJSON() ([]byte, error) {
	head, err := json.Marshal(itemHead{i.At, i.By, i.Event.Type()})
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(i.Event)
	if err != nil {
		return nil, err
	}
	if len(body) > len("{}") {
		head = append(append(head[:len(head)-1], ','), body[1:]...)
	}
	return head, nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (i *TimelineItem) UnmarshalJSON(data []byte) error {
	var head itemHead
	if err := json.Unmarshal(data, &head); err != nil {
		return err
	}
	e, err := DecodeEvent(head.Type, data)
	if err != nil {
		return err
	}
	*i = TimelineItem{At: head.At, By: head.By, Event: e}
	return nil
}

// reminderPause is how long after the last step of a schedule at least, and then again and again, the pool is reminded, when it is open: an
// open request always has a next moment.
const reminderPause = 24 * time.Hour

// Due returns the moment at which time alone changes the request if nobody acts, or the zero time. The view keeps an index of it.
func (c *Consultation) Due() time.Time {
	switch c.State {
	case Submitted:
		if step := c.stepDue(); c.NextClaim >= len(c.ClaimSteps) || step.Before(c.ClaimSteps[c.NextClaim].At) {
			return step
		}
		return c.ClaimSteps[c.NextClaim].At
	case Claimed:
		return c.stepDue()
	case Waiting:
		return c.RemindAt
	case Answered:
		if !c.RemindAt.IsZero() {
			return c.RemindAt
		}
		return c.ExpiresAt
	}
	return time.Time{}
}

// stepDue returns when the next escalation fires if nobody answers, the zero time while the pool's clock does not run.
func (c *Consultation) stepDue() time.Time {
	switch {
	case c.State != Submitted && c.State != Claimed:
		return time.Time{}
	case c.NextStep < len(c.Steps):
		return c.Steps[c.NextStep].At
	case !c.EscalatedAt.Before(c.AnswerBy) && c.AgainAt.After(c.EscalatedAt):
		return c.AgainAt
	case !c.EscalatedAt.Before(c.AnswerBy):
		return c.EscalatedAt.Add(reminderPause)
	}
	return c.AnswerBy
}

// clockAt returns the clock as it goes on from a moment: a pause that is still on ends there.
func (c *Consultation) clockAt(now time.Time) Clock {
	clock := c.Clock
	if c.State == Waiting {
		clock.Pauses = append(slices.Clip(clock.Pauses), Interval{c.WaitingSince, now})
	}
	return clock
}

// AnswerPools returns the pool that answers and those that joined, in that order.
func (c *Consultation) AnswerPools() []string { return append([]string{c.Pool}, c.Joined...) }

// Owes reports whether a pool that joined has not answered yet.
func (c *Consultation) Owes(pool string) bool {
	return slices.Contains(c.Joined, pool) && !slices.ContainsFunc(c.Timeline, func(i TimelineItem) bool {
		ev, ok := i.Event.(*AnsweredEvent)
		return ok && ev.Pool == pool
	})
}

// Notice returns what may be told of the request as it is now.
func (c *Consultation) Notice() *Notice {
	return &Notice{
		Ref: c.Ref, Pool: c.Pool, Urgency: c.Urgency, State: c.State, Escalation: c.Escalation, ClaimBy: c.ClaimBy, AnswerBy: c.AnswerBy,
		ExpiresAt: c.ExpiresAt, Requester: c.Requester, Holder: c.Holder, Pools: c.AnswerPools(),
	}
}

// After returns the consultation as it is after one more event. The receiver is not changed; a nil receiver is a request that
// does not exist yet. An event that does not fit the state is a fault of whoever appended it: [Decide] never makes one.
func (c *Consultation) After(e Envelope, ev Event) *Consultation {
	n := new(Consultation)
	if c != nil {
		*n = *c
	}
	n.ID, n.Revision = e.ID, e.Revision
	n.apply(e, ev)
	n.Timeline = append(slices.Clip(n.Timeline), TimelineItem{At: e.At, By: e.By, Event: forTimeline(ev)})
	return n
}

// forTimeline leaves out what the consultation itself holds already.
func forTimeline(ev Event) Event {
	if s, ok := ev.(*SubmittedEvent); ok {
		short := *s
		short.Request, short.Digest = nil, nil
		return &short
	}
	return ev
}

func (n *Consultation) apply(e Envelope, ev Event) {
	switch ev := ev.(type) {
	case *SubmittedEvent:
		n.Ref, n.State, n.Requester, n.Profession, n.SubmittedAt = ev.Ref, Submitted, e.By, ev.Profession, e.At
		n.Request, n.Digest = *ev.Request, ev.Digest
		n.Pool, n.Rule, n.Why, n.Notes = ev.Decision.Pool, ev.Decision.Rule, ev.Decision.Why, ev.Decision.Notes
		n.Joined, n.Urgency = slices.Clone(ev.Decision.With), ev.Decision.Urgency
		if n.Joined == nil {
			n.Joined = []string{}
		}
		n.start(ev.Plan)
	case *ClaimedEvent:
		n.hold(e.By)
	case *AssignedEvent:
		n.hold(ev.Person)
	case *ReleasedEvent:
		n.Holder = ""
		if n.State == Claimed {
			n.State = Submitted
		}
		if ev.Plan != nil {
			n.schedule(*ev.Plan)
		}
	case *AskedEvent:
		n.asked(e.At, ev.Remind)
	case *RepliedEvent:
		n.goOn(Submitted)
		if n.Holder != "" {
			n.State = Claimed
		}
		n.schedule(ev.Plan)
	case *AnsweredEvent:
		n.Plan = append(slices.Clip(n.Plan), ev.Steps...)
		if ev.Pool == n.Pool {
			n.goOn(Answered)
			n.AnsweredAt, n.ExpiresAt, n.RemindAt = e.At, ev.ExpiresAt, ev.RemindAt
		}
	case *FollowedUpEvent:
		n.goOn(Claimed)
		n.AnsweredAt, n.ExpiresAt = time.Time{}, time.Time{}
		if !ev.KeepHolder {
			n.State, n.Holder = Submitted, ""
		}
		n.Escalation = 0
		n.start(ev.Plan)
	case *HandedOverEvent:
		n.goOn(Submitted)
		n.Pool, n.Holder = ev.Pool, ""
		n.Joined = slices.DeleteFunc(slices.Clone(n.Joined), func(p string) bool { return p == ev.Pool })
		if ev.Escalation {
			n.Escalation++
		}
		n.start(ev.Plan)
		// What came due before the pool had it is not told again one by one: the hand-over itself tells.
		for n.NextStep < len(n.Steps) && !n.Steps[n.NextStep].At.After(e.At) {
			n.NextStep++
			n.EscalatedAt, n.AgainAt = e.At, ev.Next
		}
		n.NextClaim = n.claimStepsBy(e.At)
	case *JoinedEvent:
		n.Joined = append(slices.Clip(n.Joined), ev.Pool)
	case *EscalatedEvent:
		n.Escalation, n.NextStep, n.EscalatedAt, n.NextClaim = ev.Level, ev.Step+1, e.At, n.claimStepsBy(e.At)
		n.AgainAt = ev.Next
	case *RemindedEvent:
		n.reminds(e, ev)
	case *StepSetEvent:
		n.setStep(e, ev)
	case *WorkerNamedEvent:
		n.setWorker(ev)
	case *WithdrawnEvent:
		n.end(Withdrawn, e.At)
	case *ClosedEvent:
		n.CloseOut = new(ev.CloseOut)
		n.end(Closed, e.At)
	case *ExpiredEvent:
		n.end(Expired, e.At)
	}
}

// advised reports whether the request has had its answer. A follow-up opens it again, but from then on it is closed out, not
// withdrawn: the advice was given.
func (c *Consultation) advised() bool {
	return c.State == Answered || slices.ContainsFunc(c.Timeline, func(i TimelineItem) bool {
		_, again := i.Event.(*FollowedUpEvent)
		return again
	})
}

func (n *Consultation) hold(person string) {
	n.Holder = person
	if n.State == Submitted {
		n.State = Claimed
	}
}

func (n *Consultation) end(s State, at time.Time) {
	n.goOn(s)
	n.EndedAt, n.ExpiresAt = at, time.Time{}
}

// goOn changes the state to one in which nobody waits for the sender.
func (n *Consultation) goOn(s State) {
	n.State, n.WaitingSince, n.RemindAt, n.Reminders = s, time.Time{}, time.Time{}, 0
}

// start begins a new run of escalation steps.
func (n *Consultation) start(p Plan) {
	n.NextStep, n.EscalatedAt, n.AgainAt = 0, time.Time{}, time.Time{}
	n.schedule(p)
	n.NextClaim = 0
}

// schedule moves the present run to new moments.
func (n *Consultation) schedule(p Plan) {
	if !p.Clock.Claim.Equal(n.Clock.Claim) {
		n.NextClaim = 0
	}
	n.Rules, n.Clock = p.Rules, p.Clock
	n.ClaimBy, n.AnswerBy, n.Steps, n.ClaimSteps = p.Schedule.ClaimBy, p.Schedule.AnswerBy, p.Schedule.Steps, p.Schedule.ClaimSteps
}
