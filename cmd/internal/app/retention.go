package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/consult/journal"
	"silta/ui"
	"silta/ui/draft"
)

// Eraser erases what is not to be kept any longer.
type Eraser interface {
	// Erase erases a request, named by its id or its reference, with all that is kept about it. [consult.NotFound]: there is none.
	Erase(ctx context.Context, request string) (Erased, error)
	// Retain erases what these times are over for; with preview it only says what that would be.
	Retain(ctx context.Context, keep config.Retention, preview bool) (Erased, error)
}

// Erased counts what was erased, or would be.
type Erased struct {
	Requests   int `json:"requests"`
	Openings   int `json:"openings"`
	Deliveries int `json:"deliveries"`
	// Looks counts persons' months of the access log.
	Looks int `json:"looks"`
}

func (e *Erased) add(kind consult.SubjectKind) {
	switch kind {
	case consult.KindConsultation:
		e.Requests++
	case consult.KindGrant:
		e.Openings++
	case consult.KindDelivery:
		e.Deliveries++
	case consult.KindLooks:
		e.Looks++
	}
}

func (o operator) Erase(ctx context.Context, request string) (e Erased, err error) {
	if strings.HasPrefix(request, "S-") {
		if request, err = o.view.RefID(request); err != nil {
			return e, unknown(err, "not-found.request")
		}
	}
	if _, err := o.view.Consultation(request); err != nil {
		return e, unknown(err, "not-found.request")
	}
	return o.erase(ctx, false, func(t journal.Trace) bool { return t.Kind == consult.KindConsultation && t.ID == request })
}

func (o operator) Retain(ctx context.Context, keep config.Retention, preview bool) (Erased, error) {
	var failed error
	now := o.clock.Now()
	e, err := o.erase(ctx, preview, o.over(keep, now, &failed))
	if err = errors.Join(err, failed); !preview {
		err = errors.Join(err, o.remember(retentionRun{now, e, err != nil}))
	}
	return e, err
}

// over returns which subjects these times are over for at a moment. What it cannot find out is added to failed.
func (o operator) over(keep config.Retention, now time.Time, failed *error) func(journal.Trace) bool {
	over := func(at time.Time, d time.Duration) bool { return d > 0 && at.Add(d).Before(now) }
	return func(t journal.Trace) bool {
		switch t.Kind {
		case consult.KindConsultation:
			if !over(t.Last, keep.Requests) {
				return false
			}
			c, err := o.view.Consultation(t.ID)
			*failed = errors.Join(*failed, err)
			return err == nil && c.State.Ended()
		case consult.KindDelivery:
			return over(t.Last, keep.Deliveries)
		case consult.KindLooks, consult.KindGrant:
			return over(t.Last, keep.Looks)
		}
		return false
	}
}

// going returns the subjects that are chosen, with the deliveries about entries of requests among them and the openings of those.
func (o operator) going(traces []journal.Trace, chosen func(journal.Trace) bool) (going []journal.Trace, _ error) {
	about := map[string]bool{} // positions of the requests' entries, as they stand in the ids of deliveries
	openings := map[string]bool{}
	var others []journal.Trace
	for _, t := range traces {
		switch {
		case t.Erased:
			continue
		case !chosen(t):
			others = append(others, t)
			continue
		}
		going = append(going, t)
		if t.Kind != consult.KindConsultation {
			continue
		}
		for _, p := range t.Positions() {
			about[fmt.Sprintf("d%d", p)] = true
		}
		ids, err := o.view.GrantsAbout(t.ID)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			openings[id] = true
		}
	}
	for _, t := range others {
		told, _, _ := strings.Cut(t.ID, "-")
		if t.Kind == consult.KindGrant && openings[t.ID] || t.Kind == consult.KindDelivery && about[told] {
			going = append(going, t)
		}
	}
	return going, nil
}

// erase erases the subjects that are chosen and what goes with them, and overwrites what is left of them in the file.
func (o operator) erase(ctx context.Context, preview bool, chosen func(journal.Trace) bool) (e Erased, err error) {
	traces, err := o.journal.Traces(ctx)
	if err != nil {
		return e, err
	}
	going, err := o.going(traces, chosen)
	if err != nil {
		return e, err
	}
	for _, t := range going {
		e.add(t.Kind)
	}
	if preview || len(going) == 0 {
		return e, nil
	}
	// Before the requests, so that it is done again with them if it fails.
	if err := o.eraseDrafts(going); err != nil {
		return Erased{}, err
	}
	if err := o.journal.EraseTraces(ctx, going); err != nil {
		return Erased{}, err
	}
	return e, o.scrub(ctx)
}

// eraseDrafts erases what somebody has begun to write on requests that go.
func (o operator) eraseDrafts(going []journal.Trace) error {
	requests := map[string]bool{}
	for _, t := range going {
		if t.Kind == consult.KindConsultation {
			requests[t.ID] = true
		}
	}
	if len(requests) == 0 {
		return nil
	}
	return o.withDrafts(func(d *draft.Store) error {
		return d.Erase(func(id string) bool { return requests[ui.RequestOfDraft(id)] })
	})
}

// scrub overwrites the freed pages, and waits for who reads for long, such as a backup.
func (o operator) scrub(ctx context.Context) error {
	const tries, pause = 60, 5 * time.Second
	for range tries {
		err := o.journal.Scrub(ctx)
		if !errors.Is(err, journal.ErrBusy) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return journal.ErrBusy
}

// retain is the job that erases what is not to be kept any longer, and overwrites what an erasure that was cut short has left.
func (a *App) retain(ctx context.Context, _ time.Time) error {
	o := operator{store: a.store}
	e, err := o.Retain(ctx, a.o.Config.Privacy.Retention, false)
	if err == nil && e != (Erased{}) {
		a.o.Log.Info("retention", "requests", e.Requests, "openings", e.Openings, "deliveries", e.Deliveries, "looks", e.Looks)
	}
	return errors.Join(err, o.scrub(ctx))
}
