package routing

import (
	"slices"
	"strings"
	"time"

	"silta/consult"
	"silta/routing/oncall"
)

// Reach resolves the targets of a pool's escalation step at a moment: on-call, lead, members, coordinator (the lead, or the
// members of a pool without one), person:ID, pool:ID (a hand-over; the first one counts) and mail addresses. A pool that does not exist is an error of kind [consult.NotFound].
func (r *Rules) Reach(pool string, to []string, at time.Time, known oncall.Known) (consult.Reach, error) {
	p := r.pools[pool]
	if p == nil {
		return consult.Reach{}, noPool()
	}
	return p.reach(to, at, known.Of(p.ID, p.OnCall), known.ClaimantsOf(p.ID)), nil
}

func (p *Pool) reach(to []string, at time.Time, duty oncall.Rota, claimants []string) consult.Reach {
	var reached consult.Reach
	people := func(ids ...string) {
		for _, id := range ids {
			if id != "" && !slices.Contains(reached.People, id) {
				reached.People = append(reached.People, id)
			}
		}
	}
	for _, target := range to {
		switch {
		case target == toOnCall:
			people(duty.At(at)...)
		case target == toLead, target == toCoordinator && p.Lead != "":
			people(p.Lead)
		case target == toMembers, target == toCoordinator:
			people(p.Members...)
			people(claimants...)
		case strings.HasPrefix(target, personPrefix):
			people(strings.TrimPrefix(target, personPrefix))
		case strings.HasPrefix(target, poolPrefix):
			if reached.HandOver == "" {
				reached.HandOver = strings.TrimPrefix(target, poolPrefix)
			}
		case !slices.Contains(reached.Addresses, target):
			reached.Addresses = append(reached.Addresses, target)
		}
	}
	return reached
}

// OnCall returns who of a pool is to be told first at a moment; nobody for a pool that does not exist.
func (r *Rules) OnCall(pool string, at time.Time, known oncall.Known) []string {
	if p := r.pools[pool]; p != nil {
		return known.Of(p.ID, p.OnCall).At(at)
	}
	return nil
}

// Memberships returns the pools that a person works for: as lead, as member, by a turn or shift of the pool's own plan, or because it is
// claimed for them. What is claimed makes nobody a lead.
func (r *Rules) Memberships(person string, claimed []consult.ClaimedPool) []consult.Membership {
	var list []consult.Membership
	for _, p := range r.doc.Pools {
		lead := p.Lead == person
		if lead || slices.Contains(p.Members, person) || slices.Contains(p.OnCall.People(), person) {
			list = append(list, consult.Membership{Pool: p.ID, Lead: lead})
		} else if i := slices.IndexFunc(claimed, func(c consult.ClaimedPool) bool { return c.Pool == p.ID }); i >= 0 {
			list = append(list, consult.Membership{Pool: p.ID, Provider: claimed[i].Provider})
		}
	}
	return list
}

// Pool returns a pool of the document, or nil. It is not to be changed.
func (r *Rules) Pool(id string) *Pool { return r.pools[id] }
