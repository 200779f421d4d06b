package consult

import (
	"context"
	"errors"
	"time"
)

// DueSubject is a subject on which time acts by itself, and when.
type DueSubject struct {
	Kind SubjectKind
	ID   string
	At   time.Time
}

// Advance does to a request what is due at a moment: escalates one step, reminds somebody, or closes what nobody closed out. It does nothing where
// nothing is due (any more), and it is safe to call from anywhere, any number of times.
func (s *Service) Advance(ctx context.Context, id string, now time.Time) error {
	for range maxRaces {
		c, err := s.view.Consultation(id)
		if err != nil {
			return err
		}
		due := c.Due()
		if due.IsZero() || now.Before(due) {
			return nil
		}
		var cmd Command
		if step := c.stepDue(); !step.IsZero() && !now.Before(step) {
			cmd, err = s.escalation(c, now)
		} else {
			cmd, err = s.reminder(c, now)
		}
		if err != nil {
			return err
		}
		v, err := Decide(c, cmd, System, now, s.cfg.Life)
		if err != nil {
			return err
		}
		if _, err = s.append(ctx, System, c, v, "", now); !errors.Is(err, ErrRevision) {
			return err
		}
	}
	return Fail(Unavailable, "unavailable")
}

// reminder is whom the pool's reminder of each working day goes to after the last step of its escalation.
var reminder = []string{"on-call", "lead", "members"}

// again is when a pool is reminded anew: after a day, when it is open. One that never opens is reminded by the clock.
func (s *Service) again(rules uint64, pool string, now time.Time) time.Time {
	at, err := s.router.After(rules, pool, now.Add(reminderPause), 0)
	if err != nil {
		return now.Add(reminderPause)
	}
	return at
}

// escalation resolves the steps that may fire now, up to the first that reaches somebody.
func (s *Service) escalation(c *Consultation, now time.Time) (EscalateCommand, error) {
	r, err := s.resolve(c, targetsFrom(c.Steps, c.NextStep), now)
	return EscalateCommand{Reaches: r.reaches, HandOver: r.handOver, Fallback: r.fallback, Next: s.again(c.Rules.Number, c.Pool, now)}, err
}

// targetsFrom are the targets of the steps from one on, and at last those of the reminder.
func targetsFrom(steps []Step, next int) [][]string {
	var targets [][]string
	for _, step := range steps[min(next, len(steps)):] {
		targets = append(targets, step.To)
	}
	return append(targets, reminder)
}

// resolved is whom steps reach now, up to the first that reaches somebody who hears.
type resolved struct {
	reaches []StepReach
	// handOver is the command for the last of them, where it hands the request over.
	handOver *HandOverCommand
	// fallback are the people to tell where none reaches anybody who hears.
	fallback []string
}

// resolve finds out whom steps reach. A hand-over to a pool that is not there, or where nobody is on call, reaches nobody.
func (s *Service) resolve(c *Consultation, targets [][]string, now time.Time) (resolved, error) {
	var r resolved
	for _, to := range targets {
		reach, err := s.reach(c.Rules.Number, c.Pool, to, now)
		if err != nil {
			return r, err
		}
		if reach.HandOver != "" {
			over, err := s.completeHandOver(c, HandOverCommand{Pool: reach.HandOver}, now)
			if err != nil {
				return r, err
			}
			if over.Known && over.Pool != c.Pool && len(over.OnCall) > 0 {
				r.handOver = &over
			} else {
				reach = Reach{}
			}
		}
		deaf, err := s.deaf(reach)
		if err != nil {
			return r, err
		}
		r.reaches = append(r.reaches, StepReach{To: to, Reach: reach, Deaf: deaf})
		if !reach.Empty() && !deaf {
			return r, nil
		}
	}
	var err error
	r.fallback, err = s.fallback()
	return r, err
}
