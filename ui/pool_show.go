package ui

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/templates"
)

const (
	// rotaAhead is how far ahead a pool's page looks, in days.
	rotaAhead = 42
	// atRisk is how near a deadline is that the page warns of, and maxAtRisk how many requests it lists.
	atRisk    = 24 * time.Hour
	maxAtRisk = 20
)

// showPool shows a pool's own people who is on call and what needs somebody.
func (s *Server) showPool(c echo.Context, v *visit) error {
	return s.poolPage(c, v, http.StatusOK, c.Param("id"), templates.PoolPage{})
}

// poolPage shows a pool. The page holds what was typed into a form that was refused, if any.
func (s *Server) poolPage(c echo.Context, v *visit, status int, id string, p templates.PoolPage) error {
	rota, err := s.Service.Rota(v.actor, id)
	if err != nil {
		return err
	}
	pool, known := s.pool(v, id)
	full := s.Pools.Find(id)
	if !known || full == nil {
		return consult.Fail(consult.NotFound, "not-found")
	}
	now := s.Now()
	p.Page = s.page(c, v, "/pools/"+id)
	p.ID, p.Name, p.Version, p.Command = id, pool.name(v), rota.Revision, rand.Text()
	p.Open, p.Hours = full.Calendar.Open(now), hoursOf(full)
	on := s.Pools.Rota(id)
	p.OnCall, p.Until = s.namesOf(v, on.At(now)), until(on, now)
	if duty, ok := s.Pools.DutyOf(id, now, now.AddDate(0, 0, rotaAhead)); ok {
		p.Shifts = s.shiftRows(v, duty, rota)
		p.Absent = s.absent(v, duty, id)
		for _, gap := range duty.Gaps {
			p.Gaps = append(p.Gaps, templates.Stretch{From: gap.From, To: gap.To})
		}
		p.Own = s.ownShifts(v, duty, now)
	}
	s.agreed(v, &p, rota, now)
	feeds, err := s.Service.Feeds(v.actor)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		row := templates.FeedRow{ID: f.ID, Created: f.Created}
		if f.Pool != "" {
			row.Pool = s.poolName(v, f.Pool)
		}
		p.Feeds = append(p.Feeds, row)
	}
	colleagues, err := s.Service.Colleagues(id)
	if err != nil {
		return err
	}
	for _, colleague := range colleagues {
		person := colleague.Person
		choice := templates.Choice{ID: person.ID, Name: person.Name}
		p.People = append(p.People, choice)
		if person.ID != v.actor.ID {
			p.Others = append(p.Others, choice)
		}
		if !person.MailFault.IsZero() {
			p.Flagged = append(p.Flagged, person.Name+" ("+v.l.Code("mail-fault", string(consult.ReasonOf(person.MailFault.Status)))+")")
		}
	}
	if err := s.poolWork(c.Request().Context(), v, &p, id, now); err != nil {
		return err
	}
	return render(c, status, p.View())
}

// absent are those on the plan of a pool who cannot be on call: nobody signs in as them, or they do not answer for the pool any more.
func (s *Server) absent(v *visit, duty routing.Duty, pool string) (names []string) {
	for _, shift := range duty.Shifts {
		name := s.name(v, shift.Person)
		if a, err := s.Service.Actor(shift.Person); (err != nil || !a.MemberOf(pool)) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// shiftRows are the shifts as the page lists them.
func (s *Server) shiftRows(v *visit, duty routing.Duty, rota *consult.Rota) []templates.ShiftRow {
	rows := make([]templates.ShiftRow, len(duty.Shifts))
	for i, shift := range duty.Shifts {
		rows[i] = templates.ShiftRow{
			Stretch: templates.Stretch{From: shift.From, To: shift.To}, Name: s.name(v, shift.Person), Mine: shift.Person == v.actor.ID,
			Changed: slices.ContainsFunc(rota.Overrides, func(o consult.Override) bool {
				return o.Person == shift.Person && !o.From.After(shift.From) && !o.To.Before(shift.To)
			}),
		}
	}
	return rows
}

// ownShifts are the reader's coming shifts, as choices.
func (s *Server) ownShifts(v *visit, duty routing.Duty, now time.Time) []templates.Choice {
	var list []templates.Choice
	for _, shift := range duty.Shifts {
		if shift.Person == v.actor.ID {
			from := shift.From
			if from.Before(now) {
				from = now.Truncate(time.Minute)
			}
			list = append(list, templates.Choice{
				ID:   shift.From.UTC().Format(time.RFC3339) + "/" + shift.To.UTC().Format(time.RFC3339),
				Name: templates.StretchText(v.l, templates.Stretch{From: from, To: shift.To}),
			})
		}
	}
	return list
}

// shiftOf reads the choice of a shift.
func shiftOf(text string) (from, to time.Time, ok bool) {
	a, b, _ := strings.Cut(text, "/")
	from, err := time.Parse(time.RFC3339, a)
	if err != nil {
		return from, to, false
	}
	to, err = time.Parse(time.RFC3339, b)
	return from, to, err == nil
}

// agreed adds what was agreed besides the plan, and what the reader may do about it.
func (s *Server) agreed(v *visit, p *templates.PoolPage, rota *consult.Rota, now time.Time) {
	may := func(a consult.RotaAction, swap *consult.Swap) bool {
		return consult.MayRota(v.actor, a, p.ID, swap) == nil
	}
	p.MaySet, p.MayAsk = may(consult.SetOverride, nil), may(consult.AskSwap, nil)
	for i, o := range rota.Overrides {
		if o.To.After(now) {
			p.Overrides = append(p.Overrides, templates.OverrideRow{
				Stretch: templates.Stretch{From: o.From, To: o.To}, ID: o.ID, Name: s.name(v, o.Person), For: s.name(v, o.For), By: s.name(v, o.By),
				Counts: s.counts(o, p.ID), MayRemove: may(consult.RemoveOverride, nil), Covered: s.covered(o, rota.Overrides[i+1:], p.ID),
			})
		}
	}
	for i := range rota.Swaps {
		swap := &rota.Swaps[i]
		if !swap.Open(now) {
			continue
		}
		p.Swaps = append(p.Swaps, templates.SwapRow{
			Stretch: templates.Stretch{From: swap.From, To: swap.To}, ID: swap.ID, Asker: s.name(v, swap.Asker), Colleague: s.name(v, swap.Colleague),
			ForMe: swap.Colleague == v.actor.ID, MayAnswer: may(consult.AnswerSwap, swap), MayWithdraw: may(consult.WithdrawSwap, swap),
		})
	}
}

// covered reports whether later overrides count in a part of an override's time.
func (s *Server) covered(o consult.Override, later []consult.Override, pool string) bool {
	return slices.ContainsFunc(later, func(l consult.Override) bool { return l.Relieves(o) && s.counts(l, pool) })
}

// counts reports whether an override has any effect: its person is there and still answers for the pool.
func (s *Server) counts(o consult.Override, pool string) bool {
	a, err := s.Service.Actor(o.Person)
	return err == nil && a.MemberOf(pool)
}

// poolWork adds how the work is shared, and the requests that need somebody.
func (s *Server) poolWork(ctx context.Context, v *visit, p *templates.PoolPage, id string, now time.Time) error {
	local := now.In(s.Zone())
	month := time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, local.Location())
	loads, err := s.Service.PoolLoad(v.actor, id, month)
	if err != nil {
		return fmt.Errorf("load of a pool: %w", err)
	}
	for _, l := range loads {
		p.Load = append(p.Load, templates.LoadRow{Name: l.Person.Name, Provider: s.providerName(v, l.Provider), Open: l.Open, Month: l.Since})
	}
	if !v.actor.MemberOf(id) {
		return nil
	}
	page, err := s.Service.List(ctx, v.actor, consult.ListFilter{Box: consult.BoxQueue, Pool: id, Limit: maxAtRisk, States: []consult.State{consult.Submitted, consult.Claimed}})
	if err != nil {
		return err
	}
	p.Watched = true
	for _, c := range page.Items {
		if c.AnswerBy.Before(now.Add(atRisk)) {
			row := s.caseOf(v, c)
			row.Pool, row.Claimable = "", false // The page is the team's; who leads it gives requests away on their pages.
			p.Risk = append(p.Risk, row)
		}
	}
	p.RiskMore = len(p.Risk) == maxAtRisk && page.Next != (consult.Cursor{})
	return nil
}
