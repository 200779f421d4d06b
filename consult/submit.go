package consult

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// Submit sends a request. It is routed in the same step, so that it never exists without a pool. A key makes it idempotent: the
// same key and request again returns the first consultation with repeated set; another request under the same key is a [Conflict].
// Other errors: [Forbidden] for somebody who is no requester, [Invalid] with every fault, unconfirmed interlocks and identities
// in an anonymous text included.
func (s *Service) Submit(ctx context.Context, a Actor, r Request, key string) (c *Consultation, repeated bool, err error) {
	c, repeated, err = s.submit(ctx, a, r, key)
	// What was just typed comes back to whoever typed it; what was sent before is shown again.
	if err == nil && repeated && lookKind(ctx) == LookAPI {
		err = s.look(ctx, a, c, sightOf(a, c))
	}
	if err != nil {
		return nil, false, err
	}
	return c, repeated, nil
}

func (s *Service) submit(ctx context.Context, a Actor, r Request, key string) (c *Consultation, repeated bool, err error) {
	if !a.Is(Requester) {
		return nil, false, Fail(Forbidden, "forbidden")
	}
	now := s.cfg.Now()
	r.Normalize()
	command := commandID(a.ID, "submit", key)
	ev := &SubmittedEvent{Profession: a.Profession, Request: &r}
	if command != "" {
		if ev.Digest, err = digest(&r); err != nil {
			return nil, false, err
		}
		if c, err := s.submitted(a, command, ev.Digest); c != nil || err != nil {
			return c, true, err
		}
	}
	wrong := r.Validate(s.Terms(), now)
	if wrong != nil && !routable(wrong) {
		return nil, false, wrong
	}
	if ev.Decision, err = s.router.Route(r.Facts(a.Profession)); err != nil {
		return nil, false, err
	}
	if err := stopped(ev.Decision, r.InterlockConfirmed, wrong); err != nil {
		return nil, false, err
	}
	if ev.Plan, err = s.plan(ev.Decision.Rules, ev.Decision.Pool, ev.Decision.Urgency, Clock{Start: now}); err != nil {
		return nil, false, err
	}
	if ev.OnCall, err = s.first(ev.Decision.Pool, now); err != nil {
		return nil, false, err
	}
	tell := slices.Clone(ev.OnCall)
	for _, pool := range ev.Decision.With {
		more, err := s.first(pool, now)
		if err != nil {
			return nil, false, err
		}
		tell = append(tell, more...)
	}
	fresh := &Consultation{ID: s.cfg.NewID()}
	for range maxRaces {
		if ev.Ref, err = s.refs.next(s.view, now.Year()); err != nil {
			return nil, false, err
		}
		if c, err = s.append(ctx, a, fresh, Verdict{Event: ev, Tell: unique(tell)}, command, now); !errors.Is(err, ErrRefTaken) {
			break
		}
		s.refs.forget()
	}
	if errors.Is(err, errRepeated) {
		c, err = s.submitted(a, command, ev.Digest)
		return c, true, err
	}
	return c, false, err
}

// Terms returns what a request may hold under the rules in force.
func (s *Service) Terms() Terms {
	return Terms{Municipalities: s.router.Municipalities(), Bases: s.cfg.Bases}
}

// submitted returns the consultation that a submission has made before, or nil.
func (s *Service) submitted(a Actor, command string, digest []byte) (*Consultation, error) {
	c, _, err := s.repeated(a, command)
	if c != nil && !bytes.Equal(c.Digest, digest) {
		return nil, Fail(Conflict, "conflict.idempotency")
	}
	return c, err
}

func digest(r *Request) ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return sum[:], nil
}

// routable reports whether all that is wrong with a request stands in its texts and not in its facts.
func routable(wrong error) bool {
	e, ok := errors.AsType[*Error](wrong)
	return ok && !slices.ContainsFunc(e.Fields, func(f FieldError) bool {
		return !slices.ContainsFunc(texts, func(t string) bool { return f.Pointer == t || strings.HasPrefix(f.Pointer, t+"/") })
	})
}

// texts are the parts of a request that nothing is routed by.
var texts = []string{"/background", "/tried", "/assessment", "/question", "/instruments", "/client/identity", "/identity_confirmed"}

// stopped returns an error of kind [Invalid] for the interlocks that forbid sending, and for what is wrong besides, if anything.
// The interlocks come first: an emergency does not wait until the texts are right.
func stopped(d Decision, confirmed []string, wrong error) error {
	var f faults
	for _, i := range d.Blocked(confirmed) {
		f.add("/interlock_confirmed", "interlock", "id", i.ID, "block", i.Block, "phone", i.Phone, "show", i.Show)
	}
	if e, ok := errors.AsType[*Error](wrong); ok {
		f = append(f, e.Fields...)
	}
	return f.err()
}

// refs gives out the numbers of references. Numbers of submissions that failed stay unused.
type refs struct {
	mu         sync.Mutex
	year, last int
}

func (r *refs) next(view Reader, year int) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.year != year {
		last, err := view.LastRef(year)
		if err != nil {
			return "", err
		}
		r.year, r.last = year, last
	}
	r.last++
	return RefOf(year, r.last), nil
}

// forget makes the next number be looked up again: somebody else gives out numbers, too.
func (r *refs) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.year = 0
}

// Preview says what would happen to a request with these facts, sent now. Nothing is saved.
func (s *Service) Preview(f Facts, now time.Time) (Decision, Plan, error) {
	d, err := s.router.Route(f)
	if err != nil || d.Pool == "" {
		return d, Plan{}, err
	}
	p, err := s.plan(d.Rules, d.Pool, d.Urgency, Clock{Start: now})
	return d, p, err
}
