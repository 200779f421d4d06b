package app

import (
	"time"

	"silta/consult"
	"silta/notify/jobs"
	"silta/ui/templates"
)

const (
	// mailAhead is further ahead than any mail waits to be tried again.
	mailAhead = 5 * time.Hour
	// shownFailures is how many mails that failed the operations page names.
	shownFailures = 10
)

// operations is what the operations page shows to administrators; for anybody else it does not exist.
func (t *telling) operations(s *store, a consult.Actor) (o templates.OperationsState, err error) {
	if !a.Administers() {
		return o, consult.Fail(consult.NotFound, "not-found")
	}
	for _, j := range t.jobs.Statuses() {
		o.Jobs = append(o.Jobs, templates.JobRow{
			Name: j.Name, Schedule: j.Schedule, Last: j.Last, Next: j.Next, Took: j.Took, Running: j.Running,
			Failed: j.Outcome == jobs.Failed, Late: j.Late,
		})
	}
	o.Position, o.Lag = s.journal.Head(), t.relay.Lag()
	waiting, err := s.view.WaitingDeliveries(s.clock.Now().Add(mailAhead), templates.MaxWaiting)
	if err != nil {
		return o, err
	}
	o.Waiting = len(waiting)
	for _, d := range waiting {
		since, err := s.planned(d)
		if err != nil {
			return o, err
		}
		if o.Oldest.IsZero() || since.Before(o.Oldest) {
			o.Oldest = since
		}
	}
	failed, err := s.view.FailedDeliveries(shownFailures)
	if err != nil {
		return o, err
	}
	for _, d := range failed {
		o.Failed = append(o.Failed, templates.FailedMail{Receiver: templates.NamedPerson{ID: d.Person, Name: s.name(d.Person)}, Code: d.Code})
	}
	flagged, err := s.view.Flagged()
	for _, p := range flagged {
		o.Flagged = append(o.Flagged, templates.NamedPerson{ID: p.ID, Name: p.Name})
	}
	return o, err
}

// planned is since when a mail is on its way.
func (s *store) planned(d consult.Delivery) (time.Time, error) {
	if d.Letter != nil {
		return d.Letter.At, nil
	}
	e, err := s.journal.Envelope(d.Position)
	return e.At, err
}

// name returns what a person is called, "" for nobody.
func (s *store) name(id string) string {
	p, err := s.view.Person(id)
	if err != nil {
		return ""
	}
	return p.Name
}
