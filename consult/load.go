package consult

import (
	"slices"
	"time"
)

// Load is how much somebody of a pool has to do, as far as this pool is concerned.
type Load struct {
	Colleague
	// Open is how many of the pool's open requests the person has; Since is how many the person has taken since the moment that was
	// asked for, whatever became of them: of those that are not open any more the latest 200 are looked at.
	Open, Since int
}

// loadLooks is how many of a person's requests that are not open any more are looked at.
const loadLooks = 200

// PoolLoad returns what each of a pool's colleagues has to do, for whoever may see the pool's rota. It counts, and shows no request.
// Errors: those of [Service.Rota].
func (s *Service) PoolLoad(a Actor, pool string, since time.Time) ([]Load, error) {
	if _, err := s.Rota(a, pool); err != nil {
		return nil, err
	}
	people, err := s.Colleagues(pool)
	if err != nil {
		return nil, err
	}
	loads := make([]Load, len(people))
	for i, p := range people {
		loads[i].Colleague = p
		count := func(c *Consultation) {
			if c.Pool == pool && c.State.Open() {
				loads[i].Open++
			}
			if c.Pool == pool && takenSince(c, p.Person.ID, since) {
				loads[i].Since++
			}
		}
		held := Scope{ByHolder, p.Person.ID}
		err := s.eachOf(held, OpenStates, func(c *Consultation) error {
			count(c)
			return nil
		})
		if err != nil {
			return nil, err
		}
		over := slices.DeleteFunc(slices.Clone(States), State.Open)
		page, err := s.view.List(ListQuery{Scopes: []Scope{held}, States: over, Latest: true, Limit: loadLooks})
		if err != nil {
			return nil, err
		}
		for _, c := range page.Items {
			count(c)
		}
	}
	return loads, nil
}

// takenSince reports whether the person has claimed the request, or was given it, since then.
func takenSince(c *Consultation, person string, since time.Time) bool {
	for _, item := range c.Timeline {
		if item.At.Before(since) {
			continue
		}
		switch ev := item.Event.(type) {
		case *ClaimedEvent:
			if item.By == person {
				return true
			}
		case *AssignedEvent:
			if ev.Person == person {
				return true
			}
		}
	}
	return false
}
