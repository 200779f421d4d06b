package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"silta/consult"
	"silta/ui/templates"
)

// ties are what an administrator is told before they disable a person.
func (s *Server) ties(ctx context.Context, v *visit, id string) (*templates.PersonTies, error) {
	loose, err := s.Service.Ties(v.actor, id)
	if err != nil {
		return nil, err
	}
	sessions, err := s.sessions.List(ctx, id)
	if err != nil {
		return nil, err
	}
	t := &templates.PersonTies{
		Sessions: len(sessions), Sent: loose.Sent, Alone: s.poolNames(v, loose.Alone), Leads: s.poolNames(v, loose.Leads),
	}
	for pool, n := range loose.Held {
		t.Held = append(t.Held, templates.HeldIn{Pool: s.poolName(v, pool), N: n})
	}
	slices.SortFunc(t.Held, func(a, b templates.HeldIn) int { return cmp.Or(b.N-a.N, strings.Compare(a.Pool, b.Pool)) })
	now := s.Now()
	for _, m := range s.memberships(id) {
		duty, _ := s.Pools.DutyOf(m.Pool, now, now.AddDate(0, 0, rotaAhead))
		coming := slices.DeleteFunc(slices.Clone(duty.Shifts), func(shift consult.Shift) bool { return shift.Person != id })
		if len(coming) > 0 {
			t.Shifts = append(t.Shifts, templates.ShiftsIn{Pool: s.poolName(v, m.Pool), N: len(coming), Now: !coming[0].From.After(now), First: coming[0].From})
		}
	}
	return t, nil
}
