package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/ui/draft"
	"silta/ui/session"
	"silta/ui/templates"
)

const (
	// retentionJob is the job that erases.
	retentionJob = "retention"
	// soon is how far the page looks ahead.
	soon = 30 * day
	// namedRequests is how many of the requests that go next are named.
	namedRequests = 50
	// shownRuns is how many of the last runs are shown.
	shownRuns = 14
	day       = 24 * time.Hour
)

// countedFor is how long the counts of what is kept are shown again: they are those of the whole journal, and change by the day.
const countedFor = 15 * time.Minute

// counted is what was counted, at a moment.
type counted struct {
	mu    sync.Mutex
	state templates.RetentionState
}

// retention is what the page of what is kept, and of what goes next, shows to auditors and administrators; for anybody else it does not exist.
// The journal is walked once for all who look within some minutes, unless something was erased since.
func (t *telling) retention(ctx context.Context, s *store, sessions *session.Store, c *config.Config, a consult.Actor) (r templates.RetentionState, err error) {
	if !a.Administers() && !a.Is(consult.Auditor) {
		return r, consult.Fail(consult.NotFound, "not-found")
	}
	runs, err := s.runs()
	if err != nil {
		return r, err
	}
	now := s.clock.Now()
	t.counted.mu.Lock()
	defer t.counted.mu.Unlock()
	at := t.counted.state.Counted
	if at.IsZero() || at.After(now) || now.Sub(at) > countedFor || len(runs) > 0 && !runs[0].At.Before(at) {
		if t.counted.state, err = t.count(ctx, s, c, now); err != nil {
			t.counted.state = templates.RetentionState{}
			return r, err
		}
	}
	r = t.counted.state
	for _, run := range runs[:min(len(runs), shownRuns)] {
		r.Runs = append(r.Runs, templates.RetentionRun{
			At: run.At, Requests: run.Requests, Deliveries: run.Deliveries, Looks: run.Looks, Openings: run.Openings, Failed: run.Failed,
		})
	}
	drafts, err := s.drafts.Count()
	if err != nil {
		return r, err
	}
	signedIn, err := sessions.Count()
	r.Others = []templates.RetentionRow{
		{Kind: "draft", Keep: draft.Keep, Kept: drafts, Counted: true}, {Kind: "session", Keep: c.Sessions.Absolute, Kept: signedIn, Counted: true},
		{Kind: "person"}, {Kind: "trace"},
	}
	return r, err
}

// count walks the journal.
func (t *telling) count(ctx context.Context, s *store, c *config.Config, now time.Time) (r templates.RetentionState, err error) {
	r.Counted = now
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
	r.Next = now
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
	return r, nil
}
