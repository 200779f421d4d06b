package consult

import (
	"context"
	"errors"
	"time"
)

// OpenPools tells in which pools requests are open.
type OpenPools interface {
	// OpenPools returns the pools that are to answer an open request, as the first or as a joined one.
	OpenPools() ([]string, error)
}

// Rehome hands every open request of a pool that the rules in force do not have any more to the pool that they have for it now. Rules
// that drop a pool with requests are refused, but a request may be on its way to the pool while they are published. Like
// [Service.Advance] it can be called by anybody at any time. It returns how many requests it handed over.
func (s *Service) Rehome(ctx context.Context, open OpenPools, now time.Time) (int, error) {
	pools, err := open.OpenPools()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, pool := range pools {
		if s.homely(pool) {
			continue
		}
		err := s.eachOf(Scope{ByPool, pool}, OpenStates, func(c *Consultation) error {
			if c.Pool != pool {
				return nil // It has joined only; others answer.
			}
			_, err := s.rehome(ctx, c, now)
			if err == nil {
				n++
			}
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// homely reports whether requests can be with the pool.
func (s *Service) homely(pool string) bool {
	return s.router.Current().Number == 0 || s.router.HasPool(pool)
}

// rehome hands over a request whose pool the rules do not have, and returns it as it is then.
func (s *Service) rehome(ctx context.Context, c *Consultation, now time.Time) (*Consultation, error) {
	for range maxRaces {
		if !c.State.Open() || s.homely(c.Pool) {
			return c, nil
		}
		facts := c.Request.Facts(c.Profession)
		d, err := s.router.Route(facts)
		if err == nil && d.Pool == "" {
			// It was sent all the same: what would keep it from being sent now does not keep it from being answered.
			facts.RedFlags = nil
			d, err = s.router.Route(facts)
		}
		if err != nil {
			return nil, err
		}
		if d.Pool == "" {
			return nil, Fail(Internal, "internal")
		}
		over, err := s.completeHandOver(c, HandOverCommand{Pool: d.Pool}, now)
		if err != nil {
			return nil, err
		}
		v := handOver(c, over, System, now)
		ev := v.Event.(*HandedOverEvent)
		ev.Escalation, ev.Rerouted = false, true
		next, err := s.append(ctx, System, c, v, "", now)
		if !errors.Is(err, ErrRevision) {
			return next, err
		}
		if c, err = s.view.Consultation(c.ID); err != nil {
			return nil, err
		}
	}
	return nil, Fail(Unavailable, "unavailable")
}
