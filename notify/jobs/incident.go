package jobs

import (
	"context"
	"time"
)

// Incident is a job that does not do its work, or does it again.
type Incident struct {
	Job string
	// Since is when it was noticed.
	Since time.Time
	// At is the moment at which this is told.
	At time.Time
	// Succeeded is when the job last did its work, the zero time where it never did.
	Succeeded time.Time
	// Over: it does its work again.
	Over bool
}

// Name names the incident, the same before and after a restart of the program.
func (i Incident) Name() string { return i.Job + " " + i.Since.UTC().Format(time.RFC3339Nano) }

// tellAgain is how long after a failure to tell of an incident it is tried again, by the program's clock.
const tellAgain = time.Minute

// watch notices the jobs that fail or are late, and those that do not any more, and tells of both.
func (r *Registry) watch(ctx context.Context) {
	for _, e := range r.entries {
		i, ok := r.notice(e)
		if !ok || ctx.Err() != nil {
			continue
		}
		err := r.o.Tell(ctx, i)
		if err != nil {
			r.o.Log.Error("nobody could be told of a job", "job", i.Job, "over", i.Over, "error", err)
		}
		r.told(e, i, err)
	}
}

// notice updates a job's incident, and returns what is to be told of it, if anything.
func (r *Registry) notice(e *entry) (Incident, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, record := r.o.Now(), &e.record
	wrong, late := r.wrong(e, now)
	switch {
	case wrong && record.Incident.IsZero():
		record.Incident, record.Told = now, false
		r.o.Log.Error("a job does not do its work", "job", e.Name, "failures", record.Failures, "late", late)
		r.save()
	case !wrong && !record.Incident.IsZero() && !record.Told:
		// It was over before anybody could be told.
		record.Incident = time.Time{}
		r.save()
	}
	i := Incident{Job: e.Name, Since: record.Incident, At: now, Succeeded: record.Succeeded, Over: !wrong}
	if i.Since.IsZero() || wrong == record.Told || !e.tried.IsZero() && now.Sub(e.tried) < tellAgain {
		return i, false
	}
	e.tried = now
	return i, true
}

// told records how it went to tell of an incident.
func (r *Registry) told(e *entry, i Incident, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil || !e.record.Incident.Equal(i.Since) {
		return
	}
	e.tried, e.record.Told = time.Time{}, !i.Over
	if i.Over {
		e.record.Incident = time.Time{}
		r.o.Log.Info("a job does its work again", "job", e.Name)
	}
	r.save()
}

// wrong reports whether a job fails or is late.
func (r *Registry) wrong(e *entry, now time.Time) (wrong, late bool) {
	late = e.late(e.record, now, r.began, time.Duration(float64(slack)*max(r.o.Speed, 1)))
	return late || e.record.Failures > 0, late
}
