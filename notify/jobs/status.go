package jobs

import "time"

// Outcome is how a job's last run ended.
type Outcome string

// Outcomes of a run.
const (
	// Never: it has not run yet.
	Never  Outcome = "never"
	Done   Outcome = "done"
	Failed Outcome = "failed"
)

// Status is how a job stands.
type Status struct {
	Name     string
	Schedule string
	// Last is when it ran last, Took how long that took, and Outcome how it went.
	Last    time.Time
	Took    time.Duration
	Outcome Outcome
	// Running: it runs at this moment.
	Running bool
	// Late: it should have succeeded by now. Incident is since when it has been failing or late; zero: it is not.
	Late     bool
	Incident time.Time
	// Next is when it runs next, as things stand; the zero time where it never does.
	Next time.Time
}

// Wrong reports whether somebody should look at the job.
func (s Status) Wrong() bool { return s.Late || s.Outcome == Failed }

// Succeeded returns when the last run of a job that succeeded began, also in an earlier life of the program; the zero time if none did.
func (r *Registry) Succeeded(name string) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.find(name); e != nil {
		return e.record.Succeeded
	}
	return time.Time{}
}

// Statuses returns how all jobs stand now, in the order in which they were registered.
func (r *Registry) Statuses() []Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.o.Now()
	list := make([]Status, len(r.entries))
	for i, e := range r.entries {
		s := Status{
			Name: e.Name, Schedule: e.Schedule.String(), Last: e.record.Started, Took: e.record.Took, Outcome: Never,
			Running: e.running, Incident: e.record.Incident, Next: e.next(e.record, now),
		}
		if !s.Last.IsZero() {
			s.Outcome = Done
		}
		if e.record.Failures > 0 {
			s.Outcome = Failed
		}
		_, s.Late = r.wrong(e, now)
		list[i] = s
	}
	return list
}
