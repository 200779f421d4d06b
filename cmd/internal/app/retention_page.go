package app

import (
	"context"
	"errors"
	"time"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/ui/draft"
	"silta/ui/templates"
)

const (
	// retentionJob is the job that erases.
	retentionJob = "retention"
	// soon is how far the page looks ahead.
	soon = 30 * day
	// namedRequests is how many of the requests that go next are named.
	namedRequests = 50
	day           = 24 * time.Hour
)

// retention is what the page of what is kept, and of what goes next, shows to auditors and administrators; for anybody else it does not exist.
func (t *telling) retention(ctx context.Context, s *store, c *config.Config, a consult.Actor) (r templates.RetentionState, err error) {
	if !a.Administers() && !a.Is(consult.Auditor) {
		return r, consult.Fail(consult.NotFound, "not-found")
	}
	keep := c.Privacy.Retention
	kinds := []struct {
		kind consult.SubjectKind
		keep time.Duration
	}{
		{consult.KindConsultation, keep.Requests}, {consult.KindDelivery, keep.Deliveries}, {consult.KindLooks, keep.Looks}, {consult.KindGrant, keep.Looks},
	}
	row := map[consult.SubjectKind]*templates.RetentionRow{}
	for _, k := range kinds {
		row[k.kind] = &templates.RetentionRow{Kind: string(k.kind), Keep: k.keep}
	}
	r.Next = s.clock.Now()
	for _, j := range t.jobs.Statuses() {
		if j.Name == retentionJob {
			r.Last, r.Took, r.Failed = j.Last, j.Took, j.Wrong()
			if j.Next.After(r.Next) {
				r.Next = j.Next
			}
		}
	}
	traces, err := s.journal.Traces(ctx)
	if err != nil {
		return r, err
	}
	for _, trace := range traces {
		switch k := row[trace.Kind]; {
		case k == nil:
		case trace.Erased:
			k.Erased++
		default:
			k.Kept++
		}
	}
	o := operator{store: s}
	for _, at := range []time.Time{r.Next, r.Next.Add(soon)} {
		var failed error
		going, err := o.going(traces, o.over(keep, at, &failed))
		if err := errors.Join(err, failed); err != nil {
			return r, err
		}
		for _, trace := range going {
			if !at.Equal(r.Next) {
				row[trace.Kind].Soon++
				continue
			}
			row[trace.Kind].Next++
			if trace.Kind != consult.KindConsultation {
				continue
			}
			if c, err := s.view.Outline(trace.ID); err == nil && len(r.Requests) < namedRequests {
				r.Requests = append(r.Requests, c.Ref)
			}
		}
	}
	for _, k := range kinds {
		r.Rows = append(r.Rows, *row[k.kind])
	}
	r.Others = []templates.RetentionRow{
		{Kind: "draft", Keep: draft.Keep}, {Kind: "session", Keep: c.Sessions.Absolute}, {Kind: "person"}, {Kind: "trace"},
	}
	return r, nil
}
