package app

import (
	"slices"
	"time"

	"silta/consult"
	"silta/notify"
	"silta/routing/worktime"
)

// digestPage is how many open requests of a pool a digest looks at: the earliest deadlines.
const digestPage = consult.MaxPage

// digest is what writes the morning's mails.
func (t *telling) digest(s *store) *notify.Digest {
	return notify.NewDigest(notify.DigestPost{
		Everybody: s.view.People, Held: s.view.HeldDeliveries,
		Pools: func(p consult.Person, now time.Time) []notify.DigestPool {
			var pools []notify.DigestPool
			for _, m := range s.service.Memberships(p) {
				pools = append(pools, notify.DigestPool{ID: m.Pool, Works: s.worksOn(m.Pool, now)})
			}
			return pools
		},
		Open: s.openRequests,
	}, t.planner)
}

// figures is what writes the week's figures.
func (t *telling) figures(s *store) *notify.Figures {
	return notify.NewFigures(notify.FiguresPost{
		Everybody: s.view.People,
		Pools:     rotas{s.book}.Pools,
		Leads: func(person, pool string) bool {
			return slices.Contains(s.memberships(person), consult.Membership{Pool: pool, Lead: true})
		},
	}, t.planner)
}

// memberships are the pools that a person works for; none for somebody who is not there.
func (s *store) memberships(person string) []consult.Membership {
	a, err := s.service.Actor(person)
	if err != nil {
		return nil
	}
	return a.Memberships
}

// worksOn reports whether a pool is open at some time of a moment's day.
func (s *store) worksOn(pool string, now time.Time) bool {
	p := s.book.Rules().Pool(pool)
	if p == nil {
		return false
	}
	today := worktime.DateOf(now)
	open, err := p.Calendar.NextOpen(worktime.Wall(now.Location(), today, 0))
	return err == nil && worktime.DateOf(open.In(now.Location())) == today
}

// openRequests are a pool's open requests without anything that was typed.
func (s *store) openRequests(pool string) ([]notify.OpenRequest, error) {
	page, err := s.view.List(consult.ListQuery{
		Scopes: []consult.Scope{{Kind: consult.ByPool, ID: pool}}, States: consult.OpenStates, Limit: digestPage,
	})
	var open []notify.OpenRequest
	for _, c := range page.Items {
		open = append(open, notify.OpenRequest{ID: c.ID, Ref: c.Ref, Urgency: c.Urgency, State: c.State, Holder: c.Holder, AnswerBy: c.AnswerBy})
	}
	return open, err
}
