package demo

import (
	"context"
	"slices"
	"time"

	"silta/consult"
)

// Step is something that one of the demo's people did at a moment.
type Step struct {
	At time.Time
	Do func(context.Context, *consult.Service) error
}

// Past returns what happened in the [Year] before a moment, in the order of time, the [Week] with it. The steps of one request share
// its id, so they are to be done in that order; the last ones are done just before the moment.
func Past(now time.Time) ([]Step, error) {
	steps, err := year(now)
	if err != nil {
		return nil, err
	}
	open, err := Week(now)
	if err != nil {
		return nil, err
	}
	steps = append(steps, open...)
	inOrder(steps)
	return steps, nil
}

func inOrder(steps []Step) {
	slices.SortStableFunc(steps, func(a, b Step) int { return a.At.Compare(b.At) })
}

// sentRequest is a request that steps share: it has its id and its pools when it has been sent.
type sentRequest struct {
	id, pool string
	joined   []string
}

func (r *sentRequest) send(at time.Time, by string, req consult.Request) Step {
	return Step{at, func(ctx context.Context, s *consult.Service) error {
		a, err := s.Actor(by)
		if err != nil {
			return err
		}
		sent, _, err := s.Submit(ctx, a, req, "")
		if err == nil {
			r.id, r.pool, r.joined = sent.ID, sent.Pool, sent.Joined
		}
		return err
	}}
}

func (r *sentRequest) do(ctx context.Context, s *consult.Service, by string, cmd consult.Command) error {
	a, err := s.Actor(by)
	if err != nil {
		return err
	}
	_, err = s.Do(ctx, a, r.id, cmd, consult.Change{})
	return err
}
