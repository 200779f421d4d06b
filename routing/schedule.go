package routing

import (
	"cmp"
	"slices"
	"time"

	"silta/consult"
)

// Schedule computes when a pool has to act on a request of an urgency: when it must be claimed and answered, and the moments of
// the pool's steps, in order; those for a request that nobody claims only as long as the answer is not due. A pause, in which the pool
// waits for the sender, moves every moment that still lay ahead when it began: the open time that was left then is counted again from
// its end. A step for which the pool has not enough open time within ten years is left out. It fails with [worktime.ErrNeverOpen], and with an error of kind [consult.NotFound]
// for a pool that does not exist.
func (r *Rules) Schedule(pool string, u consult.Urgency, c consult.Clock) (consult.Schedule, error) {
	p := r.pools[pool]
	if p == nil {
		return consult.Schedule{}, noPool()
	}
	return p.schedule(u, c)
}

func noPool() error { return consult.Fail(consult.NotFound, "not-found.pool") }

func (p *Pool) schedule(u consult.Urgency, c consult.Clock) (s consult.Schedule, err error) {
	u = cmp.Or(u, consult.Routine)
	if err = p.claims(&s, u, c); err != nil {
		return s, err
	}
	due, err := p.Calendar.Add(c.Start, p.AnswerWithin[u])
	if err != nil {
		return s, err
	}
	if s.AnswerBy, err = p.paused(due, c.Pauses); err != nil {
		return s, err
	}
	for _, step := range p.Escalate {
		at, err := p.stepAt(step, c, due, s.AnswerBy)
		if err != nil { // more than ten years away
			continue
		}
		s.Steps = append(s.Steps, consult.Step{At: at, To: step.To})
	}
	for _, steps := range [][]consult.Step{s.ClaimSteps, s.Steps} {
		slices.SortStableFunc(steps, func(a, b consult.Step) int { return a.At.Compare(b.At) })
	}
	s.ClaimSteps = slices.DeleteFunc(s.ClaimSteps, func(step consult.Step) bool { return !step.At.Before(s.AnswerBy) })
	return s, nil
}

// claims computes the claim deadline, which may have a clock of its own, and the steps that go with it.
func (p *Pool) claims(s *consult.Schedule, u consult.Urgency, c consult.Clock) (err error) {
	from, pauses := c.Start, c.Pauses
	if !c.Claim.IsZero() {
		from = c.Claim
		later := slices.IndexFunc(pauses, func(i consult.Interval) bool { return !i.From.Before(from) })
		if later < 0 {
			later = len(pauses)
		}
		pauses = pauses[later:]
	}
	due, err := p.Calendar.Add(from, p.ClaimWithin[u])
	if err != nil {
		return err
	}
	if s.ClaimBy, err = p.paused(due, pauses); err != nil {
		return err
	}
	for _, step := range p.Unclaimed {
		var at time.Time
		if step.After.IsZero() {
			if at, err = p.claimShare(from, u, step.Percent); err == nil {
				at, err = p.paused(at, pauses)
			}
		} else {
			at, err = p.stepAfter(step, s.ClaimBy, pauses)
		}
		if err != nil { // more than ten years away
			continue
		}
		s.ClaimSteps = append(s.ClaimSteps, consult.Step{At: at, To: step.To})
	}
	return nil
}

// claimShare returns the moment by which percent of the claim time has passed; each further hundred is that time once again.
func (p *Pool) claimShare(from time.Time, u consult.Urgency, percent int) (time.Time, error) {
	for ; ; percent -= 100 {
		due, err := p.Calendar.Add(from, p.ClaimWithin[u])
		if err != nil {
			return due, err
		}
		if percent <= 100 {
			return p.Calendar.Share(from, due, percent)
		}
		from = due
	}
}

// After returns the moment that lies some of the pool's open days after another one; with none, the first open moment from there on.
func (r *Rules) After(pool string, from time.Time, days int) (time.Time, error) {
	p := r.pools[pool]
	if p == nil {
		return time.Time{}, noPool()
	}
	if days == 0 {
		return p.Calendar.NextOpen(from)
	}
	return p.Calendar.AddDays(from, days)
}

// stepAt returns the moment of an escalation step. due is when the answer was due before any pause, answerBy with the pauses.
func (p *Pool) stepAt(step Step, c consult.Clock, due, answerBy time.Time) (time.Time, error) {
	if step.After.IsZero() {
		at, err := p.Calendar.Share(c.Start, due, step.Percent)
		if err != nil {
			return at, err
		}
		return p.paused(at, c.Pauses)
	}
	return p.stepAfter(step, answerBy, c.Pauses)
}

// stepAfter returns the moment of a step that comes after a deadline. The pauses before the deadline are in it already.
func (p *Pool) stepAfter(step Step, deadline time.Time, pauses []consult.Interval) (time.Time, error) {
	at, err := p.Calendar.Add(deadline, step.After)
	if err != nil {
		return at, err
	}
	later := slices.IndexFunc(pauses, func(i consult.Interval) bool { return !i.From.Before(deadline) })
	if later < 0 {
		return at, nil
	}
	return p.paused(at, pauses[later:])
}

// paused moves a moment behind the pauses that began before it. A pause never brings it forward: a deadline at the opening hour
// has as much open time before it as one at the closing time of the day before. Where no open time was left, it is the first open moment
// after the pause.
func (p *Pool) paused(at time.Time, pauses []consult.Interval) (time.Time, error) {
	for _, pause := range joined(pauses) {
		if !at.After(pause.From) {
			continue
		}
		left := p.Calendar.OpenTime(pause.From, at)
		moved, err := p.Calendar.AddOpen(pause.To, left)
		if left == 0 {
			moved, err = p.Calendar.NextOpen(pause.To)
		}
		if err != nil {
			return at, err
		}
		if moved.After(at) {
			at = moved
		}
	}
	return at, nil
}

// joined makes one of pauses that follow each other at once, and leaves out those that last no time.
func joined(pauses []consult.Interval) []consult.Interval {
	var list []consult.Interval
	for _, pause := range pauses {
		switch last := len(list) - 1; {
		case !pause.To.After(pause.From):
		case last >= 0 && list[last].To.Equal(pause.From):
			list[last].To = pause.To
		default:
			list = append(list, pause)
		}
	}
	return list
}
