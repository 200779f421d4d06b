package jobs

import (
	"context"
	"time"
)

// Job is something that the program does again and again by itself.
type Job struct {
	// Name is valid by [consult.ValidID]. It names the job in the configuration, in metrics and on pages.
	Name     string
	Schedule Schedule
	// Grace is how long after its moment the job must have succeeded, or it is late.
	Grace time.Duration
	// MakeUp is how long after its moment it still makes sense to run a job that was missed; 0: for ever. A schedule of equal pauses
	// is always made up, once.
	MakeUp time.Duration
	// Remote: it asks other servers, which may keep it waiting. The program starts meanwhile.
	Remote bool
	// Run does it. The location of now is that of the schedule. What it has begun when the context ends, it may leave: the next run
	// goes on. It must be safe to run it again for the same moment.
	Run func(ctx context.Context, now time.Time) error
}

// retryAfter is how long after a failure a job of the wall clock is tried again. One of equal pauses has its next run anyway.
const retryAfter = 5 * time.Minute

// Record is what is known of a job's runs. All moments are of the program's clock.
type Record struct {
	// Since is from when on the schedule counts: what came due before that is not missing.
	Since time.Time `json:"since"`
	// Started is when it last began, Took how long that took by the machine's clock. A run that goes on is not counted yet.
	Started time.Time     `json:"started,omitzero"`
	Took    time.Duration `json:"took,omitempty"`
	// Succeeded is when the last run that succeeded began.
	Succeeded time.Time `json:"succeeded,omitzero"`
	// Failures counts the runs that have failed since then.
	Failures int `json:"failures,omitempty"`
	// Incident is since when it has been failing or late; zero: it is not. Told: the incident has been told of.
	Incident time.Time `json:"incident,omitzero"`
	Told     bool      `json:"told,omitempty"`
}

// due reports whether the job is to run now. In a process's first tick a schedule of equal pauses always is.
func (j *Job) due(r Record, now time.Time, first bool) bool {
	if every := j.Schedule.Every(); every > 0 {
		return first || now.Sub(r.Started) >= every
	}
	moment := j.Schedule.Last(now)
	switch {
	case moment.IsZero(), !moment.After(r.Since), j.MakeUp > 0 && now.Sub(moment) > j.MakeUp:
		return false
	case moment.After(r.Started):
		return true
	}
	return r.Failures > 0 && now.Sub(r.Started) >= retryAfter
}

// late reports whether the job should have succeeded by now. Slack is added to its grace; began is when this process did.
func (j *Job) late(r Record, now, began time.Time, slack time.Duration) bool {
	grace := j.Grace + slack
	if every := j.Schedule.Every(); every > 0 {
		from := began
		if r.Succeeded.After(from) {
			from = r.Succeeded
		}
		return now.Sub(from) > every+grace
	}
	moment := j.Schedule.Last(now.Add(-grace))
	return moment.After(r.Since) && moment.After(r.Succeeded)
}

// next returns when the job runs next, the zero time if never.
func (j *Job) next(r Record, now time.Time) time.Time {
	if every := j.Schedule.Every(); every > 0 {
		return r.Started.Add(every)
	}
	return j.Schedule.Next(now)
}
