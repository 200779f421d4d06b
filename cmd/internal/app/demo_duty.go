package app

import (
	"context"
	"time"

	"silta/consult"
)

// shareDuty lets the example region's child psychiatrists agree about their coming shifts: one asks the other to take some days, and
// their lead has put one of them on call for a day out of turn.
func (s *store) shareDuty(ctx context.Context, now time.Time) error {
	const pool, member, lead = "child-psychiatry", "childpsych", "childpsych2"
	asker, err := s.service.Actor(member)
	if err != nil {
		return err
	}
	coordinator, err := s.service.Actor(lead)
	if err != nil {
		return err
	}
	asked, set := false, false
	for _, shift := range s.book.Duty(pool, now, now.AddDate(0, 0, 28)) {
		if shift.From.Before(now) {
			continue
		}
		from := shift.From.In(s.clock.zone()).AddDate(0, 0, 2)
		switch {
		case shift.Person == member && !asked:
			asked = true
			cmd := consult.AskSwapCommand{Colleague: lead, From: from, To: from.AddDate(0, 0, 2)}
			_, err = s.service.ChangeRota(ctx, asker, pool, cmd, consult.Change{})
		case shift.Person == lead && !set:
			set = true
			cmd := consult.SetOverrideCommand{Person: member, From: from, To: from.AddDate(0, 0, 1)}
			_, err = s.service.ChangeRota(ctx, coordinator, pool, cmd, consult.Change{})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
