package consult

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Rota returns what was agreed about a pool's duty. Errors: those of [MayRota] for [ViewRota]; a pool that the rules in force do not
// have is one that nobody may see.
func (s *Service) Rota(a Actor, pool string) (*Rota, error) {
	if !s.router.HasPool(pool) {
		return nil, Fail(NotFound, "not-found")
	}
	if err := MayRota(a, ViewRota, pool, nil); err != nil {
		return nil, err
	}
	return s.rota(pool)
}

// Agreed is [Service.Rota] for who has been allowed to see it otherwise, as by a feed.
func (s *Service) Agreed(pool string) (*Rota, error) { return s.rota(pool) }

// rota returns a pool's rota, an empty one where nothing was ever agreed.
func (s *Service) rota(pool string) (*Rota, error) {
	r, err := s.view.Rota(pool)
	if KindOf(err) == NotFound {
		return &Rota{Pool: pool}, nil
	}
	return &r, err
}

// Overrides returns what of a pool's overrides counts: those whose person works for the pool. Where they cannot be read there are none,
// and the plan of the rules counts.
func (s *Service) Overrides(pool string) []Override {
	r, err := s.rota(pool)
	if err != nil {
		return nil
	}
	var list []Override
	for _, o := range r.Overrides {
		if s.answersFor(o.Person, pool) {
			list = append(list, o)
		}
	}
	return list
}

// ChangeRota carries out a command of an actor on a pool's rota, and returns the rota as it is then. Errors: those of [Service.Rota]
// and [MayRota]; [Invalid]; [Conflict] where a swap or an override is over; [Stale] where the change names another version.
func (s *Service) ChangeRota(ctx context.Context, a Actor, pool string, cmd RotaCommand, ch Change) (*Rota, error) {
	command := commandID(a.ID, "rota", string(cmd.Action()), pool, fmt.Sprint(cmd), ch.Key)
	if command != "" {
		if _, found, err := s.journal.Lookup(command); err != nil {
			return nil, err
		} else if found {
			return s.Rota(a, pool)
		}
	}
	for range maxRaces {
		now := s.cfg.Now()
		r, err := s.Rota(a, pool)
		if err != nil {
			return nil, err
		}
		if ch.Version != 0 && ch.Version != r.Revision {
			return nil, Fail(Stale, "stale.rota")
		}
		v, err := decideRota(r, cmd, a, now, rotaSide{
			answers: func(person string) bool { return s.answersFor(person, pool) },
			duty:    func(from, to time.Time) []Shift { return s.router.Duty(pool, from, to) },
		})
		if err != nil {
			return nil, err
		}
		next, err := s.appendRota(ctx, a, r, v, command, now)
		if !errors.Is(err, ErrRevision) {
			return next, err
		}
	}
	return nil, Fail(Unavailable, "unavailable")
}

func (s *Service) appendRota(ctx context.Context, a Actor, r *Rota, v rotaVerdict, command string, now time.Time) (*Rota, error) {
	env := Envelope{
		Kind: KindRota, ID: r.Pool, Revision: r.Revision + 1, Command: command, At: now, By: a.ID, Type: v.event.Type(),
		Notice: &Notice{Pool: r.Pool, Tell: v.tell, Shift: &v.shift},
	}
	receipt, err := s.journal.Append(ctx, Entry{Envelope: env, Event: v.event}, r.Revision)
	if err != nil {
		return nil, err
	}
	if receipt.Repeated {
		return s.rota(r.Pool)
	}
	return r.After(env, v.event), nil
}
