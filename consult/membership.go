package consult

import (
	"context"
	"slices"
)

// Membership is a person's place in a pool.
type Membership struct {
	Pool string
	// Lead: coordinates the pool.
	Lead bool
	// Provider is the provider of identities by whose claims alone the person belongs to the pool; "" where the rules name them.
	Provider string
}

// ClaimedPool is a pool that a provider of identities makes somebody a member of.
type ClaimedPool struct {
	// Provider is the id that the configuration gives it.
	Provider string `json:"provider"`
	Pool     string `json:"pool"`
}

// Colleague is somebody who works for a pool.
type Colleague struct {
	Person Person
	Membership
}

// Memberships returns the pools that a person works for, in the order of the rules: those that the rules in force name them in, and those
// that a provider of identities gave them when they last signed in there, as long as the configuration has it so. It is the one place
// where that is decided. Only a specialist who can sign in works for any.
func (s *Service) Memberships(p Person) []Membership {
	if p.Barred() || !p.Is(Specialist) {
		return nil
	}
	claimed := slices.DeleteFunc(slices.Clone(p.Claimed), func(c ClaimedPool) bool { return !slices.Contains(s.cfg.Claimed, c) })
	return s.router.Memberships(p.ID, claimed)
}

// Colleagues returns the people who work for a pool, by id.
func (s *Service) Colleagues(pool string) ([]Colleague, error) {
	r, err := s.everyone()
	if err != nil {
		return nil, err
	}
	var list []Colleague
	for _, place := range r.pools[pool] {
		p, err := s.view.Person(place.person)
		if err != nil {
			return nil, err
		}
		list = append(list, Colleague{p, place.Membership})
	}
	return list, nil
}

// Claimants are the ids of those who belong to a pool by claims alone. Where the people cannot be read there are none, and those whom the
// rules name are all.
func (s *Service) Claimants(pool string) (ids []string) {
	if len(s.cfg.Claimed) == 0 {
		return nil
	}
	r, err := s.everyone()
	if err != nil {
		return nil
	}
	for _, place := range r.pools[pool] {
		if place.Provider != "" {
			ids = append(ids, place.person)
		}
	}
	return ids
}

// roster is who works for which pool, as long as neither people nor rules change.
type roster struct {
	unchanged context.Context
	rules     uint64
	pools     map[string][]place
}

type place struct {
	Membership
	person string
}

// everyone returns the roster as it is now.
func (s *Service) everyone() (*roster, error) {
	rules := s.router.Current().Number
	if r := s.roster.Load(); r != nil && r.unchanged.Err() == nil && r.rules == rules {
		return r, nil
	}
	// Whoever changes while the people are read makes it an old one.
	r := &roster{unchanged: s.Unchanged(), rules: rules, pools: map[string][]place{}}
	people, err := s.view.People()
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		for _, m := range s.Memberships(p) {
			r.pools[m.Pool] = append(r.pools[m.Pool], place{m, p.ID})
		}
	}
	s.roster.Store(r)
	return r, nil
}
