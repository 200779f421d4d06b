package consult

import (
	"context"
	"errors"
	"time"
)

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
	cmd := EscalateCommand{Next: s.again(c.Rules.Number, c.Pool, now)}
	var targets [][]string
	for i := c.NextStep; i < len(c.Steps); i++ {
		targets = append(targets, c.Steps[i].To)
	}
	for _, to := range append(targets, reminder) {
		r, err := s.reach(c.Rules.Number, c.Pool, to, now)
		if err != nil {
			return cmd, err
		}
		if r.HandOver != "" {
			over, err := s.completeHandOver(c, HandOverCommand{Pool: r.HandOver}, now)
			if err != nil {
				return cmd, err
			}
			if over.Known && over.Pool != c.Pool && len(over.OnCall) > 0 {
				cmd.HandOver = &over
			} else {
				r = Reach{}
			}
		}
		step := StepReach{To: to, Reach: r}
		if step.Deaf, err = s.deaf(r); err != nil {
			return cmd, err
		}
		cmd.Reaches = append(cmd.Reaches, step)
		if !r.Empty() && !step.Deaf {
			return cmd, nil
		}
	}
	var err error
	cmd.Fallback, err = s.fallback()
	return cmd, err
}
