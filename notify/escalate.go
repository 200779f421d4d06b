package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"silta/consult"
)

// maxSteps bounds what one tick does: the next one goes on.
const maxSteps = 10_000

// abreast is how many requests a tick acts on at the same time. What the journal takes at once shares a commit, which costs more than
// the rest of a step.
const abreast = 64

// Advancer does what time alone does to a request.
type Advancer interface {
	// Advance does what is due for the request now. That somebody else has done it meanwhile is no error.
	Advance(ctx context.Context, id string, now time.Time) error
}

// Escalator acts on requests on which nobody acts. It remembers nothing from tick to tick: what came due while the program
// was down is made up by the first one, in order.
type Escalator struct {
	due      Due
	requests Advancer
	wake     func()
	log      *slog.Logger
	metrics  *Metrics
	mu       sync.Mutex
}

// NewEscalator makes an escalator. Wake is called at each tick: mails may be due. The arguments are all needed.
func NewEscalator(due Due, requests Advancer, wake func(), log *slog.Logger, m *Metrics) *Escalator {
	return &Escalator{due: due, requests: requests, wake: wake, log: log, metrics: m}
}

// Tick does everything that is due at the moment: each request's steps in their order, those of several requests together, beginning with
// the earliest. A request on which it fails does not keep it from the others. The error joins the failures and names the requests by
// id. Ticks at the same time follow one another.
func (e *Escalator) Tick(ctx context.Context, now time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.wake()
	var counting sync.Mutex
	var faults []error
	steps := 0
	err := eachDue(ctx, e.due, now, consult.KindConsultation, abreast, func(d consult.DueSubject) (bool, error) {
		err := e.requests.Advance(ctx, d.ID, now)
		counting.Lock()
		defer counting.Unlock()
		if err != nil {
			e.metrics.advanceFailed.Inc()
			faults = append(faults, fmt.Errorf("request %s, due %s: %w", d.ID, d.At.Format(time.RFC3339), err))
		} else {
			e.metrics.advanced.Inc()
		}
		steps++
		return steps < maxSteps, nil
	})
	e.metrics.overdue.Set(float64(len(faults)))
	return errors.Join(append(faults, err)...)
}

// Forgotten finds open requests without a next moment.
type Forgotten interface {
	// OpenWithoutDue returns open requests that the due index does not hold, at most limit. There must be none.
	OpenWithoutDue(limit int) ([]consult.DueSubject, error)
}

// maxForgotten is how many forgotten requests are named.
const maxForgotten = 100

// Watch looks for open requests that would never be escalated, and returns their ids. One is reason enough not to be ready.
func Watch(f Forgotten, log *slog.Logger, m *Metrics) ([]string, error) {
	lost, err := f.OpenWithoutDue(maxForgotten)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(lost))
	for i, s := range lost {
		ids[i] = s.ID
	}
	m.forgotten.Set(float64(len(ids)))
	if len(ids) > 0 {
		log.Error("open requests have no next moment", "requests", ids)
	}
	return ids, nil
}
